"""What several commands share: folders, dates, JSON, progress and the database."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

Progress = Callable[[float, str], None]


def add_folder(parser: argparse.ArgumentParser) -> None:
    """The country's folder as the first word."""
    parser.add_argument("country", nargs="?", type=Path, default=None, help="the country's folder (countries/demo)")


def add_country(parser: argparse.ArgumentParser) -> None:
    """The country's folder as an option, where the first word is something else."""
    parser.add_argument("--country", metavar="FOLDER", type=Path, help="the country's folder (countries/demo)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """For programs that read the output."""
    parser.add_argument("--json", action="store_true", help="write the result as JSON")


def add_as_of(parser: argparse.ArgumentParser) -> None:
    """The day whose law and facts count."""
    parser.add_argument("--as-of", metavar="DATE", type=a_date, default=None, help="the day that counts (today)")


def a_date(word: str) -> date:
    """A date such as 2026-09-30."""
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r} is not a date such as 2026-09-30") from error


def country_folder(arguments: argparse.Namespace) -> Path:
    """The folder that was given, else the one of the settings."""
    from doorstep.config import environment

    return Path(arguments.country) if arguments.country else environment.folder("DOORSTEP_COUNTRY")


def print_json(value: Any) -> None:
    """One JSON document on stdout; dates and decimals as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def site(country: Path | None = None) -> Iterator[None]:
    """Django with a running database, for the length of a ``with`` block."""
    if country is not None:
        os.environ["DOORSTEP_COUNTRY"] = str(country.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.config.settings")
    import django
    from django.conf import settings
    from django.db import connections

    from doorstep.config.postgres import database

    with database(settings.VAR):
        django.setup()
        try:
            yield
        finally:
            connections.close_all()


def migrate() -> None:
    """Bring the database's tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """A bar on stderr where somebody watches; nothing in a pipe or a log, and nothing with ``quiet``."""
    from tqdm import tqdm

    with tqdm(
        total=100,
        desc=title,
        file=sys.stderr,
        disable=quiet or not sys.stderr.isatty(),
        bar_format="{desc:<32} {bar:30} {percentage:3.0f}% {postfix}",
        leave=True,
    ) as bar:

        def show(share: float, doing: str) -> None:
            bar.set_postfix_str(doing, refresh=False)
            bar.update(max(0.0, min(100.0, share * 100) - bar.n))

        yield show
        bar.set_postfix_str("", refresh=False)
        bar.update(100 - bar.n)

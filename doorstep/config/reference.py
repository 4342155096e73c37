# ruff: noqa: E501 - lines of a page read best as they are printed
"""Writes the pages of ``docs/reference`` that are made from the code: settings, commands, country files.

A test fails where a page and the code differ. Write them anew with ``make reference``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from doorstep.config import cli, dmn_page, feel_page, schemas
from doorstep.config.cli.exits import Exit
from doorstep.config.environment import SETTINGS
from doorstep.config.retention import RETENTION
from doorstep.config.shapes import FILES
from doorstep.domains.benefits import api as benefits
from doorstep.domains.payments import api as payments
from doorstep.engines.dataflow.api import FAULTS
from doorstep.kit.files import Written, keys_of
from doorstep.kit.languages import Text

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
MADE = "<!-- Made from the code by `make reference`. -->\n"
_JSON_ERRORS = """With `--json` the outcome is one JSON document on stdout, an error too:
`{"error": {"exit": 4, "what": ..., "why": ..., "mend": ..., "code": "too_many_endings"}}`. The same words stand on stderr.
`code` is there when a guard stopped a run: `off`, `busy`, `out_of_order`, `missing_register`, `missing_deliverer`,
`too_many_endings`, `not_newest`. Mistakes in a country's files are a list `problems` with file, line and column.

Progress is drawn on stderr when that is a terminal, else nothing is."""
_WORDS = {
    str: "text",
    Written: "text",
    int: "whole number",
    Decimal: "number",
    bool: "true or false",
    date: "date",
    Text: "words in each language",
}


def pages() -> dict[str, str]:
    """File name -> content of every page."""
    return {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "country-files.md": country_files_page(),
        "openapi.json": openapi_document(),
        "expressions.md": "\n".join([MADE.rstrip(), *feel_page.page(), ""]),
        "dmn.md": "\n".join([MADE.rstrip(), *dmn_page.page(), ""]),
        "faults.md": faults_page(),
        "life.md": life_page(),
        "payments.md": payments_page(),
        "retention.md": retention_page(),
        **{f"schemas/{kind}.json": schemas.as_text(schemas.schema_of(file)) for kind, file in schemas.kinds().items()},
    }


def openapi_document() -> str:
    """The public API, without what belongs to one country."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.config.settings")
    import django

    django.setup()
    from doorstep.channels.api import document

    return json.dumps(document.build(), indent=2, ensure_ascii=False) + "\n"


def settings_page() -> str:
    """Every environment setting."""
    lines = [
        f"{MADE}# Settings",
        "",
        "Doorstep is set up through environment variables. Every one has a default that is safe on one machine.",
        "Relative folders count from the folder that holds the package.",
        "",
    ]
    for setting in SETTINGS:
        default = f"Default: `{setting.default}`." if setting.default else "Default: empty."
        lines += [f"## `{setting.name}`", "", f"{setting.meaning} {default}", ""]
    return "\n".join(lines)


def commands_page() -> str:
    """Every command with every option, and the exit codes."""
    lines = [f"{MADE}# Commands", "", f"`doorstep COMMAND --help` says the same. {cli.DESCRIPTION}", ""]
    for command in cli.commands():
        parser = argparse.ArgumentParser(prog=f"doorstep {command.NAME}", add_help=False)
        command.add_arguments(parser)
        lines += [f"## `doorstep {command.NAME}`", "", command.HELP, ""]
        rows = [_argument_row(action) for action in parser._actions]
        lines += [*_table(("argument", "meaning"), rows), "", "```", *command.EXAMPLES, "```", ""]
    lines += ["## Exit codes", "", *_table(("code", "meaning"), [(str(code.value), code.meaning) for code in Exit])]
    lines += ["", _JSON_ERRORS]
    return "\n".join([*lines, ""])


def faults_page() -> str:
    """Every kind of fault that reading a register's files can find."""
    lines = [
        f"{MADE}# Faults",
        "",
        "What `faults.csv` and a run's report call a cell or a row that could not be used as it was. None of them costs",
        "anybody anything: the cell is unknown, and who cannot be decided without it is looked at by a person.",
        "",
        *_table(
            ("reason", "what is wrong", "what the provider can do"),
            [(f"`{one.code}`", one.what, one.mend) for one in FAULTS],
        ),
    ]
    return "\n".join([*lines, ""])


def payments_page() -> str:
    """The lives of a batch and of a payment as diagrams."""
    lines = [
        f"{MADE}# The lives of a batch and of a payment",
        "",
        "Two tables in `doorstep/domains/payments/life.py` own every move. A try to pay is sent, paid, failed or returned;",
        "at most one try of a payment is on its way or has arrived: the database itself refuses a second.",
        "[The explanation](../explanation/payments.md) says what the words mean.",
        "",
        payments.diagram(),
    ]
    return "\n".join(lines) + "\n"


def retention_page() -> str:
    """How long every kind of row is kept."""
    lines = [
        f"{MADE}# How long what is kept",
        "",
        "Every table by its model. A country says in `people.yaml` for how many years each category of a person's record is kept.",
        "",
    ]
    rows = [
        (f"`{label}`", kept.until, kept.ends, ", ".join(f"`{name}`" for name in kept.personal) or "–")
        for label, kept in RETENTION.items()
    ]
    return "\n".join([*lines, *_table(("model", "kept", "ended by", "columns about a person"), rows), ""])


def life_page() -> str:
    """The life of an entitlement as a diagram and as a table."""
    lines = [
        f"{MADE}# The life of an entitlement",
        "",
        "One table in `doorstep/domains/benefits/life.py` owns every move; the SQL of a run and this page come from it.",
        "[The explanation](../explanation/energy-tariff.md) says what the words mean.",
        "",
        "```mermaid",
        benefits.diagram(),
        "```",
    ]
    return "\n".join([*lines, ""])


def country_files_page() -> str:
    """Every key of every file of a country's folder."""
    lines = [
        f"{MADE}# Country files",
        "",
        "A country is a folder of plain text. `doorstep check` names every mistake in it.",
        "Keys in **bold** must be there. Text that people read is written once for each language of the country.",
        "[Let an editor complete and check them](../how-to/set-up-an-editor.md) by the JSON Schema of each.",
        "",
    ]
    for file in FILES:
        kind = schemas.kind_of(file)
        lines += [f"## `{file.path}`", "", f"{file.purpose} [JSON Schema](schemas/{kind}.json).", ""]
        for shape in shapes_within(file.shape):
            if shape is not file.shape:
                lines += [f"### {_title(shape)} (`{file.path}`)", "", _first_line(shape), ""]
            rows = [
                (f"**`{name}`**" if required else f"`{name}`", _kind(kind), doc)
                for name, doc, kind, required in keys_of(shape)
            ]
            lines += [*_table(("key", "value", "meaning"), rows), ""]
    return "\n".join(lines)


def shapes_within(shape: type) -> Iterator[type]:
    """The shape and every shape that its keys lead to, each once, in reading order."""
    found: dict[type, None] = {}

    def visit(one: Any) -> None:
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one not in (Text, Written):
            if one in found:
                return
            found[one] = None
            for _, _, kind, _ in keys_of(one):
                visit(kind)
        for part in typing.get_args(one):
            visit(part)

    visit(shape)
    yield from found


def _kind(kind: Any) -> str:
    """A type in words."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_kind(part) for part in parts if part is not type(None))
    if origin is typing.Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in (list, tuple):
        return f"list: {_kind(parts[0])}"
    if origin is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return f"names, each with: {_kind(parts[1])}"
    if kind in _WORDS:
        return _WORDS[kind]
    return _title(kind) if dataclasses.is_dataclass(kind) and isinstance(kind, type) else "any value"


def _title(shape: type) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in shape.__name__).strip()
    return words.replace("_", "")


def _first_line(shape: type) -> str:
    return (shape.__doc__ or "").strip().splitlines()[0]


def _argument_row(action: argparse.Action) -> tuple[str, str]:
    name = ", ".join(f"`{option}`" for option in action.option_strings) or f"`{action.dest}`"
    choices = f" One of {', '.join(f'`{choice}`' for choice in action.choices)}." if action.choices else ""
    needed = " Required." if action.required and action.option_strings else ""
    words = (action.help or "").strip()
    return name, f"{words[:1].upper()}{words[1:]}.{choices}{needed}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body]


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(content)
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()

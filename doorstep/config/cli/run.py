"""``doorstep run``: from nothing to a running demo country. Safe to run twice: what is done stays done."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.decide import in_words
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_country, country_folder, migrate, progress_bar, site

if TYPE_CHECKING:
    from doorstep.domains.country.api import Country

NAME = "run"
HELP = "Run the demo country: database, people, decisions, web site."
EXAMPLES = (
    "doorstep run",
    "doorstep run --people 5000 --no-serve",
)
OFFICERS = (
    ("mina", "Mina Alves", ("officer", "enroller")),
    ("omar", "Omar Nasser", ("supervisor", "registrar", "adjudicator")),
    ("dora", "Dora Mendes", ("registrar", "adjudicator", "protection")),
)
"""Invented, like everybody in the demo: account, name, roles. Two of them are needed where four eyes are."""


@dataclass(frozen=True)
class Demo:
    """What one demo is made of. The month's first day counts, so that a second run on another day changes nothing."""

    folder: Path
    people: int
    seed: int
    as_of: date

    @property
    def inputs(self) -> Path:
        """The registers' files."""
        return self.folder / "inputs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add_country(parser)
    parser.add_argument("--people", type=int, default=100_000, help="how many invented people (100000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people (1)")
    parser.add_argument("--no-serve", action="store_true", help="stop when everything is decided")


def run(arguments: argparse.Namespace) -> int:
    """Do each step and say so."""
    folder = country_folder(arguments)
    print("Starting the database ...", flush=True)
    with site(folder):
        from django.conf import settings

        from doorstep.config.parts import COUNTRY_PARTS
        from doorstep.domains.country import api as countries

        migrate()
        country = countries.load_country(folder, parts=COUNTRY_PARTS)
        print(f"{country.name.in_(country.languages[0])} is in force: version {country.hash[:12]}.", flush=True)
        today = datetime.now(UTC).date()
        demo = Demo(settings.VAR / "demo", arguments.people, arguments.seed, today.replace(day=1))
        _make_people(demo, country)
        _decide(demo, country)
        lines = [*_register(demo, country), *_give_vouchers(demo, country), *_open_wallets(demo, country)]
        if arguments.no_serve:
            return Exit.FINE
        print("\nOfficers of the demo (each run gives them new passwords):", flush=True)
        for line in (*_officers(), *lines):
            print(line, flush=True)
        return _serve()


def _make_people(demo: Demo, country: Country) -> None:
    """The invented population, unless the same one is there already."""
    from doorstep.domains.people import files as people

    made = demo.folder / "made.json"
    wanted = {
        "people": demo.people,
        "seed": demo.seed,
        "as_of": demo.as_of.isoformat(),
        "country": country.hash,
    }
    if made.exists() and json.loads(made.read_text()) == wanted:
        return
    with progress_bar(f"Making {demo.people:,} people") as progress:
        people.generate(
            folder=demo.inputs,
            people=demo.people,
            seed=demo.seed,
            country=country,
            formats=("parquet",),
            dirty=1.0,
            as_of=demo.as_of,
            progress=progress,
        )
    made.write_text(json.dumps(wanted))


def _decide(demo: Demo, country: Country) -> None:
    """Decide every programme of the country, unless these inputs were decided under this version."""
    from doorstep.config import engine
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.benefits.types import Officer, Role

    for programme in benefits.programmes(country=country):
        began, out = time.monotonic(), demo.folder / "outputs" / programme.id
        with progress_bar(f"Deciding {programme.id}") as progress:
            summary = benefits.decide(
                country=country,
                order=benefits.Order(
                    programme=programme.id,
                    inputs=demo.inputs,
                    as_of=demo.as_of,
                    out=out,
                    spark=engine.spark(),
                ),
                officer=Officer(name="demo", roles=frozenset({Role.SUPERVISOR})),
                now=datetime.now(UTC),
                progress=progress,
            )
        print(f"{in_words(summary, out=out)}\n  in {time.monotonic() - began:.1f} s", flush=True)


def _register(demo: Demo, country: Country) -> list[str]:
    """Some of the people in the register, where the country keeps one."""
    from doorstep.config import people_demo
    from doorstep.domains.people import api as people

    if not people.has_people(country=country):
        return []
    lines = people_demo.register_people(demo.inputs, country=country, at=datetime.now(UTC))
    return ["People who can see their own data at /me/ (new PINs too):", *lines]


def _give_vouchers(demo: Demo, country: Country) -> list[str]:
    """The demo's vouchers, cards and shops, where the country gives any."""
    from doorstep.config import voucher_demo
    from doorstep.domains.vouchers import api as vouchers

    if vouchers.vouchers_of(country) is None or len(persons := voucher_demo.persons_of(str(demo.inputs), country)) < 10:
        return []
    began, now = time.monotonic(), datetime.now(UTC)
    if made := voucher_demo.make_vouchers(persons, at=now):
        print(f"{made:,} vouchers of two agencies are given, in {time.monotonic() - began:.1f} s", flush=True)
    return ["Cards and shops (new PINs too):", *voucher_demo.open_cards(persons, at=now)]


def _open_wallets(demo: Demo, country: Country) -> list[str]:
    """The demo's wallets and an agent, where the country has wallets."""
    from doorstep.config import voucher_demo, wallet_demo
    from doorstep.domains.wallets import api as wallets

    if not wallets.has_wallets(country=country):
        return []
    persons = voucher_demo.persons_of(str(demo.inputs), country)
    lines = wallet_demo.open_wallets(persons, country=country, at=datetime.now(UTC))
    return ["Wallets and an agent (new PINs too):", *lines]


def _officers() -> Iterator[str]:
    """The demo's officers, each with a new password that stands nowhere but in these lines."""
    from doorstep.channels.desk import api as desk

    known = {account.name for account in desk.list_officers()}
    for name, full_name, roles in OFFICERS:
        password, given = secrets.token_urlsafe(12), [desk.Role(role) for role in roles]
        if name in known:
            desk.set_password(name=name, password=password)
            desk.change_officer(name=name, roles=given)
            desk.set_active(name=name, active=True)
        else:
            desk.add_officer(name=name, full_name=full_name, roles=given, password=password)
        yield f"  name {name}  password {password}  ({', '.join(roles)})"


def _serve() -> int:
    """Site, log and regular work in processes of their own: the threads of what decided before survive no fork."""
    others = [_start("log"), _start("work")]
    server = _start("serve")
    try:
        return server.wait()
    except KeyboardInterrupt:
        # Ctrl-C has reached both too; sent again, it is harmless.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.send_signal(signal.SIGTERM)
        server.wait()
        print("\nStopped.", flush=True)
        return Exit.FINE
    finally:
        for one in others:
            one.send_signal(signal.SIGTERM)
        for one in others:
            one.wait()


def _start(command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "doorstep.config.cli", command], env=os.environ)

"""``doorstep officer``: who may sign in at the officers' desk.

A password never stands on the command line, where other programs and the shell's history could read it.
"""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import sys
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.channels.desk.api import Account

NAME = "officer"
HELP = "Add, change, close or list the accounts of officers."
EXAMPLES = (
    "doorstep officer add mina --role officer --full-name 'Mina Alves'",
    "doorstep officer password mina",
    "doorstep officer list --json",
)
ROLES = ("officer", "supervisor", "enroller", "adjudicator", "registrar", "protection")
ACTIONS = ("list", "add", "change", "password", "disable", "enable")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action", choices=ACTIONS, help="what to do; add and password ask for a password, or read it from a pipe"
    )
    parser.add_argument("name", nargs="?", default="", help="the account's name, with which the officer signs in")
    parser.add_argument(
        "--role", action="append", choices=ROLES, help="what the account may do; may be given again (add: officer)"
    )
    parser.add_argument("--full-name", metavar="NAME", help="the person's name, as people read it")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    if arguments.action != "list" and not arguments.name:
        raise DoorstepError("Whose account?", mend=f"doorstep officer {arguments.action} NAME")
    with site():
        from doorstep.channels.desk import api as desk

        migrate()
        accounts = desk.list_officers() if arguments.action == "list" else (_one(arguments),)
    if arguments.json:
        print_json([dataclasses.asdict(account) for account in accounts])
    else:
        print("\n".join(map(in_words, accounts)) or "There are no officers yet. Add one: doorstep officer add NAME")
    return Exit.FINE


def in_words(account: Account) -> str:
    """One account in a line."""
    roles = " and ".join(role.value for role in account.roles) or "no role"
    seen = f"last seen {account.last_sign_in:%Y-%m-%d}" if account.last_sign_in else "never signed in"
    parts = [account.name, account.full_name, roles, "" if account.is_active else "closed", seen]
    return ", ".join(part for part in parts if part)


def _one(arguments: argparse.Namespace) -> Account:
    from doorstep.channels.desk import api as desk

    name, roles = arguments.name, [desk.Role(role) for role in arguments.role or ()]
    if arguments.action == "add":
        return desk.add_officer(
            name=name,
            full_name=arguments.full_name or "",
            roles=roles or [desk.Role.OFFICER],
            password=_password(),
        )
    if arguments.action == "password":
        return desk.set_password(name=name, password=_password())
    if arguments.action == "change":
        if not roles and arguments.full_name is None:
            raise DoorstepError("There is nothing to change.", mend="Give --role or --full-name.")
        return desk.change_officer(name=name, full_name=arguments.full_name, roles=roles)
    return desk.set_active(name=name, active=arguments.action == "enable")


def _password() -> str:
    """From the keyboard, twice and unseen; from a pipe, its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (at least 12 characters): ")
    if first != getpass.getpass("Once more: "):
        raise DoorstepError("The two passwords differ.", mend="Try again.")
    return first

"""The door of the desk for the command line: officers' accounts. Pages are reached through ``urls``."""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.channels.desk.types import Account
from doorstep.domains.benefits.types import Role

__all__ = ["Account", "Role", "add_officer", "change_officer", "list_officers", "set_active", "set_password"]


def add_officer(*, name: str, full_name: str, roles: Sequence[Role], password: str) -> Account:
    """A new account. Raises ``BadAccount`` (the name is taken or cannot be used) and ``BadPassword``."""
    from doorstep.channels.desk import accounts

    return accounts.add(name, full_name, roles, password)


def change_officer(*, name: str, full_name: str | None = None, roles: Sequence[Role] = ()) -> Account:
    """Another name for the person, or other roles. Raises ``NoSuchOfficer``."""
    from doorstep.channels.desk import accounts

    return accounts.change(name, full_name, roles)


def set_password(*, name: str, password: str) -> Account:
    """A new password; whoever is signed in with the old one is signed out. Raises ``BadPassword``."""
    from doorstep.channels.desk import accounts

    return accounts.set_password(name, password)


def set_active(*, name: str, active: bool) -> Account:
    """Close an account, at once, or open it again. What its owner did stays in the records."""
    from doorstep.channels.desk import accounts

    return accounts.set_active(name, active)


def list_officers() -> tuple[Account, ...]:
    """Every account, by name."""
    from doorstep.channels.desk import accounts

    return accounts.everybody()

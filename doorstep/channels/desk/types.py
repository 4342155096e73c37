"""What crosses the door of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doorstep.domains.benefits.types import Role
from doorstep.kit.errors import DoorstepError


class NoSuchOfficer(DoorstepError):
    """Nobody has this name."""


class BadAccount(DoorstepError):
    """A name or a password that cannot be used, or a name that is taken."""


class BadPassword(BadAccount):
    """A password that is too easy. ``codes`` name what is wrong, for pages in other languages."""

    def __init__(self, what: str, *, codes: tuple[str, ...], mend: str = "") -> None:
        super().__init__(what, mend=mend)
        self.codes = codes


@dataclass(frozen=True)
class Account:
    """An officer who may sign in. Without ``roles`` the account opens nothing."""

    name: str
    full_name: str
    roles: tuple[Role, ...]
    is_active: bool
    last_sign_in: datetime | None

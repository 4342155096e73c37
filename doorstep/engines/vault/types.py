"""What can go wrong with sealed values."""

from __future__ import annotations

from doorstep.kit.errors import DoorstepError


class CannotOpen(DoorstepError):
    """A value was altered, stands where it was not written, or was sealed under a key that is not here."""


class BadKey(DoorstepError):
    """A key is too short, or there is none."""

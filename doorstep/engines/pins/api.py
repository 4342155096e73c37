"""The door of PINs.

A PIN has a few digits, so a hash alone could be searched: what is hashed slowly is a keyed hash, whose key is not in
the database. Wrong tries are counted in a transaction of their own, which stays whatever is refused afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from doorstep.engines.pins.models import WithPin
from doorstep.engines.pins.types import BadPin, PinRules, Waiting, WrongPin

__all__ = ["BadPin", "PinRules", "Waiting", "WithPin", "WrongPin", "check", "check_new", "set_pin"]

Holder = TypeVar("Holder", bound=WithPin)
LONGEST_WAIT = timedelta(days=1)
_STEPS = ("0123456789", "9876543210")


def check_new(pin: str, rules: PinRules) -> None:
    """Raise ``BadPin`` for one that has other signs than digits, a wrong length, or that is guessed first."""
    if not (pin.isascii() and pin.isdigit() and len(pin) == rules.digits):
        raise BadPin(f"A PIN has {rules.digits} digits.", mend="Choose another.")
    is_a_year = len(pin) == 4 and pin[:2] in ("19", "20")
    if len(set(pin)) == 1 or any(pin in steps for steps in _STEPS) or pin == pin[:2] * (len(pin) // 2) or is_a_year:
        raise BadPin(
            "This PIN is guessed first.", why="Equal digits, a row of digits, or a year.", mend="Choose another."
        )


def set_pin(holder: WithPin, pin: str, rules: PinRules) -> None:
    """Give a PIN to somebody who was recognised; what an earlier one opened is closed. Raises ``BadPin``."""
    check_new(pin, rules)
    holder.pin_hash = make_password(_keyed(holder, pin, settings.SECRET_KEY))
    holder.pin_version += 1
    holder.wrong_tries, holder.waits, holder.waits_until = 0, 0, None
    holder.save(update_fields=["pin_hash", "pin_version", "wrong_tries", "waits", "waits_until"])


def check(model: type[Holder], where: dict[str, Any], pin: str, rules: PinRules, now: datetime) -> Holder:
    """The holder whose PIN it is. Raises ``WrongPin``, also where there is no such holder or no PIN, and ``Waiting``.

    Whoever does not exist takes as long as whoever does. Never within another transaction: a refusal further on would
    undo the counting.
    """
    with transaction.atomic(durable=True):
        holder = model._default_manager.select_for_update().filter(**where).first()
        if holder is None or not holder.pin_hash:
            check_password(pin, _nobody())
            error: Exception | None = WrongPin(rules.tries - 1)
        else:
            error = _tried(holder, pin, rules, now)
    if error is not None:
        raise error
    assert holder is not None
    return holder


def _tried(holder: WithPin, pin: str, rules: PinRules, now: datetime) -> Exception | None:
    if holder.waits_until is not None and holder.waits_until > now:
        check_password(pin, _nobody())
        return Waiting(holder.waits_until)
    for place, key in enumerate([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]):
        if check_password(_keyed(holder, pin, key), holder.pin_hash):
            _let_in(holder, pin, is_old=place > 0)
            return None
    holder.wrong_tries += 1
    if holder.wrong_tries >= rules.tries:
        wait = min(timedelta(minutes=rules.wait_minutes) * 2**holder.waits, LONGEST_WAIT)
        holder.wrong_tries, holder.waits, holder.waits_until = 0, min(holder.waits + 1, 20), now + wait
    holder.save(update_fields=["wrong_tries", "waits", "waits_until"])
    if holder.waits_until is not None and holder.waits_until > now:
        return Waiting(holder.waits_until)
    return WrongPin(rules.tries - holder.wrong_tries)


def _let_in(holder: WithPin, pin: str, *, is_old: bool) -> None:
    """Tries are forgotten; a PIN that was kept under an earlier key is kept under the one in use."""
    if holder.wrong_tries or holder.waits or is_old:
        holder.wrong_tries, holder.waits, holder.waits_until = 0, 0, None
        if is_old:
            holder.pin_hash = make_password(_keyed(holder, pin, settings.SECRET_KEY))
        holder.save(update_fields=["pin_hash", "wrong_tries", "waits", "waits_until"])


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Checked where there is no PIN to check, so that a wrong number takes as long as a wrong PIN."""
    return make_password("0000")


def _keyed(holder: WithPin, pin: str, secret: str | bytes) -> str:
    owner = f"{type(holder).__name__} {holder.pk}"
    return salted_hmac("doorstep.pin", f"{owner} {pin}", secret=secret, algorithm="sha256").hexdigest()

"""PINs: kept so that nobody can read them, tried so that nobody can guess them.

A PIN has a few digits, so a hash alone could be searched: what is hashed slowly is a keyed hash, whose key is not in
the database. Wrong tries are counted in a transaction of their own, which stays whatever is refused afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from doorstep.domains.wallets.models import WithPin
from doorstep.domains.wallets.shapes import PinRules
from doorstep.domains.wallets.types import BadPin, Waiting, WrongPin

Holder = TypeVar("Holder", bound=WithPin)
LONGEST_WAIT = timedelta(days=1)
_STEPS = ("0123456789", "9876543210")


def check_new(pin: str, rules: PinRules) -> None:
    """Raise ``BadPin`` for one that has other signs than digits, a wrong length, or that is guessed first."""
    if not (pin.isascii() and pin.isdigit() and len(pin) == rules.digits):
        raise BadPin(f"A PIN has {rules.digits} digits.", mend="Choose another.")
    if len(set(pin)) == 1 or any(pin in steps for steps in _STEPS):
        raise BadPin("This PIN is guessed first.", why="Equal digits or a row of digits.", mend="Choose another.")


def hashed(holder: WithPin, pin: str) -> str:
    """What is stored of a PIN."""
    return make_password(_keyed(holder, pin, settings.SECRET_KEY))


def check(model: type[Holder], name: dict[str, str], pin: str, rules: PinRules, now: datetime) -> Holder:
    """The holder whose PIN it is. Raises ``WrongPin``, also where there is no such holder, and ``Waiting``.

    Never within another transaction: a refusal further on would undo the counting.
    """
    with transaction.atomic(durable=True):
        holder = model._default_manager.select_for_update().filter(**name).first()
        if holder is None:
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
        return Waiting(holder.waits_until)
    if holder.pin_hash and any(check_password(_keyed(holder, pin, key), holder.pin_hash) for key in _keys()):
        if holder.wrong_tries or holder.waits:
            holder.wrong_tries, holder.waits, holder.waits_until = 0, 0, None
            holder.save(update_fields=["wrong_tries", "waits", "waits_until"])
        return None
    holder.wrong_tries += 1
    if holder.wrong_tries >= rules.tries:
        wait = min(timedelta(minutes=rules.wait_minutes) * 2**holder.waits, LONGEST_WAIT)
        holder.wrong_tries, holder.waits, holder.waits_until = 0, min(holder.waits + 1, 20), now + wait
    holder.save(update_fields=["wrong_tries", "waits", "waits_until"])
    if holder.waits_until is not None and holder.waits_until > now:
        return Waiting(holder.waits_until)
    return WrongPin(rules.tries - holder.wrong_tries)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Checked where there is no PIN to check, so that a wrong number takes as long as a wrong PIN."""
    return make_password("0000")


def _keys() -> list[str | bytes]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _keyed(holder: WithPin, pin: str, secret: str | bytes) -> str:
    owner = f"{type(holder).__name__} {holder.pk}"
    return salted_hmac("doorstep.wallets.pin", f"{owner} {pin}", secret=secret, algorithm="sha256").hexdigest()

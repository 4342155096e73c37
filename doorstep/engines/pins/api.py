"""The door of PINs: chosen, tried, and kept (``hashing`` says how).

Wrong tries are counted in a transaction of their own, which stays whatever is refused afterwards. A name that nobody
has is counted and waits as others do (``Nobody``): neither words nor time tell whether it is there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.crypto import salted_hmac

from doorstep.engines.pins.guessing import check_misses, note_miss
from doorstep.engines.pins.hashing import Fit, fits, hashed, is_easy, tidied
from doorstep.engines.pins.models import Nobody, WithPin
from doorstep.engines.pins.types import BadPin, PinRules, TooManyMisses, Waiting, WrongPin

__all__ = [
    "BadPin",
    "Fit",
    "PinRules",
    "TooManyMisses",
    "Waiting",
    "WithPin",
    "WrongPin",
    "check",
    "check_misses",
    "check_new",
    "fits",
    "hashed",
    "is_easy",
    "note_miss",
    "set_pin",
    "tidied",
]

Holder = TypeVar("Holder", bound=WithPin)
LONGEST_WAIT = timedelta(days=1)
NOBODY_KEPT = timedelta(days=30)
_TRIES = ("wrong_tries", "waits", "waits_until")


def check_new(pin: str, rules: PinRules) -> str:
    """A new PIN in plain digits. Raises ``BadPin`` for other signs, a wrong length, or one that is guessed first."""
    plain = tidied(pin)
    if not (plain.isascii() and plain.isdigit() and len(plain) == rules.digits):
        raise BadPin(f"A PIN has {rules.digits} digits.", mend="Choose another.")
    if is_easy(plain):
        why = "Equal digits, a row of digits, a pair twice, or a year."
        raise BadPin("This PIN is guessed first.", why=why, mend="Choose another.", is_easy=True)
    return plain


def set_pin(holder: WithPin, pin: str, rules: PinRules) -> None:
    """Give a PIN to somebody who was recognised; what an earlier one opened is closed. Raises ``BadPin``."""
    plain = check_new(pin, rules)
    holder.pin_hash = hashed(holder.pin_ways(plain))
    holder.pin_version += 1
    holder.wrong_tries, holder.waits, holder.waits_until = 0, 0, None
    holder.save(update_fields=["pin_hash", "pin_version", *_TRIES])


def check(model: type[Holder], where: dict[str, Any], pin: str, rules: PinRules, now: datetime) -> Holder:
    """The holder whose PIN it is. Raises ``WrongPin``, also where there is no such holder or no PIN, and ``Waiting``.

    Never within another transaction: a refusal further on would undo the counting.
    """
    with transaction.atomic(durable=True):
        holder = model._default_manager.select_for_update().filter(**where).first()
        has_pin = holder is not None and bool(holder.pin_hash)
        tried = holder if has_pin and holder is not None else _nobody(model, where, now)
        error = _tried(tried, tidied(pin), rules, now)
    if error is not None or holder is None:
        raise error or WrongPin(0)
    return holder


def _tried(holder: WithPin, pin: str, rules: PinRules, now: datetime) -> Exception | None:
    fit = fits(holder.pin_ways(pin), holder.pin_hash)
    if holder.waits_until is not None and holder.waits_until > now:
        return Waiting(holder.waits_until)
    if fit is not Fit.NO:
        _let_in(holder, pin, is_old=fit is Fit.OLD)
        return None
    holder.wrong_tries += 1
    if holder.wrong_tries >= rules.tries:
        wait = min(timedelta(minutes=rules.wait_minutes) * 2**holder.waits, LONGEST_WAIT)
        holder.wrong_tries, holder.waits, holder.waits_until = 0, min(holder.waits + 1, 20), now + wait
    holder.save(update_fields=_TRIES)
    if holder.waits_until is not None and holder.waits_until > now:
        return Waiting(holder.waits_until)
    return WrongPin(rules.tries - holder.wrong_tries)


def _let_in(holder: WithPin, pin: str, *, is_old: bool) -> None:
    """Tries are forgotten; a PIN that was kept under an earlier key is kept under the one in use."""
    if holder.wrong_tries or holder.waits or is_old:
        holder.wrong_tries, holder.waits, holder.waits_until = 0, 0, None
        if is_old:
            holder.pin_hash = hashed(holder.pin_ways(pin))
        holder.save(update_fields=["pin_hash", *_TRIES])


def _nobody(model: type[WithPin], where: dict[str, Any], now: datetime) -> Nobody:
    """Who stands for a name that nobody has. Those of an earlier month are forgotten."""
    text = f"{model.__name__} {sorted(where.items())}"
    subject = salted_hmac("doorstep.pins.nobody", text, algorithm="sha256").hexdigest()
    Nobody.objects.filter(at__lt=now - NOBODY_KEPT).delete()
    row, _ = Nobody.objects.select_for_update().get_or_create(subject=subject, defaults={"at": now})
    return row

"""A lost PIN comes back: through people whom the owner named, or at a centre. A stranger with a number gets nowhere.

The owner opens a recovery and is given a code. Each confidant confirms that code with their own number and PIN. When
enough have, whoever holds the code sets a new PIN, which ends every other recovery. Each ends by itself too.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from doorstep.domains.wallets import numbers, opening
from doorstep.domains.wallets.models import Confirmation, Recovery, Wallet
from doorstep.domains.wallets.reading import Rules
from doorstep.domains.wallets.types import NoRecovery, NotYours, State

LETTERS = "23456789CFGHJMPQRVWX"
CODE = 10
MOST_OPEN = 20
"""Recoveries of one wallet that stand beside one another: a stranger who begins one does not end the owner's. Beyond
them a code leads nowhere, as for a number that nobody has, and a centre helps."""


def open_recovery(number: str, rules: Rules, at: datetime) -> str:
    """The code of a new recovery, to be shown once. A number that nobody has gets a code too, which leads nowhere."""
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE))
    with transaction.atomic():
        wallet = Wallet.objects.select_for_update().filter(number=numbers.tidied(number)).first()
        if wallet is None or wallet.state == State.CLOSED or not wallet.confidants.exists():
            return code
        if wallet.recoveries.filter(by="", done_at=None, ends_at__gt=at).count() >= MOST_OPEN:
            return code
        ends = at + timedelta(hours=rules.recovery.within_hours)
        Recovery.objects.create(wallet=wallet, code=_kept(code), opened_at=at, ends_at=ends)
    return code


def confirm(code: str, number: str, pin: str, rules: Rules, at: datetime) -> int:
    """A confidant's yes, with their own number and PIN. How many more are needed."""
    confidant = opening.owner(number, pin, rules, at)
    with transaction.atomic():
        recovery = _open(code, at)
        if not recovery.wallet.confidants.filter(confidant=confidant).exists():
            raise NotYours("You are not one of the people whom the owner named.", mend="Ask the owner.")
        Confirmation.objects.get_or_create(recovery=recovery, confidant=confidant, defaults={"at": at})
        return _missing(recovery, rules)


def finish(code: str, pin: str, rules: Rules, at: datetime) -> Wallet:
    """A new PIN for whoever holds the code, once enough confidants have confirmed."""
    opening.check_new_pin(pin, rules.pin)
    with transaction.atomic():
        recovery = _open(code, at)
        if missing := _missing(recovery, rules):
            raise NoRecovery(f"{missing} of your people have not confirmed yet.", mend="Ask them, then come back.")
        recovery.done_at = at
        recovery.save(update_fields=["done_at"])
        wallet = Wallet.objects.select_for_update().get(pk=recovery.wallet_id)
        opening.set_pin(wallet, pin, rules)
        wallet.recoveries.filter(done_at=None, ends_at__gt=at).update(ends_at=at)
        return wallet


def at_a_centre(wallet: Wallet, pin: str, rules: Rules, by: str, at: datetime) -> None:
    """A new PIN for somebody whom an officer has recognised; ``wallet`` is locked. It ends open recoveries."""
    opening.check_new_pin(pin, rules.pin)
    Recovery.objects.create(
        wallet=wallet, code=_kept(secrets.token_hex(16)), opened_at=at, ends_at=at, by=by, done_at=at
    )
    opening.set_pin(wallet, pin, rules)
    wallet.recoveries.filter(done_at=None, ends_at__gt=at).update(ends_at=at)


def missing(code: str, rules: Rules, at: datetime) -> int:
    """How many confidants have not confirmed yet. Raises ``NoRecovery``."""
    with transaction.atomic():
        return _missing(_open(code, at), rules)


def _open(code: str, at: datetime) -> Recovery:
    plain = code.strip().upper().replace("-", "").replace(" ", "")
    found = Recovery.objects.select_for_update(of=("self",)).select_related("wallet")
    recovery = found.filter(code__in=_ways(plain), done_at=None, ends_at__gt=at).first()
    if recovery is None:
        raise NoRecovery("No open recovery has this code.", mend="Look at the code again, or begin anew.")
    return recovery


def _missing(recovery: Recovery, rules: Rules) -> int:
    named = recovery.wallet.confidants.values("confidant")
    said = recovery.confirmations.filter(confidant__in=named).count()
    return max(rules.recovery.confidants - said, 0)


def _kept(code: str, secret: str | bytes | None = None) -> str:
    secret = secret or settings.SECRET_KEY
    return salted_hmac("doorstep.wallets.recovery", code, secret=secret, algorithm="sha256").hexdigest()


def _ways(code: str) -> list[str]:
    return [_kept(code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]

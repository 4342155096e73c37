"""What officers do with wallets at a centre: open one, set a new PIN, freeze and unfreeze, raise the level."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from doorstep.domains.wallets import notes, opening, recovering
from doorstep.domains.wallets.models import Note, Wallet
from doorstep.domains.wallets.reading import Rules
from doorstep.domains.wallets.types import (
    Asked,
    NoConsent,
    NotAllowed,
    NoteKind,
    Opening,
    Recognised,
    State,
    TooOften,
    WalletError,
)
from doorstep.engines.ledger import api as ledger

PINS_OF_A_WALLET, IN_A_DAY = 3, timedelta(days=1)
PINS_OF_AN_OFFICER, IN_AN_HOUR = 30, timedelta(hours=1)
MAX_PERSON = 80


def open_(rules: Rules, wish: Opening, *, unit: str, by: str, at: datetime) -> tuple[Wallet, bool]:
    """A wallet for somebody at the counter, and whether it is new: who has one keeps it. Raises ``NoConsent``."""
    if not wish.consent:
        raise NoConsent("The person has not said yes.", mend="Read the rules to them and ask.")
    person = wish.person.replace("\0", "").strip()
    if len(person) > MAX_PERSON:
        raise WalletError("This number of a person is too long.", mend="Look at the number again.")
    if wish.level != rules.first_level and (wish.recognised is not Recognised.PAPERS or not person):
        raise WalletError("This level needs papers and a number in a register.", mend="Open one of the first level.")
    with transaction.atomic():
        there = Wallet.objects.filter(holder=person).exclude(state=State.CLOSED).first() if person else None
        if there is not None:
            return there, False
        made = opening.open_wallet(
            rules, holder=person or f"centre {uuid.uuid4().hex}", level=wish.level, unit=unit, language=wish.language,
            by=by, at=at,
        )  # fmt: skip
        notes.keep(made, NoteKind.OPENED, by=by, at=at, asked=Asked.OWNER, recognised=wish.recognised)
        return made, True


def new_pin(
    wallet: Wallet, pin: str, rules: Rules, *, asked: Asked, recognised: Recognised, by: str, at: datetime
) -> Wallet:
    """A new PIN for somebody whom an officer has recognised, noted for the owner. Raises ``TooOften``, ``BadPin``."""
    with transaction.atomic():
        row = Wallet.objects.select_for_update().get(pk=wallet.pk)
        given = Note.objects.filter(kind=NoteKind.NEW_PIN)
        if given.filter(wallet=row, at__gt=at - IN_A_DAY).count() >= PINS_OF_A_WALLET:
            raise TooOften("This wallet has had three new PINs in a day.", mend="Freeze it, or wait until tomorrow.")
        if given.filter(by=by, at__gt=at - IN_AN_HOUR).count() >= PINS_OF_AN_OFFICER:
            raise TooOften("You have set thirty new PINs in an hour.", mend="A colleague goes on, or wait.")
        recovering.at_a_centre(row, pin, rules, by, at)
        notes.keep(row, NoteKind.NEW_PIN, by=by, at=at, asked=asked, recognised=recognised)
        return row


def freeze(wallet: Wallet, *, by: str, why: str, at: datetime) -> None:
    """Nothing moves any more. The reason stands on the ledger beside the account, and for the owner."""
    words = notes.checked_words(why)
    with transaction.atomic():
        row = Wallet.objects.select_for_update().get(pk=wallet.pk)
        if row.state == State.ACTIVE:
            ledger.freeze(account=row.account, at=at, reason=f"{words[:120]} ({by})"[:200])
            row.state = State.FROZEN
            row.save(update_fields=["state"])
            notes.keep(row, NoteKind.FROZEN, by=by, at=at, words=words)


def thaw(wallet: Wallet, *, by: str, why: str, at: datetime) -> None:
    """Everything moves again. Raises ``NotAllowed`` for whoever froze it: two people look at it."""
    words = notes.checked_words(why)
    with transaction.atomic():
        row = Wallet.objects.select_for_update().get(pk=wallet.pk)
        if row.state != State.FROZEN:
            return
        last = row.notes.filter(kind=NoteKind.FROZEN).order_by("-id").first()
        if last is not None and last.by == by:
            raise NotAllowed("You froze this wallet.", why="Two people look at it.", mend="Ask another supervisor.")
        ledger.unfreeze(account=row.account, at=at)
        row.state = State.ACTIVE
        row.save(update_fields=["state"])
        notes.keep(row, NoteKind.UNFROZEN, by=by, at=at, words=words)


def set_level(wallet: Wallet, level: str, rules: Rules, *, by: str, at: datetime) -> None:
    """Another level, for somebody who has shown papers. Raises ``WalletError`` for one that is not there."""
    if level not in rules.levels:
        raise WalletError(f"There is no level {level!r}.", mend=f"Known here: {', '.join(rules.levels)}.")
    with transaction.atomic():
        row = Wallet.objects.select_for_update().get(pk=wallet.pk)
        if row.level == level:
            return
        row.level = level
        row.save(update_fields=["level"])
        notes.keep(row, NoteKind.LEVEL, by=by, at=at, recognised=Recognised.PAPERS, words=level)

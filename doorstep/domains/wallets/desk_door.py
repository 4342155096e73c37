"""The part of wallets' door that officers use. Who may is asked at the desk's gate; who did it stays with the wallet.

Every function that shows one person's wallet writes the look down in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.wallets import centre, counting, disputing, notes, numbers, opening, queries, reading
from doorstep.domains.wallets.models import Agent, Dispute, Wallet
from doorstep.domains.wallets.reading import Limits
from doorstep.domains.wallets.types import (
    AgentView,
    Asked,
    CashUpView,
    Count,
    Desk,
    DisputeView,
    NoteView,
    NoWallet,
    Opening,
    Recognised,
    State,
    WalletView,
)
from doorstep.engines.looks import api as looks

PAGE = 25


def find_wallet(*, number: str) -> UUID:
    """The page of the wallet with this number. Raises ``NoWallet``."""
    return open_row(number).page


def look_at_wallet(*, country: Country, page: UUID, who: str, purpose: str, at: datetime) -> Desk:
    """A wallet for an officer, whose look its owner sees. Raises ``NoWallet``."""
    with transaction.atomic():
        row = _of(page)
        looks.record(subject=_subject(row), who=who, purpose=purpose, at=at)
        return queries.for_an_officer(row, reading.rules_of(country), at)


def looks_at_wallet(*, number: str) -> tuple[looks.Look, ...]:
    """Who looked at a wallet, for its owner: the newest first."""
    return looks.looks_at(subject=_subject(open_row(number)))


def notes_of_wallet(*, number: str) -> tuple[NoteView, ...]:
    """What officers did with a wallet, for its owner: the newest first."""
    return notes.of(open_row(number))


def open_at_a_centre(*, country: Country, wish: Opening, by: str, at: datetime) -> tuple[UUID, bool]:
    """Open a wallet for somebody at the counter: its page, and whether it is new. Who has one keeps it.

    Raises ``NoConsent``, and ``WalletError`` for a level that needs papers.
    """
    rules = reading.rules_of(country)
    opening.define(country)
    row, is_new = centre.open_(rules, wish, unit=country.currency, by=by, at=at)
    return row.page, is_new


def new_pin_at_a_centre(
    *, country: Country, page: UUID, pin: str, asked: Asked, recognised: Recognised, by: str, at: datetime
) -> WalletView:
    """A new PIN for somebody whom an officer has recognised; the owner reads who did it, for whom and how.

    Raises ``TooOften`` (three a day for a wallet, thirty an hour by an officer), ``BadPin``, ``NoWallet``.
    """
    rules = reading.rules_of(country)
    row = centre.new_pin(_of(page), pin, rules, asked=asked, recognised=recognised, by=by, at=at)
    return queries.wallet_view(row, rules, at)


def freeze(*, number: str, by: str, why: str, at: datetime) -> None:
    """Nothing moves on a wallet until it is unfrozen. Raises ``NoWallet``, ``NoWords``."""
    centre.freeze(open_row(number), by=by, why=why, at=at)


def unfreeze(*, number: str, by: str, why: str, at: datetime) -> None:
    """Everything moves again. Raises ``NotAllowed`` for whoever froze it, ``NoWallet``, ``NoWords``."""
    centre.thaw(open_row(number), by=by, why=why, at=at)


def set_level(*, country: Country, number: str, level: str, by: str, at: datetime) -> None:
    """Another level, for somebody who has shown papers. Raises ``WalletError``."""
    centre.set_level(open_row(number), level, reading.rules_of(country), by=by, at=at)


def levels(*, country: Country) -> Mapping[str, Limits]:
    """The levels of wallets with their limits in cents; the first is that of a wallet without papers."""
    return reading.rules_of(country).levels


# --- quarrels


def disputes(*, is_open: bool = True, number: int = 1) -> tuple[DisputeView, ...]:
    """A page of 25 quarrels: those that wait, the oldest first; or those that are decided, the newest first."""
    rows = queries.disputes(is_open=is_open)[(number - 1) * PAGE : number * PAGE]
    return tuple(queries.dispute_view(row) for row in rows)


def count_disputes(*, is_open: bool = True) -> int:
    """How many there are."""
    return queries.disputes(is_open=is_open).count()


def look_at_dispute(*, id: int, who: str, purpose: str, at: datetime) -> DisputeView:
    """One quarrel for an officer, whose look both sides see. Raises ``NoWallet``."""
    with transaction.atomic():
        row = Dispute.objects.select_related("movement__wallet", "movement__other").filter(pk=id).first()
        if row is None or row.movement.other is None:
            raise NoWallet("There is no such quarrel.", mend="Look at the list again.")
        for wallet in (row.movement.wallet, row.movement.other):
            looks.record(subject=_subject(wallet), who=who, purpose=purpose, at=at)
        return queries.dispute_view(row)


def decide_dispute(*, id: int, upheld: bool, by: str, words: str, at: datetime) -> DisputeView:
    """An officer's answer. Raises ``AlreadyDisputed``, and ``WalletError`` without words."""
    return queries.dispute_view(disputing.decide(id, upheld=upheld, by=by, words=words, at=at))


# --- agents


def agents(*, country: Country, at: datetime) -> tuple[AgentView, ...]:
    """Every agent of the country that has worked or has float, in the order of its file; the others with nothing."""
    rows = {row.code: row for row in Agent.objects.all()}
    return tuple(
        queries.agent_view(rows[code], at) if code in rows else AgentView(code, 0, 0, 0)
        for code in reading.rules_of(country).agents
    )


def fill_agent(*, country: Country, code: str, amount: int, key: str, at: datetime, pin: str = "") -> AgentView:
    """Give an agent float against money at the bank; open it where it is new, with its PIN. ``amount`` may be 0."""
    rules = reading.rules_of(country)
    if code not in rules.agents:
        raise NoWallet(f"There is no agent {code!r}.", mend=f"Known here: {', '.join(rules.agents)}.")
    opening.define(country)
    with transaction.atomic():
        row = opening.open_agent(code, unit=country.currency, at=at)
        if pin:
            opening.set_pin(row, pin, rules)
        if amount:
            counting.add_float(row, amount, unit=country.currency, key=key, at=at)
    return queries.agent_view(row, at)


def cash_up(*, country: Country, code: str, count: Count, by: str, at: datetime) -> None:
    """Write down what was counted at an agent; what was brought becomes float. Raises ``BadCashUp``, ``NoWallet``."""
    counting.cash_up(_agent(code), count, unit=country.currency, by=by, at=at)


def cash_ups(*, code: str) -> tuple[CashUpView, ...]:
    """The counts of an agent's cash, the newest first."""
    row = Agent.objects.filter(code=code).first()
    return counting.cash_ups(row) if row else ()


# --- what the door's two parts share


def open_row(number: str) -> Wallet:
    """The wallet with this number that is not closed. Raises ``NoWallet``."""
    row = Wallet.objects.filter(number=numbers.tidied(number)).exclude(state=State.CLOSED).first()
    if row is None:
        raise NoWallet("There is no wallet with this number.", mend="Look at the number again.")
    return row


def _of(page: UUID) -> Wallet:
    row = Wallet.objects.filter(page=page).exclude(state=State.CLOSED).first()
    if row is None:
        raise NoWallet("There is no such wallet.", mend="Find it by its number.")
    return row


def _agent(code: str) -> Agent:
    row = Agent.objects.filter(code=code).first()
    if row is None:
        raise NoWallet("This agent has no float yet.", mend="Give it float and a PIN first.")
    return row


def _subject(wallet: Wallet) -> str:
    return f"wallet:{wallet.number}"

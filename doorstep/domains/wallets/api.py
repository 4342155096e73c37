"""The door of wallets. Amounts are whole cents; every act has a key, and the same key makes it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from doorstep.domains.country.api import Country
from doorstep.domains.wallets import disputing, moving, numbers, opening, queries, reading, recovering
from doorstep.domains.wallets.desk_door import (
    agents,
    cash_up,
    cash_ups,
    count_disputes,
    decide_dispute,
    disputes,
    fill_agent,
    find_wallet,
    freeze,
    levels,
    look_at_dispute,
    look_at_wallet,
    looks_at_wallet,
    new_pin_at_a_centre,
    notes_of_wallet,
    open_at_a_centre,
    open_row,
    set_level,
    unfreeze,
)
from doorstep.domains.wallets.models import Agent, Dispute, Movement, Wallet
from doorstep.domains.wallets.moving import Act
from doorstep.domains.wallets.types import (
    AgentView,
    DisputeView,
    MovementView,
    NotYours,
    NoWallet,
    Paid,
    State,
    WalletView,
)
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import ReceiptView
from doorstep.engines.pins.types import PinRules
from doorstep.kit.languages import Text

__all__ = [
    "Act",
    "agent",
    "agent_at_work",
    "agent_names",
    "agents",
    "cash_in",
    "cash_out",
    "cash_up",
    "cash_ups",
    "change_pin",
    "check_pin",
    "confirm_recovery",
    "count_disputes",
    "decide_dispute",
    "dispute_of",
    "disputes",
    "drop_confidant",
    "fill_agent",
    "find_wallet",
    "finish_recovery",
    "freeze",
    "guarding",
    "has_wallets",
    "is_agent_open",
    "is_open",
    "levels",
    "look_at_dispute",
    "look_at_wallet",
    "looks_at_wallet",
    "movements",
    "name_confidant",
    "new_pin_at_a_centre",
    "note_paid",
    "notes_of_wallet",
    "open_at_a_centre",
    "open_dispute",
    "open_recovery",
    "open_wallet",
    "pin_digits",
    "receipt",
    "recovery_missing",
    "reply_to_dispute",
    "send",
    "set_first_pin",
    "set_level",
    "shown_number",
    "sign_in",
    "tidied_number",
    "unfreeze",
    "wallet",
    "wallets_of",
]

shown_number = numbers.shown
tidied_number = numbers.tidied


def has_wallets(*, country: Country) -> bool:
    """Whether the country has wallets at all."""
    return reading.FILE in country.files


def open_wallet(*, country: Country, holder: str, language: str, by: str, at: datetime, level: str = "") -> WalletView:
    """A wallet for ``holder`` (a pseudonym), or the one that is there. ``level``: without it, that without papers."""
    rules = reading.rules_of(country)
    opening.define(country)
    row = opening.open_wallet(
        rules, holder=holder, level=level or rules.first_level, unit=country.currency, language=language, by=by, at=at
    )
    return queries.wallet_view(row, rules, at)


def wallets_of(*, holders: list[str]) -> Mapping[str, int]:
    """The ledger's accounts of holders that have an open wallet, in one query: holder -> account."""
    rows = Wallet.objects.filter(holder__in=holders, state="active").values_list("holder", "account")
    return dict(rows)


def set_first_pin(*, country: Country, number: str, pin: str, by: str, at: datetime) -> None:
    """The first PIN, chosen by the owner at the desk that opened the wallet. Raises ``BadPin``, ``NoWallet``."""
    with transaction.atomic():
        row = Wallet.objects.select_for_update().filter(number=numbers.tidied(number), pin_hash="").first()
        if row is None:
            raise NoWallet("This wallet has a PIN, or is not there.", mend="Use recovery for a lost PIN.")
        opening.set_pin(row, pin, reading.rules_of(country))


def sign_in(*, country: Country, number: str, pin: str, at: datetime) -> WalletView:
    """The wallet whose number and PIN these are. Raises ``WrongPin``, ``Waiting``."""
    rules = reading.rules_of(country)
    return queries.wallet_view(opening.owner(number, pin, rules, at), rules, at)


def wallet(*, country: Country, number: str, at: datetime) -> WalletView:
    """A wallet by its number, for somebody who has signed in. Raises ``NoWallet``."""
    return queries.wallet_view(open_row(number), reading.rules_of(country), at)


def movements(*, number: str, at: datetime, before: int | None = None, size: int = 20) -> tuple[MovementView, ...]:
    """A page of the statement, the newest first."""
    return queries.movements(open_row(number), at, before=before, size=size)


def receipt(*, number: str, movement: int) -> ReceiptView:
    """The proof of a movement of this wallet in the public log. Raises ``NoWallet``, ``NoReceipt``, ``NotYours``."""
    row = Movement.objects.filter(pk=movement).select_related("wallet", "other", "agent").first()
    owner = open_row(number)
    if row is None or owner.pk not in (row.wallet_id, row.other_id):
        raise NotYours("You have no such payment.", mend="Choose one from your list.")
    return evidence.receipt(leaf=row.leaf, kind=moving.LEAF, content=moving.proved(row))


def change_pin(*, country: Country, number: str, old: str, new: str, at: datetime) -> None:
    """Another PIN, by whoever knows the old one. Raises ``WrongPin``, ``Waiting``, ``BadPin``."""
    opening.change_pin(number, old, new, reading.rules_of(country), at)


def cash_in(*, country: Country, agent: str, pin: str, number: str, act: Act) -> MovementView:
    """An agent takes cash and fills a wallet; the PIN is the agent's.

    Raises ``WrongPin``, ``Waiting``, ``NoWallet``, ``Frozen``, ``OverLimit``, ``NotEnough``, ``BadAmount`` and
    ``SameKey``.
    """
    row = moving.cash_in(reading.rules_of(country), code=agent, pin=pin, number=number, act=act)
    return queries.movement_view(row, row.wallet, act.at)


def cash_out(*, country: Country, agent: str, number: str, pin: str, act: Act) -> MovementView:
    """A person gets cash at an agent; the PIN is the person's. Raises as ``cash_in``."""
    row = moving.cash_out(reading.rules_of(country), code=agent, number=number, pin=pin, act=act)
    return queries.movement_view(row, row.wallet, act.at)


def send(*, country: Country, number: str, pin: str, to: str, act: Act) -> MovementView:
    """From one person to another. Raises as ``cash_in``, and ``NotYours`` for one's own number."""
    row = moving.send(reading.rules_of(country), number=number, pin=pin, to=to, act=act)
    return queries.movement_view(row, row.wallet, act.at)


# --- agents


def agent_at_work(*, country: Country, code: str, pin: str, at: datetime) -> AgentView:
    """The agent whose code and PIN these are. Raises ``WrongPin``, ``Waiting``."""
    return queries.agent_view(opening.agent(code, pin, reading.rules_of(country), at), at)


def agent(*, code: str, at: datetime) -> AgentView:
    """An agent by its code, for one that has signed in. Raises ``NoWallet``."""
    row = Agent.objects.filter(code=code).first()
    if row is None:
        raise NoWallet("There is no such agent.", mend="Sign in again.")
    return queries.agent_view(row, at)


def agent_names(*, country: Country) -> Mapping[str, Text]:
    """Every agent by its code, and what stands over its door."""
    return {code: shape.name for code, shape in reading.rules_of(country).agents.items()}


def pin_digits(*, country: Country) -> int:
    """How many digits a PIN has."""
    return reading.rules_of(country).pin.digits


def check_pin(*, pin: str, digits: int) -> None:
    """Raise ``BadPin`` for a PIN that cannot be chosen."""
    opening.check_new_pin(pin, PinRules(digits=digits))


def guarding(*, address: str, at: datetime) -> AbstractContextManager[None]:
    """Around whatever takes a PIN or a code: after a hundred wrong ones in an hour from one address, no more are tried.

    Raises ``TooManyTries``. Of the address a keyed hash is kept, for an hour.
    """
    return opening.guarding(address, at)


def is_open(*, number: str, version: int) -> bool:
    """Whether what was opened with a PIN of this version is still open: a newer PIN, or the end, closes it."""
    rows = Wallet.objects.filter(number=number, pin_version=version).exclude(state=State.CLOSED)
    return rows.exists()


def is_agent_open(*, code: str, version: int) -> bool:
    """The same for an agent."""
    return Agent.objects.filter(code=code, pin_version=version).exists()


# --- a lost PIN


def name_confidant(*, country: Country, number: str, pin: str, confidant: str, at: datetime) -> None:
    """Name somebody who may help to bring a lost PIN back: with the PIN, for who names two can take the wallet over.

    Raises ``WrongPin``, ``Waiting``, ``NoWallet``, ``NotYours``.
    """
    opening.name_confidant(opening.owner(number, pin, reading.rules_of(country), at), confidant, at)


def drop_confidant(*, number: str, confidant: str) -> None:
    """Take somebody off that list."""
    opening.drop_confidant(open_row(number), confidant)


def open_recovery(*, country: Country, number: str, address: str, at: datetime) -> str:
    """Begin: the code to show once. A number that nobody has gets a code too, which leads nowhere.

    Raises ``TooManyTries`` where a hundred were begun from one address within an hour.
    """
    opening.count_beginning(address, at)
    return recovering.open_recovery(number, reading.rules_of(country), at)


def confirm_recovery(*, country: Country, code: str, number: str, pin: str, at: datetime) -> int:
    """A confidant's yes, with their own number and PIN; gives how many more are needed."""
    return recovering.confirm(code, number, pin, reading.rules_of(country), at)


def recovery_missing(*, country: Country, code: str, at: datetime) -> int:
    """How many have not confirmed yet. Raises ``NoRecovery``."""
    return recovering.missing(code, reading.rules_of(country), at)


def finish_recovery(*, country: Country, code: str, pin: str, at: datetime) -> WalletView:
    """A new PIN for whoever holds a code that enough people have confirmed. Raises ``NoRecovery``, ``BadPin``."""
    rules = reading.rules_of(country)
    return queries.wallet_view(recovering.finish(code, pin, rules, at), rules, at)


# --- quarrels


def open_dispute(*, number: str, movement: int, text: str, at: datetime) -> DisputeView:
    """Say that a payment was wrong; what is still there is held. Raises ``NotYours``, ``AlreadyDisputed``."""
    return queries.dispute_view(disputing.open_dispute(open_row(number), movement, text, at))


def reply_to_dispute(*, number: str, movement: int, text: str, at: datetime) -> DisputeView:
    """The receiver's side of a quarrel, once. Raises ``NotYours``, ``AlreadyDisputed``, ``WalletError``."""
    return queries.dispute_view(disputing.reply(open_row(number), movement, text, at))


def dispute_of(*, number: str, movement: int) -> DisputeView:
    """The quarrel about a movement, for one of the two whom it concerns. Raises ``NotYours``."""
    wallet_ = open_row(number)
    about = Q(movement__wallet=wallet_) | Q(movement__other=wallet_)
    row = Dispute.objects.select_related("movement__wallet", "movement__other").filter(about, movement=movement).first()
    if row is None:
        raise NotYours("Nobody quarrels about such a payment of yours.", mend="Choose one from your list.")
    return queries.dispute_view(row)


def note_paid(*, paid: Sequence[Paid], at: datetime) -> None:
    """The state's payments that the ledger has moved into wallets stand in their statements, each once."""
    moving.note_paid(paid, at)

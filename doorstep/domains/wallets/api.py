"""The door of wallets. Amounts are whole cents; every act has a key, and the same key makes it once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.wallets import disputing, moving, numbers, opening, pins, queries, reading, recovering
from doorstep.domains.wallets.models import Agent, Movement, Wallet
from doorstep.domains.wallets.moving import Act
from doorstep.domains.wallets.shapes import PinRules
from doorstep.domains.wallets.types import (
    AgentView,
    DisputeView,
    MovementView,
    NotYours,
    NoWallet,
    State,
    WalletView,
)
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import ReceiptView
from doorstep.engines.ledger import api as ledger
from doorstep.kit.languages import Text

__all__ = [
    "Act",
    "agent",
    "agent_at_work",
    "agent_names",
    "cash_in",
    "cash_out",
    "change_pin",
    "check_pin",
    "confirm_recovery",
    "decide_dispute",
    "disputes",
    "drop_confidant",
    "fill_agent",
    "finish_recovery",
    "freeze",
    "has_wallets",
    "movements",
    "name_confidant",
    "new_pin_at_a_centre",
    "open_dispute",
    "open_recovery",
    "open_wallet",
    "pin_digits",
    "receipt",
    "recovery_missing",
    "send",
    "set_first_pin",
    "shown_number",
    "sign_in",
    "tidied_number",
    "unfreeze",
    "wallet",
    "wallets_of",
]

BANK = "bank"
"""The holder of the account from which agents' float comes: the trust account at a bank."""

shown_number = numbers.shown
tidied_number = numbers.tidied


def has_wallets(*, country: Country) -> bool:
    """Whether the country has wallets at all."""
    return reading.FILE in country.files


def open_wallet(*, country: Country, holder: str, language: str, by: str, at: datetime, level: str = "") -> WalletView:
    """A wallet for ``holder`` (a pseudonym), or the one that is there. ``level``: without it, that without papers."""
    rules = reading.rules_of(country)
    _define(country)
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
    return queries.wallet_view(_wallet(number), reading.rules_of(country), at)


def movements(*, number: str, at: datetime, before: int | None = None, size: int = 20) -> tuple[MovementView, ...]:
    """A page of the statement, the newest first."""
    return queries.movements(_wallet(number), at, before=before, size=size)


def receipt(*, number: str, movement: int) -> ReceiptView:
    """The proof of a movement of this wallet in the public log. Raises ``NoWallet``, ``NoReceipt``, ``NotYours``."""
    row = Movement.objects.filter(pk=movement).select_related("wallet", "other", "agent").first()
    owner = _wallet(number)
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


def fill_agent(*, country: Country, code: str, amount: int, key: str, at: datetime, pin: str = "") -> AgentView:
    """Give an agent float against money at the bank; open it where it is new, with its PIN. ``amount`` may be 0."""
    rules = reading.rules_of(country)
    if code not in rules.agents:
        raise NoWallet(f"There is no agent {code!r}.", mend=f"Known here: {', '.join(rules.agents)}.")
    _define(country)
    with transaction.atomic():
        row = opening.open_agent(code, unit=country.currency, at=at)
        if pin:
            opening.set_pin(row, pin, rules)
        if amount:
            bank = ledger.open_account(holder=BANK, unit=country.currency, kind="trust", floor=None, at=at)
            legs = [ledger.Leg(bank, -amount), ledger.Leg(row.account, amount)]
            ledger.transfer(key=f"wallets:float:{key}", legs=legs, reason="float", at=at)
    return queries.agent_view(row, at)


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
    pins.check_new(pin, PinRules(digits=digits))


# --- a lost PIN


def name_confidant(*, country: Country, number: str, pin: str, confidant: str, at: datetime) -> None:
    """Name somebody who may help to bring a lost PIN back: with the PIN, for who names two can take the wallet over.

    Raises ``WrongPin``, ``Waiting``, ``NoWallet``, ``NotYours``.
    """
    opening.name_confidant(opening.owner(number, pin, reading.rules_of(country), at), confidant, at)


def drop_confidant(*, number: str, confidant: str) -> None:
    """Take somebody off that list."""
    opening.drop_confidant(_wallet(number), confidant)


def open_recovery(*, country: Country, number: str, at: datetime) -> str:
    """Begin: the code to show once. A number that nobody has gets a code too, which leads nowhere."""
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


def new_pin_at_a_centre(*, country: Country, number: str, pin: str, by: str, at: datetime) -> WalletView:
    """A new PIN for somebody whom an officer has recognised. Raises ``NoRecovery``, ``BadPin``."""
    rules = reading.rules_of(country)
    return queries.wallet_view(recovering.at_a_centre(number, pin, rules, by, at), rules, at)


# --- quarrels


def open_dispute(*, number: str, movement: int, text: str, at: datetime) -> DisputeView:
    """Say that a payment was wrong; what is still there is held. Raises ``NotYours``, ``AlreadyDisputed``."""
    return queries.dispute_view(disputing.open_dispute(_wallet(number), movement, text, at))


def disputes() -> tuple[DisputeView, ...]:
    """The quarrels that wait, the oldest first: at most a hundred."""
    return tuple(queries.dispute_view(row) for row in queries.open_disputes()[:100])


def decide_dispute(*, id: int, upheld: bool, by: str, words: str, at: datetime) -> DisputeView:
    """An officer's answer. Raises ``AlreadyDisputed``, and ``WalletError`` without words."""
    return queries.dispute_view(disputing.decide(id, upheld=upheld, by=by, words=words, at=at))


def freeze(*, number: str, by: str, why: str, at: datetime) -> None:
    """Nothing moves on a wallet until it is unfrozen."""
    disputing.freeze(_wallet(number), by=by, why=why, at=at)


def unfreeze(*, number: str, at: datetime) -> None:
    """Everything moves again."""
    disputing.thaw(_wallet(number), at=at)


def _wallet(number: str) -> Wallet:
    row = Wallet.objects.filter(number=numbers.tidied(number)).exclude(state=State.CLOSED).first()
    if row is None:
        raise NoWallet("There is no wallet with this number.", mend="Look at the number again.")
    return row


def _define(country: Country) -> None:
    ledger.define_unit(code=country.currency, kind="currency", digits=reading.MINOR)

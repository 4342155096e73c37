"""How money moves on the ledger: a programme's fund, what is in transit on each rail, and where it arrives.

::

    treasury -> fund of the programme -> in transit (one account a rail) -> settled (bank, mobile money)
                        ^                        |                      -> the person's wallet
                        +------ failed ----------+

Every move has a key of its own, made from the attempt's: what was moved once is never moved again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from doorstep.domains.payments.types import DoesNotAddUp, NotEnough, PaymentState, Rail
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import Paid
from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.types import Leg, Move

NO_WALLET = "no_wallet"
RAILS = (Rail.WALLET, Rail.BANK, Rail.MOBILE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An attempt that ended: what became of it, and whose money it was."""

    key: str
    state: PaymentState
    amount: int
    rail: Rail
    programme: str
    currency: str
    person: str


def define(currency: str, digits: int) -> None:
    """Make the currency known to the ledger."""
    ledger.define_unit(code=currency, kind="currency", digits=digits)


def fund_of(programme: str, currency: str, at: datetime) -> int:
    """The account from which a programme pays."""
    return ledger.open_account(holder=f"programme:{programme}", unit=currency, kind="fund", at=at)


def transit_of(rail: Rail, currency: str, at: datetime) -> int:
    """The account of what has left a fund on this rail and has not arrived."""
    return ledger.open_account(holder=f"rail:{rail}", unit=currency, kind="in_transit", at=at)


def settled_of(rail: Rail, currency: str, at: datetime) -> int:
    """The account of what banks or providers have paid out."""
    return ledger.open_account(holder=f"rail:{rail}", unit=currency, kind="settled", floor=None, at=at)


def pay_wallets(payouts: Sequence[Arrival], at: datetime) -> Mapping[str, str]:
    """In transit -> wallets. Gives those that could not be paid, by key: no open wallet, or one that takes nothing.

    ``arrive`` for the others moves nothing more: it is the same transfer under the same key.
    """
    owners = wallets.wallets_of(holders=sorted({one.person for one in payouts}))
    moves = {
        _key(one): Move(_key(one), transit_of(one.rail, one.currency, at), owners[one.person], one.amount)
        for one in payouts
        if one.person in owners
    }
    moved = ledger.transfer_many(rows=list(moves.values()), reason="payment paid", at=at)
    arrived = [
        Paid(one.person, f"pay {one.key}", _key(one), one.amount, one.programme)
        for one in payouts
        if one.person in owners and _key(one) not in moved.refused
    ]
    wallets.note_paid(paid=arrived, at=at)
    refused = {one.key: NO_WALLET for one in payouts if one.person not in owners}
    return refused | {one.key: f"wallet_{moved.refused[_key(one)]}" for one in payouts if _key(one) in moved.refused}


def fill_fund(programme: str, currency: str, amount: int, key: str, at: datetime) -> int:
    """Money of the treasury for a programme. Gives what the fund has now."""
    treasury = ledger.open_account(holder="treasury", unit=currency, kind="treasury", floor=None, at=at)
    fund = fund_of(programme, currency, at)
    ledger.transfer(
        key=f"payments:fund:{key}", legs=[Leg(treasury, -amount), Leg(fund, amount)], reason="allotted", at=at
    )
    return ledger.balance(account=fund).available


def reserve(key: str, programme: str, currency: str, amounts: Mapping[Rail, int], at: datetime) -> None:
    """Fund -> in transit, in one transfer. Raises ``NotEnough``: nothing is sent that is not there."""
    fund, total = fund_of(programme, currency, at), sum(amounts.values())
    has = ledger.balance(account=fund).available
    if has < total:
        raise NotEnough(
            f"The fund of {programme} does not hold what is to be sent.",
            why=f"It has {has:,} minor units of {currency}; {total:,} are needed.",
            mend=f"Allot more: doorstep payments fund {programme} AMOUNT --key NAME",
        )
    legs = [Leg(transit_of(rail, currency, at), amount) for rail, amount in amounts.items() if amount]
    if legs:
        ledger.transfer(key=key, legs=[Leg(fund, -total), *legs], reason="payments sent", at=at)


def arrive(arrivals: Sequence[Arrival], at: datetime) -> None:
    """Move the money of attempts that ended, each once. Raises ``DoesNotAddUp`` where one cannot be moved."""
    places = _Places(at)
    places.learn(arrivals)
    by_state: dict[PaymentState, list[Move]] = {}
    for one in arrivals:
        debit, credit = places.ends(one)
        by_state.setdefault(one.state, []).append(Move(_key(one), debit, credit, one.amount))
    for state, moves in by_state.items():
        moved = ledger.transfer_many(rows=moves, reason=f"payment {state}", at=at)
        if moved.refused or moved.made + moved.known != len(moves):
            why = ", ".join(sorted(set(moved.refused.values()))) or "some moves are missing"
            raise DoesNotAddUp(
                "The ledger does not take what was paid.", why=f"It says: {why}.", mend="Run the reconciliation."
            )


def _key(one: Arrival) -> str:
    return f"payments:{one.key}:{one.state}"


class _Places:
    """The accounts of one act, each looked up once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._known: dict[tuple[str, str, str], int] = {}

    def learn(self, arrivals: Sequence[Arrival]) -> None:
        """Look up every wallet at once."""
        people = {one.person for one in arrivals if one.rail is Rail.WALLET and one.state is not PaymentState.FAILED}
        owners = wallets.wallets_of(holders=sorted(people)) if people else {}
        for one in arrivals:
            if one.person in owners:
                self._known["wallet", one.person, one.currency] = owners[one.person]

    def ends(self, one: Arrival) -> tuple[int, int]:
        """From which account to which."""
        fund = self._find("fund", one.programme, one.currency)
        if one.state is PaymentState.FAILED:
            return self._find("transit", one.rail, one.currency), fund
        arrived = (
            self._find("wallet", one.person, one.currency)
            if one.rail is Rail.WALLET
            else self._find("settled", one.rail, one.currency)
        )
        if one.state is PaymentState.RETURNED:
            return arrived, fund
        return self._find("transit", one.rail, one.currency), arrived

    def _find(self, what: str, whose: str, currency: str) -> int:
        key = (what, whose, currency)
        if key not in self._known:
            self._known[key] = self._open(what, whose, currency)
        return self._known[key]

    def _open(self, what: str, whose: str, currency: str) -> int:
        if what == "fund":
            return fund_of(whose, currency, self._at)
        if what == "transit":
            return transit_of(Rail(whose), currency, self._at)
        return settled_of(Rail(whose), currency, self._at)

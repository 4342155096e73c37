"""Value in, out and across. Each act has a key: the same act sent twice is made once and answered the same.

Locks are taken in one order: wallets by number, then whatever the ledger locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum

from doorstep.domains.wallets import numbers, opening
from doorstep.domains.wallets.models import Agent, Movement, Wallet
from doorstep.domains.wallets.reading import Limits, Rules
from doorstep.domains.wallets.types import (
    BadAmount,
    Frozen,
    Kind,
    NotEnough,
    NotYours,
    NoWallet,
    OverLimit,
    Paid,
    SameKey,
    State,
)
from doorstep.engines.evidence import api as evidence
from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.types import AccountFrozen, InsufficientFunds, KeyReused

LEAF = "wallet movement"
MOST = 10**12
DAY = timedelta(days=1)
OUTGOING = (Kind.SENT, Kind.CASH_OUT)


@dataclass(frozen=True)
class Act:
    """What is asked for: ``amount`` in cents, under a ``key`` of the caller's choice, at a time."""

    key: str
    amount: int
    at: datetime


def cash_in(rules: Rules, *, code: str, pin: str, number: str, act: Act) -> Movement:
    """An agent takes cash and puts as much into a wallet."""
    _check_amount(act)
    giver = opening.agent(code, pin, rules, act.at)
    with transaction.atomic():
        wallet = _locked([number])[0]
        if found := _known(act, Kind.CASH_IN, agent=giver, number=number):
            return found
        _check_room(wallet, rules, act.amount)
        return _moved(act, Kind.CASH_IN, wallet, (giver.account, wallet.account), agent=giver)


def cash_out(rules: Rules, *, code: str, number: str, pin: str, act: Act) -> Movement:
    """A person gets cash at an agent, with their own PIN."""
    _check_amount(act)
    opening.owner(number, pin, rules, act.at)
    taker = Agent.objects.filter(code=code.strip().lower()[:40]).first()
    if taker is None:
        raise NoWallet("There is no agent with this code.", mend="The code stands at the agent's door.")
    with transaction.atomic():
        wallet = _locked([number])[0]
        if found := _known(act, Kind.CASH_OUT, agent=taker, number=number):
            return found
        _check_leaving(wallet, rules, act)
        return _moved(act, Kind.CASH_OUT, wallet, (wallet.account, taker.account), agent=taker)


def send(rules: Rules, *, number: str, pin: str, to: str, act: Act) -> Movement:
    """From one person to another, with the sender's PIN."""
    _check_amount(act)
    opening.owner(number, pin, rules, act.at)
    if numbers.tidied(to) == numbers.tidied(number):
        raise NotYours("That is your own number.", mend="Write the number of the person who is to get it.")
    with transaction.atomic():
        sender, receiver = _locked([number, to])
        if found := _known(act, Kind.SENT, other=to, number=number):
            return found
        _check_leaving(sender, rules, act)
        _check_room(receiver, rules, act.amount)
        return _moved(act, Kind.SENT, sender, (sender.account, receiver.account), other=receiver)


def left_today(wallet: Wallet, limits: Limits, at: datetime) -> int:
    """How much may still leave the wallet: its limit less what left it in the last 24 hours."""
    rows = Movement.objects.filter(wallet=wallet, kind__in=OUTGOING, at__gt=at - DAY)
    return max(limits.pays_a_day - (rows.aggregate(all=Sum("amount"))["all"] or 0), 0)


# ---------------------------------------------------------------------- what every act looks at


def _check_amount(act: Act) -> None:
    if not 0 < act.amount <= MOST:
        raise BadAmount("This is no amount that can be moved.", mend="Write an amount above nought.")
    if not act.key or len(act.key) > 80:
        raise SameKey("An act needs a key of at most 80 letters.", mend="Send one: a new one for each act.")


def _known(act: Act, kind: Kind, **ends: Any) -> Movement | None:
    """The movement that this act made before. Raises ``SameKey`` where the key was another act's."""
    found = Movement.objects.filter(key=act.key).select_related("wallet", "other", "agent").first()
    if found is None:
        return None
    same = found.kind == kind and found.amount == act.amount
    same &= found.wallet.number == numbers.tidied(ends["number"])
    if "agent" in ends:
        same &= found.agent == ends["agent"]
    if "other" in ends:
        same &= found.other is not None and found.other.number == numbers.tidied(ends["other"])
    if not same:
        raise SameKey("This key was used for another act.", mend="Use a new key for a new act.")
    return found


def _locked(given: Sequence[str]) -> list[Wallet]:
    """The wallets with these numbers, locked in the order of their numbers. Raises ``NoWallet`` and ``Frozen``."""
    wanted = [numbers.tidied(number) for number in given]
    rows = Wallet.objects.select_for_update().filter(number__in=wanted).order_by("number")
    found = {row.number: row for row in rows}
    for number in wanted:
        if number not in found or found[number].state == State.CLOSED:
            raise NoWallet("There is no wallet with this number.", mend="Look at the number again.")
        if found[number].state == State.FROZEN:
            raise Frozen("This wallet is frozen.", why="An officer is looking at it.", mend="Call for help.")
    return [found[number] for number in wanted]


def _check_leaving(wallet: Wallet, rules: Rules, act: Act) -> None:
    limits = rules.levels[wallet.level]
    if act.amount > limits.pays_at_once:
        raise OverLimit("pays_at_once", limits.pays_at_once)
    if act.amount > left_today(wallet, limits, act.at):
        raise OverLimit("pays_a_day", limits.pays_a_day)


def _check_room(wallet: Wallet, rules: Rules, amount: int) -> None:
    limits = rules.levels[wallet.level]
    if ledger.balance(account=wallet.account).posted + amount > limits.holds_at_most:
        raise OverLimit("holds_at_most", limits.holds_at_most)


def _moved(
    act: Act, kind: Kind, wallet: Wallet, accounts: tuple[int, int],
    *, agent: Agent | None = None, other: Wallet | None = None,
) -> Movement:  # fmt: skip
    """Move it on the ledger and keep the movement beside it."""
    giver, taker = accounts
    legs = [ledger.Leg(giver, -act.amount), ledger.Leg(taker, act.amount)]
    try:
        made = ledger.transfer(key=f"wallets:{act.key}", legs=legs, reason=kind.value, at=act.at)
    except InsufficientFunds as error:
        raise NotEnough("There is not enough to move.", mend="Look at the balance and move less.") from error
    except AccountFrozen as error:
        raise Frozen("This account is frozen.", why="An officer is looking at it.", mend="Call for help.") from error
    except KeyReused as error:
        raise SameKey("This key was used for another act.", mend="Use a new key for a new act.") from error
    return recorded(Movement(
        key=act.key, kind=kind, wallet=wallet, other=other, agent=agent, amount=act.amount, transfer=made.id, at=act.at
    ))  # fmt: skip


def recorded(row: Movement) -> Movement:
    """Keep a movement together with its leaf in the log: neither stands without the other."""
    row.leaf = evidence.append(kind=LEAF, content=proved(row)).id
    row.save(force_insert=True)
    return row


def proved(row: Movement) -> dict[str, str]:
    """What the log's leaf of a movement is about, and its receipt says."""
    other = row.agent.code if row.agent else row.other.number if row.other else row.source
    return {
        "act": row.kind,
        "amount": str(row.amount),
        "at": row.at.isoformat(),
        "key": row.key,
        "other": other,
        "wallet": row.wallet.number,
    }


def note_paid(paid: Sequence[Paid], at: datetime) -> None:
    """Payments of the state that the ledger has moved into wallets become movements; those that are there stay."""
    known = set(Movement.objects.filter(key__in=[one.key for one in paid]).values_list("key", flat=True))
    new = [one for one in paid if one.key not in known]
    numbers_ = ledger.find_numbers(keys=[one.act for one in new])
    owners = {one.holder: one for one in Wallet.objects.filter(holder__in=[p.holder for p in new], state="active")}
    rows = [
        Movement(
            key=one.key, kind=Kind.PAID, wallet=owners[one.holder], amount=one.amount, source=one.source,
            transfer=numbers_[one.act], at=at,
        )
        for one in new
    ]  # fmt: skip
    for row, leaf in zip(rows, evidence.append_many(kind=LEAF, contents=[proved(row) for row in rows]), strict=True):
        row.leaf = leaf.id
    Movement.objects.bulk_create(rows, batch_size=2_000)

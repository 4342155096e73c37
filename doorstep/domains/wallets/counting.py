"""An agent's cash: what should be there, what was counted, and what of it the bank has now as float."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum

from doorstep.domains.wallets import notes
from doorstep.domains.wallets.models import Agent, CashUp, Movement
from doorstep.domains.wallets.types import BadCashUp, CashUpView, Count, Kind
from doorstep.engines.ledger import api as ledger

SHOWN = 30
MOST = 10**12
BANK = "bank"
"""The holder of the account from which agents' float comes: the trust account at a bank."""


def cash_of(agent: Agent) -> int:
    """What should be in the agent's drawer: what was left at the last count, and what went in and out since."""
    last = _last(agent)
    rows = Movement.objects.filter(agent=agent, id__gt=last.upto if last else 0)
    sums = dict(rows.values_list("kind").annotate(all=Sum("amount")))
    left = last.counted - last.brought if last else 0
    return int(left + sums.get(Kind.CASH_IN, 0) - sums.get(Kind.CASH_OUT, 0))


def counted_at(agent: Agent) -> datetime | None:
    """When the cash was last counted."""
    last = _last(agent)
    return last.at if last else None


def cash_up(agent: Agent, count: Count, *, unit: str, by: str, at: datetime) -> None:
    """Write a count down; what was brought becomes float. The same key again changes nothing. Raises ``BadCashUp``."""
    words = count.words.replace("\0", "").strip()[: notes.MAX_WORDS]
    if not 0 <= count.brought <= count.counted <= MOST or not 0 < len(count.key) <= 60:
        raise BadCashUp("This is no count of cash.", mend="Nobody brings more than was counted.")
    with transaction.atomic():
        row = Agent.objects.select_for_update().get(pk=agent.pk)
        if CashUp.objects.filter(key=count.key).exists():
            return
        expected = cash_of(row)
        if expected != count.seen:
            raise BadCashUp("Money has moved since the page was opened.", mend="Look at the sum again.")
        if count.counted != expected and not words:
            raise BadCashUp("The count differs from what should be there.", mend="Write down why.")
        upto = Movement.objects.filter(agent=row).aggregate(last=Max("id"))["last"] or 0
        CashUp.objects.create(
            agent=row, key=count.key, expected=expected, counted=count.counted, brought=count.brought, by=by,
            words=words, upto=upto, at=at,
        )  # fmt: skip
        if count.brought:
            add_float(row, count.brought, unit=unit, key=f"cash-up {count.key}", at=at)


def add_float(agent: Agent, amount: int, *, unit: str, key: str, at: datetime) -> None:
    """Float for money that the bank has. The same key again changes nothing."""
    bank = ledger.open_account(holder=BANK, unit=unit, kind="trust", floor=None, at=at)
    legs = [ledger.Leg(bank, -amount), ledger.Leg(agent.account, amount)]
    ledger.transfer(key=f"wallets:float:{key}", legs=legs, reason="float", at=at)


def cash_ups(agent: Agent) -> tuple[CashUpView, ...]:
    """The counts of an agent, the newest first."""
    rows = agent.cash_ups.order_by("-id")[:SHOWN]
    return tuple(CashUpView(row.at, row.by, row.expected, row.counted, row.brought, row.words) for row in rows)


def _last(agent: Agent) -> CashUp | None:
    return agent.cash_ups.order_by("-id").first()

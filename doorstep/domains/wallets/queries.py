"""What an owner, an agent and an officer see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from doorstep.domains.wallets import disputing, moving
from doorstep.domains.wallets.models import Agent, Dispute, Movement, Wallet
from doorstep.domains.wallets.reading import Rules
from doorstep.domains.wallets.types import (
    AgentView,
    DisputeState,
    DisputeView,
    Kind,
    MovementView,
    State,
    WalletView,
)
from doorstep.engines.ledger import api as ledger


def wallet_view(wallet: Wallet, rules: Rules, at: datetime) -> WalletView:
    """The wallet as its owner sees it."""
    limits = rules.levels[wallet.level]
    has = ledger.balance(account=wallet.account)
    named = wallet.confidants.order_by("named_at").values_list("confidant__number", flat=True)
    return WalletView(
        number=wallet.number,
        level=wallet.level,
        state=State(wallet.state),
        language=wallet.language,
        balance=has.posted,
        available=has.available,
        left_today=min(moving.left_today(wallet, limits, at), max(has.available, 0)),
        holds_at_most=limits.holds_at_most,
        pays_at_once=limits.pays_at_once,
        confidants=tuple(named),
        has_pin=bool(wallet.pin_hash),
    )


def movements(wallet: Wallet, at: datetime, *, before: int | None, size: int) -> tuple[MovementView, ...]:
    """What moved, the newest first; ``before`` is the last one of the page before."""
    rows = Movement.objects.filter(Q(wallet=wallet) | Q(other=wallet)).select_related("wallet", "other", "agent")
    rows = rows.select_related("dispute").filter(id__lt=before) if before else rows.select_related("dispute")
    return tuple(movement_view(row, wallet, at) for row in rows.order_by("-id")[:size])


def movement_view(row: Movement, wallet: Wallet, at: datetime) -> MovementView:
    """One movement from the side of one wallet."""
    is_own = row.wallet_id == wallet.pk
    leaves = row.kind in (Kind.CASH_OUT, Kind.SENT, Kind.RETURNED) if is_own else False
    other = row.agent.code if row.agent else ""
    if row.other is not None:
        other = row.other.number if is_own else row.wallet.number
    dispute = getattr(row, "dispute", None)
    return MovementView(
        id=row.pk,
        kind=Kind(row.kind),
        amount=-row.amount if leaves else row.amount,
        other=other,
        at=row.at,
        may_dispute=disputing.may_dispute(row, wallet, at),
        dispute=DisputeState(dispute.state) if dispute and is_own else None,
    )


def agent_view(agent: Agent, at: datetime) -> AgentView:
    """An agent's float and what it did in the last day."""
    rows = Movement.objects.filter(agent=agent, at__gt=at - moving.DAY)
    sums = dict(rows.values_list("kind").annotate(all=Sum("amount")))
    left = ledger.balance(account=agent.account).available
    return AgentView(agent.code, left, sums.get(Kind.CASH_IN, 0), sums.get(Kind.CASH_OUT, 0))


def open_disputes() -> QuerySet[Dispute]:
    """The quarrels that wait, the oldest first."""
    rows = Dispute.objects.filter(state=DisputeState.OPEN).select_related("movement__wallet", "movement__other")
    return rows.order_by("opened_at", "id")


def dispute_view(row: Dispute) -> DisputeView:
    """A quarrel for the officer who decides it."""
    movement = row.movement
    assert movement.other is not None
    return DisputeView(
        id=row.pk,
        movement=movement.pk,
        sender=movement.wallet.number,
        receiver=movement.other.number,
        amount=movement.amount,
        held=row.held,
        text=row.text,
        opened_at=row.opened_at,
        state=DisputeState(row.state),
        decided_by=row.decided_by,
        words=row.words,
    )

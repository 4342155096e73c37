"""What an owner, an agent and an officer see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from doorstep.domains.wallets import counting, disputing, moving, notes
from doorstep.domains.wallets.models import Agent, Dispute, Movement, Wallet
from doorstep.domains.wallets.reading import Rules
from doorstep.domains.wallets.types import (
    AgentView,
    Desk,
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
        pin_version=wallet.pin_version,
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
        dispute=DisputeState(dispute.state) if dispute else None,
        source=row.source,
        may_reply=disputing.may_reply(row, wallet),
        is_own=is_own,
    )


def agent_view(agent: Agent, at: datetime) -> AgentView:
    """An agent's float and what it did in the last day."""
    rows = Movement.objects.filter(agent=agent, at__gt=at - moving.DAY)
    sums = dict(rows.values_list("kind").annotate(all=Sum("amount")))
    left = ledger.balance(account=agent.account).available
    return AgentView(
        agent.code,
        left,
        sums.get(Kind.CASH_IN, 0),
        sums.get(Kind.CASH_OUT, 0),
        cash=counting.cash_of(agent),
        counted_at=counting.counted_at(agent),
        has_pin=bool(agent.pin_hash),
        pin_version=agent.pin_version,
    )


def disputes(*, is_open: bool) -> QuerySet[Dispute]:
    """The quarrels that wait, the oldest first; or those that are decided, the newest first."""
    rows = Dispute.objects.select_related("movement__wallet", "movement__other")
    if is_open:
        return rows.filter(state=DisputeState.OPEN).order_by("opened_at", "id")
    return rows.exclude(state=DisputeState.OPEN).order_by("-decided_at", "-id")


def dispute_view(row: Dispute) -> DisputeView:
    """A quarrel for the officer who decides it, and for the two whom it concerns."""
    movement = row.movement
    assert movement.other is not None
    back = Movement.objects.filter(key=f"dispute:{movement.pk}").select_related("wallet", "other", "agent").first()
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
        reply=row.reply,
        replied_at=row.replied_at,
        paid_at=movement.at,
        decided_at=row.decided_at,
        returned=movement_view(back, movement.wallet, back.at) if back else None,
    )


def for_an_officer(wallet: Wallet, rules: Rules, at: datetime) -> Desk:
    """A wallet with what an officer needs to help: whom its owner pays is masked."""
    about = Dispute.objects.filter(Q(movement__wallet=wallet) | Q(movement__other=wallet))
    return Desk(
        page=wallet.page,
        wallet=wallet_view(wallet, rules, at),
        opened_at=wallet.opened_at,
        opened_by=wallet.opened_by,
        waits_until=wallet.waits_until if wallet.waits_until and wallet.waits_until > at else None,
        movements=tuple(
            replace(one, other=_masked(one.other)) if one.kind in (Kind.SENT, Kind.RETURNED) else one
            for one in movements(wallet, at, before=None, size=10)
        ),
        notes=notes.of(wallet),
        disputes=tuple(
            dispute_view(row)
            for row in about.select_related("movement__wallet", "movement__other").order_by("-id")[:20]
        ),
    )


def _masked(number: str) -> str:
    """Enough of a number to tell two apart, and too little to pay to it."""
    return f"••• ••• {number[-3:]}"

"""Quarrels: the sender says that a movement was wrong. What is still there is held until an officer decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from doorstep.domains.wallets import moving
from doorstep.domains.wallets.models import Dispute, Movement, Wallet
from doorstep.domains.wallets.types import (
    AlreadyDisputed,
    DisputeState,
    Frozen,
    Kind,
    NotYours,
    WalletError,
)
from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.types import AccountFrozen, HoldEnded, InsufficientFunds

WITHIN = timedelta(days=30)
HELD_FOR = timedelta(days=90)
MAX_WORDS = 5_000


def may_dispute(movement: Movement, wallet: Wallet, at: datetime) -> bool:
    """Whether the owner of ``wallet`` may still say that a payment of theirs was wrong."""
    is_fresh = movement.kind == Kind.SENT and movement.wallet_id == wallet.pk and at < movement.at + WITHIN
    return is_fresh and not hasattr(movement, "dispute")


def open_dispute(wallet: Wallet, movement_id: int, text: str, at: datetime) -> Dispute:
    """Hold as much of the amount as the receiver still has. Raises ``NotYours``, ``AlreadyDisputed``."""
    text = text.strip()
    if not text or len(text) > MAX_WORDS:
        raise WalletError("Say in some words what was wrong.", mend=f"At most {MAX_WORDS} letters.")
    with transaction.atomic():
        movement = Movement.objects.select_for_update().filter(pk=movement_id, kind=Kind.SENT, wallet=wallet).first()
        if movement is None or movement.other_id is None:
            raise NotYours("You have no such payment.", mend="Choose one from your list.")
        if Dispute.objects.filter(movement=movement).exists():
            raise AlreadyDisputed("You have said so already.", mend="Wait for the answer.")
        if at >= movement.at + WITHIN:
            raise WalletError("The time to object is over.", why="It ends after 30 days.", mend="Call for help.")
        receiver = Wallet.objects.select_for_update().get(pk=movement.other_id)
        hold, held = _hold(wallet, receiver, movement, at)
        return Dispute.objects.create(movement=movement, text=text, opened_at=at, hold=hold, held=held)


def decide(dispute_id: int, *, upheld: bool, by: str, words: str, at: datetime) -> Dispute:
    """An officer's answer: what is held goes back to the sender, or is the receiver's again."""
    words = words.strip()
    if not words or not by or len(words) > MAX_WORDS:
        raise WalletError("An answer needs words.", mend="Say why, for both of them to read.")
    with transaction.atomic():
        found = Dispute.objects.select_for_update(of=("self",)).select_related("movement__wallet", "movement__other")
        dispute = found.filter(pk=dispute_id, state=DisputeState.OPEN).first()
        if dispute is None:
            raise AlreadyDisputed("This was decided already.", mend="Look at the list again.")
        if dispute.hold is not None:
            _settle(dispute, upheld=upheld, at=at)
        dispute.state = DisputeState.UPHELD if upheld else DisputeState.REJECTED
        dispute.decided_by, dispute.decided_at, dispute.words = by, at, words
        dispute.save(update_fields=["state", "decided_by", "decided_at", "words", "held"])
        return dispute


def may_reply(movement: Movement, wallet: Wallet) -> bool:
    """Whether the receiver may still say their side."""
    dispute = getattr(movement, "dispute", None)
    is_open = dispute is not None and dispute.state == DisputeState.OPEN and not dispute.reply
    return is_open and movement.other_id == wallet.pk


def reply(wallet: Wallet, movement_id: int, text: str, at: datetime) -> Dispute:
    """The receiver's side, once, for the officer to read. Raises ``NotYours``, ``AlreadyDisputed``."""
    text = text.strip()
    if not text or len(text) > MAX_WORDS:
        raise WalletError("Say in some words how it was.", mend=f"At most {MAX_WORDS} letters.")
    with transaction.atomic():
        rows = Dispute.objects.select_for_update(of=("self",)).select_related("movement__wallet", "movement__other")
        dispute = rows.filter(movement=movement_id, movement__other=wallet).first()
        if dispute is None:
            raise NotYours("Nobody quarrels about such a payment to you.", mend="Choose one from your list.")
        if dispute.state != DisputeState.OPEN or dispute.reply:
            raise AlreadyDisputed("You have said so, or it is decided.", mend="Look at your list.")
        dispute.reply, dispute.replied_at = text, at
        dispute.save(update_fields=["reply", "replied_at"])
        return dispute


def _hold(sender: Wallet, receiver: Wallet, movement: Movement, at: datetime) -> tuple[int | None, int]:
    held = max(min(movement.amount, ledger.balance(account=receiver.account).available), 0)
    if held == 0:
        return None, 0
    legs = [ledger.Leg(receiver.account, -held), ledger.Leg(sender.account, held)]
    key = f"wallets:dispute:{movement.pk}"
    try:
        made = ledger.hold(key=key, legs=legs, reason="dispute", at=at, expires_at=at + HELD_FOR)
    except (InsufficientFunds, AccountFrozen):  # spent meanwhile, or an officer has stopped everything there already
        return None, 0
    return made.id, held


def _settle(dispute: Dispute, *, upheld: bool, at: datetime) -> None:
    assert dispute.hold is not None
    movement = dispute.movement
    key = f"wallets:dispute:{movement.pk}:end"
    try:
        if not upheld:
            ledger.void_hold(key=key, hold=dispute.hold, at=at, reason="dispute rejected")
            return
        made = ledger.post_hold(key=key, hold=dispute.hold, at=at)
    except HoldEnded:  # nobody decided in time: nothing is held any more, and the officer's words say so
        dispute.held = 0
        return
    except AccountFrozen as error:
        raise Frozen("One of the two wallets is frozen.", mend="Unfreeze it first, then decide.") from error
    assert movement.other is not None
    moving.recorded(Movement(
        key=f"dispute:{movement.pk}", kind=Kind.RETURNED, wallet=movement.other, other=movement.wallet,
        amount=dispute.held, transfer=made.id, at=at,
    ))  # fmt: skip

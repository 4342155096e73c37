"""The lives of a batch and of a payment: two tables of transitions that own every state.

``policies`` asks them, the SQL of ``sending`` and ``settling`` is written from them, and the reference page draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from doorstep.domains.payments.types import BatchState, PaymentState, TooLate


class BatchEvent(StrEnum):
    """What happens to a batch."""

    APPROVE = "approve"
    CANCEL = "cancel"
    SEND = "send"
    SETTLE = "settle"
    SETTLE_WITH_FAILURES = "settle_with_failures"
    RETRY = "retry"


class PaymentEvent(StrEnum):
    """What happens to a payment."""

    SEND = "send"
    REFUSE = "refuse"
    PAY = "pay"
    FAIL = "fail"
    RETURN = "return"
    RETRY = "retry"
    GIVE_UP = "give_up"
    CANCEL = "cancel"


State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)
B, P = BatchState, PaymentState
BATCH: Mapping[tuple[BatchState, BatchEvent], BatchState] = {
    (B.DRAFT, BatchEvent.APPROVE): B.APPROVED,
    (B.DRAFT, BatchEvent.CANCEL): B.CANCELLED,
    (B.APPROVED, BatchEvent.CANCEL): B.CANCELLED,
    (B.APPROVED, BatchEvent.SEND): B.SENDING,
    (B.SENDING, BatchEvent.SETTLE): B.SETTLED,
    (B.SENDING, BatchEvent.SETTLE_WITH_FAILURES): B.PARTLY_FAILED,
    # A person gave an answer to the last failure, or money that had arrived came back.
    (B.PARTLY_FAILED, BatchEvent.SETTLE): B.SETTLED,
    (B.SETTLED, BatchEvent.SETTLE_WITH_FAILURES): B.PARTLY_FAILED,
    (B.PARTLY_FAILED, BatchEvent.RETRY): B.SENDING,
    (B.SETTLED, BatchEvent.RETRY): B.SENDING,
}
PAYMENT: Mapping[tuple[PaymentState, PaymentEvent], PaymentState] = {
    (P.DUE, PaymentEvent.SEND): P.SENT,
    # Nobody knows where to pay it: it never leaves, and a person finds out.
    (P.DUE, PaymentEvent.REFUSE): P.FAILED,
    (P.DUE, PaymentEvent.CANCEL): P.CANCELLED,
    (P.SENT, PaymentEvent.PAY): P.PAID,
    (P.SENT, PaymentEvent.FAIL): P.FAILED,
    (P.PAID, PaymentEvent.RETURN): P.RETURNED,
    (P.FAILED, PaymentEvent.RETRY): P.DUE,
    (P.RETURNED, PaymentEvent.RETRY): P.DUE,
    (P.FAILED, PaymentEvent.GIVE_UP): P.GIVEN_UP,
    (P.RETURNED, PaymentEvent.GIVE_UP): P.GIVEN_UP,
    # An officer was mistaken: giving up can be taken back.
    (P.GIVEN_UP, PaymentEvent.RETRY): P.DUE,
}
OPEN = (P.DUE, P.SENT)
"""A batch is at work while it has payments in these states."""
FOR_A_PERSON = (P.FAILED, P.RETURNED)
"""What waits for an officer's decision."""


def after_batch(state: BatchState, event: BatchEvent) -> BatchState:
    """The state that follows. Raises ``TooLate``."""
    if (state, event) not in BATCH:
        raise TooLate(f"The batch is {_plain(state)}: it cannot {_plain(event)} now.", mend="Look at it again.")
    return BATCH[state, event]


def after_payment(state: PaymentState, event: PaymentEvent) -> PaymentState:
    """The state that follows. Raises ``TooLate``."""
    if (state, event) not in PAYMENT:
        raise TooLate(f"The payment is {_plain(state)}: it cannot {_plain(event)} now.", mend="Look at it again.")
    return PAYMENT[state, event]


def can_batch(state: BatchState, event: BatchEvent) -> bool:
    """Whether the table has it."""
    return (state, event) in BATCH


def can_payment(state: PaymentState, event: PaymentEvent) -> bool:
    """Whether the table has it."""
    return (state, event) in PAYMENT


def diagram() -> str:
    """Both tables as Mermaid state diagrams, for the documentation."""
    return "\n\n".join((_drawn(BATCH, B.DRAFT), _drawn(PAYMENT, P.DUE)))


def _drawn(table: Mapping[tuple[State, Event], State], first: State) -> str:
    lines = [f"    {state} --> {after}: {_plain(event)}" for (state, event), after in table.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```"])


def _plain(code: StrEnum) -> str:
    return code.value.replace("_", " ")

"""What the evidence log commits to: a leaf for each batch, approval, try to pay, bank's answer and officer's decision.

The log keeps salted commitments only. Each content is told again from the rows, so that a receipt can be made.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.domains.payments.models import Attempt, Batch, Decision, PayeeChange, StatusFile
from doorstep.engines.evidence import api as evidence

Content = tuple[str, Mapping[str, str]]

TRY = "payments.try"
TRY_SQL = """
    '{"account":' || to_json(account) || ',"amount":"' || amount || '","currency":' || to_json(%(currency)s::text) ||
    ',"key":"' || key || '","kind":"payments.try","person":' || to_json(person) || ',"rail":"' || rail || '"}'
"""
"""``of_try`` for many, as SQL over the columns account, amount, key, person and rail: to the letter the same text."""


def append(content: Content) -> int:
    """A leaf in the caller's transaction. Raises ``LogHalted`` while the log takes nothing."""
    kind, told = content
    return evidence.append(kind=kind, content=told).id


def of_batch(row: Batch) -> Content:
    """A batch as it was made."""
    totals = {"count": str(row.count), "amount": str(row.amount), "currency": row.currency}
    return "payments.batch", {
        "batch": row.mark, "programme": row.programme, "period": row.period, "list": row.digest,
        "made_by": row.made_by, **totals,
    }  # fmt: skip


def of_approval(row: Batch) -> Content:
    """Who said yes, and to what."""
    totals = {"count": str(row.count), "amount": str(row.amount), "currency": row.currency}
    return "payments.approval", {"batch": row.mark, "approved_by": row.approved_by, **totals}


def of_try(row: Attempt, batch: Batch) -> Content:
    """To whom how much was sent, and where to."""
    return TRY, {
        "key": row.key, "person": row.payment.person, "amount": str(row.amount), "currency": batch.currency,
        "rail": row.rail, "account": row.account,
    }  # fmt: skip


def of_answer(row: StatusFile) -> Content:
    """The file with which a bank answered."""
    return "payments.answer", {"file": row.message.message_id, "sha256": row.sha256, "taken_by": row.taken_by}


def of_change(row: PayeeChange) -> Content:
    """Who asked for another account, why, and what a second person said; the account as it is stored."""
    return "payments.payee", {
        "person": row.person, "rail": row.rail, "account": row.account, "asked_by": row.asked_by, "state": row.state,
        "decided_by": row.decided_by, "words": row.answer or row.words,
    }  # fmt: skip


def of_decision(row: Decision) -> Content:
    """What an officer did about a payment, and why."""
    return "payments.decision", {
        "payment": str(row.payment_id), "verdict": row.verdict, "who": row.who, "words": row.words,
    }  # fmt: skip

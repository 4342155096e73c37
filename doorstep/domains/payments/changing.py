"""Another account for a person: one officer asks, a supervisor who did not ask says yes or no, the person reads both.

Whoever could change an account alone could take the money. Payments that were made before keep the account they have.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from doorstep.domains.payments import keeping, payees, policies, proving
from doorstep.domains.payments.iso.accounts import masked
from doorstep.domains.payments.models import Attempt, Payee, PayeeChange
from doorstep.domains.payments.types import (
    BadWords,
    ChangeState,
    NotAllowed,
    NotFound,
    Officer,
    Payable,
    PayeeChangeView,
    PayeeView,
    Rail,
    TooLate,
)
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import ReceiptView
from doorstep.engines.looks import api as looks

SHOWN = 50


def ask(payee: Payable, officer: Officer, words: str, at: datetime) -> int:
    """See ``api.ask_payee_change``."""
    policies.check_officer(officer)
    why = policies.checked_words(words)
    clean = payees.tidy(replace(payee, amount=1))
    if clean.rail is Rail.NONE:
        raise BadWords("Choose how to pay.", field="rail")
    if fault := payees.fault_of(clean):
        raise BadWords(f"{fault[:1].upper()}{fault[1:]}.", field="account")
    with transaction.atomic():
        if PayeeChange.objects.filter(person=clean.person, state=ChangeState.OPEN.value).exists():
            raise TooLate("A change for this person waits already.", mend="Decide that one first.")
        row = PayeeChange(
            person=clean.person, rail=clean.rail.value, account=keeping.sealed(clean.account), bic=clean.bic,
            name=clean.name, words=why, asked_by=officer.name, asked_at=at,
        )  # fmt: skip
        row.leaf = proving.append(proving.of_change(row))
        row.save(force_insert=True)
        return row.pk


def decide(id_: int, officer: Officer, words: str, at: datetime, *, approve: bool) -> None:
    """See ``api.decide_payee_change``."""
    policies.check_officer(officer)
    why = policies.checked_words(words)
    with transaction.atomic():
        row = PayeeChange.objects.select_for_update().filter(pk=id_).first()
        if row is None or row.state != ChangeState.OPEN.value:
            raise TooLate("This was decided already.", mend="Look at the list again.")
        if not officer.may_approve or officer.name == row.asked_by:
            raise NotAllowed(
                "A supervisor who did not ask for it decides.",
                why="Whoever could change an account alone could take the money.",
                mend="Ask another supervisor.",
            )
        row.state = (ChangeState.APPROVED if approve else ChangeState.REFUSED).value
        row.decided_by, row.decided_at, row.answer = officer.name, at, why
        row.decided_leaf = proving.append(proving.of_change(row))
        row.save(update_fields=["state", "decided_by", "decided_at", "answer", "decided_leaf"])
        if approve:
            account = keeping.opened(row.account)
            payees.keep(Payable(row.person, 1, Rail(row.rail), account, row.name, row.bic), officer, at)


def changes(*, is_open: bool) -> tuple[PayeeChangeView, ...]:
    """Those that wait, the oldest first; or those that were decided, the newest first."""
    rows = PayeeChange.objects.filter(state=ChangeState.OPEN.value).order_by("id")
    if not is_open:
        rows = PayeeChange.objects.exclude(state=ChangeState.OPEN.value).order_by("-decided_at", "-id")
    return tuple(_view(row) for row in rows[:SHOWN])


def change(id_: int, who: str, purpose: str, at: datetime) -> PayeeChangeView:
    """One of them for an officer, whose look the person sees."""
    with transaction.atomic():
        row = PayeeChange.objects.filter(pk=id_).first()
        if row is None:
            raise NotFound(f"There is no change {id_}.", mend="Look at the list again.")
        look(row.person, who, purpose, at)
        return _view(row)


def payee(person: str) -> PayeeView:
    """Where somebody is paid, and what officers changed of it."""
    row = Payee.objects.filter(person=person).first()
    told = PayeeChange.objects.filter(person=person).order_by("-id")[:SHOWN]
    account = keeping.opened(row.account) if row else ""
    return PayeeView(
        person=person,
        rail=Rail(row.rail) if row else Rail.NONE,
        account=masked(account) if account else "",
        changed_at=row.changed_at if row else None,
        changes=tuple(_view(one) for one in told),
    )


def look(person: str, who: str, purpose: str, at: datetime) -> None:
    """Write down that an officer reads about a person's payments, in the caller's transaction."""
    looks.record(subject=f"payee:{person}", who=who, purpose=purpose, at=at)


def looks_at(person: str) -> tuple[looks.Look, ...]:
    """Who looked, the newest first."""
    return looks.looks_at(subject=f"payee:{person}")


def receipt(person: str, payment: int) -> ReceiptView:
    """The proof of the last try to pay. Raises ``NotFound``, ``NoReceipt``."""
    rows = Attempt.objects.select_related("payment__batch").filter(payment=payment, payment__person=person)
    row = rows.order_by("-number").first()
    if row is None:
        raise NotFound("Nothing was sent for this payment yet.", mend="Come back on its day.")
    kind, content = proving.of_try(row, row.payment.batch)
    return evidence.receipt(leaf=row.leaf, kind=kind, content=content)


def _view(row: PayeeChange) -> PayeeChangeView:
    account = keeping.opened(row.account)
    return PayeeChangeView(
        id=row.pk, person=row.person, rail=Rail(row.rail), account=masked(account) if account else "", name=row.name,
        words=row.words, asked_by=row.asked_by, asked_at=row.asked_at, state=ChangeState(row.state),
        decided_by=row.decided_by, decided_at=row.decided_at, answer=row.answer,
    )  # fmt: skip

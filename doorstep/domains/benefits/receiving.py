"""What a person with a letter sees of the money: what comes when, where to, who changed that, and who looked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doorstep.domains.benefits import persons
from doorstep.domains.benefits.types import OwnMoney
from doorstep.domains.payments import api as payments
from doorstep.engines.evidence.types import ReceiptView


def of_letter(reference: str, contract: str, reader: persons.Reader, now: datetime) -> OwnMoney:
    """See ``api.money_by_reference``."""
    entitlement = persons.find(reference, contract, reader.who, now).entitlement
    with transaction.atomic():
        persons.look(entitlement, reader.who, reader.purpose, now)
        person = entitlement.person
        return OwnMoney(
            programme=entitlement.programme,
            payments=payments.payments_of(person=person) if person else (),
            payee=payments.payee_of(person=person),
            looks=payments.looks_at_payee(person=person) if person else (),
        )


def receipt(reference: str, contract: str, reader: persons.Reader, payment: int, now: datetime) -> ReceiptView:
    """See ``api.payment_receipt_by_reference``."""
    entitlement = persons.find(reference, contract, reader.who, now).entitlement
    with transaction.atomic():
        persons.look(entitlement, reader.who, reader.purpose, now)
    return payments.proof_of_payment(person=entitlement.person, payment=payment)

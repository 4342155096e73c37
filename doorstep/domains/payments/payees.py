"""Where people are paid: what makes an account usable, and the book of those who told theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from doorstep.domains.payments import keeping, policies
from doorstep.domains.payments.iso.accounts import is_bic, is_iban, is_phone, tidied
from doorstep.domains.payments.models import Payee
from doorstep.domains.payments.types import BadWords, Officer, Payable, Rail

MAX_AMOUNT = 10**15
MAX_PERSON = 80
CHUNK = 10_000


def tidy(row: Payable) -> Payable:
    """The row with its numbers as machines write them."""
    name = " ".join(row.name.replace("\0", "").split())[:140]
    return replace(row, account=tidied(row.account), bic=tidied(row.bic), name=name, person=row.person.strip())


def fault_of(row: Payable) -> str:
    """Why this row cannot be paid; empty where it can. ``row`` is tidied."""
    if not row.person or len(row.person) > MAX_PERSON or "\0" in row.person:
        return "the person's number is missing or too long"
    if not 0 < row.amount <= MAX_AMOUNT:
        return "the amount is not above zero, or impossibly large"
    return fault_of_account(row)


def fault_of_account(row: Payable) -> str:
    """Why nobody can be paid there; empty where one can."""
    if row.rail is Rail.BANK:
        if not is_iban(row.account):
            return "the account is no IBAN: its length or its check digits are wrong"
        if row.bic and not is_bic(row.bic):
            return "the bank's code is no BIC of 8 or 11 letters"
        return "" if row.name else "the name of the account's owner is missing"
    if row.rail is Rail.MOBILE:
        return "" if is_phone(row.account) else "the telephone number is not in the form +351912345678"
    return "this way of paying takes no account number" if row.account else ""


def keep(row: Payable, officer: Officer, at: datetime) -> None:
    """See ``api.set_payee``."""
    policies.check_officer(officer)
    clean = tidy(replace(row, amount=1))
    if fault := fault_of(clean):
        raise BadWords(f"{fault[:1].upper()}{fault[1:]}.", field="account")
    Payee.objects.update_or_create(
        person=clean.person,
        defaults={
            "rail": clean.rail.value, "account": keeping.sealed(clean.account), "bic": clean.bic, "name": clean.name,
            "changed_by": officer.name, "changed_at": at,
        },
    )  # fmt: skip


def with_accounts(rows: Iterable[tuple[str, int]], otherwise: Rail) -> Iterator[Payable]:
    """(person, amount) -> where to pay them: what they told, else ``otherwise`` (a wallet, or nobody knows)."""
    waiting: list[tuple[str, int]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == CHUNK:
            yield from _looked_up(waiting, otherwise)
            waiting = []
    yield from _looked_up(waiting, otherwise)


def _looked_up(rows: list[tuple[str, int]], otherwise: Rail) -> Iterator[Payable]:
    known = Payee.objects.in_bulk([person for person, _ in rows])
    for person, amount in rows:
        told = known.get(person)
        if told is None:
            yield Payable(person, amount, otherwise)
        else:
            yield Payable(person, amount, Rail(told.rail), keeping.opened(told.account), told.name, told.bic)

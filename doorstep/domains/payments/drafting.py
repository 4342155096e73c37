"""Making a batch: every row is looked at, nobody is in twice, and the totals are counted before and after.

Rows go to the database by COPY, a million in one statement; what cannot be paid refuses the list as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, connection, transaction

from doorstep.domains.payments import keeping, money, payees, policies, proving
from doorstep.domains.payments.iso.accounts import is_bic, is_iban
from doorstep.domains.payments.models import Batch
from doorstep.domains.payments.types import (
    AlreadyInBatch,
    BadList,
    BatchState,
    DoesNotAddUp,
    Drafted,
    Officer,
    Order,
    Payable,
    Rail,
    Refusal,
    Totals,
)

PART = 20_000
MAX_REFUSALS = 1_000
"""How many rows of a wrong list are told; a list with more is another list."""
_LIST = """
    CREATE TEMPORARY TABLE payments_list (
        n bigint, person text, amount bigint, rail text, account text, bic text, name text
    ) ON COMMIT DROP
"""
_TWICE = (
    "SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY person ORDER BY n) AS r FROM payments_list) l WHERE r > 1"
)
_KNOWN = """
    SELECT l.n FROM payments_list l JOIN payments_payment p
    ON p.programme = %s AND p.period = %s AND p.person = l.person AND p.state <> 'cancelled' ORDER BY l.n
"""
_INSERT = """
    INSERT INTO payments_payment
        (batch_id, programme, period, person, amount, rail, account, bic, name, state, code, tries, changed_at)
    SELECT %s, %s, %s, person, amount, rail, account, bic, name, 'due', '', 0, %s FROM payments_list ORDER BY n
"""


def draft(order: Order, rows: Iterable[Payable], officer: Officer, at: datetime, *, only_new: bool) -> Drafted:
    """See ``api.draft_batch``."""
    policies.check_officer(officer)
    _check_order(order, at)
    try:
        with transaction.atomic():
            return _draft(order, rows, officer, at, only_new)
    except IntegrityError as error:
        if "one_payment_a_person_and_period" in str(error):
            raise _already(()) from error
        raise


def _draft(order: Order, rows: Iterable[Payable], officer: Officer, at: datetime, only_new: bool) -> Drafted:
    digest = _read(rows)
    left_out = _without_known(order, only_new)
    totals, without, banks = _totals()
    if not totals.count:
        raise BadList("There is nobody to pay.", why="The list is empty, or everybody on it is in a batch already.")
    if banks and (order.debtor is None or not is_iban(order.debtor.iban)):
        raise BadList(
            "Nobody knows from which account to pay by bank.", mend="Write `pays.account` in the programme's file."
        )
    batch = _batch(order, totals, officer, at, digest)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [batch.pk, order.programme, order.period, at])
        if cursor.rowcount != totals.count:
            raise DoesNotAddUp("Not every row of the list became a payment.", mend="Make the batch again.")
        cursor.execute("DROP TABLE payments_list")
    money.define(order.currency, order.digits)
    return Drafted(batch.pk, totals, left_out, without)


def _check_order(order: Order, at: datetime) -> None:
    if not order.period.strip() or len(order.period) > 20 or not order.programme or len(order.programme) > 80:
        raise BadList("The period is missing or too long.", mend="Write a month such as 2026-11.")
    if len(order.currency) != 3 or not order.currency.isupper() or not 0 <= order.digits <= 5:
        raise BadList("The currency is no code of three letters.", mend="Write EUR, for instance.")
    if order.due_date < at.date():
        raise BadList("The day on which to pay has passed.", mend="Choose today or later.")
    if order.debtor is not None and order.debtor.bic and not is_bic(order.debtor.bic):
        raise BadList("The BIC of the account that pays is wrong.", mend="Correct `pays.bic` in the programme's file.")


def _read(rows: Iterable[Payable]) -> str:
    """Bring the rows into the database and refuse what cannot be paid. Gives their hash."""
    digest, refusals = hashlib.sha256(), list[Refusal]()
    with connection.cursor() as cursor:
        cursor.execute(_LIST)
        clean = _clean(rows, refusals)
        # Rows may come from this very connection, which does nothing else while it copies: take some, then copy them.
        while part := list(islice(clean, PART)):
            with cursor.copy("COPY payments_list FROM STDIN") as copy:
                for number, row in part:
                    values = (number, row.person, row.amount, row.rail.value, row.account, row.bic, row.name)
                    digest.update(repr(values).encode())
                    copy.write_row((*values[:4], keeping.sealed(row.account), *values[5:]))
        cursor.execute(_TWICE)
        refusals += [Refusal(number, "this person stands in the list before") for (number,) in cursor.fetchall()]
    if refusals:
        raise BadList(
            f"{len(refusals):,} rows cannot be paid; nothing was stored.",
            refusals=tuple(sorted(refusals, key=lambda refusal: refusal.row)[:MAX_REFUSALS]),
            mend="Correct them and bring the whole list again.",
        )
    return digest.hexdigest()


def _clean(rows: Iterable[Payable], refusals: list[Refusal]) -> Iterator[tuple[int, Payable]]:
    for number, row in enumerate(rows, 1):
        clean = payees.tidy(row)
        if fault := payees.fault_of(clean):
            refusals.append(Refusal(number, fault))
        else:
            yield number, clean


def _without_known(order: Order, only_new: bool) -> int:
    """Whoever is in a batch of this period already is left out, or refuses the list."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [order.programme, order.period])
        known = [number for (number,) in cursor.fetchall()]
        if known and not only_new:
            raise _already(tuple(known))
        cursor.execute("DELETE FROM payments_list WHERE n = ANY(%s)", [known])
    return len(known)


def _already(rows: tuple[int, ...]) -> AlreadyInBatch:
    number = f"{len(rows):,} people" if rows else "Some people"
    return AlreadyInBatch(
        f"{number} of this list are in a batch of the same programme and period; nothing was stored.",
        refusals=tuple(Refusal(row, "is in a batch of this period already") for row in rows[:MAX_REFUSALS]),
        why="Nobody is paid twice for one period.",
        mend="Leave them out with --only-new, or name another period.",
    )


def _totals() -> tuple[Totals, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), COALESCE(sum(amount), 0), count(*) FILTER (WHERE rail = %s),"
            " count(*) FILTER (WHERE rail = %s) FROM payments_list",
            [Rail.NONE.value, Rail.BANK.value],
        )
        count, amount, without, banks = cursor.fetchone()
    return Totals(int(count), int(amount)), int(without), int(banks)


def _batch(order: Order, totals: Totals, officer: Officer, at: datetime, digest: str) -> Batch:
    debtor = order.debtor
    earlier = Batch.objects.filter(programme=order.programme, period=order.period).count()
    said = f"{order.programme} {order.period} {earlier} {digest} {at.isoformat()}"
    mark = hashlib.sha256(said.encode()).hexdigest()[:10]
    row = Batch(
        programme=order.programme, period=order.period, mark=mark, digest=digest, currency=order.currency,
        digits=order.digits, text=order.text[:140], due_date=order.due_date, cut_off_at=order.cut_off_at,
        count=totals.count, amount=totals.amount, state=BatchState.DRAFT.value, made_by=officer.name, made_at=at,
        debtor_name=debtor.name[:140] if debtor else "", debtor_iban=debtor.iban if debtor else "",
        debtor_bic=debtor.bic if debtor else "", version=debtor.version if debtor else "09",
    )  # fmt: skip
    row.leaf = proving.append(proving.of_batch(row))
    row.save()
    return row

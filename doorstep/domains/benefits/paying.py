"""From a programme's file and its entitlements to a batch of payments: who is paid, how much, when, from where."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision

from doorstep.domains.benefits.shapes import Pays, Programme
from doorstep.domains.country.api import Country
from doorstep.domains.payments.api import is_bic, is_iban
from doorstep.domains.payments.types import BadList, Debtor, Order
from doorstep.kit.errors import Findings

CUT_OFF = time(15, tzinfo=UTC)
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def check(programme: Programme, country: Country, findings: Findings) -> None:
    """Note what of ``pays`` no bank would take."""
    pays = programme.pays
    if pays is None:
        return
    if not is_iban(pays.account.text):
        findings.add(pays.account.place, "this is no IBAN", mend="Write it without blanks; its check digits must fit.")
    if pays.bic.text and not is_bic(pays.bic.text):
        findings.add(pays.bic.place, "this is no BIC", expected="8 or 11 letters and digits")
    if pays.amount is not None and _minor(pays.amount, digits_of(country)) is None:
        findings.add(programme.place, "`pays.amount` is no amount", mend="Write one above zero, such as 25.00.")
    if not 1 <= pays.day <= 28:
        findings.add(programme.place, "`pays.day` is not in every month", expected="1 to 28", found=str(pays.day))
    if not 0 <= pays.cut_off.days <= 20:
        findings.add(programme.place, "`pays.cut_off` is too long", expected="0 to 20 days")
    if len(pays.text) > 140 or not pays.holder.strip():
        findings.add(programme.place, "`pays.text` is too long, or `pays.holder` is empty", expected="1 to 140 letters")


def order(programme: Programme, country: Country, period: str, at: datetime) -> Order:
    """What a batch of this period is to be. Raises ``BadList`` for a period that is no month.

    It is paid on the programme's day of that month; where its cut-off has passed, on the first day whose has not.
    """
    if not MONTH.fullmatch(period):
        raise BadList(f"{period!r} is no month.", mend="Write 2026-11, for instance.")
    pays = programme.pays
    day = _day(pays.day if pays else 5, period)
    days = pays.cut_off.days if pays else 1
    while _cut_off(day, days) <= at:
        day = max(day, at.date()) + timedelta(days=1)
    return Order(
        programme=programme.id, period=period, currency=country.currency, digits=digits_of(country), due_date=day,
        cut_off_at=_cut_off(day, days), text=pays.text if pays else "", debtor=_debtor(pays),
    )  # fmt: skip


def amounts(programme: Programme, country: Country, period: str) -> Iterator[tuple[str, int]]:
    """(person, minor units) for whoever is entitled in the month: what each of their entitlements gives, added up.

    Raises ``BadList`` where the programme's file names no amount.
    """
    from django.db.models import Count, Q

    from doorstep.domains.benefits.models import Entitlement

    given = programme.pays.amount if programme.pays else None
    minor = None if given is None else _minor(given, digits_of(country))
    if minor is None:
        raise BadList(
            f"The file of {programme.id} does not say what it pays.",
            mend="Write `pays.amount` in it, or give a list: --list FILE.csv",
        )
    first, last = _month(period)
    rows = Entitlement.objects.filter(
        Q(to_date__isnull=True) | Q(to_date__gte=first), programme=programme.id, from_date__lte=last,
        state__in=("active", "ending", "ended"),
    )  # fmt: skip
    counted = rows.values_list("person").annotate(n=Count("contract", distinct=True)).order_by("person")
    for person, number in counted.iterator(10_000):
        yield person, minor * number


def digits_of(country: Country) -> int:
    """How many decimals the country's money has."""
    return int(get_currency_precision(country.currency))


def _minor(amount: Decimal, digits: int) -> int | None:
    scaled = amount.scaleb(digits)
    return int(scaled) if scaled == scaled.to_integral_value() and 0 < scaled < 10**15 else None


def _month(period: str) -> tuple[date, date]:
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _day(day: int, period: str) -> date:
    return _month(period)[0] + timedelta(days=day - 1)


def _cut_off(day: date, days: int) -> datetime:
    return datetime.combine(day - timedelta(days=days), CUT_OFF)


def _debtor(pays: Pays | None) -> Debtor | None:
    return Debtor(pays.holder, pays.account.text, pays.bic.text, pays.message) if pays else None

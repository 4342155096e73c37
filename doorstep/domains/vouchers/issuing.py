"""Lists: checked against what every agency gave, shown, and released by a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from doorstep.domains.vouchers import book, lists, proof
from doorstep.domains.vouchers.duplicates import Wanted, judge
from doorstep.domains.vouchers.models import Batch, Holder, Line, Voucher
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.shapes import VoucherKind
from doorstep.domains.vouchers.types import BadInput, BatchState, Clerk, NoSuch, NotAllowed, Refused


def check_list(
    data: bytes,
    *,
    scheme: Vouchers,
    languages: Sequence[str],
    agency: str,
    kind: str,
    month: date,
    clerk: Clerk,
    at: datetime,
) -> int:
    """Read a list and judge each line against what everybody was given in that month; gives the batch's number."""
    of = scheme.kind(kind)
    if agency not in {written.text for written in of.agencies}:
        raise NotAllowed(f"{agency} does not give this voucher.", code="not_of_agency", mend="Choose another kind.")
    first = month.replace(day=1)
    if abs((first - at.date().replace(day=1)).days) > 62:
        raise BadInput("The month is too far away.", code="bad_month", mend="Choose this month or a neighbour.")
    rows = lists.read_list(data, kind=of, languages=languages)
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                agency=agency, kind=kind, month=first, digest=lists.digest_of(data), made_by=clerk.name, made_at=at
            )
            lines = [_line(batch, row) for row in rows]
            _judge(scheme, batch, lines)
            Line.objects.bulk_create(lines, batch_size=5_000)
            return batch.pk
    except IntegrityError as error:
        if "no_list_comes_twice" not in str(error):
            raise
        raise Refused(
            "This very list was given already.", code="list_twice", mend="Look at the lists that stand."
        ) from error  # fmt: skip


@transaction.atomic
def release(batch: int, *, scheme: Vouchers, clerk: Clerk, at: datetime) -> int:
    """A second person releases a list: vouchers are made and filled; gives how many.

    It is judged again first, one list at a time, since others may have been released meanwhile. Raises ``Refused`` with
    the code ``list_changed`` where that changes anything: the new figures stand on the list, to be looked at.
    """
    found = _open(batch)
    if found.made_by == clerk.name:
        raise NotAllowed("Who made a list cannot release it.", code="four_eyes", mend="Ask a colleague.")
    if not clerk.supervises:
        raise NotAllowed("This needs the role of supervisor.", code="not_supervisor", mend="Ask a supervisor.")
    kind = scheme.kind(found.kind)
    _one_at_a_time(kind)
    lines = list(found.lines.order_by("row"))
    before = [(line.given, line.had) for line in lines]
    _judge(scheme, found, lines)
    if [(line.given, line.had) for line in lines] != before:
        raise Refused(
            "Other lists were released meanwhile, and more lines are double now.",
            code="list_changed",
            mend="Look at the list again, then release it.",
        )
    found.state, found.released_by, found.released_at = BatchState.RELEASED, clerk.name, at
    found.save(update_fields=["state", "released_by", "released_at"])
    return _give(kind, found, [line for line in lines if line.given], at)


@transaction.atomic
def judge_again(batch: int, *, scheme: Vouchers) -> None:
    """Write today's judgement on a list that waits."""
    found = _open(batch)
    lines = list(found.lines.order_by("row"))
    _judge(scheme, found, lines)
    Line.objects.bulk_update(lines, ["given", "set_aside", "had", "agencies"], batch_size=2_000)


@transaction.atomic
def cancel(batch: int, *, clerk: Clerk, at: datetime) -> None:
    """A list that was not released goes no further."""
    found = _open(batch)
    found.state, found.released_by, found.released_at = BatchState.CANCELLED, clerk.name, at
    found.save(update_fields=["state", "released_by", "released_at"])


def give_set_aside(line: Line, *, scheme: Vouchers, contest: int, at: datetime) -> None:
    """A contest was right: what was set aside is given after all. In the caller's transaction."""
    kind = scheme.kind(line.batch.kind)
    _one_at_a_time(kind)
    holder = _holders([line], at)[line.pseudonym]
    made = _voucher(kind, line.batch, line, holder, at)
    made.amount, made.contest_id = line.set_aside, contest
    made.leaf = proof.append("given", proof.of_voucher(made))
    made.save()
    book.give(kind, line.batch.agency, [made], at=at)


def _open(batch: int) -> Batch:
    found = Batch.objects.select_for_update().filter(pk=batch).first()
    if found is None:
        raise NoSuch("There is no such list.", mend="Look at the lists again.")
    if found.state != BatchState.CHECKED:
        raise NotAllowed(f"This list is {found.state} already.", code="list_done", mend="Make another.")
    return found


def _line(batch: Batch, row: lists.Row) -> Line:
    return Line(
        batch=batch,
        row=row.row,
        pseudonym=row.pseudonym,
        language=row.language[:12],
        wanted=row.amount,
        given=row.amount,
        problem=row.problem,
    )


def _judge(scheme: Vouchers, batch: Batch, lines: Sequence[Line]) -> None:
    """Write on each line what of it is given and what is set aside. A line with a problem gives nothing."""
    kind = scheme.kind(batch.kind)
    good = [line for line in lines if not line.problem]
    had = _had(scheme, kind, batch.month, {line.pseudonym for line in good})
    wanted = [Wanted(line.pseudonym, line.wanted) for line in good]
    judged = judge(wanted, agency=batch.agency, had=had, cap=kind.minor(kind.cap.amount))
    for line, verdict in zip(good, judged, strict=True):
        line.given, line.set_aside, line.had = verdict.given, verdict.set_aside, verdict.had
        line.agencies = list(verdict.agencies)
    for line in lines:
        if line.problem:
            line.wanted = line.given = line.set_aside = line.had = 0


def _had(scheme: Vouchers, kind: VoucherKind, month: date, people: set[str]) -> Mapping[str, Mapping[str, int]]:
    together = [one.id for one in scheme.kinds.values() if one.counted_with == kind.counted_with]
    given = Voucher.objects.filter(kind__in=together, month=month)
    if len(people) < 1_000:
        given = given.filter(holder__pseudonym__in=people)
    had: dict[str, dict[str, int]] = {}
    for person, agency, total in given.values_list("holder__pseudonym", "agency").annotate(total=Sum("amount")):
        had.setdefault(person, {})[agency] = total
    return had


def _one_at_a_time(kind: VoucherKind) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"vouchers {kind.counted_with}"])


def _give(kind: VoucherKind, batch: Batch, lines: Sequence[Line], at: datetime) -> int:
    holders = _holders(lines, at)
    made = [_voucher(kind, batch, line, holders[line.pseudonym], at) for line in lines]
    leaves = proof.append_many("given", [proof.of_voucher(one) for one in made])
    for voucher, leaf in zip(made, leaves, strict=True):
        voucher.leaf = leaf
    Voucher.objects.bulk_create(made, batch_size=5_000)
    book.give(kind, batch.agency, made, at=at)
    return len(made)


def _holders(lines: Sequence[Line], at: datetime) -> dict[str, Holder]:
    """The row of each person, made where they are new to the scheme."""
    languages = {line.pseudonym: line.language for line in lines}
    Holder.objects.bulk_create(
        (Holder(pseudonym=person, language=language, made_at=at) for person, language in languages.items()),
        ignore_conflicts=True,
        batch_size=5_000,
    )
    return {one.pseudonym: one for one in Holder.objects.filter(pseudonym__in=languages)}


def _voucher(kind: VoucherKind, batch: Batch, line: Line, holder: Holder, at: datetime) -> Voucher:
    return Voucher(
        holder=holder,
        kind=batch.kind,
        agency=batch.agency,
        month=batch.month,
        amount=line.given,
        line=line,
        issued_at=at,
        expires_on=at.date() + timedelta(days=kind.expires_days),
    )

"""Queued notices on their way out: as CSV or JSON lines for the printer, or for the line on the bill."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from doorstep.domains.benefits import persons, policies
from doorstep.domains.benefits.models import Look, Notice
from doorstep.domains.benefits.notices import write_notice
from doorstep.domains.benefits.types import HousePurpose, NoticeText, Officer
from doorstep.kit.errors import DoorstepError

COLUMNS = ("notice", "contract", "supplier", "language", "reference", "subject", "body")
WITH = ("decision__entitlement", "objection")


def export_queue(officer: Officer, format_: str, limit: int, now: datetime) -> Iterator[str]:
    """See ``api.export_queue``. Marks what it gives as sent in one transaction, before the first line goes out."""
    _check(officer, format_)
    with transaction.atomic():
        waiting = Notice.objects.select_for_update(of=("self",), skip_locked=True).filter(state="queued")
        taken = list(waiting.select_related(*WITH).order_by("id")[: max(1, limit)])
        lines = _lines(taken, officer, format_, now)
        Notice.objects.filter(pk__in=[row.pk for row in taken]).update(state="sent", sent_at=now)
    return iter(lines)


def export_again(officer: Officer, format_: str, sent_at: datetime, now: datetime) -> Iterator[str]:
    """See ``api.export_again``."""
    _check(officer, format_)
    with transaction.atomic():
        sent = Notice.objects.filter(state="sent", sent_at=sent_at).select_related(*WITH).order_by("id")
        return iter(_lines(list(sent), officer, format_, now))


def _check(officer: Officer, format_: str) -> None:
    policies.check_review(officer)
    if format_ not in ("csv", "jsonl"):
        raise DoorstepError(f"Notices are not written as {format_!r}.", mend="Use csv or jsonl.")


def _lines(taken: list[Notice], officer: Officer, format_: str, now: datetime) -> list[str]:
    """Letters as lines; the look at each is recorded."""
    written = [_written(row) for row in taken]
    looks = [row.decision.entitlement for row in taken]
    Look.objects.bulk_create(
        Look(
            programme=one.programme, contract=one.contract, who=officer.name, purpose=HousePurpose.SEND_NOTICES, at=now
        )
        for one in looks
    )
    return [_line(COLUMNS), *map(_csv_line, written)] if format_ == "csv" else [_json_line(text) for text in written]


def _written(row: Notice) -> NoticeText:
    return write_notice(row, persons.setting_of(row.decision.version, row.decision.entitlement.programme))


def _values(text: NoticeText) -> tuple[str, ...]:
    return (
        str(text.id), text.contract_id, text.supplier, text.language, text.reference, text.subject, text.body,
    )  # fmt: skip


def _csv_line(text: NoticeText) -> str:
    return _line(_values(text))


def _line(values: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def _json_line(text: NoticeText) -> str:
    return json.dumps(dict(zip(COLUMNS, _values(text), strict=True)), ensure_ascii=False) + "\n"

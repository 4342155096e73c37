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
from doorstep.domains.benefits.types import NoticeText, Officer
from doorstep.kit.errors import DoorstepError

COLUMNS = ("notice", "contract", "supplier", "language", "reference", "subject", "body")
PURPOSE = "send-notices"


def export_queue(officer: Officer, format_: str, limit: int, now: datetime) -> Iterator[str]:
    """See ``api.export_queue``. Marks what it gives as sent in one transaction, before the first line goes out."""
    policies.check_review(officer)
    if format_ not in ("csv", "jsonl"):
        raise DoorstepError(f"Notices are not written as {format_!r}.", mend="Use csv or jsonl.")
    return iter(_export(officer, format_, max(1, limit), now))


def _export(officer: Officer, format_: str, limit: int, now: datetime) -> list[str]:
    with transaction.atomic():
        rows = (
            Notice.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(state="queued")
            .select_related("decision__entitlement", "objection")
            .order_by("id")[:limit]
        )
        taken = list(rows)
        written = [_written(row) for row in taken]
        looks = [row.decision.entitlement for row in taken]
        Look.objects.bulk_create(
            Look(programme=one.programme, contract=one.contract, who=officer.name, purpose=PURPOSE, at=now)
            for one in looks
        )
        Notice.objects.filter(pk__in=[row.pk for row in taken]).update(state="sent", sent_at=now)
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

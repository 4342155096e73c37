"""Each decision leaves an entry in the evidence log, within the transaction that stores it; and its receipt.

What the entry commits to is written once, in SQL, from the decision's own row, and once more in Python for the receipt.
Were the row changed afterwards, no receipt would come: the two would no longer agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from doorstep.domains.benefits import persons
from doorstep.domains.benefits.models import Decision
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import ReceiptView

KIND = "benefits.decision"
# Canonical JSON: names in their order, no blanks. Only who decided can hold a letter that JSON must escape.
WRITTEN = """
'{"at":"' || to_char(d.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '","by":'
|| to_json(d.decided_by)::text || ',"decision":"' || d.kind || '","digest":"' || d.digest || '","entitlement":"'
|| d.entitlement_id || '","from":"' || to_char(d.from_date, 'YYYY-MM-DD') || '","kind":"benefits.decision","rate":"'
|| coalesce(d.rate::text, '') || '","reason":' || to_json(d.reason)::text || ',"to":"'
|| coalesce(to_char(d.to_date, 'YYYY-MM-DD'), '') || '","version":"' || d.version || '"}'
"""


def append(*, after: int, until: int) -> None:
    """Append the entries of the decisions with these numbers, as a set."""
    query = f"SELECT d.leaf, {WRITTEN} FROM benefits_decision d WHERE d.id > %(after)s AND d.id <= %(until)s"
    evidence.append_from(query=query, params={"after": after, "until": until})


def create_decision(**values: Any) -> Decision:
    """Store one decision with its entry."""
    decision = Decision.objects.create(leaf=evidence.reserve() + 1, **values)
    append(after=decision.pk - 1, until=decision.pk)
    return decision


def receipt(reference: str, contract: str, reader: persons.Reader, now: datetime) -> ReceiptView:
    """See ``api.receipt_by_reference``."""
    row = persons.find(reference, contract, reader.who, now)
    with transaction.atomic():
        persons.look(row.entitlement, reader.who, reader.purpose, now)
    return evidence.receipt(leaf=row.leaf, kind=KIND, content=content_of(row))


def content_of(row: Decision) -> Mapping[str, str]:
    """What the entry of a decision says."""
    return {
        "at": row.decided_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": row.decided_by,
        "decision": row.kind,
        "digest": row.digest,
        "entitlement": str(row.entitlement_id),
        "from": row.from_date.isoformat(),
        "rate": "" if row.rate is None else format(row.rate, "f"),
        "reason": row.reason,
        "to": row.to_date.isoformat() if row.to_date else "",
        "version": row.version,
    }

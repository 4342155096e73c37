"""Files for those who deliver: one for each, with contract, from and to, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from doorstep.domains.benefits.fileruns import write_each
from doorstep.domains.benefits.models import Run

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop


def write_files_of(workshop: Workshop, run: Run, folder: Path) -> Mapping[str, int]:
    """Write the newest run's files from the database, which holds what that run decided."""
    connection.ensure_connection()
    workshop.from_postgres(
        _query(run),
        into="delivered",
        columns={"supplier": "VARCHAR", "contract": "VARCHAR", "from_date": "DATE", "to_date": "DATE"},
        connection=connection.connection,
    )
    return write_each(workshop, "delivered", folder, run.programme)


def is_newest(run: Run) -> bool:
    """Whether no later real run has changed what stands."""
    later = Run.objects.filter(programme=run.programme, kind="real", state="finished", pk__gt=run.pk)
    return not later.exists()


def _query(run: Run) -> str:
    """What is in force after a run, and what it ended. An ending held back by an objection has no last day yet."""
    programme = run.programme.replace("'", "''")
    return f"""
        SELECT e.supplier, e.contract, e.from_date, CASE WHEN e.state <> 'active' AND NOT (
            e.state = 'ending' AND EXISTS (
                SELECT FROM benefits_objection o JOIN benefits_decision d ON d.id = o.decision_id
                WHERE d.entitlement_id = e.id AND o.state = 'pending'
            )) THEN e.to_date END AS to_date
        FROM benefits_entitlement e
        WHERE e.programme = '{programme}' AND (
            e.state IN ('active', 'ending') OR e.state = 'ended' AND e.run = {int(run.pk)})
    """

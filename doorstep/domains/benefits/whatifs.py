"""Keeps what-ifs and reads them again. Nothing of any person is stored, only the numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from doorstep.domains.benefits import policies, queries, reading, whatif
from doorstep.domains.benefits.models import WhatIf
from doorstep.domains.benefits.types import (
    InputFile,
    NotFound,
    Officer,
    Page,
    ParameterChange,
    WhatIfCounts,
    WhatIfOrder,
    WhatIfReport,
)
from doorstep.domains.country.api import Country

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop


def what_if(workshop: Workshop, country: Country, order: WhatIfOrder, officer: Officer, now: datetime) -> WhatIfReport:
    """See ``api.what_if``."""
    policies.check_supervise(officer)
    programme = reading.programme_of(country, order.programme)
    found = whatif.compare(workshop, country, programme, order)
    counts = {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(found.counts).items()}
    row = WhatIf.objects.create(
        programme=programme.id, version=country.hash, as_of=order.as_of,
        changes=[asdict(change) for change in found.changes], counts=counts, groups=dict(found.groups),
        inputs=found.inputs, faults=found.faults, started_by=officer.name, started_at=now, seconds=found.seconds,
        suppress_under=programme.suppress_under,
    )  # fmt: skip
    told = view(row)
    whatif.write_out(told, workshop, order.out)
    return told


def list_what_ifs(officer: Officer, programme: str | None, number: int, size: int) -> Page[WhatIfReport]:
    """See ``api.list_what_ifs``."""
    policies.check_review(officer)
    rows = WhatIf.objects.order_by("-id")
    if programme is not None:
        rows = rows.filter(programme=programme)
    page: Page[WhatIfReport] = queries.paged(rows, number, size, view)
    return page


def what_if_report(id_: int, officer: Officer) -> WhatIfReport:
    """See ``api.what_if_report``."""
    policies.check_review(officer)
    row = WhatIf.objects.filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no what-if {id_}.")
    return view(row)


def view(row: WhatIf) -> WhatIfReport:
    """A what-if as it is told: small groups left out."""
    costs = {name: row.counts[name] for name in ("cost_before", "cost_after")}
    money = {name: None if text is None else Decimal(text) for name, text in costs.items()}
    return WhatIfReport(
        id=row.pk,
        programme=row.programme,
        version=row.version,
        as_of=row.as_of,
        changes=tuple(ParameterChange(**change) for change in row.changes),
        counts=WhatIfCounts(**{**row.counts, **money}),
        groups=whatif.told_groups(row.groups, row.suppress_under),
        inputs=tuple(InputFile(**file) for file in row.inputs),
        faults=row.faults,
        by=row.started_by,
        started_at=row.started_at,
        seconds=Decimal(row.seconds),
        least=row.suppress_under,
    )

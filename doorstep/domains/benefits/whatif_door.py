"""The part of the door about what-ifs; ``api`` hands it on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from doorstep.domains.benefits import algorithms, reading, whatif
from doorstep.domains.benefits.types import Officer, Page, ParameterChange, WhatIfOrder, WhatIfReport
from doorstep.domains.country.api import Country

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Spark, Workshop

Progress = Callable[[float, str], None]


def parameters(*, country: Country, programme: str) -> tuple[str, ...]:
    """The names of the figures that a what-if can change. Raises ``NotFound``."""
    return tuple(algorithms.figures_of(reading.programme_of(country, programme), country))


def figure(*, country: Country, programme: str, name: str, value: str, language: str) -> tuple[str, str]:
    """A figure's title and a value of it, as a what-if names them, for people. What is known no more stays as it is."""
    known = algorithms.parameters_of(reading.programme_of(country, programme), country).get(name)
    if known is None:
        return name, value
    return known.shape.label.in_(language), algorithms.write_plain(known, value, country, language)


def check_what_if(
    *, country: Country, programme: str, values: Mapping[str, str], as_of: date
) -> tuple[ParameterChange, ...]:
    """What would change, by the law and as asked. Raises ``DoorstepError`` for a figure that cannot be used."""
    return whatif.changed_rules(country, reading.programme_of(country, programme), values, as_of)[1]


def what_if(
    *, country: Country, order: WhatIfOrder, officer: Officer, now: datetime, progress: Progress | None = None
) -> WhatIfReport:
    """Decide everybody by the law and by other figures of it, and keep the numbers. Nothing follows for anybody.

    Raises ``NotAllowed``, ``DoorstepError`` for a figure or a file that cannot be used, ``RunRefused`` for one that is
    missing.
    """
    from doorstep.domains.benefits import whatifs

    with _workshop(progress, order.spark) as workshop:
        return whatifs.what_if(workshop, country, order, officer, now)


def what_if_files(
    *, country: Country, order: WhatIfOrder, now: datetime, progress: Progress | None = None
) -> WhatIfReport:
    """As ``what_if``, from files to a report, without a database: nothing is kept."""
    found_programme = reading.programme_of(country, order.programme)
    with _workshop(progress, order.spark) as workshop:
        found = whatif.compare(workshop, country, found_programme, order)
        told = whatif.report(found, found_programme, order, version=country.hash, by="", now=now)
        whatif.write_out(told, workshop, order.out)
        return told


def list_what_ifs(
    *, officer: Officer, programme: str | None = None, number: int = 1, size: int = 20
) -> Page[WhatIfReport]:
    """What-ifs that were kept, the newest first."""
    from doorstep.domains.benefits import whatifs

    return whatifs.list_what_ifs(officer, programme, number, size)


def what_if_report(*, id: int, officer: Officer) -> WhatIfReport:
    """One what-if, without its small groups. Raises ``NotFound``."""
    from doorstep.domains.benefits import whatifs

    return whatifs.what_if_report(id, officer)


def _workshop(progress: Progress | None, spark: Spark | None) -> Workshop:
    from doorstep.engines.dataflow.api import Workshop

    return Workshop(progress=progress, spark=spark)

"""What decides, in words: rules, figures of the law and worked examples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.engines.rules.api import Telling


@dataclass(frozen=True)
class ParameterInWords:
    """A number that the law sets, by date. ``unit`` is the country's code for it; ``values`` are written with it."""

    name: str
    title: str
    unit: str
    reference: str
    values: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class RuleInWords:
    """One variable of the rules, in words; ``telling`` is the same part by part: a list of conditions, a table."""

    name: str
    entity: str
    title: str
    words: str
    formula: str
    uses: tuple[str, ...] = ()
    reference: str = ""
    telling: Telling | None = None


@dataclass(frozen=True)
class Algorithm:
    """Everything that decides one programme, for anybody to read."""

    programme: str
    title: str
    summary: str
    office: str
    legal_basis: tuple[str, ...]
    version: str
    rules: tuple[RuleInWords, ...]
    parameters: tuple[ParameterInWords, ...]

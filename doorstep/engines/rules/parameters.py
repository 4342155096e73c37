"""The figures and scales of a law by date, read and checked: each with the type that holds all its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from doorstep.engines.feel.api import (
    BOOLEAN,
    TEXT,
    Kind,
    Scale,
    Type,
    Value,
    list_type,
    number,
    number_type,
    scale_of,
    scale_of_amounts,
    scale_of_rates,
)
from doorstep.engines.rules.shapes import BracketShape, ParameterShape, RulesShape
from doorstep.kit.errors import DoorstepError, Findings

T = TypeVar("T")
NAME = re.compile(r"[a-z][a-z0-9_]{0,61}")


@dataclass(frozen=True)
class DatedParameter:
    """A parameter with its values by date, oldest first. ``None``: it ended that day, and what needs it is unknown."""

    name: str
    shape: ParameterShape
    type: Type
    values: tuple[tuple[date, Value], ...]

    def at(self, day: date) -> Value:
        """The value that holds on ``day``. Raises ``DoorstepError`` before the first."""
        for start, value in reversed(self.values):
            if start <= day:
                return value
        raise DoorstepError(
            f"The parameter {self.name!r} has no value on {day}.",
            why=f"Its first value holds from {self.values[0][0]}.",
            mend="Choose a later date or add the older value.",
        )


def dated_parameters(shapes: Sequence[RulesShape], currency: str, findings: Findings) -> dict[str, DatedParameter]:
    """Every parameter of a country by name; each mistake is noted and its parameter left out."""
    parameters: dict[str, DatedParameter] = {}
    for name, written in ((name, one) for shape in shapes for name, one in shape.parameters.items()):
        if not NAME.fullmatch(name) or name in parameters:
            what = f"the parameter's name {name!r} is not usable"
            findings.add(written.place, what, expected="a new name such as max_power")
            continue
        if bool(written.values) == bool(written.brackets) or (written.scale is None) != (not written.brackets):
            mend = "Write values: {2026-01-01: 10}; or, for a scale, scale: and brackets:."
            findings.add(written.place, f"{name!r} has no values, or both values and brackets", mend=mend)
            continue
        before = len(findings.problems)
        reader = _scales if written.brackets else _figures
        found = reader(name, written, currency, findings)
        if found is not None and len(findings.problems) == before:
            parameters[name] = found
    return parameters


def _by_day(
    shape: ParameterShape, written: Mapping[str, T], read: Callable[[T], Value], findings: Findings
) -> tuple[tuple[date, Value], ...]:
    """What was written under each day, oldest first."""
    values: list[tuple[date, Value]] = []
    for day, text in written.items():
        try:
            values.append((date.fromisoformat(day), read(text)))
        except (ValueError, InvalidOperation):
            what = "a parameter's value stands under its first day"
            findings.add(shape.place, what, expected="2026-01-01: 10", found=day)
    return tuple(sorted(values, key=lambda item: item[0]))


# ---------------------------------------------------------------------- figures


def _figures(name: str, shape: ParameterShape, currency: str, findings: Findings) -> DatedParameter | None:
    values = _by_day(shape, shape.values, _plain, findings)
    known = [value for _, value in values if value is not None]
    kind = _type_of(known, money=_is_money(shape.unit, currency)) if known else None
    if kind is None:
        what = f"the values of {name!r} are of different kinds" if known else f"{name!r} never has a value"
        findings.add(shape.place, what)
        return None
    return DatedParameter(name, shape, kind, values)


def _plain(text: str | tuple[str, ...] | None) -> Value:
    """A parameter's value as written: a number, true or false, a code, or null for its end."""
    if isinstance(text, tuple):
        return tuple(_one(item) for item in text)
    return None if text is None else _one(text)


def _one(text: str) -> int | Decimal | bool | str:
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d{1,30}(\.\d{1,12})?", text):
        return Decimal(text) if "." in text else int(text)
    return text


def _is_money(unit: str, currency: str) -> bool:
    return unit.split("/", maxsplit=1)[0].strip() == currency


def _type_of(values: Sequence[Value], *, money: bool) -> Type | None:
    """The one type of a parameter's values; ``None`` where they are of different kinds."""
    if all(isinstance(value, tuple) and value for value in values):
        kinds = {list_type(value).of.kind for value in values if isinstance(value, tuple)}  # type: ignore[union-attr]
        widest = list_type([item for value in values if isinstance(value, tuple) for item in value])
        return widest if len(kinds) == 1 else None
    if all(isinstance(value, bool) for value in values):
        return BOOLEAN
    numbers = [value for value in values if isinstance(value, int | Decimal) and not isinstance(value, bool)]
    if len(numbers) == len(values):
        return _width(numbers, money=money)
    return TEXT if all(isinstance(value, str) for value in values) else None


def _width(numbers: Iterable[int | Decimal], *, money: bool = False) -> Type:
    types = [number_type(value) for value in numbers]
    scale = max(kind.scale for kind in types)
    return number(max(kind.whole for kind in types) + scale, scale, money=money)


# ---------------------------------------------------------------------- scales


def _scales(name: str, shape: ParameterShape, currency: str, findings: Findings) -> DatedParameter | None:
    before = len(findings.problems)
    written = {day: brackets for day, brackets in shape.brackets.items() if brackets is not None}
    if not written:
        findings.add(shape.place, f"{name!r} never has brackets")
        return None
    every = [bracket for brackets in written.values() for bracket in brackets]
    for bracket in every:
        _check_bracket(shape, bracket, findings)
    for day, brackets in written.items():
        starts = [bracket.from_ for bracket in brackets]
        if not starts or starts != sorted(set(starts)):
            findings.add(shape.place, f"the brackets of {name!r} from {day} on must rise", expected="each from once")
    values = _by_day(
        shape, shape.brackets, lambda brackets: None if brackets is None else _scale(shape, brackets), findings
    )
    if len(findings.problems) > before:
        return None
    if shape.scale == "rates":
        gives = _width(bracket.rate or Decimal(0) for bracket in every)
    else:
        totals = [one.base for _, scale in values if isinstance(scale, Scale) for one in scale.brackets]
        gives = _width(totals, money=_is_money(shape.gives, currency))
    starts_type = _width((bracket.from_ for bracket in every), money=_is_money(shape.unit, currency))
    kind = scale_of(Kind.RATES if shape.scale == "rates" else Kind.AMOUNTS, of=starts_type, gives=gives)
    return DatedParameter(name, shape, kind, values)


def _check_bracket(shape: ParameterShape, bracket: BracketShape, findings: Findings) -> None:
    wanted, other = ("rate", "amount") if shape.scale == "rates" else ("amount", "rate")
    if getattr(bracket, wanted) is None or getattr(bracket, other) is not None:
        expected = f"from and {wanted}"
        findings.add(bracket.place, f"a bracket of a scale of {shape.scale} needs its {wanted}", expected=expected)


def _scale(shape: ParameterShape, brackets: Sequence[BracketShape]) -> Scale:
    if shape.scale == "rates":
        return scale_of_rates([(one.from_, one.rate or Decimal(0)) for one in brackets])
    pairs = [(one.from_, one.amount or Decimal(0)) for one in brackets]
    return scale_of_amounts(pairs, added=shape.scale == "amounts")

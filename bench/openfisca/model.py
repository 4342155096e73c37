"""Invented models of law: the same variables as a rules file of ours and as OpenFisca's Python.

A model is a list of ``Line``: plain data, written down as JSON for the peer's process. Every variable is money of 14
digits, 2 of them decimals, and follows from earlier ones by one of ``KINDS``. The last variable needs all the others.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """A formula in FEEL and in numpy: ``{a}``, ``{b}`` are variables, ``{r}``, ``{s}`` shares of one, ``{k}`` money."""

    feel: str
    numpy: str


KINDS = {
    "mix": Kind("{a} * {r} + {b} * {s}", "{a} * {r} + {b} * {s}"),
    "floor": Kind("max({a}, {k}) * {r} + {b} * {s}", "maximum({a}, {k}) * {r} + {b} * {s}"),
    "limit": Kind("min({a}, {b} + {k})", "minimum({a}, {b} + {k})"),
    "case": Kind("if {a} > {k} then {a} * {r} + {b} * {s} else {b}", "where({a} > {k}, {a} * {r} + {b} * {s}, {b})"),
}
SUM = "sum"
MEAN = "mean"
"""A household's variable from its members' (``sum``); the middle of two (``mean``), by which nothing is left out."""


@dataclass(frozen=True)
class Line:
    """One variable. ``a`` and ``b`` are columns or earlier variables; ``of_household``: ``b`` is the household's."""

    name: str
    entity: str
    kind: str
    a: str
    b: str = ""
    r: str = "0.5"
    s: str = "0.5"
    k: str = "0"
    of_household: bool = False


@dataclass(frozen=True)
class Model:
    """Columns by entity, lines in the order of their needs, and the variable that needs them all."""

    columns: dict[str, tuple[str, ...]]
    lines: tuple[Line, ...]
    goal: str

    def as_data(self) -> dict[str, Any]:
        """For the peer's process."""
        lines = [asdict(line) | {"numpy": numpy_formula(line)} for line in self.lines]
        return {"columns": self.columns, "lines": lines, "goal": self.goal}


def chain(variables: int, *, seed: int = 1) -> Model:
    """A chain of a person's variables: each follows from the one before it and from another of the last ten."""
    dice = random.Random(seed)
    names = ["x0", "x1", "x2"]
    lines = []
    for number in range(variables):
        lines.append(_line(dice, f"v{number}", "person", names[-1], dice.choice(names[-10:])))
        names.append(lines[-1].name)
    return Model({"person": ("x0", "x1", "x2")}, tuple(lines), names[-1])


def wide(variables: int, *, seed: int = 1) -> Model:
    """A whole tax and benefit system: persons, their households, and persons again with what their household has.

    Six of ten variables are persons'; in each part a variable follows from any two that were made so far in a window
    of some sixty, so that the model is about as deep as a real one.
    """
    maker = _Wide(random.Random(seed))
    persons, households = int(variables * 0.24), int(variables * 0.17)
    maker.part("person", persons)
    maker.gather(max(households // 8, 1))
    maker.part("household", households)
    maker.part("person", persons, with_household=True)
    maker.gather(max(households // 8, 1))
    maker.part("household", households)
    return maker.finished()


def _line(dice: random.Random, name: str, entity: str, a: str, b: str, *, of_household: bool = False) -> Line:
    share = dice.randrange(20, 81)
    return Line(
        name, entity, dice.choice(list(KINDS)), a, b, f"{share / 100:.2f}", f"{(100 - share) / 100:.2f}",
        f"{dice.randrange(5, 200) * 10}", of_household,
    )  # fmt: skip


class _Wide:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.columns = {
            "person": tuple(f"x{number}" for number in range(20)),
            "household": tuple(f"y{number}" for number in range(5)),
        }
        self.names = {entity: list(columns) for entity, columns in self.columns.items()}
        self.lines: list[Line] = []
        self.unused: dict[str, None] = {}

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.names[line.entity].append(line.name)
        for used in (line.a, line.b):
            self.unused.pop(used, None)
        self.unused[line.name] = None

    def part(self, entity: str, count: int, *, with_household: bool = False) -> None:
        """``count`` variables of one entity; with their household's values in every twentieth."""
        for number in range(count):
            near = self.names[entity][-60:]
            from_household = with_household and number % 20 == 0
            b = self.dice.choice(self.names["household"][-60:] if from_household else near)
            name = f"{entity[0]}{len(self.lines)}"
            self.add(_line(self.dice, name, entity, self.dice.choice(near), b, of_household=from_household))

    def gather(self, count: int) -> None:
        """Households' sums over their members; what no other variable of theirs needs is brought together first."""
        last = self.joined("person")
        for number in range(count):
            a = last if number == 0 else self.dice.choice(self.names["person"][-60:])
            self.add(Line(f"h{len(self.lines)}", "household", SUM, a))

    def joined(self, entity: str) -> str:
        """One variable that needs every variable of an entity that nothing needs yet."""
        open_ = [line.name for line in self.lines if line.entity == entity and line.name in self.unused]
        while len(open_) > 1:
            pairs = list(zip(open_[::2], open_[1::2], strict=False))
            rest = open_[len(pairs) * 2 :]
            made = []
            for a, b in pairs:
                self.add(Line(f"{entity[0]}{len(self.lines)}", entity, MEAN, a, b))
                made.append(self.lines[-1].name)
            open_ = [*made, *rest]
        return open_[0]

    def finished(self) -> Model:
        goal = self.joined("household")
        return Model(self.columns, tuple(self.lines), goal)


# ---------------------------------------------------------------------- in FEEL and in numpy


def feel_formula(line: Line) -> str:
    """The formula as an author of ours writes it."""
    b = f"household.{line.b}" if line.of_household else line.b
    if line.kind == SUM:
        return f"sum(members.{line.a})"
    template = "{a} * 0.5 + {b} * 0.5" if line.kind == MEAN else KINDS[line.kind].feel
    return template.format(a=line.a, b=b, r=line.r, s=line.s, k=line.k)


def numpy_formula(line: Line) -> str:
    """The same for arrays."""
    template = "{a} * 0.5 + {b} * 0.5" if line.kind == MEAN else "" if line.kind == SUM else KINDS[line.kind].numpy
    return template.format(a="a", b="b", r=line.r, s=line.s, k=line.k)


def rules_file(model: Model) -> str:
    """The model as a rules file."""
    lines = ["rules: model", "variables:"]
    for line in model.lines:
        width = "decimals: 2, digits: 14"
        formula = feel_formula(line)
        lines.append(f'  {line.name}: {{of: {line.entity}, label: {{en: {line.name}}}, formula: "{formula}", {width}}}')
    return "\n".join(lines) + "\n"


def registers(model: Model) -> Sequence[str]:
    """The registers' files, as an author of ours writes them."""
    found = []
    for entity, columns in model.columns.items():
        link = "  household: {type: text, label: {en: H}, link: household, back: members}\n"
        cells = "".join(f"  {name}: {{type: money, label: {{en: {name}}}}}\n" for name in columns)
        between = link if entity == "person" and "household" in model.columns else ""
        found.append(
            f"register: {entity}s\ntitle: {{en: {entity}}}\nprovider: office\nentity: {entity}\nkey: id\n"
            f"columns:\n  id: {{type: text, label: {{en: Number}}}}\n{between}{cells}"
        )
    return found

"""What a translation holds: variables, what they are called, and where a decision's value is found."""

from __future__ import annotations

from dataclasses import dataclass, field

from doorstep.engines.dmn.names import Structure, split_parts
from doorstep.engines.dmn.types import Context, Decision, DecisionTable, LiteralExpression, Model
from doorstep.engines.feel.api import BOOLEAN, DATE, DAYS, MONTHS, TEXT, Type, bounded_number
from doorstep.engines.rules.api import Hit, VariableShape
from doorstep.kit.errors import Place, Problem, Problems
from doorstep.kit.languages import Text

ENTITY = "case"
LANGUAGE = "en"
LEAVES: dict[str, Type] = {
    "string": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "days and time duration": DAYS,
    "dayTimeDuration": DAYS,
    "years and months duration": MONTHS,
    "yearMonthDuration": MONTHS,
} | dict.fromkeys(("number", "integer", "long", "double", "decimal"), bounded_number())
HITS: dict[str, Hit] = {
    "UNIQUE": "unique",
    "ANY": "any",
    "FIRST": "first",
    "PRIORITY": "first",
    "RULE ORDER": "collect",
    "OUTPUT ORDER": "collect",
    "COLLECT": "collect",
    "COLLECT SUM": "sum",
    "COLLECT MIN": "min",
    "COLLECT MAX": "max",
    "COLLECT COUNT": "count",
}


@dataclass(frozen=True)
class Given:
    """A leaf of an input: its type, the names that lead to it, and its allowed values where they are known."""

    type: Type
    path: tuple[str, ...]
    allowed: str = ""


@dataclass(frozen=True)
class Expected:
    """A formula that its author says to be of a type. ``what`` is said where it is not."""

    formula: str
    type: Type
    place: Place
    what: str
    many: bool = False


@dataclass
class Translation:
    """Decisions as variables. ``meanings`` says where the value of a decision is found."""

    model: Model
    entity: str = ENTITY
    givens: dict[str, Given] = field(default_factory=dict)
    variables: dict[str, VariableShape] = field(default_factory=dict)
    meanings: dict[str, str | Structure] = field(default_factory=dict)
    tables: dict[str, DecisionTable] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """What a variable is called."""

    decision: Decision | None = None
    type: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        if self.decision is not None and not self.label:
            object.__setattr__(self, "label", self.decision.label or self.decision.name)

    @property
    def entity(self) -> str:
        """The entity that its author names; none for most."""
        return self.decision.notes.get("of", "") if self.decision else ""

    def part(self, name: str) -> Words:
        """What a part of it is called."""
        return Words(label=f"{self.label}: {name}")

    def text(self) -> Text:
        """Its label, in every language that its author noted."""
        notes = self.decision.notes if self.decision else {}
        noted = {key[6:]: text for key, text in notes.items() if key.startswith("label.")}
        return Text(noted or {LANGUAGE: self.label or "?"})


def problem(place: Place, what: str, mend: str = "", *, expected: str = "") -> Problems:
    """One problem, to be raised."""
    return Problems([Problem(place, what, expected=expected, mend=mend)])


def written_context(box: LiteralExpression) -> Context | None:
    """A context that is written as a formula: ``{a: 1, b: a + 1}``."""
    text = box.text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    entries = []
    for part in split_parts(text[1:-1]):
        name, colon, value = part.partition(":")
        name = " ".join(name.strip().strip('"').split())
        if not colon or not name:
            return None
        entries.append((name, LiteralExpression(value.strip(), box.place, box.language)))
    return Context(tuple(entries), box.place)

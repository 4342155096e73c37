"""What authors write in ``rules/*.yaml``: the shapes that every rules file is checked against."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from doorstep.kit.errors import Place
from doorstep.kit.files import Written, key
from doorstep.kit.languages import Text


@dataclass(frozen=True)
class BracketShape:
    """One bracket of a scale."""

    from_: Decimal = key("The value from which the bracket counts.", name="from")
    rate: Decimal | None = key("In a scale of rates: the rate of the part above; 0.06 is 6%.", default=None)
    amount: Decimal | None = key("In a scale of amounts: what the bracket gives.", default=None)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class ParameterShape:
    """A figure or a scale that a law sets, by the day from which it holds."""

    label: Text = key("What people call the figure, in every language.")
    reference: str = key("The law, decree or decision that sets it.")
    values: dict[str, str | tuple[str, ...] | None] = key(
        "The figure from each day on: {2026-01-01: 6272.64}. Codes as a list; null where it ends.", default_factory=dict
    )
    scale: Literal["rates", "amount", "amounts"] | None = key(
        "For a scale, used as scale(income, its_name). rates: each part of the value at the rate of its bracket; "
        "amount: the amount of the bracket that is reached; amounts: those of all brackets that are exceeded, added.",
        default=None,
    )
    brackets: dict[str, tuple[BracketShape, ...] | None] = key(
        "For a scale, its brackets from each day on: {2026-01-01: [{from: 0, rate: 0.02}, {from: 6000, rate: 0.06}]}; "
        "null where it ends.",
        default_factory=dict,
    )
    unit: str = key(
        "Its unit: EUR/year, kVA, m3/year, %. A currency makes it money. Of a scale: the unit of what is looked up.",
        default="",
    )
    gives: str = key("For a scale of amounts: the unit of the amounts.", default="")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class BecauseShape:
    """Why a variable came out as it did, said to the person. ``{names}`` are filled with values."""

    yes: Text = key("The reason when the variable is true.")
    no: Text = key("The reason when it is false.")
    unknown: Text = key("What is missing when it cannot be told.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class ChangeShape:
    """How to speak of another value of a variable that would turn an outcome. Only what has words is ever said.

    Each text is the first half of a sentence: ``If your household's income were {difference} less a year``.
    """

    less: Text | None = key("For a number: it were lower by {difference}, which makes {value}.", default=None)
    more: Text | None = key("For a number: it were higher by {difference}, which makes {value}.", default=None)
    yes: Text | None = key("For true or false: it were true.", default=None)
    no: Text | None = key("For true or false: it were false.", default=None)
    to: Text | None = key("For a code or a date: it were {value}.", default=None)
    when: str = key(
        "A true-or-false variable of the same entity that must hold before and after, for the words to be true: where "
        "nobody has an income yet, more of it would change other values too.",
        default="",
    )
    place: Place = field(default=Place(""), compare=False)

    @property
    def texts(self) -> dict[str, Text]:
        """The texts that are there, by their keys."""
        found = {name: getattr(self, name) for name in ("less", "more", "yes", "no", "to")}
        return {name: text for name, text in found.items() if text is not None}


@dataclass(frozen=True)
class RowShape:
    """One row of a decision table."""

    when: tuple[Written, ...] = key('A test for each input: "electricity", < 5, [1..3], or - for any.')
    then: Written = key("The formula of the result.")
    place: Place = field(default=Place(""), compare=False)


Hit = Literal["first", "unique", "any", "collect", "sum", "min", "max", "count"]


@dataclass(frozen=True)
class TableShape:
    """A decision table: one row that fits gives the result, or all that fit together."""

    inputs: tuple[Written, ...] = key("The formulas that the rows test.")
    rows: tuple[RowShape, ...] = key("The rows, from top to bottom.")
    hit: Hit = key(
        "first: the first row that fits; unique: exactly one may fit; any: several may fit where they say the same; "
        "collect: a list of the results of all that fit; sum, min, max, count: of those results.",
        default="first",
    )
    otherwise: Written | None = key(
        "The result when no row fits; unknown unless given (an empty list, or none, where rows are collected).",
        default=None,
    )
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class VariableShape:
    """A value that follows from others: of a person, a household, a contract or any other entity."""

    of: str = key("The entity that has it.")
    label: Text = key("What people call it, in every language.")
    formula: Written | None = key("The FEEL formula that gives it.", default=None)
    table: TableShape | None = key("The decision table that gives it, in place of a formula.", default=None)
    decimals: int | None = key(
        "For a number: its value is rounded to so many decimals, half away from zero.", default=None
    )
    digits: int | None = key(
        "For a number: the most digits that its value may need in all; what needs more is unknown.",
        default=None,
    )
    because: BecauseShape | None = key("For true or false: the reasons said to the person.", default=None)
    change: ChangeShape | None = key(
        "Whether and how people are told that another value of it would turn the outcome. Leave it out where nobody "
        "should be told: an age, the number of children.",
        default=None,
    )
    reference: str = key("The section of law that it follows.", default="")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class RulesShape:
    """One rules file."""

    rules: str = key("The name of this set of rules.")
    numbers: Literal["exact", "dmn"] = key(
        "exact: as wide as a formula needs, never rounded unasked; dmn: at most 18 digits before the point and 18 "
        "after it, rounded half to even, and unknown where they are too large. For rules drawn in a DMN editor.",
        default="exact",
    )
    parameters: dict[str, ParameterShape] = key("The figures, by name.", default_factory=dict)
    variables: dict[str, VariableShape] = key(
        "The variables, by name. A name is used once in a country.", default_factory=dict
    )
    place: Place = field(default=Place(""), compare=False)

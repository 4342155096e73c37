"""What cannot work in a model, and what no rule of a table covers, found before anything is decided."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from doorstep.engines.dmn import limits
from doorstep.engines.dmn.deciding import rules_of
from doorstep.engines.dmn.names import split_parts
from doorstep.engines.dmn.translating import every_decision
from doorstep.engines.dmn.translation import Translation
from doorstep.engines.dmn.types import Decision, DecisionTable, Input, Knowledge, Model
from doorstep.engines.feel.api import TEXT, Node, Ref, Scalar
from doorstep.engines.rules.api import RuleSet, read_table
from doorstep.kit.errors import Problem, Problems


@dataclass(frozen=True)
class Report:
    """What was found in a model. ``gaps`` are no mistakes: where no rule fits, the decision is unknown."""

    model: Model
    problems: tuple[Problem, ...]
    gaps: tuple[Problem, ...] = ()
    translation: Translation | None = None


def check_model(model: Model) -> Report:
    """Every problem and every gap of a model."""
    problems = [*_colliding(model), *_left_out(model)]
    try:
        translation = every_decision(model)
        ruleset = rules_of(translation)
    except Problems as error:
        return Report(model, (*problems, *error.problems))
    return Report(model, tuple(problems), tuple(_gaps(translation, ruleset)), translation)


def _colliding(model: Model) -> list[Problem]:
    """Names that are the same, or differ in blanks alone: a formula could not tell them apart."""
    seen: dict[str, list[Input | Decision | Knowledge]] = defaultdict(list)
    everything: list[Input | Decision | Knowledge] = [
        *model.inputs.values(), *model.decisions.values(), *model.knowledge.values()
    ]  # fmt: skip
    for one in everything:
        seen[re.sub(r"\s+", "", one.name)].append(one)
    found = []
    for same in seen.values():
        for other in same[1:]:
            how = "is used twice" if other.name == same[0].name else f"differs from {same[0].name!r} in blanks only"
            found.append(Problem(other.place, f"the name {other.name!r} {how}", mend="Rename one."))
    return found


def _left_out(model: Model) -> list[Problem]:
    return [
        Problem(model.place, f"the model imports {name!r}", mend=f"{limits.OTHERS['imported models']}.")
        for name in model.imports
    ]


def _gaps(translation: Translation, ruleset: RuleSet) -> list[Problem]:
    found, seen = [], set()
    for name, table in translation.tables.items():
        shape = ruleset.variables[name].shape
        if shape.table is None or table.place in seen or shape.table.hit in ("collect", "sum", "min", "max", "count"):
            continue
        seen.add(table.place)
        read = read_table(shape.table, model=ruleset, entity=shape.of, bounded=True)
        gaps = read.gaps(allowed=_allowed(translation, table, read.inputs))
        label = shape.label.in_("en")
        if gaps is None:
            found.append(Problem(table.place, f"whether a rule of {label!r} fits every case cannot be told"))
        for gap in gaps or ():
            mend = "Add a rule or a default, or leave it unknown."
            found.append(Problem(table.place, f"no rule of {label!r} fits {read.say_example(gap)}", mend=mend))
    return found


def _allowed(translation: Translation, table: DecisionTable, inputs: tuple[Node, ...]) -> dict[Node, list[Scalar]]:
    """The only texts that an input may hold: those of its column, else those of its type."""
    found: dict[Node, list[Scalar]] = {}
    for node, clause in zip(inputs, table.inputs, strict=True):
        given = translation.givens.get(node.name) if isinstance(node, Ref) else None
        parts = split_parts(clause.values or (given.allowed if given else ""))
        if node.type == TEXT and all(re.fullmatch(r'"[^"\\]*"', part) for part in parts):
            found[node] = [part[1:-1] for part in parts]
    return found

"""A model as a rules file of a country: the same decisions, under names that formulas know, with their labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from doorstep.engines.dmn.translating import every_decision
from doorstep.engines.dmn.translation import LANGUAGE
from doorstep.engines.dmn.types import Decision, Model
from doorstep.engines.rules.api import TableShape, VariableShape
from doorstep.kit.errors import Place, Problem, Problems

_PARAMETER = "parameter."


@dataclass(frozen=True)
class Imported:
    """A rules file. ``missing``: inputs that the entity has neither as a column nor as a variable, with their names."""

    text: str
    variables: tuple[str, ...]
    missing: Mapping[str, str]


def import_model(
    model: Model,
    *,
    name: str,
    entity: str,
    source: str,
    language: str = LANGUAGE,
    known: frozenset[str] = frozenset(),
    renamed: Mapping[str, str] | None = None,
) -> Imported:
    """The rules file ``name`` with every decision of a model, of ``entity``. Raises ``Problems``.

    ``known``: what formulas of the country may name. ``renamed``: what the model's inputs are called there.
    """
    parameters = {
        key.removeprefix(_PARAMETER): _read_note(key, text, model.place)
        for key, text in model.notes.items()
        if key.startswith(_PARAMETER)
    }
    own = {decision.name for decision in model.decisions.values()}
    done = every_decision(model, entity=entity, known=(known - own) | parameters.keys(), renamed=renamed)
    decisions = {
        meaning: model.decisions[id]
        for id, meaning in done.meanings.items()
        if id in model.decisions and isinstance(meaning, str)
    }
    file: dict[str, Any] = {"rules": name}
    if model.notes.get("numbers", "dmn") == "dmn":
        file["numbers"] = "dmn"
    if parameters:
        file["parameters"] = parameters
    file["variables"] = {
        variable: _variable(shape, decisions.get(variable), language) for variable, shape in done.variables.items()
    }
    head = f"# From {source}, by doorstep dmn import. Change it in one of the two, not in both.\n"
    text = head + yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=120)
    return Imported(text, tuple(done.variables), {key: ".".join(given.path) for key, given in done.givens.items()})


def _variable(shape: VariableShape, decision: Decision | None, language: str) -> dict[str, Any]:
    notes = decision.notes if decision else {}
    words = dict(shape.label.words)
    found: dict[str, Any] = {
        "of": shape.of,
        "label": {language: words[LANGUAGE]} if list(words) == [LANGUAGE] else words,
    }
    if shape.formula is not None:
        found["formula"] = shape.formula.text
    if shape.table is not None:
        found["table"] = _table(shape.table)
    found |= {key: int(notes[key]) for key in ("decimals", "digits") if notes.get(key, "").isdecimal()}
    because = {part: _words(notes, f"because.{part}.") for part in ("yes", "no", "unknown")}
    if all(because.values()):
        found["because"] = because
    if notes.get("reference"):
        found["reference"] = notes["reference"]
    return found


def _words(notes: Mapping[str, str], start: str) -> dict[str, str]:
    return {key.removeprefix(start): text for key, text in notes.items() if key.startswith(start)}


def _table(table: TableShape) -> dict[str, Any]:
    found: dict[str, Any] = {"hit": table.hit, "inputs": [one.text for one in table.inputs]}
    found["rows"] = [{"when": [test.text for test in row.when], "then": row.then.text} for row in table.rows]
    if table.otherwise is not None:
        found["otherwise"] = table.otherwise.text
    return found


def _read_note(key: str, text: str, place: Place) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        what = f"the note {key!r} in the file cannot be read"
        raise Problems([Problem(place, what, mend="Export the model again.")]) from None

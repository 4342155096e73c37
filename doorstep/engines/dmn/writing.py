"""A rules file as DMN 1.3, with its drawing, so that an analyst's editor opens it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from doorstep.engines.dmn.drawing import Drawn, draw
from doorstep.engines.dmn.reading import NOTES
from doorstep.engines.feel.api import Field, Kind, Type
from doorstep.engines.rules.api import BracketShape, ParameterShape, RuleSet, RulesShape, TableShape, VariableShape
from doorstep.kit.errors import DoorstepError
from doorstep.kit.files import nearest
from doorstep.kit.languages import Text

_SPACES = {
    "xmlns": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "xmlns:dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
    "xmlns:doorstep": NOTES,
}
_HITS = {"first": "FIRST", "unique": "UNIQUE", "any": "ANY", "collect": "RULE ORDER"}
_TYPES = {
    Kind.NUMBER: "number",
    Kind.MONEY: "number",
    Kind.TEXT: "string",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DAYS: "days and time duration",
    Kind.MONTHS: "years and months duration",
}


@dataclass
class _Needs:
    """What a decision mentions: other decisions of the file, and everything else, which is given to it."""

    decisions: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)


def export_rules(rules: RuleSet, *, name: str, language: str) -> bytes:
    """The rules file ``name`` as XML, labels in ``language``, the others as notes. Raises ``DoorstepError``."""
    shape = next((one for one in rules.shapes if one.rules == name), None)
    if shape is None:
        raise DoorstepError(
            f"The country has no rules {name!r}.", mend=nearest(name, [one.rules for one in rules.shapes])
        )
    return _Writer(rules, shape, language).document().encode()


class _Writer:
    def __init__(self, rules: RuleSet, shape: RulesShape, language: str) -> None:
        self.rules, self.shape, self.language = rules, shape, language
        self.needs = {variable: self.needs_of(variable, one) for variable, one in shape.variables.items()}
        self.inputs = list(dict.fromkeys(one for needs in self.needs.values() for one in needs.inputs))
        self.lines: list[str] = []

    def document(self) -> str:
        attributes = {
            **_SPACES,
            "id": f"rules_{self.shape.rules}",
            "name": self.shape.rules,
            "namespace": f"urn:doorstep:{self.shape.rules}",
            "exporter": "Doorstep",
        }
        self.lines = ['<?xml version="1.0" encoding="UTF-8"?>', _tag("definitions", attributes)]
        self.notes(self.file_notes())
        for variable, one in self.shape.variables.items():
            self.decision(variable, one)
        for given in self.inputs:
            self.input(given)
        self.lines += draw(self.boxes(), self.arrows())
        return "\n".join([*self.lines, "</definitions>", ""])

    # ------------------------------------------------------------------ what needs what

    def needs_of(self, variable: str, shape: VariableShape) -> _Needs:
        needs = _Needs()
        for text in _texts(shape):
            plain = re.sub(r'"(?:[^"\\]|\\.)*"|//[^\n]*', " ", text)
            for found in re.finditer(r"(?<![\w@])(\.\s*)?([^\W\d]\w*)", plain):
                self.add(needs, found[2], shape.of, after_point=bool(found[1]))
        needs.decisions = [one for one in dict.fromkeys(needs.decisions) if one != variable]
        needs.inputs = list(dict.fromkeys(needs.inputs))
        return needs

    def add(self, needs: _Needs, name: str, entity: str, *, after_point: bool) -> None:
        if name in self.shape.variables:
            needs.decisions.append(name)
        elif not after_point and name in self.rules.names(entity):
            needs.inputs.append(name)

    def boxes(self) -> list[Drawn]:
        depths: dict[str, int] = dict.fromkeys(self.inputs, 0)

        def depth(name: str) -> int:
            if name not in depths:
                depths[name] = 1  # a circle through other entities' rows ends here
                depths[name] = 1 + max((depth(one) for one in self.needs[name].decisions), default=0)
            return depths[name]

        decisions = [Drawn(f"decision_{name}", depth(name)) for name in self.shape.variables]
        return [*decisions, *(Drawn(f"input_{name}", 0) for name in self.inputs)]

    def arrows(self) -> list[tuple[str, str, str]]:
        """The id of each requirement, from where and to where it leads."""
        return [
            (f"need_{variable}_{at}", source, f"decision_{variable}")
            for variable in self.shape.variables
            for at, source in enumerate(self.sources(variable))
        ]

    def sources(self, variable: str) -> list[str]:
        needs = self.needs[variable]
        return [*(f"decision_{one}" for one in needs.decisions), *(f"input_{one}" for one in needs.inputs)]

    # ------------------------------------------------------------------ elements

    def file_notes(self) -> dict[str, str]:
        figures = {f"parameter.{name}": _figure(one) for name, one in self.shape.parameters.items()}
        return {"numbers": self.shape.numbers, **figures}

    def notes(self, notes: Mapping[str, str]) -> None:
        self.lines.append("  <extensionElements>")
        self.lines += [
            f'    <doorstep:note name="{_safe(key)}">{_safe(text)}</doorstep:note>' for key, text in notes.items()
        ]
        self.lines.append("  </extensionElements>")

    def decision(self, name: str, shape: VariableShape) -> None:
        label = shape.label.in_(self.language)
        self.lines.append(_tag("decision", {"id": f"decision_{name}", "name": name, "label": label}))
        if shape.reference:
            self.lines.append(f"  <description>{_safe(shape.reference)}</description>")
        self.notes(_decision_notes(shape))
        kind = self.rules.variables[name].node.type
        self.variable(name, kind)
        for at, source in enumerate(self.sources(name)):
            what = "requiredDecision" if source.startswith("decision_") else "requiredInput"
            self.lines.append(
                f'  <informationRequirement id="need_{name}_{at}"><{what} href="#{source}"/></informationRequirement>'
            )
        if shape.table is not None:
            self.table(name, shape, shape.table, kind)
        elif shape.formula is not None:
            self.lines.append(
                f'  <literalExpression id="formula_{name}"><text>{_safe(shape.formula.text)}</text></literalExpression>'
            )
        self.lines.append("</decision>")

    def variable(self, name: str, kind: Type | None) -> None:
        typed = {"typeRef": _TYPES[kind.kind]} if kind is not None and kind.kind in _TYPES else {}
        self.lines.append("  " + _tag("variable", {"id": f"variable_{name}", "name": name, **typed}, closed=True))

    def input(self, name: str) -> None:
        found = [one for entity in self.rules.entities if (one := self.rules.member(entity, name)) is not None]
        kind = found[0].type if found and isinstance(found[0], Field) else self.rules.parameter(name)
        label = next((text for entity in self.rules.entities if (text := self.rules.text_of(entity, name))), None)
        words = {"label": label.in_(self.language)} if label else {}
        self.lines.append(_tag("inputData", {"id": f"input_{name}", "name": name, **words}))
        self.variable(name, kind)
        self.lines.append("</inputData>")

    def table(self, name: str, shape: VariableShape, table: TableShape, kind: Type) -> None:
        policy = {"hitPolicy": _HITS.get(table.hit, "COLLECT")}
        if table.hit not in _HITS:
            policy["aggregation"] = table.hit.upper()
        self.lines.append("  " + _tag("decisionTable", {"id": f"table_{name}", **policy}))
        for at, text in enumerate(table.inputs):
            typed = self.rules.expression(shape.of, text.text).type
            ref = {"typeRef": _TYPES[typed.kind]} if typed.kind in _TYPES else {}
            self.lines.append(
                f'    <input id="{name}_input_{at}">' + _tag("inputExpression", {"id": f"{name}_asks_{at}", **ref})
            )
            self.lines.append(f"      <text>{_safe(text.text)}</text></inputExpression></input>")
        of = kind.of or kind
        ref = {"typeRef": _TYPES[of.kind]} if of.kind in _TYPES else {}
        output = _tag(
            "output",
            {"id": f"{name}_output", "label": shape.label.in_(self.language), **ref},
            closed=table.otherwise is None,
        )
        self.lines.append(f"    {output}")
        if table.otherwise is not None:
            self.lines.append(
                f"      <defaultOutputEntry><text>{_safe(table.otherwise.text)}</text></defaultOutputEntry></output>"
            )
        for at, row in enumerate(table.rows):
            self.lines.append(f'    <rule id="{name}_row_{at}">')
            tests = [test.text for test in row.when]
            self.lines += [
                f'      <inputEntry id="{name}_row_{at}_{column}"><text>{_safe(test)}</text></inputEntry>'
                for column, test in enumerate(tests)
            ]
            self.lines.append(
                f'      <outputEntry id="{name}_row_{at}_then"><text>{_safe(row.then.text)}</text></outputEntry></rule>'
            )
        self.lines.append("  </decisionTable>")


def _texts(shape: VariableShape) -> Iterable[str]:
    if shape.formula is not None:
        yield shape.formula.text
    if shape.table is not None:
        yield from (one.text for one in shape.table.inputs)
        yield from (text.text for row in shape.table.rows for text in (*row.when, row.then))
        yield shape.table.otherwise.text if shape.table.otherwise else ""


def _decision_notes(shape: VariableShape) -> dict[str, str]:
    notes = {"of": shape.of, **_by_language("label", shape.label)}
    if shape.because is not None:
        for part in ("yes", "no", "unknown"):
            notes |= _by_language(f"because.{part}", getattr(shape.because, part))
    if shape.reference:
        notes["reference"] = shape.reference
    notes |= {key: str(count) for key in ("decimals", "digits") if (count := getattr(shape, key)) is not None}
    return notes


def _by_language(name: str, text: Text) -> dict[str, str]:
    return {f"{name}.{language}": words for language, words in text.words.items()}


def _figure(shape: ParameterShape) -> str:
    figure = {"label": dict(shape.label.words), "values": shape.values, "reference": shape.reference}
    figure |= {key: text for key in ("unit", "gives", "scale") if (text := getattr(shape, key))}
    if shape.brackets:
        del figure["values"]
        figure["brackets"] = {
            day: None if brackets is None else [_bracket(one) for one in brackets]
            for day, brackets in shape.brackets.items()
        }
    return json.dumps(figure, ensure_ascii=False)


def _bracket(shape: BracketShape) -> dict[str, str]:
    parts = {"from": shape.from_, "rate": shape.rate, "amount": shape.amount}
    return {key: str(value) for key, value in parts.items() if value is not None}


def _tag(name: str, attributes: Mapping[str, str], *, closed: bool = False) -> str:
    written = "".join(f' {key}="{_safe(value)}"' for key, value in attributes.items())
    return f"<{name}{written}{'/' if closed else ''}>"


def _safe(text: str) -> str:
    """A text as XML holds it; signs that XML cannot hold are left out."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))

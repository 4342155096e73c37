"""From XML to a model, as analysts' editors write it: DMN 1.2 to 1.6, with what they leave out filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from doorstep.engines.dmn.markup import Element, read_xml
from doorstep.engines.dmn.types import (
    Aggregation,
    Box,
    Clause,
    Conditional,
    Context,
    Decision,
    DecisionTable,
    Function,
    HitPolicy,
    Input,
    Invocation,
    Item,
    Knowledge,
    LiteralExpression,
    Model,
    Nothing,
    Rule,
)
from doorstep.kit.errors import Findings, Problem, Problems

VERSIONS = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
NOTES = "urn:doorstep:dmn"
"""The namespace of what a country's file says beyond DMN."""
_HITS = ("UNIQUE", "ANY", "PRIORITY", "FIRST", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
_AGGREGATIONS = ("", "SUM", "MIN", "MAX", "COUNT")
_UNREAD = ("list", "relation", "for", "filter", "some", "every")


def read_model(content: bytes, *, file: str) -> Model:
    """The model of a file. Raises ``Problems`` where it is no DMN, or something in it lacks its name or reference."""
    root = read_xml(content, file=file)
    if root.name != "definitions" or root.space not in VERSIONS:
        what = f"this is no DMN 1.2 to 1.6: its root is <{root.name}> of {root.space or 'no namespace'}"
        raise Problems([Problem(root.place, what, mend="Save it in your editor as DMN 1.3 or later.")])
    return _Reader(root).model()


def one_blank(name: str) -> str:
    """A name with one blank where its author wrote any number, and none around it."""
    return re.sub(r"\s+", " ", name).strip()


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root, self.findings = root, Findings()

    def model(self) -> Model:
        root = self.root
        items = [self.item(one) for one in root.all("itemDefinition")]
        self.no_id_twice()
        model = Model(
            name=root.get("name"),
            namespace=root.get("namespace"),
            version=VERSIONS[root.space],
            items={one.name: one for one in items},
            inputs={one.id: one for one in map(self.input, root.all("inputData"))},
            decisions={one.id: one for one in map(self.decision, root.all("decision"))},
            knowledge={one.id: one for one in map(self.knowledge, root.all("businessKnowledgeModel"))},
            place=root.place,
            services=tuple(one.get("name") for one in root.all("decisionService")),
            imports=tuple(one.get("name") or one.get("namespace") for one in root.all("import")),
            notes=self.notes(root),
        )
        self.findings.raise_if_any()
        return model

    def no_id_twice(self) -> None:
        seen: set[str] = set()
        for element in self.root.children:
            id = element.get("id")
            if id and id in seen:
                self.findings.add(element.place, f"the id {id!r} stands twice", mend="Draw one of the two again.")
            seen.add(id)

    # ------------------------------------------------------------------ elements of the graph

    def item(self, element: Element) -> Item:
        allowed = element.first("allowedValues") or element.first("typeConstraint")
        return Item(
            name=one_blank(element.get("name")),
            type=_type(element.text_of("typeRef")),
            place=element.place,
            allowed=allowed.text_of("text") if allowed else "",
            many=element.get("isCollection") == "true",
            parts=tuple(self.item(part) for part in element.all("itemComponent")),
        )

    def named(self, element: Element) -> tuple[str, str]:
        """The id and the name; a missing id is the name's."""
        name = one_blank(element.get("name"))
        if not name:
            self.findings.add(element.place, f"a {element.name} has no name", mend="Name it in your editor.")
        return element.get("id") or name, name

    def input(self, element: Element) -> Input:
        id, name = self.named(element)
        return Input(id, name, self.variable_type(element), element.place, element.get("label"))

    def variable_type(self, element: Element) -> str:
        variable = element.first("variable")
        return _type(variable.get("typeRef")) if variable is not None else ""

    def decision(self, element: Element) -> Decision:
        id, name = self.named(element)
        return Decision(
            id=id,
            name=name,
            type=self.variable_type(element),
            box=self.box_within(element),
            place=element.place,
            label=element.get("label"),
            description=element.text_of("description"),
            needs=self.references(element, "informationRequirement", ("requiredInput", "requiredDecision")),
            knows=self.references(element, "knowledgeRequirement", ("requiredKnowledge",)),
            notes=self.notes(element),
        )

    def notes(self, element: Element) -> dict[str, str]:
        more = element.first("extensionElements")
        found = [one for one in (more.children if more else []) if one.space == NOTES and one.name == "note"]
        return {one.get("name"): one.text for one in found}

    def references(self, element: Element, kind: str, parts: Sequence[str]) -> tuple[str, ...]:
        found = []
        for requirement in element.all(kind):
            for part in parts:
                if (to := requirement.first(part)) is not None:
                    found.append(to.get("href").rpartition("#")[2])
        return tuple(found)

    def knowledge(self, element: Element) -> Knowledge:
        id, name = self.named(element)
        logic = element.first("encapsulatedLogic")
        nothing = Function((), Nothing("", element.place), element.place)
        function = self.function(logic) if logic is not None else nothing
        knows = self.references(element, "knowledgeRequirement", ("requiredKnowledge",))
        return Knowledge(id, name, self.variable_type(element), function, element.place, knows)

    # ------------------------------------------------------------------ boxes

    def box_within(self, element: Element) -> Box:
        """The first box in an element; ``Nothing`` where it has none."""
        for child in element.children:
            read = getattr(self, f"read_{child.name}", None) if child.space == element.space else None
            if read is not None:
                return cast("Box", read(child))
            if child.name in _UNREAD:
                return Nothing(child.name, child.place)
        return Nothing("", element.place)

    def read_literalExpression(self, element: Element) -> Box:
        place = (element.first("text") or element).place
        text = element.text_of("text")
        if not text:
            return Nothing("", element.place)
        return LiteralExpression(text, place, element.get("expressionLanguage"), _type(element.get("typeRef")))

    def read_context(self, element: Element) -> Context:
        entries = []
        for entry in element.all("contextEntry"):
            variable = entry.first("variable")
            name = one_blank(variable.get("name")) if variable is not None else ""
            entries.append((name, self.box_within(entry)))
        return Context(tuple(entries), element.place)

    def read_invocation(self, element: Element) -> Box:
        called = element.first("literalExpression")
        bindings = []
        for binding in element.all("binding"):
            parameter = binding.first("parameter")
            name = one_blank(parameter.get("name")) if parameter is not None else ""
            bindings.append((name, self.box_within(binding)))
        return Invocation(one_blank(called.text_of("text")) if called else "", tuple(bindings), element.place)

    def read_functionDefinition(self, element: Element) -> Function:
        return self.function(element)

    def function(self, element: Element) -> Function:
        parameters = tuple(
            (one_blank(one.get("name")), _type(one.get("typeRef"))) for one in element.all("formalParameter")
        )
        return Function(parameters, self.box_within(element), element.place, element.get("kind") or "FEEL")

    def read_conditional(self, element: Element) -> Conditional:
        parts = [self.box_within(element.first(name) or element) for name in ("if", "then", "else")]
        return Conditional(parts[0], parts[1], parts[2], element.place)

    def read_decisionTable(self, element: Element) -> DecisionTable:
        hit, aggregation = element.get("hitPolicy") or "UNIQUE", element.get("aggregation")
        if hit not in _HITS or aggregation not in _AGGREGATIONS:
            expected = ", ".join(_HITS)
            self.findings.add(element.place, "the hit policy is not known", expected=expected, found=hit or aggregation)
            hit, aggregation = "UNIQUE", ""
        return DecisionTable(
            inputs=tuple(self.input_clause(one) for one in element.all("input")),
            outputs=tuple(self.output_clause(one) for one in element.all("output")),
            rules=tuple(self.rule(one) for one in element.all("rule")),
            hit=cast("HitPolicy", hit),
            place=element.place,
            aggregation=cast("Aggregation", aggregation),
        )

    def input_clause(self, element: Element) -> Clause:
        expression = element.first("inputExpression")
        values = element.first("inputValues")
        return Clause(
            place=element.place,
            text=expression.text_of("text") if expression is not None else "",
            label=element.get("label"),
            type=_type(expression.get("typeRef")) if expression is not None else "",
            values=values.text_of("text") if values is not None else "",
        )

    def output_clause(self, element: Element) -> Clause:
        values, default = element.first("outputValues"), element.first("defaultOutputEntry")
        return Clause(
            place=element.place,
            name=one_blank(element.get("name")),
            label=element.get("label"),
            type=_type(element.get("typeRef")),
            values=values.text_of("text") if values is not None else "",
            default=default.text_of("text") if default is not None else "",
        )

    def rule(self, element: Element) -> Rule:
        tests = tuple(one.text_of("text") or "-" for one in element.all("inputEntry"))
        results = tuple(one.text_of("text") or "null" for one in element.all("outputEntry"))
        return Rule(tests, results, element.place)


def _type(written: str) -> str:
    """A type's name without the prefix that older files give it."""
    return re.sub(r"^\w+:", "", one_blank(written))

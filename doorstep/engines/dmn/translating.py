"""From a model to rules: every decision becomes variables of one entity, decided by the rules engine's two writers.

A structure becomes one variable for each part, a table with several outputs one table for each, business knowledge
is written into the formula that calls it. PRIORITY and OUTPUT ORDER sort the rows when they are read, so that the
first row, or the list in order, is the answer that the standard asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace

from doorstep.engines.dmn import limits
from doorstep.engines.dmn.names import MAX_LENGTH, Scope, Structure, identifier, one_value, put_names, split_parts
from doorstep.engines.dmn.translation import (
    ENTITY,
    HITS,
    LEAVES,
    Expected,
    Given,
    Translation,
    Words,
    problem,
    written_context,
)
from doorstep.engines.dmn.types import (
    Box,
    Clause,
    Conditional,
    Context,
    Decision,
    DecisionTable,
    Function,
    Input,
    Invocation,
    Item,
    Knowledge,
    LiteralExpression,
    Model,
    Rule,
)
from doorstep.engines.rules.api import RowShape, TableShape, VariableShape
from doorstep.kit.errors import Place, Problem, Problems
from doorstep.kit.files import Written

MAX_NAMES = 3_000
MAX_CALLS = 40
MAX_WRITTEN = 2_000


class Translator:
    """Translates one decision after another, each with all it needs. Raises ``Problems`` for what cannot work."""

    def __init__(
        self,
        model: Model,
        *,
        entity: str = ENTITY,
        known: Container[str] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self.model, self.known, self.renamed = model, known, renamed or {}
        self.done = Translation(model, entity)
        self.open: list[str] = []
        self.called = 0

    # ------------------------------------------------------------------ the graph

    def decision(self, id: str) -> str | Structure:
        """The meaning of a decision, translated where it is new."""
        for one in self.in_order(id):
            if one not in self.done.meanings:
                self.done.meanings[one] = self.translated(one)
        return self.done.meanings[id]

    def in_order(self, id: str) -> list[str]:
        """A decision after all that it needs, without recursion: chains may be long."""
        order: dict[str, None] = {}
        way = [id]
        while way:
            decision = self.model.decisions[way[-1]]
            needs = [one for one in decision.needs if one in self.model.decisions and one not in self.done.meanings]
            waiting = next((one for one in needs if one not in order), None)
            if waiting is None:
                order[way.pop()] = None
            elif waiting in way:
                raise self.circle([*way[way.index(waiting) :], waiting], decision.place)
            else:
                way.append(waiting)
        return list(order)

    def translated(self, id: str) -> str | Structure:
        decision = self.model.decisions[id]
        self.enter(id, decision.place)
        try:
            scope = self.scope_of(decision)
            name = identifier(decision.name, self.taken)
            meaning = self.define(decision.box, scope, name, Words(decision, decision.type))
        finally:
            self.open.pop()
        self.expect(meaning, decision.type, decision.place, f"{decision.name!r} gives another type than it says")
        return meaning

    def expect(self, meaning: str | Structure, kind: str, place: Place, what: str) -> None:
        """Note the type that something is said to have; parts are told at once, types when formulas are read."""
        item, seen, many = self.model.items.get(kind), set(), False
        while item is not None and not item.parts and item.type not in seen:
            seen.add(item.type)
            many = many or item.many
            kind, item = item.type, self.model.items.get(item.type)
            if self.model.items.get(kind) is None and kind not in LEAVES:
                return
        if item is not None and item.parts:
            if not isinstance(meaning, Structure) or {one.name for one in item.parts} != set(meaning.parts):
                raise problem(place, what, expected=f"the parts {', '.join(one.name for one in item.parts)}")
            for part in item.parts:
                self.expect(meaning.parts[part.name], part.type, place, f"{what}: {part.name}")
        elif kind in LEAVES and isinstance(meaning, Structure):
            raise problem(place, what, expected=kind)
        elif kind in LEAVES and isinstance(meaning, str):
            self.done.expected.append(Expected(meaning, LEAVES[kind], place, what, many))

    @property
    def taken(self) -> set[str]:
        """The identifiers that are given away. Raises ``Problems`` where there are too many."""
        if len(self.done.givens) + len(self.done.variables) > MAX_NAMES:
            raise problem(self.model.place, f"the model needs more than {MAX_NAMES:,} values", "Split it.")
        return {*self.done.givens, *self.done.variables}

    def enter(self, id: str, place: Place) -> None:
        if id in self.open:
            raise self.circle([*self.open[self.open.index(id) :], id], place)
        if len(self.open) >= MAX_CALLS:
            raise problem(place, f"business knowledge calls business knowledge more than {MAX_CALLS} deep")
        self.open.append(id)

    def circle(self, ids: Sequence[str], place: Place) -> Problems:
        names = " -> ".join(map(self.name_of, ids))
        return problem(place, f"these need each other: {names}", "A decision cannot follow from itself.")

    def name_of(self, id: str) -> str:
        found = self.model.decisions.get(id) or self.model.knowledge.get(id)
        return found.name if found else id

    def scope_of(self, decision: Decision) -> Scope:
        values: dict[str, str | Structure] = {}
        for id in decision.needs:
            if id in self.model.inputs:
                values[self.model.inputs[id].name] = self.input(self.model.inputs[id], decision)
            elif id in self.model.decisions:
                values[self.model.decisions[id].name] = self.decision(id)
            else:
                raise problem(decision.place, f"{decision.name!r} requires {id!r}, which is not in the file")
        if isinstance(decision.box, DecisionTable):
            self.add_unnamed(decision.box, values)
        return Scope(values, self.calls(decision.knows, decision.place))

    def add_unnamed(self, table: DecisionTable, values: dict[str, str | Structure]) -> None:
        """Inputs that a table names though the file draws none, as Camunda's editor leaves them."""
        for clause in table.inputs:
            name = " ".join(clause.text.split())
            if (renamed := self.renamed.get(name, name)) in self.known:
                values.setdefault(name, renamed)
            known = name in values or not clause.type or not re.fullmatch(r"[^\W\d][\w ]*", name)
            if known or self.model.decision(name) or any(name.startswith(f"{one}.") for one in values):
                continue
            if name not in ("true", "false", "null"):
                values[name] = self.given(clause.type, (name,), clause.place, clause.values)

    def calls(self, ids: Sequence[str], place: Place) -> dict[str, Callable[..., str | Structure]]:
        found: dict[str, Callable[..., str | Structure]] = {}
        for id in ids:
            if id not in self.model.knowledge:
                raise problem(place, f"business knowledge {id!r} is required, which is not in the file")
            knowledge = self.model.knowledge[id]
            found[knowledge.name] = self.caller(knowledge)
        return found

    def caller(self, knowledge: Knowledge) -> Callable[..., str | Structure]:
        def call(arguments: Sequence[tuple[str, str | Structure]], place: Place) -> str | Structure:
            self.enter(knowledge.id, knowledge.place)
            try:
                scope = Scope({}, self.calls(knowledge.knows, knowledge.place))
                found = self.call(knowledge.name, knowledge.function, scope, arguments, place)
                self.expect(found, knowledge.type, place, f"{knowledge.name!r} gives another type than it says")
                return found
            finally:
                self.open.pop()

        return call

    # ------------------------------------------------------------------ inputs

    def input(self, given: Input, decision: Decision | None = None) -> str | Structure:
        """The meaning of an input. A type that is missing is taken from the table that asks for it."""
        if given.id in self.done.meanings:
            return self.done.meanings[given.id]
        if (name := self.renamed.get(given.name, given.name)) in self.known:
            return name
        kind, allowed = given.type, ""
        if not kind and decision is not None and isinstance(decision.box, DecisionTable):
            asked = [one for one in decision.box.inputs if " ".join(one.text.split()) == given.name and one.type]
            kind, allowed = (asked[0].type, asked[0].values) if asked else ("", "")
        meaning = self.given(kind, (given.name,), given.place, allowed)
        self.done.meanings[given.id] = meaning
        return meaning

    def given(self, kind: str, path: tuple[str, ...], place: Place, allowed: str = "") -> str | Structure:
        item, seen = self.model.items.get(kind), set()
        while item is not None and not item.parts and item.type not in seen:
            seen.add(item.type)
            if item.many:
                raise problem(place, f"{' '.join(path)!r} is a list", "A register's rows take its place.")
            allowed, kind = allowed or item.allowed, item.type
            item = self.model.items.get(kind)
        if item is not None and item.parts:
            return Structure({part.name: self.part(part, path, place) for part in item.parts})
        if kind not in LEAVES:
            why = limits.TYPES.get(kind, "no type of the standard and none of the file's")
            what = f"{'.'.join(path)!r} has the type {kind!r}" if kind else f"{'.'.join(path)!r} has no type"
            raise problem(place, what, f"{why}.")
        name = self.renamed.get(".".join(path)) or identifier(" ".join(path), self.taken)
        if name in self.known:
            return name
        self.done.givens[name] = Given(LEAVES[kind], path, allowed)
        return name

    def part(self, part: Item, path: tuple[str, ...], place: Place) -> str | Structure:
        if len(path) > 10:
            raise problem(part.place, "a type is made of itself")
        if part.many:
            raise problem(part.place, f"{part.name!r} is a list", "A register's rows take its place.")
        if part.parts:
            return Structure({one.name: self.part(one, (*path, part.name), place) for one in part.parts})
        return self.given(part.type, (*path, part.name), place, part.allowed)

    # ------------------------------------------------------------------ boxes

    def define(self, box: Box, scope: Scope, name: str, words: Words) -> str | Structure:
        """The meaning of a box; what it is made of becomes variables whose names begin with ``name``."""
        if isinstance(box, LiteralExpression):
            return self.literal(box, scope, name, words)
        if isinstance(box, DecisionTable):
            return self.table(box, scope, name, words)
        if isinstance(box, Context):
            return self.context(box, scope, name, words)
        if isinstance(box, Invocation):
            return self.invocation(box, scope, name, words)
        if isinstance(box, Conditional):
            parts = [self.text(part, scope, name, words) for part in (box.condition, box.then, box.otherwise)]
            return self.variable(name, words, "if ({}) then ({}) else ({})".format(*parts), box.place)
        kind = "function" if isinstance(box, Function) else box.kind
        if not kind:
            raise problem(box.place, f"{words.label!r} has no logic", "Draw a table or write a formula.")
        raise problem(box.place, f"a drawn {kind!r} is left out", f"{limits.BOXES[kind]}.")

    def literal(self, box: LiteralExpression, scope: Scope, name: str, words: Words) -> str | Structure:
        self.only_feel(box)
        if (entries := written_context(box)) is not None:
            return self.context(entries, scope, name, words)
        found = self.named(box, scope)
        return found if isinstance(found, Structure) else self.variable(name, words, found, box.place)

    def named(self, box: LiteralExpression, scope: Scope) -> str | Structure:
        """The formula of a box with its names put in; it must be of the type that the box says."""
        found = put_names(box.text, scope, box.place)
        self.expect(found, box.type, box.place, "a formula gives another type than it says")
        return found

    def only_feel(self, box: LiteralExpression) -> None:
        if box.language and not box.language.rstrip("/").lower().endswith("feel"):
            why = limits.OTHERS["other languages"]
            raise problem(box.place, f"a formula is written in {box.language!r}", f"{why}.")

    def variable(self, name: str, words: Words, text: str, place: Place) -> str:
        free = identifier(name, self.taken)
        self.done.variables[free] = VariableShape(
            of=words.entity or self.done.entity, label=words.text(), formula=Written(text.strip(), place), place=place
        )
        return free

    def text(self, box: Box, scope: Scope, name: str, words: Words) -> str:
        """The formula of a box within another."""
        if isinstance(box, LiteralExpression) and written_context(box) is None:
            self.only_feel(box)
            return one_value(self.named(box, scope), box.place)
        return one_value(self.define(box, scope, f"{name}_part", words), box.place)

    def context(self, box: Context, scope: Scope, name: str, words: Words) -> str | Structure:
        values, calls = dict(scope.values), dict(scope.call)
        parts: dict[str, str | Structure] = {}
        for entry, content in box.entries:
            inner = Scope(values, calls)
            if not entry:
                return self.define(content, inner, name, words)
            if isinstance(content, Function):
                calls[entry] = self.local(entry, content, inner)
                continue
            if entry in parts:
                raise problem(box.place, f"the context has two parts named {entry!r}", "Rename one.")
            parts[entry] = values[entry] = self.define(content, inner, f"{name}_{entry}", words.part(entry))
        if not parts:
            raise problem(box.place, "the context is empty")
        return Structure(parts)

    def local(self, name: str, function: Function, scope: Scope) -> Callable[..., str | Structure]:
        return lambda arguments, place: self.call(name, function, scope, arguments, place)

    def invocation(self, box: Invocation, scope: Scope, name: str, words: Words) -> str | Structure:
        if box.called not in scope.call:
            mend = "Draw a knowledge requirement to it."
            raise problem(box.place, f"{box.called!r} is called but is no business knowledge at hand", mend)
        arguments: list[tuple[str, str | Structure]] = []
        for parameter, content in box.bindings:
            if isinstance(content, LiteralExpression) and written_context(content) is None:
                self.only_feel(content)
                arguments.append((parameter, self.named(content, scope)))
            else:
                arguments.append((parameter, self.define(content, scope, f"{name}_{parameter}", words.part(parameter))))
        found = scope.call[box.called](arguments, box.place)
        return found if isinstance(found, Structure) else self.variable(name, words, found, box.place)

    def call(
        self,
        name: str,
        function: Function,
        scope: Scope,
        arguments: Sequence[tuple[str, str | Structure]],
        place: Place,
    ) -> str | Structure:
        """What business knowledge gives for its arguments, as a formula."""
        self.called += 1
        if self.called > MAX_WRITTEN:
            raise problem(place, f"business knowledge is called more than {MAX_WRITTEN:,} times", "Decide it once.")
        if function.kind != "FEEL":
            raise problem(
                function.place, f"{name!r} is an external function", f"{limits.OTHERS['external functions']}."
            )
        names = [parameter for parameter, _ in function.parameters]
        given = {key or names[at] if at < len(names) else key: one for at, (key, one) in enumerate(arguments)}
        if len(arguments) != len(names) or set(given) != set(names):
            raise problem(place, f"{name!r} is called with other values than it takes", expected=", ".join(names))
        for parameter, kind in function.parameters:
            self.expect(given[parameter], kind, place, f"{name!r} takes another type as {parameter!r}")
        inner = Scope({**scope.values, **{key: _bracketed(one) for key, one in given.items()}}, scope.call)
        body = function.body
        if isinstance(body, LiteralExpression) and written_context(body) is None:
            self.only_feel(body)
            found = _bracketed(self.named(body, inner))
            if isinstance(found, str) and len(found) > MAX_LENGTH:
                mend = "Make decisions of its parts."
                raise problem(place, f"{name!r} written out has more than {MAX_LENGTH:,} letters", mend)
            return found
        return self.define(body, inner, name, Words(label=name))

    # ------------------------------------------------------------------ tables

    def table(self, table: DecisionTable, scope: Scope, name: str, words: Words) -> str | Structure:
        if not table.outputs:
            raise problem(table.place, "the table has no output")
        policy = f"{table.hit} {table.aggregation}".strip()
        hit = HITS.get(policy)
        if hit is None or (table.aggregation and len(table.outputs) > 1):
            raise problem(table.place, f"{policy} cannot be used for this table", "Aggregate one output.")
        if table.hit in ("PRIORITY", "OUTPUT ORDER"):
            table = replace(table, rules=tuple(self.by_priority(table, words.type)))
        inputs = tuple(self.cell(one.text, scope, one.place) for one in table.inputs)
        if not all(one.text for one in inputs):
            raise problem(table.place, "an input of the table has no formula")
        defaults = any(one.default for one in table.outputs)
        found: dict[str, str] = {}
        for at, output in enumerate(table.outputs):
            rows = tuple(self.row(rule, at, scope) for rule in table.rules)
            otherwise = self.cell(output.default or "null", scope, output.place) if defaults else None
            shape = TableShape(inputs=inputs, rows=rows, hit=hit, otherwise=otherwise, place=table.place)
            part = output.name or output.label or f"output {at + 1}"
            own, said = (name, words) if len(table.outputs) == 1 else (f"{name}_{part}", words.part(part))
            free = identifier(own, self.taken)
            self.done.variables[free] = VariableShape(
                of=words.entity or self.done.entity, label=said.text(), table=shape, place=table.place
            )
            self.done.tables[free] = table
            found[part] = free
        return next(iter(found.values())) if len(found) == 1 else Structure(found, many=hit == "collect", row=True)

    def row(self, rule: Rule, at: int, scope: Scope) -> RowShape:
        if at >= len(rule.results):
            raise problem(rule.place, "the row has fewer results than the table has outputs")
        when = tuple(self.cell(test, scope, rule.place) for test in rule.tests)
        return RowShape(when=when, then=self.cell(rule.results[at], scope, rule.place), place=rule.place)

    def cell(self, text: str, scope: Scope, place: Place) -> Written:
        return Written(one_value(put_names(text, scope, place), place), place)

    def by_priority(self, table: DecisionTable, kind: str) -> list[Rule]:
        """The rules by the order of their results in the lists of allowed values; equal ones keep their order."""
        orders = [split_parts(self.allowed(table, output, kind)) for output in table.outputs]
        if not any(order != [""] for order in orders):
            raise problem(table.place, f"{table.hit} needs the output's allowed values, in their order")

        def rank(rule: Rule) -> list[int]:
            ranks = []
            for result, order in zip(rule.results, orders, strict=False):
                if order != [""] and result not in order:
                    why = limits.OTHERS["priority of computed results"]
                    raise problem(rule.place, f"the result {result} is none of the allowed values", f"{why}.")
                ranks.append(order.index(result) if order != [""] else 0)
            return ranks

        return sorted(table.rules, key=rank)

    def allowed(self, table: DecisionTable, output: Clause, kind: str) -> str:
        if output.values:
            return output.values
        item = self.model.items.get(output.type or (kind if len(table.outputs) == 1 else ""))
        if item is None and (whole := self.model.items.get(kind)) is not None:
            item = next((part for part in whole.parts if part.name == output.name), None)
        return item.allowed if item is not None else ""


def _bracketed(found: str | Structure) -> str | Structure:
    if isinstance(found, Structure) or re.fullmatch(r"\w+|\"[^\"\\]*\"|[\d.]+", found.strip()):
        return found
    return f"({found.strip()})"


def every_decision(
    model: Model, *, entity: str = ENTITY, known: Container[str] = (), renamed: Mapping[str, str] | None = None
) -> Translation:
    """All decisions of a model. Raises ``Problems`` with the problems of all of them.

    ``known`` names stand for themselves: what a country has by that name already. ``renamed``: what inputs are
    called there.
    """
    translator, found = Translator(model, entity=entity, known=known, renamed=renamed), list[Problem]()
    for id in model.decisions:
        try:
            translator.decision(id)
        except Problems as error:
            found += error.problems
    if found:
        raise Problems(list(dict.fromkeys(found)))
    return translator.done


def one_decision(model: Model, id: str) -> Translation:
    """One decision and what it needs."""
    translator = Translator(model)
    translator.decision(id)
    return translator.done

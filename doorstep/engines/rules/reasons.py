"""Why an outcome came out as it did: the variable that settled it, found from the formula itself.

``reason`` turns a condition into another tree, whose value is the name of the decisive variable. So the same tree
that decides also gives the reason, for one person and for a nation alike.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from doorstep.engines.feel.api import BOOLEAN, TEXT, Call, Kind, Literal, Node, Parameter, Ref, Type, at, walk, walk_row
from doorstep.engines.rules.ruleset import CheckedRules, Variable
from doorstep.kit.errors import Findings
from doorstep.kit.languages import write_date, write_money, write_number

FactValue = str | int | Decimal | bool | date | None


REASON = ".reason"


def output_node(ruleset: CheckedRules, entity: str, text: str) -> Node:
    """An output's tree: a FEEL expression of ``entity``, or the reason of one: ``eligible.reason``."""
    node = ruleset.expression(entity, text.removesuffix(REASON))
    return reason(ruleset, node) if text.endswith(REASON) else node


def reason(ruleset: CheckedRules, node: Node) -> Node:
    """A tree that gives the name of the variable that settled ``node``, whatever its value."""
    return _Reasons(ruleset).of(node, "")


class _Reasons:
    def __init__(self, ruleset: CheckedRules) -> None:
        self.ruleset = ruleset

    def of(self, node: Node, owner: str) -> Node:
        """The reason for ``node``; ``owner`` is the variable that it belongs to."""
        if isinstance(node, Ref):
            variable = self.ruleset.variables.get(node.name)
            if variable is None or variable.entity != node.entity or node.type != BOOLEAN:
                return _name(node, owner or node.name)
            if variable.shape.because or not _has_reasons(self.ruleset, variable.node):
                return _name(node, variable.name)
            return self.of(at(variable.node, node.path), variable.name)
        if isinstance(node, Call) and node.op in ("and", "or"):
            return self.of_many(node, owner)
        if isinstance(node, Call) and node.op == "not":
            return self.of(node.args[0], owner)
        if isinstance(node, Call) and node.op == "if" and node.type == BOOLEAN:
            condition, then, otherwise = node.args
            parts = [(_is(condition, True), self.of(then, owner)), (_is(condition, False), self.of(otherwise, owner))]
            return _first(parts, self.of(condition, owner))
        return _name(node, owner)

    def of_many(self, node: Call, owner: str) -> Node:
        """For ``and``: the first part that is false, else the first unknown, else the last; ``or`` the other way."""
        settling = node.op == "or"
        reasons = [self.of(arg, owner) for arg in node.args]
        parts = [(_is(arg, settling), why) for arg, why in zip(node.args, reasons, strict=True)]
        parts += [(_unknown(arg), why) for arg, why in zip(node.args, reasons, strict=True)]
        return _first(parts, reasons[-1])


def _has_reasons(ruleset: CheckedRules, node: Node) -> bool:
    """True where a variable in the formula has words of its own."""
    for part in walk(node):
        variable = ruleset.variables.get(part.name) if isinstance(part, Ref) else None
        if (
            variable
            and variable.node.type == BOOLEAN
            and (variable.shape.because or _has_reasons(ruleset, variable.node))
        ):
            return True
    return False


def _name(node: Node, name: str) -> Literal:
    return Literal(TEXT, node.place, name)


def _is(node: Node, value: bool) -> Node:
    return Call(BOOLEAN, node.place, "is true" if value else "is false", (node,))


def _unknown(node: Node) -> Node:
    return Call(BOOLEAN, node.place, "is unknown", (node,))


def _first(parts: Sequence[tuple[Node, Node]], last: Node) -> Node:
    chain = last
    for condition, result in reversed(parts):
        if result != chain:
            chain = Call(TEXT, condition.place, "if", (condition, result, chain))
    return chain


# ---------------------------------------------------------------------- facts


@dataclass(frozen=True)
class Fact:
    """A value that reasons speak of: its name, and the expression that reaches it from the entity at hand."""

    name: str
    expression: str
    type: Type


def facts_of(ruleset: CheckedRules, *, entity: str, goal: str, also: Iterable[str] = ()) -> dict[str, Fact]:
    """Everything that the reasons of ``goal`` may mention, by name: conditions, and the values in their words.

    ``also`` adds expressions of ``entity``, each under its last name.
    """
    facts: dict[str, Fact] = {}
    seen: set[tuple[tuple[str, ...], str]] = set()
    waiting = [ruleset.expression(entity, goal)]
    while waiting:
        for part in walk_row(waiting.pop(0)):
            variable = ruleset.variables.get(part.name) if isinstance(part, Ref) else None
            if not isinstance(part, Ref) or variable is None or variable.entity != part.entity:
                continue
            if (part.path, part.name) in seen:
                continue
            seen.add((part.path, part.name))
            waiting.append(at(variable.node, part.path))
            if variable.shape.because:
                _add_facts(ruleset, variable, part.path, facts)
    for text in also:
        *path, name = text.split(".")
        _add(facts, name, tuple(path), ruleset.expression(entity, text).type)
    return facts


def _add_facts(ruleset: CheckedRules, variable: Variable, path: tuple[str, ...], facts: dict[str, Fact]) -> None:
    _add(facts, variable.name, path, variable.node.type)
    for name in placeholders(variable):
        found = ruleset.expression(variable.entity, name)
        _add(facts, name, () if isinstance(found, Parameter) else path, found.type)


def _add(facts: dict[str, Fact], name: str, path: tuple[str, ...], kind: Type) -> None:
    facts.setdefault(name, Fact(name, ".".join((*path, name)), kind))


# ---------------------------------------------------------------------- words


def placeholders(variable: Variable) -> list[str]:
    """The names in braces in a variable's reasons."""
    if variable.shape.because is None:
        return []
    because = variable.shape.because
    texts = [words for text in (because.yes, because.no, because.unknown) for words in text.words.values()]
    names = [name for words in texts for _, name, _, _ in string.Formatter().parse(words) if name]
    return list(dict.fromkeys(names))


def check_placeholders(ruleset: CheckedRules, findings: Findings) -> None:
    """Note every ``{name}`` in a reason that is no value of the variable's entity, and every stray brace."""
    for variable in ruleset.variables.values():
        if variable.shape.because is None:
            continue
        place = variable.shape.because.place
        try:
            names = placeholders(variable)
        except ValueError as error:
            findings.add(place, f"a brace in the reasons of {variable.name!r} is not closed", found=str(error))
            continue
        for name in names:
            known = ruleset.names(variable.entity)
            if name not in known:
                findings.add(
                    place, f"the reasons of {variable.name!r} mention {name!r}", expected=f"one of {', '.join(known)}"
                )


def say_reason(
    ruleset: CheckedRules, code: str, outcome: bool | None, facts: Mapping[str, FactValue], language: str
) -> str:
    """The words for a reason code, filled with the facts. Values that are not known are left as a dash.

    Facts may be typed values or the text they were stored as.
    """
    variable = ruleset.variables.get(code)
    if variable is None or variable.shape.because is None:
        return variable.shape.label.in_(language) if variable else code
    because = variable.shape.because
    own = fact_value(facts.get(code), BOOLEAN) if code in facts else outcome
    text = because.unknown if own is None else because.yes if own else because.no
    values = {
        name: say_value(ruleset, ruleset.expression(variable.entity, name).type, facts.get(name), language)
        for name in placeholders(variable)
    }
    return text.in_(language).format(**values)


def say_value(ruleset: CheckedRules, kind: Type, value: FactValue, language: str) -> str:
    """One value as a person writes it: money with its currency, dates written out."""
    value = fact_value(value, kind)
    if value is None:
        return "—"
    if kind.kind is Kind.MONEY:
        return write_money(Decimal(str(value)), ruleset.currency, language)
    if isinstance(value, date):
        return write_date(value, language)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return write_number(value, language)
    return str(value)


def fact_value(value: FactValue, kind: Type) -> FactValue:
    """A fact as its type, from the value or from the text that a database or a file kept."""
    if value is None or not isinstance(value, str):
        return value
    if kind.is_number:
        return Decimal(value)
    if kind.kind is Kind.DATE:
        return date.fromisoformat(value)
    if kind == BOOLEAN:
        return value.lower() in ("true", "t", "1", "yes")
    return value

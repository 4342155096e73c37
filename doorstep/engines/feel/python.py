"""Typed tree to a Python expression, for one person: straight-line code, unknown (``None``) checked inline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count

from doorstep.engines.feel import primitives
from doorstep.engines.feel.operators import TABLE
from doorstep.engines.feel.tree import Call, Literal, Node, Value

# What generated code may name: the primitives and the types of its constants, nothing else.
GLOBALS: dict[str, object] = {
    name: getattr(primitives, name)
    for name in [
        "divide",
        "round_half_even",
        "round_half_up",
        "round_half_down",
        "round_up",
        "round_down",
        "floor",
        "ceiling",
        "age",
        "months_between",
        "add_days",
        "add_months",
        "upper",
        "lower",
        "all_of",
        "any_of",
        "total",
        "extreme",
        "chosen",
        "bounded",
        "bounded_product",
        "bounded_quotient",
        "power",
        "modulo",
        "collected",
        "first_of",
        "list_total",
        "substring",
        "before",
        "after",
    ]
} | {
    "Decimal": Decimal,
    "date": date,
    "min": min,
    "max": max,
    "abs": abs,
    "len": len,
    "int": int,
    "frozenset": frozenset,
}


class PythonWriter:
    """Writes expressions. ``name`` gives the Python of everything that is not an operator or a constant.

    A name that starts with a letter is a local variable, which costs nothing to mention twice.
    """

    def __init__(self, name: Callable[[Node], str]) -> None:
        self._name = name
        self._new = count(1)

    def write(self, node: Node) -> str:
        """One Python expression, safe to place inside another."""
        if isinstance(node, Literal):
            return constant(node.value)
        if isinstance(node, Call):
            return self._call(node)
        return self._name(node)

    def _call(self, node: Call) -> str:
        operator = TABLE[node.op]
        args = [self.write(arg) for arg in node.args]
        if node.op == "if":
            return self._choice(node.args[0], args)
        if not operator.strict:
            return self._fill(operator.python, node, args)
        checks, names = [], []
        for arg, text in zip(node.args, args, strict=True):
            if isinstance(arg, Literal):
                names.append(text)
            elif text.isidentifier():
                names.append(text)
                checks.append(f"{text} is None")
            else:
                names.append(f"t{next(self._new)}")
                checks.append(f"({names[-1]} := {text}) is None")
        body = self._fill(operator.python, node, names)
        return f"(None if {' or '.join(checks)} else {body})" if checks else f"({body})"

    def _choice(self, condition: Node, args: list[str]) -> str:
        """``if``: only the branch that is needed is computed; an unknown condition leaves it unknown."""
        test, then, otherwise = args
        if isinstance(condition, Literal) or (isinstance(condition, Call) and TABLE[condition.op].sure):
            return f"({then} if {test} else {otherwise})"
        name = test if test.isidentifier() else f"t{next(self._new)}"
        known = f"{name} is None" if name == test else f"({name} := {test}) is None"
        return f"(None if {known} else {then} if {name} else {otherwise})"

    def _fill(self, template: str, node: Call, args: list[str]) -> str:
        return template.format(*args, all=", ".join(args), scale=node.type.scale)


def constant(value: Value) -> str:
    """A constant as Python source."""
    if isinstance(value, tuple):
        return f"frozenset(({', '.join(constant(item) for item in value)},))"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return f"({value})"
    return repr(value)

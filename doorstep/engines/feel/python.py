"""Typed tree to a Python expression, for one person: straight-line code, unknown (``None``) checked inline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count

from doorstep.engines.feel import primitives
from doorstep.engines.feel.operators import COMPARISONS, TABLE
from doorstep.engines.feel.scales import unfolded
from doorstep.engines.feel.tree import Call, Literal, Node, Scale, Value

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
        "fit",
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

    A name that starts with a letter is a local variable, which costs nothing to mention twice. ``keep`` gives a name
    to a constant that is made only once, where the caller has a place for it.
    """

    def __init__(self, name: Callable[[Node], str], keep: Callable[[str], str] | None = None) -> None:
        self._name, self._keep = name, keep
        self._new = count(1)
        self._known: frozenset[str] = frozenset()

    def write(self, node: Node) -> str:
        """One Python expression, safe to place inside another."""
        if isinstance(node, Literal):
            text = constant(node.value)
            return self._keep(text) if self._keep and text.endswith(")") and text[0].isalpha() else text
        if isinstance(node, Call):
            return self._call(node)
        return self._name(node)

    def _call(self, node: Call) -> str:
        operator = TABLE[node.op]
        if node.op == "scale":
            return self.write(unfolded(node))
        if operator.strict and any(isinstance(arg, Literal) and arg.value is None for arg in node.args):
            return "None"
        if node.op == "if":
            return self._choice(node)
        args = [self.write(arg) for arg in node.args]
        if not operator.strict:
            return self._fill(operator.python, node, args)
        checks, names = [], []
        for arg, text in zip(node.args, args, strict=True):
            if isinstance(arg, Literal):
                names.append(text)
            elif text.isidentifier():
                names.append(text)
                checks += [f"{text} is None"] if text not in self._known else []
            else:
                names.append(f"t{next(self._new)}")
                checks.append(f"({names[-1]} := {text}) is None")
        body = self._fill(operator.python, node, names)
        return f"(None if {' or '.join(checks)} else {body})" if checks else f"({body})"

    def _choice(self, node: Call) -> str:
        """``if``: only the branch that is needed is computed; an unknown condition leaves it unknown."""
        condition = node.args[0]
        compared = self._compared(condition)
        if compared is not None and isinstance(condition, Call):
            test = self._fill(TABLE[condition.op].python, condition, [self.write(arg) for arg in condition.args])
            before, self._known = self._known, self._known | compared
            then, otherwise = (self.write(arg) for arg in node.args[1:])
            self._known = before
            checks = " or ".join(f"{name} is None" for name in sorted(compared - before))
            return f"({f'None if {checks} else ' if checks else ''}{then} if {test} else {otherwise})"
        test, then, otherwise = (self.write(arg) for arg in node.args)
        if isinstance(condition, Literal) or (isinstance(condition, Call) and TABLE[condition.op].sure):
            return f"({then} if {test} else {otherwise})"
        name = test if test.isidentifier() else f"t{next(self._new)}"
        known = f"{name} is None" if name == test else f"({name} := {test}) is None"
        return f"(None if {known} else {then} if {name} else {otherwise})"

    def _compared(self, condition: Node) -> frozenset[str] | None:
        """The local variables that a plain comparison needs, which are known in both branches; ``None`` for others."""
        if not isinstance(condition, Call) or condition.op not in COMPARISONS:
            return None
        names = [self.write(arg) for arg in condition.args if not isinstance(arg, Literal)]
        known = all(arg.value is not None for arg in condition.args if isinstance(arg, Literal))
        return frozenset(names) if known and all(name.isidentifier() for name in names) else None

    def _fill(self, template: str, node: Call, args: list[str]) -> str:
        return template.format(*args, all=", ".join(args), scale=node.type.scale)


def constant(value: Value) -> str:
    """A constant as Python source."""
    assert not isinstance(value, Scale), "a scale is unfolded before it is written"
    if isinstance(value, tuple):
        return f"frozenset(({', '.join(constant(item) for item in value)},))"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return f"({value})"
    return repr(value)

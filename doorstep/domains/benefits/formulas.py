"""Formulas over a visitor's answers, in the same expression language as the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache
from types import CodeType

from doorstep.engines.feel import api as feel
from doorstep.kit.files import Written

Value = str | Decimal | bool | date | None

TYPES = {
    "choice": feel.TEXT,
    "yes_no": feel.BOOLEAN,
    "count": feel.COUNT,
    "number": feel.NUMBER,
    "money": feel.MONEY,
    "date": feel.DATE,
}
_ROW = "visitor"


@dataclass(frozen=True)
class Answers:
    """The names that a formula may use: question id -> its type's name. Answers the checker's questions."""

    types: tuple[tuple[str, str], ...]

    def member(self, entity: str, name: str) -> feel.Field | feel.Link | feel.Back | None:
        """What a name is: an answer, or nothing."""
        kind = dict(self.types).get(name)
        return feel.Field(TYPES[kind]) if kind and entity == _ROW else None

    def parameter(self, name: str) -> feel.Type | None:
        """There are no parameters here."""
        return None

    def names(self, entity: str) -> list[str]:
        """Every answer's name."""
        return [name for name, _ in self.types]


def check(formula: Written, answers: Answers, *, expects: feel.Kind) -> feel.Node:
    """The formula's typed tree. Raises ``Problems``."""
    return feel.check(formula, model=answers, entity=_ROW, expects=expects)


def value_of(formula: Written, answers: Answers, given: Mapping[str, Value]) -> object:
    """What a formula gives for the answers; an answer that is not there is unknown."""
    values = {name: given.get(name) for name, _ in answers.types}
    with localcontext(feel.EXACT):
        # Checked formulas become code that names only the primitives: no builtins, no attributes of the author's.
        return eval(_code(formula, answers), {**feel.GLOBALS, "__builtins__": {}, "answer": values})  # noqa: S307


@lru_cache(maxsize=512)
def _code(formula: Written, answers: Answers) -> CodeType:
    tree = feel.check(formula, model=answers, entity=_ROW)
    return compile(feel.PythonWriter(_name).write(tree), "<formula>", "eval")


def _name(node: feel.Node) -> str:
    if not isinstance(node, feel.Ref):
        raise TypeError(f"answers hold single values, not {type(node).__name__}")
    return f"answer[{node.name!r}]"

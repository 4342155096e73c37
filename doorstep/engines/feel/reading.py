"""Reading a formula's text: where each part stands, what a mistake says, and the written values in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from doorstep.engines.feel.constants import number_type, parse_duration, parse_number
from doorstep.engines.feel.tree import Literal, Node, Scalar
from doorstep.engines.feel.types import BOOLEAN, DATE, NULL, TEXT, Type
from doorstep.kit.errors import Place, Problem, Problems
from doorstep.kit.files import Written


class Reader:
    """One formula's text and its constants. What names and operators mean is the checker's to say."""

    def __init__(self, formula: Written) -> None:
        self.formula = formula

    def place(self, tree: Tree[Token] | Token | None) -> Place:
        start = self.formula.place
        source = tree.meta if isinstance(tree, Tree) else tree
        line, column = getattr(source, "line", None), getattr(source, "column", None)
        if line is None or column is None:
            return start
        if line == 1:
            return replace(start, column=start.column + column - 1 if start.column else 0)
        return replace(start, line=start.line + line - 1, column=0) if start.line else start

    def span(self, tree: Tree[Token] | Token) -> tuple[int, int]:
        """Which letters of the formula ``tree`` was read from."""
        source = tree.meta if isinstance(tree, Tree) else tree
        return (getattr(source, "start_pos", None) or 0, getattr(source, "end_pos", None) or 0)

    def problem(
        self, tree: Tree[Token] | Token | None, what: str, expected: str = "", found: str = "", mend: str = ""
    ) -> Problems:
        return Problems([Problem(self.place(tree), what, expected, found, mend)])

    def syntax(self, error: UnexpectedInput) -> Problems:
        text = self.formula.text
        at = error.pos_in_stream
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        found = "the end" if ended or not 0 <= (at or 0) < len(text) else repr(text[at:].split(maxsplit=1)[0][:12])
        if isinstance(error, UnexpectedCharacters):
            what = "this character has no meaning in a formula"
        else:
            what = "the formula cannot be read"
        token = Token("", "", line=error.line, column=error.column) if error.line > 0 else None
        expected = "a value, a name or an operator" if found != "the end" else "more after the last word"
        return self.problem(token, what, expected, found)

    def literal(self, tree: Tree[Token] | Token, kind: Type, value: Scalar | tuple[Scalar, ...]) -> Literal:
        return Literal(kind, self.place(tree), value, span=self.span(tree))

    def on_at(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        return self.moment(tree, self.text(tree, parts[1]))

    def moment(self, tree: Tree[Token], text: str) -> Node:
        try:
            return self.literal(tree, DATE, date.fromisoformat(text))
        except ValueError:
            pass
        parsed = parse_duration(text)
        if parsed is None:
            raise self.problem(tree, "this is no date or duration", '"2026-09-30", "P1Y2M" or "P30D"', repr(text))
        return self.literal(tree, *parsed)

    def on_number(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        value = parse_number(str(parts[0])) if len(parts[0]) <= 40 else Decimal()
        kind = number_type(value)
        if kind.digits > 30 or len(parts[0]) > 40:
            raise self.problem(tree, "this number is too long", "at most 30 digits")
        return self.literal(tree, kind, value)

    def on_string(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        return self.literal(tree, TEXT, self.text(tree, parts[0]))

    def text(self, tree: Tree[Token], token: Token) -> str:
        try:
            text = str(json.loads(str(token), strict=False))
        except ValueError:
            raise self.problem(tree, "this text has an escape that is not known", r"\n, \t, \" or \u0041") from None
        if "\x00" in text or any(0xD800 <= ord(letter) < 0xE000 for letter in text):
            raise self.problem(tree, "this text holds a character that no database can store")
        return text

    def on_true(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        return self.literal(tree, BOOLEAN, True)

    def on_false(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        return self.literal(tree, BOOLEAN, False)

    def on_null(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        return self.literal(tree, NULL, None)

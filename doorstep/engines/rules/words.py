"""Says a rule in plain words, from the tree that decides: ``household income is at or below the ceiling``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from doorstep.engines.feel.api import BOOLEAN, Call, Kind, Literal, Node, Over, Parameter, Ref, Type
from doorstep.engines.rules.ruleset import CheckedRules, Variable
from doorstep.kit.errors import Findings
from doorstep.kit.files import decode, read_yaml
from doorstep.kit.languages import Text, write_date, write_list, write_money, write_number

# Operators of one kind that need no brackets between them.
_LOOSE = {"and", "or", "+", "-", "*", "/", "if"}


def say(ruleset: CheckedRules, variable: Variable, language: str) -> str:
    """The formula of ``variable`` in words. A language without phrases of its own is said in English."""
    return _Sayer(ruleset, language).say(variable.node)


@lru_cache(maxsize=1)
def phrases() -> dict[str, Text]:
    """Every phrase by the operator it says."""
    text = files("doorstep.engines.rules").joinpath("words.yaml").read_text(encoding="utf-8")
    findings = Findings()
    found: dict[str, Text] = decode(read_yaml(text, file="words.yaml"), dict[str, Text], findings=findings)
    findings.raise_if_any()
    return found


class _Sayer:
    def __init__(self, ruleset: CheckedRules, language: str) -> None:
        self.ruleset, self.language = ruleset, language

    def phrase(self, name: str, *args: str, **values: str) -> str:
        return phrases()[name].in_(self.language).format(*args, **values)

    def say(self, node: Node) -> str:
        if isinstance(node, Literal):
            return self.value(node)
        if isinstance(node, Parameter):
            return self.phrase("today") if node.name == "today" else self.label("", node.name)
        if isinstance(node, Ref):
            return self.label(node.entity, node.name)
        if isinstance(node, Over):
            return self.over(node)
        assert isinstance(node, Call)
        return self.call(node)

    def label(self, entity: str, name: str) -> str:
        text = self.ruleset.text_of(entity, name)
        return self.phrase("name", text.in_(self.language) if text else name)

    def call(self, call: Call) -> str:
        if call.op == "=" and self._truth(call.args[1]) is not None:
            return self.say(call.args[0]) if self._truth(call.args[1]) else self.phrase("not", self.say(call.args[0]))
        parts = [self.inside(arg, call.op) for arg in call.args]
        parts = self._codes(call, parts)
        if call.op in ("and", "or"):
            text = parts[0]
            for part in parts[1:]:
                text = self.phrase(call.op, text, part)
            return text
        return self.phrase(self._op(call), *parts, all=write_list(parts, self.language))

    def _op(self, call: Call) -> str:
        dated = f"{call.op} for dates"
        return dated if dated in phrases() and call.args[0].type.kind is Kind.DATE else call.op

    def _truth(self, node: Node) -> bool | None:
        return node.value if isinstance(node, Literal) and isinstance(node.value, bool) else None

    def _codes(self, call: Call, parts: list[str]) -> list[str]:
        """Codes compared with a code column are said by their labels."""
        names = self._code_names(call.args[0]) if call.args else {}
        if not names or len(call.args) != 2 or not isinstance(call.args[1], Literal):
            return parts
        value = call.args[1].value
        codes = value if isinstance(value, tuple) else (value,)
        said = [names.get(str(code), str(code)) for code in codes]
        return [parts[0], write_list(said, self.language)]

    def _code_names(self, node: Node) -> dict[str, str]:
        if not isinstance(node, Ref) or node.entity not in self.ruleset.entities:
            return {}
        home = self.ruleset.entities[node.entity].homes.get(node.name)
        column = self.ruleset.registers[home[0]].columns[home[1]] if home else None
        if column is None or not isinstance(column.of, dict):
            return {}
        return {code: text.in_(self.language) for code, text in column.of.items()}

    def inside(self, node: Node, outer: str) -> str:
        """An argument, in brackets where another loose operator stands inside."""
        text = self.say(node)
        loose = isinstance(node, Call) and node.op in _LOOSE and (node.op != outer or outer in ("-", "/", "if"))
        return f"({text})" if loose and outer in _LOOSE | {"=", "<", "<=", ">", ">=", "!="} else text

    def over(self, over: Over) -> str:
        rows = self.ruleset.registers[self.ruleset.entities[over.entity].homes[over.link][0]].title.in_(self.language)
        if over.where is not None:
            rows = self.phrase("where", rows=rows, where=self.say(over.where))
        value = self.say(over.value) if over.value is not None else ""
        name = {"min": "lowest", "max": "highest"}.get(over.how, over.how)
        return self.phrase(name, rows=rows, value=value)

    def value(self, literal: Literal) -> str:
        if isinstance(literal.value, tuple):
            return write_list(
                [self.scalar(item, literal.type.of or literal.type) for item in literal.value], self.language
            )
        return self.scalar(literal.value, literal.type)

    def scalar(self, value: object, kind: Type) -> str:
        if value is None:
            return self.phrase("null")
        if kind == BOOLEAN:
            return self.phrase("true" if value else "false")
        if isinstance(value, date):
            return write_date(value, self.language)
        if kind.kind in (Kind.DAYS, Kind.MONTHS) and isinstance(value, int):
            return self.phrase(f"in {kind.kind.value}", write_number(value, self.language))
        if isinstance(value, int | Decimal):
            if kind.kind is Kind.MONEY:
                return write_money(Decimal(value), self.ruleset.currency, self.language)
            return write_number(value, self.language)
        return str(value)

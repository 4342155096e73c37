"""What a programme rests on: its registers, the outputs it asks the rules for, and the reasons and facts in words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Fact
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.engines.dataflow.api import Column, Register
from doorstep.engines.feel.api import Kind, Parameter, Type
from doorstep.engines.rules.api import Question, RuleSet
from doorstep.kit import files
from doorstep.kit.errors import Findings, Problems
from doorstep.kit.files import Written
from doorstep.kit.languages import isolated, write_date, write_list, write_money, write_number

CLOSED = "contract_closed"
BY_PERSON = "decided_by_person"
UNTIED = "rows_untied"
FACT = "fact "


def register_of(programme: Programme, country: Country) -> Register | None:
    """The register that has one row for each entity that is decided."""
    names = {written.text for written in programme.registers}
    found = (
        register
        for name, register in country.registers.items()
        if name in names and register.entity == programme.entity.text
    )
    return next(found, None)


Given = Sequence[Question]
"""Questions that providers answered; the facts behind them stay with the providers."""


def facts_of(programme: Programme, country: Country, given: Given = ()) -> Mapping[str, str]:
    """Fact -> the expression that gives it: everything that the reasons mention, and the ``size``."""
    also = [programme.size.text] if programme.size else []
    return country.rules.facts_of(programme.entity.text, programme.entitled_when.text, given=given, also=also)


def outputs(programme: Programme, country: Country, *, facts: bool, groups: bool, given: Given = ()) -> dict[str, str]:
    """What a run asks the rules for, by the column that holds it."""
    goal = programme.entitled_when.text
    asked = {"outcome": goal, "deliverer": programme.deliver.by.text}
    if facts:
        asked |= {"reason": country.rules.reason_of(goal), "rate": programme.gives.share.text}
    if groups:
        asked |= {"area": programme.groups.area.text, "age": programme.groups.age.text}
        asked |= {"sex": programme.groups.sex.text}
    if facts:
        asked |= {f"{FACT}{name}": text for name, text in facts_of(programme, country, given).items()}
    return asked


def facts_sql(programme: Programme, country: Country, table: str, given: Given = ()) -> str:
    """The facts of a row of ``decided`` as JSON text; every value is text, so that no digit is lost."""
    pairs = ", ".join(
        f"{_quoted(name)}, CAST({table}.{_named(FACT + name)} AS VARCHAR)"
        for name in facts_of(programme, country, given)
    )
    return f"CAST(json_object({pairs}) AS VARCHAR)"


def reason_words(
    programme: Programme,
    country: Country,
    *,
    code: str,
    outcome: bool | None,
    facts: Mapping[str, str | None],
    words: str,
    language: str,
) -> str:
    """Why, in a sentence of the person's language. ``words`` are an official's, where one decided."""
    if code == CLOSED:
        return programme.contract_closed.in_(language)
    if code == UNTIED:
        return say(UNTIED, language)
    if code == BY_PERSON:
        return programme.decided_by_person.in_(language).format(words=isolated(words))
    return country.rules.say_reason(code, outcome, facts, language)


def written_facts(
    programme: Programme, country: Country, stored: Mapping[str, str | None], language: str
) -> tuple[Fact, ...]:
    """Facts with their labels, written for people. Figures of the law are none of theirs.

    What is not known is told only where a reason speaks of it: an electricity contract uses no gas.
    """
    found = []
    for name, text in facts_of(programme, country).items():
        if name in stored:
            node = country.rules.expression(programme.entity.text, text)
            unspoken = stored[name] is None and name not in country.rules.mentioned
            if isinstance(node, Parameter) or unspoken:
                continue
            value = write_value(typed(stored[name], node.type), node.type, country, language)
            label = label_of(programme, country, name, text, language)
            found.append(Fact(name, label, value, known=stored[name] is not None))
    return tuple(found)


def is_missed(programme: Programme, country: Country, name: str) -> bool:
    """Whether anybody lacks a fact that is not known: an electricity contract has no use of gas, and none is sought."""
    size = programme.size.text.rsplit(".", 1)[-1] if programme.size else None
    return name in country.rules.mentioned or name == size


def label_of(programme: Programme, country: Country, name: str, text: str, language: str) -> str:
    """What people call a fact: the programme's own words, else those of the variable or column behind it."""
    if name in programme.texts:
        return programme.texts[name].in_(language)
    last = text.rsplit(".", 1)[-1]
    for entity in country.rules.entities:
        label = country.rules.text_of(entity, last)
        if label is not None:
            return label.in_(language)
    return name.replace("_", " ")


def write_value(value: Any, kind: Type, country: Country, language: str) -> str:
    """One value as people read it."""
    if value is None:
        return say("unknown", language)
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if isinstance(value, date):
        return write_date(value, language)
    if isinstance(value, tuple):
        return write_list([write_value(item, kind.of or kind, country, language) for item in value], language)
    if isinstance(value, int | Decimal):
        if kind.kind is Kind.MONEY:
            return write_money(Decimal(value), country.currency, language)
        return write_number(value, language)
    return code_label(country, str(value), language)


def deliverer_name(programme: Programme, country: Country, code: str, language: str) -> str:
    """What people call a deliverer: the label of its code, where the register lists codes."""
    register = register_of(programme, country)
    column: Column | None = register.columns.get(programme.deliver.by.text) if register else None
    if column is not None and isinstance(column.of, dict) and code in column.of:
        return column.of[code].in_(language)
    return code


def code_label(country: Country, code: str, language: str) -> str:
    """What people call a code, wherever a register lists it."""
    for register in country.registers.values():
        for column in register.columns.values():
            if isinstance(column.of, dict) and code in column.of:
                return column.of[code].in_(language)
    return code


def check(programme: Programme, country: Country, findings: Findings) -> None:
    """Note where the programme and the rules do not fit: variables, their kinds, the groups."""
    rules = country.rules
    _check_expression(rules, programme, programme.entitled_when, Kind.BOOLEAN, findings)
    _check_expression(rules, programme, programme.gives.share, Kind.NUMBER, findings)
    if programme.cost is not None:
        _check_expression(rules, programme, programme.cost, Kind.MONEY, findings)
    for written in (programme.groups.area, programme.groups.age, programme.groups.sex):
        _check_expression(rules, programme, written, Kind.TEXT, findings)
    if programme.size is not None:
        _check_expression(rules, programme, programme.size, Kind.NUMBER, findings)
        if not all(part.isidentifier() for part in programme.size.text.split(".")):
            findings.add(programme.size.place, "the size is no name", expected="a number such as household.size")
    goal = programme.entitled_when
    if goal.text not in rules.variables:
        findings.add(
            goal.place, f"unknown variable {goal.text!r}", mend=files.nearest(goal.text, list(rules.variables))
        )
        return
    for name in (CLOSED, BY_PERSON, UNTIED):
        if name in rules.variables:
            findings.add(programme.place, f"{name!r} is a reason of its own", mend="Rename the variable in the rules.")


def _check_expression(rules: RuleSet, programme: Programme, written: Written, kind: Kind, findings: Findings) -> None:
    try:
        node = rules.expression(programme.entity.text, written.text)
    except Problems as error:
        findings.add(written.place, error.problems[0].what, mend=error.problems[0].mend)
        return
    if node.type.kind is not kind:
        what = f"{written.text!r} gives the wrong kind of value"
        findings.add(written.place, what, expected=kind.value, found=str(node.type))


def digest_of(parts: Sequence[str]) -> str:
    """One hash over several texts, in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stored(value: Any) -> str:
    """A value as facts are stored: text, as the database writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def stored_facts(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """Facts as they are stored."""
    return {name: None if value is None else stored(value) for name, value in facts.items()}


def typed(text: str | None, kind: Type) -> Any:
    """A stored fact as the value it was."""
    if text is None:
        return None
    if kind.kind is Kind.BOOLEAN:
        return text == "true"
    if kind.kind is Kind.DATE:
        return date.fromisoformat(text)
    return Decimal(text) if kind.is_number else text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'

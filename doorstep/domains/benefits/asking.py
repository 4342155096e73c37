""" "Would I get it?": which questions to ask, whether an answer can be used, and the household the answers make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from doorstep.domains.benefits import formulas
from doorstep.domains.benefits.formulas import Answers, Value
from doorstep.domains.benefits.shapes import Ask, Programme, SituationRow
from doorstep.domains.benefits.types import AskedQuestion, BadAnswer, Choice
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.engines.dataflow.api import Column
from doorstep.engines.feel import api as feel
from doorstep.kit import files
from doorstep.kit.errors import Findings, Problems
from doorstep.kit.files import Written

MAX_ROWS = 200
MAX_DIGITS = 12
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_YES, _NO = "yes", "no"


def questions(programme: Programme, answers: Mapping[str, str], language: str) -> tuple[AskedQuestion, ...]:
    """The questions that apply so far, in order, up to and including the first without an answer."""
    values: dict[str, Value] = {}
    asked = []
    for ask in programme.ask:
        if not _applies(ask.when, programme, values):
            continue
        asked.append(_asked(ask, language))
        if ask.id.text not in answers:
            break
        try:
            values[ask.id.text] = _value(ask, answers[ask.id.text], language)
        except BadAnswer:
            break
    return tuple(asked)


def values_of(programme: Programme, answers: Mapping[str, str], language: str) -> dict[str, Value]:
    """Every answer that applies, as a value. Raises ``BadAnswer`` at the first that is missing or wrong."""
    values: dict[str, Value] = {}
    for ask in programme.ask:
        if not _applies(ask.when, programme, values):
            continue
        if ask.id.text not in answers:
            raise BadAnswer(say("missing", language), question=ask.id.text)
        check_answer(programme, ask.id.text, answers[ask.id.text], values, language)
        values[ask.id.text] = _value(ask, answers[ask.id.text], language)
    return values


def check_answer(programme: Programme, question: str, text: str, before: Mapping[str, Value], language: str) -> None:
    """Raise ``BadAnswer`` where one answer cannot be used after those ``before``."""
    ask = next((ask for ask in programme.ask if ask.id.text == question), None)
    if ask is None:
        raise BadAnswer(say("choice", language), question=question)
    value = _value(ask, text, language)
    if value is None or ask.check is None:
        return
    if formulas.value_of(ask.check, names(programme), {**before, question: value}) is False:
        words = ask.error.in_(language) if ask.error else say(ask.type, language)
        raise BadAnswer(words, question=question)


def values_before(programme: Programme, question: str, answers: Mapping[str, str], language: str) -> dict[str, Value]:
    """The answers that stand before a question and apply, as values; those that cannot be read are left out."""
    values: dict[str, Value] = {}
    for ask in programme.ask:
        if ask.id.text == question:
            break
        if ask.id.text in answers and _applies(ask.when, programme, values):
            try:
                values[ask.id.text] = _value(ask, answers[ask.id.text], language)
            except BadAnswer:
                continue
    return values


def situation(programme: Programme, country: Country, values: Mapping[str, Value]) -> dict[str, list[dict[str, Value]]]:
    """The rows of each register that the answers make."""
    made: dict[str, list[dict[str, Value]]] = {}
    for name in (written.text for written in programme.registers):
        columns, rows = country.registers[name].columns, list[dict[str, Value]]()
        for template in programme.situation.get(name, ()):
            for _ in range(_times(template, programme, values)):
                rows.append(_row(template, columns, values, number=len(rows) + 1))
        made[name] = rows
    return made


def _times(template: SituationRow, programme: Programme, values: Mapping[str, Value]) -> int:
    if template.when and formulas.value_of(template.when, names(programme), values) is not True:
        return 0
    if template.times is None:
        return 1
    times = formulas.value_of(template.times, names(programme), values)
    return min(int(times), MAX_ROWS) if isinstance(times, Decimal | int) else 0


def _row(
    template: SituationRow, columns: Mapping[str, Column], values: Mapping[str, Value], *, number: int
) -> dict[str, Value]:
    row: dict[str, Value] = dict.fromkeys(columns)
    for column, text in template.row.items():
        whole = _PLACEHOLDER.fullmatch(text)
        if whole and whole[1] != "row":
            row[column] = values.get(whole[1])
        else:
            row[column] = _cell(text.replace("{row}", str(number)), columns[column])
    return row


def _cell(text: str, column: Column) -> Value:
    if text == "":
        return None
    if column.type in ("money", "number", "count"):
        return Decimal(text)
    if column.type == "date":
        return date.fromisoformat(text)
    return text == "true" if column.type == "boolean" else text


@lru_cache(maxsize=64)
def _names(asks: tuple[tuple[str, str], ...]) -> Answers:
    return Answers(asks)


def names(programme: Programme) -> Answers:
    """The names and types of a programme's answers."""
    return _names(tuple((ask.id.text, ask.type) for ask in programme.ask))


def _applies(when: Written | None, programme: Programme, values: Mapping[str, Value]) -> bool:
    return when is None or formulas.value_of(when, names(programme), values) is True


def _asked(ask: Ask, language: str) -> AskedQuestion:
    choices = tuple(Choice(option.value.text, option.label.in_(language)) for option in ask.options)
    hint = ask.hint.in_(language) if ask.hint else ""
    return AskedQuestion(ask.id.text, ask.type, ask.label.in_(language), hint, choices, ask.unsure)


def _value(ask: Ask, text: str, language: str) -> Value:
    """An answer as a value; an empty one is unknown where that is allowed. Raises ``BadAnswer``."""
    text = text.strip()
    if text == "":
        if ask.unsure:
            return None
        raise BadAnswer(say("missing", language), question=ask.id.text)
    if ask.type == "choice" and text in {option.value.text for option in ask.options}:
        return text
    if ask.type == "yes_no" and text in (_YES, _NO):
        return text == _YES
    try:
        if ask.type == "date":
            return date.fromisoformat(text)
        if ask.type in ("count", "number", "money"):
            return _number(text, ask.type)
    except (ValueError, InvalidOperation):
        pass
    raise BadAnswer(say("choice" if ask.type == "yes_no" else ask.type, language), question=ask.id.text)


def _number(text: str, kind: str) -> Decimal:
    """A number as people write it, in the digits of any script: ``5400``, ``5 400,50``, ``5,400.50``, ``৫৪০০``."""
    plain = "".join(_plain(letter) for letter in text.replace("EUR", "").replace("€", ""))
    marks = [letter for letter in plain if letter in ".,"]
    if marks:
        last = plain.rindex(marks[-1])
        groups = marks.count(marks[-1]) > 1 or (
            len(marks) == 1 and kind in ("count", "money") and len(plain) - last == 4 and last <= 3
        )
        whole, part = (plain, "") if groups else (plain[:last], plain[last + 1 :])
        if not re.fullmatch(r"\d+|\d{1,3}(,\d{3})+|\d{1,3}(\.\d{3})+", whole):
            raise ValueError(plain)
        plain = whole.replace(",", "").replace(".", "") + (f".{part}" if part else "")
    if not re.fullmatch(rf"\d{{1,{MAX_DIGITS}}}(\.\d{{1,6}})?", plain):
        raise ValueError(plain)
    value = Decimal(plain)
    if value != round(value, {"count": 0, "money": 2}.get(kind, 6)):
        raise ValueError(plain)
    return value


def _plain(letter: str) -> str:
    if letter.isdecimal():
        return str(int(letter))
    return {"٫": ".", "٬": ",", "،": ","}.get(letter, "" if letter.isspace() or letter == "'" else letter)


def check(programme: Programme, country: Country, findings: Findings) -> None:
    """Note every mistake in the questions and in the situation they make."""
    known: set[str] = set()
    answers = names(programme)
    for ask in programme.ask:
        if ask.id.text in known:
            findings.add(ask.id.place, f"the question {ask.id.text!r} stands twice", mend="Rename one.")
        if (ask.type == "choice") != bool(ask.options):
            findings.add(ask.place, f"{ask.id.text!r}: a choice has options, and nothing else has")
        if (ask.check is None) != (ask.error is None):
            findings.add(ask.place, f"{ask.id.text!r}: 'check' and 'error' come together")
        before = Answers(tuple(pair for pair in answers.types if pair[0] in known))
        _check_formula(ask.when, before, feel.Kind.BOOLEAN, findings)
        known.add(ask.id.text)
        so_far = Answers(tuple(pair for pair in answers.types if pair[0] in known))
        _check_formula(ask.check, so_far, feel.Kind.BOOLEAN, findings)
    for name, rows in programme.situation.items():
        if name not in {written.text for written in programme.registers}:
            findings.add(programme.place, f"the situation names {name!r}, which is no register of the programme")
            continue
        for template in rows:
            _check_formula(template.when, answers, feel.Kind.BOOLEAN, findings)
            _check_formula(template.times, answers, feel.Kind.NUMBER, findings)
            _check_row(template, country.registers[name].columns, answers, findings)


def _check_formula(formula: Written | None, answers: Answers, expects: feel.Kind, findings: Findings) -> None:
    if formula is None:
        return
    try:
        formulas.check(formula, answers, expects=expects)
    except Problems as error:
        findings.extend(error)


def _check_row(template: SituationRow, columns: Mapping[str, Column], answers: Answers, findings: Findings) -> None:
    types = dict(answers.types)
    for name, text in template.row.items():
        if name not in columns:
            findings.add(template.place, f"unknown column {name!r}", mend=files.nearest(name, list(columns)))
            continue
        used = _PLACEHOLDER.findall(text)
        for answer in used:
            if answer != "row" and answer not in types:
                findings.add(
                    template.place, f"unknown answer {{{answer}}}", mend=files.nearest(answer, [*types, "row"])
                )
            elif answer != "row" and not _PLACEHOLDER.fullmatch(text):
                findings.add(template.place, f"{{{answer}}} must stand alone in its cell", found=repr(text))
        try:
            if not used:
                _cell(text, columns[name])
        except (ValueError, InvalidOperation):
            findings.add(template.place, f"{text!r} is no value for {name!r}", expected=columns[name].type)

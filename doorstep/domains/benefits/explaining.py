"""One decision in words, with every step: for a visitor's invented household, or for a contract from the files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.domains.benefits import asking, grounds
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Explanation, NotFound, Outcome, StepInWords
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.engines.rules.api import One, Step, compile_one
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import write_share

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Register, Workshop

MAX_ROUNDS = 6
MAX_ROWS = 10_000
# A shared household has at most so many people; more is a register's mistake, and no page shows more.
MAX_STEPS = 60

Situation = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Case:
    """A situation of one programme on a day."""

    country: Country
    programme: Programme
    as_of: date
    situation: Situation
    key: str | None = None


@lru_cache(maxsize=64)
def _compiled(country: Country, programme_id: str, entity: str, goal: str, as_of: date) -> One:
    return compile_one(country.rules, entity=entity, goal=goal, as_of=as_of)


def visitor_case(
    country: Country, programme: Programme, answers: Mapping[str, str], language: str, as_of: date
) -> Case:
    """The invented household that a visitor's answers make. Raises ``BadAnswer``."""
    values = asking.values_of(programme, answers, language)
    return Case(country, programme, as_of, asking.situation(programme, country, values))


def outcome_of(case: Case, language: str) -> Outcome:
    """Decide and say why."""
    programme, country = case.programme, case.country
    goal = programme.entitled_when.text
    decided = _compiled(country, programme.id, programme.entity.text, goal, case.as_of).decide(
        case.situation, key=case.key
    )
    facts = {name: None if value is None else grounds.stored(value) for name, value in decided.facts.items()}
    rate = _compiled(country, programme.id, programme.entity.text, programme.gives.share.text, case.as_of)
    gives = ""
    if decided.outcome:
        share = rate.person.output(rate.person.evaluate(case.situation, key=case.key), programme.gives.share.text)
        gives = programme.gives.label.in_(language).format(share=write_share(share, language) if share else "")
    return Outcome(
        entitled=decided.outcome,
        reason_code=decided.reason,
        reason=grounds.reason_words(
            programme, country, code=decided.reason, outcome=decided.outcome, facts=facts, words="", language=language
        ),
        gives=gives,
        facts=grounds.written_facts(programme, country, facts, language),
        steps=_Teller(country, facts, language).children(decided.steps),
    )


def explain(
    workshop: Workshop, case: Case, files: Mapping[str, Sequence[Path]], contract: str, language: str
) -> Explanation:
    """One contract's decision rebuilt from the registers' files. Raises ``NotFound``."""
    signs = dict[str, tuple[str, ...]]()
    for name in (written.text for written in case.programme.registers):
        reading = workshop.read(case.country.registers[name], list(files.get(name, ())))
        signs[name] = tuple(f"{column}?" for column in reading.unsure)
    situation = gather(workshop, case, signs, contract)
    found = Case(case.country, case.programme, case.as_of, situation, contract)
    return Explanation(contract, case.programme.id, case.as_of, case.country.hash, outcome_of(found, language))


def gather(
    workshop: Workshop, case: Case, signs: Mapping[str, Sequence[str]], contract: str
) -> dict[str, list[dict[str, Any]]]:
    """The rows of every register that one contract's decision can touch, found by following links both ways.

    ``signs`` names the columns that stand beside a register's own (see ``Reading.unsure``).
    """
    own = grounds.register_of(case.programme, case.country)
    assert own is not None
    registers = [case.country.registers[written.text] for written in case.programme.registers]
    known: dict[str, set[str]] = {own.entity: {contract}}
    found: dict[str, list[dict[str, Any]]] = {}
    for _ in range(MAX_ROUNDS):
        before = sum(len(keys) for keys in known.values()) + sum(len(rows) for rows in found.values())
        for register in registers:
            # What is known only grows, so the newest answer holds all earlier ones; rows that look alike count each.
            wanted = _conditions(register, known, own)
            columns = (*register.columns, *signs.get(register.name, ()))
            found[register.name] = _rows(workshop, register.name, columns, wanted)
            for row in found[register.name]:
                _learn(register, row, known, own)
        if sum(len(keys) for keys in known.values()) + sum(len(rows) for rows in found.values()) == before:
            break
    if not found.get(own.name):
        raise NotFound(f"There is no {own.entity} {contract!r} in the files.", mend="Look at its number again.")
    return found


def _learn(register: Register, row: Mapping[str, Any], known: dict[str, set[str]], own: Register) -> None:
    """Note the keys of everything that a row leads to. Other contracts of the same person lead nowhere new."""
    for link in register.links.values():
        if row[link.column] is not None and (link.entity != own.entity):
            known.setdefault(link.entity, set()).add(row[link.column])
    if register.key and row[register.key] is not None and register.entity != own.entity:
        known.setdefault(register.entity, set()).add(row[register.key])


def _conditions(register: Register, known: Mapping[str, Iterable[str]], own: Register) -> list[str]:
    """Any of which a row must meet to be of interest."""
    wanted = []
    if register.key and register.entity in known:
        wanted.append((register.key, known[register.entity]))
    if register.name != own.name:
        wanted += [(link.column, known[link.entity]) for link in register.links.values() if link.entity in known]
    return [f'"{column}" IN ({", ".join(map(_quoted, sorted(keys)))})' for column, keys in wanted if keys]


def _rows(workshop: Workshop, register: str, columns: Sequence[str], conditions: Sequence[str]) -> list[dict[str, Any]]:
    if not conditions:
        return []
    names = ", ".join(f'"{column}"' for column in columns)
    rows = workshop.rows(f'SELECT {names} FROM "{register}" WHERE {" OR ".join(conditions)} LIMIT {MAX_ROWS + 1}')
    if len(rows) > MAX_ROWS:
        raise DoorstepError(
            f"More than {MAX_ROWS:,} rows of {register!r} belong to this one.",
            why="Told from a part of them, the decision could be another.",
            mend="Look at the register: so many rows about one household are a mistake.",
        )
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class _Teller:
    """Turns the rules' steps into words of one language."""

    def __init__(self, country: Country, facts: Mapping[str, str | None], language: str) -> None:
        self.country, self.facts, self.language = country, facts, language
        self.room = MAX_STEPS

    def children(self, step: Step) -> tuple[StepInWords, ...]:
        return tuple(told for child in step.children if (told := self.of(child)) is not None)

    def of(self, step: Step) -> StepInWords | None:
        if self.room <= 0:
            return None
        self.room -= 1
        return StepInWords(
            variable=step.name,
            label=self.label(step),
            words=self.words(step),
            value=self.value(step),
            holds=step.value if isinstance(step.value, bool) else None,
            children=self.children(step),
        )

    def label(self, step: Step) -> str:
        if step.what in ("rows", "row"):
            return say(step.what, self.language)
        text = self.country.rules.text_of(step.entity, step.name)
        return text.in_(self.language) if text else re.sub(r"_", " ", step.name)

    def words(self, step: Step) -> str:
        variable = self.country.rules.variables.get(step.name) if step.what == "variable" else None
        if variable is None or variable.shape.because is None:
            return ""
        facts = {**self.facts, step.name: None if step.value is None else grounds.stored(step.value)}
        return self.country.rules.say_reason(step.name, step.value, facts, self.language)

    def value(self, step: Step) -> str:
        if step.what == "row" or step.type is None or step.type.is_scale:
            return ""
        if isinstance(step.value, tuple | list):
            return f"{len(step.value)}"
        return grounds.write_value(step.value, step.type, self.country, self.language)

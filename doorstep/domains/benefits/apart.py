"""Registers that stay where they are: a provider answers yes, no or nothing for keys, and only that travels.

A file of answers is CSV with the header ``key,<question>``; a value is ``yes``, ``no`` or empty for unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.domains.benefits import grounds, ties
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import AnswerSummary
from doorstep.domains.country.api import Country
from doorstep.engines.rules.api import Question, ask_nation
from doorstep.kit.errors import DoorstepError
from doorstep.kit.files import nearest

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Reading, Register, Workshop


Files = Mapping[str, Sequence[Path]]


@dataclass(frozen=True)
class Asking:
    """One question of a programme, for a day."""

    country: Country
    programme: Programme
    question: Question
    as_of: date
    confirm_untied: bool = False


def questions_of(programme: Programme, country: Country) -> tuple[Question, ...]:
    """The yes/no questions that one provider alone can answer."""
    return tuple(country.rules.questions(programme.entity.text, programme.entitled_when.text))


def question_of(programme: Programme, country: Country, name: str) -> Question:
    """One of them. Raises ``DoorstepError``."""
    known = {question.name: question for question in questions_of(programme, country)}
    if name not in known:
        raise DoorstepError(f"No provider is asked {name!r}.", mend=nearest(name, list(known)))
    return known[name]


def write_questions(workshop: Workshop, asking: Asking, files: Files, path: Path) -> int:
    """Write the keys that the provider is asked about, each once, in order. Returns how many."""
    register = grounds.register_of(asking.programme, asking.country)
    assert register is not None
    workshop.read(register, list(files.get(register.name, ())))
    column = register.links[asking.question.via].column
    return workshop.write(
        f'SELECT DISTINCT "{column}" AS key FROM "{register.name}" WHERE "{column}" IS NOT NULL ORDER BY key', path
    )


def answer(workshop: Workshop, asking: Asking, files: Files, keys: Path, path: Path) -> AnswerSummary:
    """Answer every key from the provider's own registers alone.

    Raises ``DoorstepError`` where one of them is absent, or where too many rows do not say to whom they belong.
    """
    question, country = asking.question, asking.country
    readings: dict[str, Reading] = {}
    _read_csv(workshop, keys, "asked", ("key",))
    own = [register for register in country.registers.values() if register.provider == question.provider]
    for register in own:
        if not files.get(register.name):
            raise DoorstepError(
                f"The register {register.name!r} is needed to answer {question.name!r}.", mend="Give its files."
            )
        readings[register.name] = workshop.read(register, list(files[register.name]))
    for register in country.registers.values():
        if register.provider != question.provider:
            _stand_in(workshop, register, question)
    nation = ask_nation(
        country.rules,
        entity=question.entity,
        outputs={"value": question.expression},
        as_of=asking.as_of,
        doubts=ties.doubts_of(readings),
    )
    ties.check_untied(asking.programme, ties.untied_of(readings, nation), confirmed=asking.confirm_untied)
    workshop.follow(nation.steps, into="answered", spent=nation.spent)
    words = "CASE WHEN a.value THEN 'yes' WHEN NOT a.value THEN 'no' END"
    workshop.write(
        f'SELECT q.key, {words} AS "{question.name}" FROM (SELECT DISTINCT key FROM asked) q '
        "LEFT JOIN answered a ON a.key = q.key ORDER BY q.key",
        path,
    )
    (row,) = workshop.rows(
        "SELECT count(*), count(*) FILTER (a.value), count(*) FILTER (NOT a.value), count(*) FILTER (a.value IS NULL) "
        "FROM (SELECT DISTINCT key FROM asked) q LEFT JOIN answered a ON a.key = q.key"
    )
    return AnswerSummary(question.provider, question.name, row[0], row[1], row[2], row[3], path.name)


def read_answers(
    workshop: Workshop, country: Country, programme: Programme, files: Iterable[Path]
) -> tuple[Question, ...]:
    """Make the relation of each file of answers. Returns the questions answered."""
    given = []
    for path in files:
        header = _header(path)
        if len(header) != 2 or header[0] != "key":
            raise DoorstepError(
                f"{path.name} is no file of answers.",
                why=f"Its header is {', '.join(header) or 'empty'}.",
                mend="The header must be: key,<question>.",
            )
        question = question_of(programme, country, header[1])
        _read_csv(workshop, path, f"raw {question.relation}", tuple(header))
        _check_answers(workshop, path, question)
        workshop.run(
            f'SELECT key, "{question.name}" = \'yes\' AS value FROM "raw {question.relation}"', into=question.relation
        )
        given.append(question)
    return tuple(given)


def _check_answers(workshop: Workshop, path: Path, question: Question) -> None:
    (row,) = workshop.rows(
        f"SELECT count(*) - count(DISTINCT key), count(*) FILTER (\"{question.name}\" NOT IN ('yes', 'no')) "
        f'FROM "raw {question.relation}"'
    )
    if row[0]:
        raise DoorstepError(f"{path.name} answers a key twice, or an empty key.", mend="Make the file again.")
    if row[1]:
        raise DoorstepError(f"{path.name} holds other answers than yes, no or nothing.", mend="Make the file again.")


def _stand_in(workshop: Workshop, register: Register, question: Question) -> None:
    """A register of somebody else: empty, but where it would list the entities asked about, those are its rows."""
    columns = ", ".join(f'"{name}" {column.sql_type}' for name, column in register.columns.items())
    workshop.connection.execute(f'CREATE TABLE "{register.name}" ({columns})')
    if register.entity == question.entity and register.key:
        workshop.connection.execute(f'INSERT INTO "{register.name}" ("{register.key}") SELECT DISTINCT key FROM asked')


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DoorstepError(f"{path.name} cannot be read.", mend="Give a CSV file in UTF-8.") from error


def _read_csv(workshop: Workshop, path: Path, into: str, columns: tuple[str, ...]) -> None:
    header = _header(path)
    if tuple(header) != columns:
        raise DoorstepError(
            f"{path.name} has other columns.",
            why=f"Its header is {', '.join(header)}.",
            mend=f"Use: {','.join(columns)}.",
        )
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    workshop.connection.execute(
        f"CREATE TABLE \"{into}\" AS SELECT * FROM read_csv(?, header = true, delim = ',', columns = {{{names}}})",
        [str(path)],
    )

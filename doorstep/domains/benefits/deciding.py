"""From registers' files to what a run would do: decided, compared with what stands, and classified.

All of it in DuckDB, but deciding itself, which Spark does where the workshop has one.

Relations in the order they are made:

1. the registers, by their names;
2. ``decided``: one row for each contract (``key``, ``outcome``, ``reason``, ``rate``, deliverer, groups, facts);
3. ``standing``: what the database holds (``id``, ``contract``, ``state`` and what conditions need), and ``doubtful``;
4. ``moves``: the act for every contract of either, by the table in ``life``;
5. ``staged``: the rows that the database needs, complete with facts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.domains.benefits import grounds, life, ties
from doorstep.domains.benefits.apart import read_answers
from doorstep.domains.benefits.grounds import BY_PERSON, CLOSED, UNTIED
from doorstep.domains.benefits.life import Act
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.ties import Untied
from doorstep.domains.benefits.types import Counts, InputFile, RunRefused
from doorstep.domains.country.api import Country
from doorstep.engines.dataflow.api import digest
from doorstep.engines.feel.api import Dialect
from doorstep.engines.rules.api import NO_DOUBTS, Doubts, Nation, Question, ask_nation
from doorstep.kit.errors import DoorstepError, unavailable

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Reading, Register, Workshop

SUFFIXES = (".csv", ".parquet", ".pq")


@dataclass(frozen=True)
class Task:
    """What is to be decided: a programme of a country on a day, from these files."""

    country: Country
    programme: Programme
    as_of: date
    files: Mapping[str, Sequence[Path]]
    answers: Sequence[Path] = ()
    allow_missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Inputs:
    """What was read, and the question that it is to answer. Counts are by register."""

    files: tuple[InputFile, ...]
    faults: Mapping[str, Mapping[str, int]]
    rows: Mapping[str, int]
    set_aside: Mapping[str, int]
    untied: Mapping[str, Untied]
    given: tuple[Question, ...]
    nation: Nation


def find_files(programme: Programme, inputs: Path | Mapping[str, Sequence[Path]]) -> dict[str, list[Path]]:
    """Register -> its files: ``inputs/<register>.csv`` or every file in ``inputs/<register>/``.

    Raises ``DoorstepError`` for anything in their place that cannot be a register's file.
    """
    if not isinstance(inputs, Path):
        return {name: list(paths) for name, paths in inputs.items()}
    if not inputs.is_dir():
        raise DoorstepError(f"There is no folder {inputs}.", mend="Give the folder that holds the registers' files.")
    found: dict[str, list[Path]] = {written.text: [] for written in programme.registers}
    try:
        for path in sorted(inputs.iterdir()):
            stem = path.name.split(".")[0]
            if path.name in found and path.is_dir():
                found[path.name] += sorted(_usable(file, file.stem) for file in path.iterdir() if _shown(file))
            elif stem in found:
                found[stem].append(_usable(path, stem))
    except OSError as error:
        raise unavailable(error) from error
    return found


def _shown(path: Path) -> bool:
    return not path.name.startswith(".")


def _usable(path: Path, stem: str) -> Path:
    """A file that may be read. Anything else in a register's place is told, never passed over in silence."""
    shown = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "a link that leads to no file" if path.is_symlink() else "no file"
        raise DoorstepError(f"{shown} is {kind}.", mend="Put the register's file in its place.")
    if path.suffix.lower() not in SUFFIXES or path.stem != stem:
        raise DoorstepError(
            f"{shown} would not be read.",
            why="A register's file is NAME.csv or NAME.parquet; in a folder NAME every name will do.",
            mend="Name it so, or take it out.",
        )
    return path


def read_inputs(workshop: Workshop, task: Task, *, only_outcomes: bool = False) -> Inputs:
    """Read what the question needs of every register, and every file of answers; nothing else is looked at.

    ``only_outcomes``: who gets it and nothing else; those who do not are left out. Raises ``RunRefused`` where a
    register is absent or empty.
    """
    return read_inputs_and(workshop, task, {}, only_outcomes=only_outcomes)[0]


def read_inputs_and(
    workshop: Workshop, task: Task, more: Mapping[str, tuple[str, ...]], *, only_outcomes: bool = False
) -> tuple[Inputs, Doubts]:
    """As ``read_inputs``, with ``more`` columns of registers for another question, and what is in doubt for that."""
    given = read_answers(workshop, task.country, task.programme, task.answers)
    nation = _question(task, given, workshop.dialect, only_outcomes=only_outcomes)
    needs = _needs(task, nation, only_outcomes=only_outcomes)
    for name, columns in more.items():
        needs[name] = tuple(dict.fromkeys((*needs.get(name, ()), *columns)))
    files, readings = read_registers(workshop, task, needs, withheld={question.provider for question in given})
    files += [InputFile(f"answers:{path.stem}", path.name, digest(path).sha256, 0) for path in task.answers]
    doubts = ties.doubts_of(readings)
    inputs = Inputs(
        files=tuple(files),
        faults={name: dict(reading.faults) for name, reading in readings.items()},
        rows={name: reading.rows for name, reading in readings.items()},
        set_aside={name: reading.set_aside for name, reading in readings.items()},
        untied=ties.untied_of(readings, nation),
        given=given,
        nation=_question(task, given, workshop.dialect, only_outcomes=only_outcomes, doubts=doubts),
    )
    return inputs, doubts


def read_registers(
    workshop: Workshop, task: Task, needs: Mapping[str, tuple[str, ...]], *, withheld: Collection[str] = ()
) -> tuple[list[InputFile], dict[str, Reading]]:
    """Read the columns that are needed of each register (register -> columns).

    Providers in ``withheld`` keep theirs. Raises ``RunRefused`` where a register is absent or empty.
    """
    files: list[InputFile] = []
    readings: dict[str, Reading] = {}
    for name in (written.text for written in task.programme.registers if written.text in needs):
        register, paths = task.country.registers[name], list(task.files.get(name, ()))
        if not paths:
            if register.provider not in withheld and name not in task.allow_missing:
                raise missing_register(name)
            _make_empty(workshop, register)
            continue
        reading = workshop.read(register, paths, needs[name])
        if not reading.rows and name not in task.allow_missing:
            raise missing_register(name)
        files += _input_files(name, reading)
        readings[name] = reading
    return files, readings


def _question(
    task: Task, given: Sequence[Question], dialect: Dialect, *, only_outcomes: bool, doubts: Doubts = NO_DOUBTS
) -> Nation:
    everything = not only_outcomes
    return ask_nation(
        task.country.rules,
        entity=task.programme.entity.text,
        outputs=grounds.outputs(task.programme, task.country, facts=everything, groups=everything, given=given),
        as_of=task.as_of,
        given=given,
        leave_out="outcome" if only_outcomes else None,
        doubts=doubts,
        dialect=dialect,
    )


def _needs(task: Task, nation: Nation, *, only_outcomes: bool) -> dict[str, tuple[str, ...]]:
    """Register -> the columns that are read. What is stored names the person and their language too."""
    needs = dict(nation.reads)
    register = grounds.register_of(task.programme, task.country)
    if register is not None and not only_outcomes:
        needs[register.name] = (*needs.get(register.name, ()), str(task.programme.person), str(task.programme.language))
    return needs


def _make_empty(workshop: Workshop, register: Register) -> None:
    columns = ", ".join(f'"{column}" {kind.sql_type}' for column, kind in register.columns.items())
    workshop.connection.execute(f'CREATE TABLE "{register.name}" ({columns})')


def missing_register(name: str) -> RunRefused:
    """Why a run without a register must not go on."""
    return RunRefused(
        f"The register {name!r} has no rows.",
        code="missing_register",
        why="Without it nobody's data would be known, and nothing may end because data are missing.",
        mend=f"Send {name}.csv, or files in a folder {name}/, or say that it is meant with --allow-missing {name}.",
    )


def _input_files(name: str, reading: Reading) -> list[InputFile]:
    return [InputFile(name, file.name, file.sha256, file.rows, file.bytes) for file in reading.files]


def decide_all(workshop: Workshop, inputs: Inputs) -> None:
    """Make the relation ``decided``: one row for each contract that was asked about."""
    nation = inputs.nation
    workshop.decide(nation.steps, into="decided", reads=nation.reads, spent=nation.spent)


def classify(workshop: Workshop, task: Task, inputs: Inputs, *, everyone: bool) -> None:
    """Make ``moves`` from ``decided`` and ``standing``: one row for each contract with its act.

    A contract that is no longer there is closed; where rows of its register were set aside it may be one of those,
    and nobody knows. Nor where it stands in ``doubtful`` (see ``consequences.note_doubtful``).
    """
    facts = grounds.facts_sql(task.programme, task.country, "d", inputs.given)
    register = grounds.register_of(task.programme, task.country)
    gone = "unknown" if register is not None and inputs.set_aside.get(register.name) else "closed"
    yes_no = (
        "CASE WHEN d.outcome THEN 'yes' WHEN d.key IN (SELECT contract FROM doubtful) THEN 'unknown' "
        "WHEN NOT d.outcome THEN 'no' WHEN s.by_person THEN 'no' ELSE 'unknown' END"
    )
    digest = f"CASE WHEN d.key IS NULL THEN '{CLOSED}' WHEN s.id IS NOT NULL THEN md5({facts}) END"
    moved = "(s.supplier, s.area) IS DISTINCT FROM (coalesce(d.deliverer, s.supplier), coalesce(d.area, s.area))"
    workshop.run(
        f"""
        SELECT *, {life.act_sql(standing="standing", found="found")} AS act FROM (
            SELECT coalesce(d.key, s.contract) AS contract, s.id, coalesce(s.state, 'none') AS standing,
                CASE WHEN d.key IS NULL THEN '{gone}' ELSE {yes_no} END AS found,
                coalesce(d.deliverer, s.supplier) AS deliverer,
                coalesce(d.area, s.area) AS area, d.age, d.sex,
                coalesce(s.by_person, false) AND d.outcome IS NULL AND d.key IS NOT NULL AS by_person,
                {"true" if everyone else "false"} AS everyone,
                s.shielded = {digest} AS shielded,
                {"false" if everyone else f"s.digest = {digest}"} AS unchanged, {moved} AS moved,
                s.to_date >= DATE '{task.as_of}' AS early,
                s.objected AS objected, d.key IS NULL AS gone
            FROM decided d FULL JOIN standing s ON s.contract = d.key
        )
        """,
        into="moves",
    )


def stage(workshop: Workshop, task: Task, given: Sequence[Question]) -> None:
    """Make ``staged``: a row for all that starts, changes, ends or needs a person, the starts first.

    Who goes on as before, with the same deliverer, needs no row: that month changes nothing for them.
    ``turn`` numbers the rows from 1.
    """
    register = grounds.register_of(task.programme, task.country)
    assert register is not None
    acts = ", ".join(f"'{act}'" for act in life.STAGED)
    facts = grounds.facts_sql(task.programme, task.country, "d", given)
    workshop.run(
        f"""
        SELECT *, CASE WHEN gone THEN '{CLOSED}' ELSE md5(facts) END AS digest,
            row_number() OVER (ORDER BY act <> '{Act.START}', contract) AS turn
        FROM (
            SELECT m.act, m.gone, m.id AS entitlement, m.contract, m.by_person, d.rate,
                coalesce(r."{task.programme.person}", '') AS person, coalesce(m.deliverer, '') AS supplier,
                coalesce(m.area, '') AS area, coalesce(r."{task.programme.language}", '') AS language,
                CASE WHEN m.gone THEN '{CLOSED}' WHEN m.by_person THEN '{BY_PERSON}'
                    WHEN m.found = 'unknown' AND NOT d.outcome THEN '{UNTIED}' ELSE d.reason END AS reason,
                CASE WHEN m.gone THEN '{{}}' ELSE {facts} END AS facts
            FROM moves m LEFT JOIN decided d ON d.key = m.contract
            LEFT JOIN "{register.name}" r ON r."{register.key}" = m.contract
            WHERE m.act IN ({acts}) AND NOT (m.act = '{Act.CONTINUE}' AND m.unchanged IS TRUE AND NOT m.moved)
        )
        """,
        into="staged",
        what="comparing",
    )


def counts(workshop: Workshop) -> Counts:
    """What the run found and would do."""
    by_act = dict(workshop.rows("SELECT act, count(*) FROM moves GROUP BY act"))
    by_found = dict(workshop.rows("SELECT found, count(*) FROM moves WHERE NOT gone GROUP BY found"))
    (unknown,) = workshop.rows("SELECT count(*) FROM decided WHERE outcome IS NULL")[0]
    return Counts(
        decided=sum(by_found.values()),
        entitled=by_found.get("yes", 0),
        not_entitled=sum(by_found.values()) - by_found.get("yes", 0) - unknown,
        unknown=unknown,
        started=by_act.get(Act.START, 0) + by_act.get(Act.ADMIT, 0),
        continued=by_act.get(Act.CONTINUE, 0) + by_act.get(Act.RENEW, 0),
        ending=by_act.get(Act.ANNOUNCE_END, 0),
        ended=by_act.get(Act.END, 0),
        withdrawn=by_act.get(Act.WITHDRAW_END, 0),
        held=by_act.get(Act.HOLD, 0),
        review=by_act.get(Act.REVIEW, 0),
        refused=by_act.get(Act.REFUSE, 0),
    )


def group_rows(workshop: Workshop) -> dict[str, list[list[object]]]:
    """Grouping -> [value, contracts, active before, active after, unknown], whole: publishing leaves small ones out."""
    after = (
        f"act IN ('{Act.START}', '{Act.ADMIT}', '{Act.CONTINUE}', '{Act.RENEW}', '{Act.WITHDRAW_END}') "
        f"OR standing = 'active' AND act IN ('{Act.HOLD}', '{Act.REVIEW}')"
    )
    found = {}
    for grouping in ("area", "age", "sex"):
        rows = workshop.rows(
            f"""
            SELECT coalesce({grouping}, '') AS value, count(*) FILTER (NOT gone),
                count(*) FILTER (standing = 'active'), count(*) FILTER ({after}),
                count(*) FILTER (found = 'unknown' AND NOT gone)
            FROM moves GROUP BY value ORDER BY value
            """
        )
        found[grouping] = [list(row) for row in rows]
    return found


def deliverers(workshop: Workshop) -> dict[str, int]:
    """Deliverer -> contracts in its files."""
    return dict(workshop.rows("SELECT coalesce(deliverer, ''), count(*) FROM decided GROUP BY 1 ORDER BY 1"))

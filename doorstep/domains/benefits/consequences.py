"""What follows from a run in the database, in the caller's transaction.

Acts are staged by ``deciding``; the table in ``life`` says which decision and which notice each one makes. Numbers of
new rows are set aside beforehand, so that entitlement, decision and notice are written without looking one another up.
What starts goes straight into the three tables by COPY; other acts go into a temporary table and from there, as sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection

from doorstep.domains.benefits import leaves, life
from doorstep.domains.benefits.grounds import BY_PERSON, FACT, UNTIED
from doorstep.domains.benefits.life import Act
from doorstep.domains.benefits.months import first_of_next_month, last_day
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.ties import Untied
from doorstep.engines.evidence import api as evidence

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop
    from doorstep.engines.rules.api import Nation


@dataclass(frozen=True)
class Stamp:
    """What every row of a run carries."""

    programme: str
    run: int
    version: str
    as_of: date
    from_date: date
    to_date: date
    now: datetime


def stamp(programme: Programme, *, run: int, version: str, as_of: date, now: datetime) -> Stamp:
    """The dates of a run: starts on the first day of next month; ends with the month in which objecting ends."""
    return Stamp(
        programme=programme.id,
        run=run,
        version=version,
        as_of=as_of,
        from_date=first_of_next_month(as_of),
        to_date=last_day(max(as_of, now.date()), programme),
        now=now,
    )


def lock_tables() -> None:
    """Keep other writers out until the end of the transaction; readers go on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "LOCK TABLE benefits_entitlement, benefits_objection, benefits_review, benefits_decision, benefits_notice "
            "IN SHARE ROW EXCLUSIVE MODE"
        )


def read_standing(workshop: Workshop, programme: str) -> int:
    """Make the relation ``standing``: every entitlement that has not ended. Returns how many are in force."""
    query = f"""
        SELECT e.id, e.contract, e.supplier, e.area, e.state, e.to_date, e.digest, e.shielded,
            e.state = 'ending' AND e.reason = '{BY_PERSON}' AS by_person,
            e.state IN ('ending', 'waiting') AND EXISTS (
                SELECT FROM benefits_objection o JOIN benefits_decision d ON d.id = o.decision_id
                WHERE d.entitlement_id = e.id AND o.state = 'pending'
            ) AS objected
        FROM benefits_entitlement e WHERE e.programme = {_literal(programme)} AND e.state <> 'ended'
    """
    columns = {
        "id": "BIGINT", "contract": "VARCHAR", "supplier": "VARCHAR", "area": "VARCHAR", "state": "VARCHAR",
        "to_date": "DATE", "digest": "VARCHAR", "shielded": "VARCHAR", "by_person": "BOOLEAN", "objected": "BOOLEAN",
    }  # fmt: skip
    connection.ensure_connection()
    workshop.from_postgres(query, into="standing", columns=columns, connection=connection.connection)
    ((in_force,),) = workshop.rows("SELECT count(*) FROM standing WHERE state IN ('active', 'ending')")
    return int(in_force)


def note_doubtful(workshop: Workshop, programme: Programme, untied: Mapping[str, Untied], nation: Nation) -> None:
    """Make the relation ``doubtful``: contracts that would end or be refused though rows are untied, where one of these
    may be why: their count of people fell, or a yes that such rows give is gone, or nobody knows what it was.

    Where a person decided the end, that stands.
    """
    workshop.connection.execute("CREATE OR REPLACE TABLE doubtful (contract VARCHAR)")
    changed = _changed_by(programme, untied, nation)
    ending = (
        "SELECT s.id FROM decided d JOIN standing s ON s.contract = d.key "
        "WHERE NOT d.outcome AND s.state IN ('active', 'ending', 'waiting') AND NOT s.by_person"
    )
    numbers = ", ".join(str(number) for (number,) in workshop.rows(ending)) if changed else ""
    if not numbers:
        return
    known = ", ".join(f"f.facts ->> {_literal(name)}" for name in changed)
    connection.ensure_connection()
    workshop.from_postgres(
        f"SELECT f.contract, {known} FROM (SELECT e.contract, CASE WHEN e.reason <> '{UNTIED}' THEN coalesce(e.facts, ("
        f"SELECT d.facts FROM benefits_decision d WHERE d.entitlement_id = e.id ORDER BY d.id DESC LIMIT 1"
        f")) END AS facts FROM benefits_entitlement e WHERE e.id IN ({numbers})) AS f",
        into="known before",
        columns={"contract": "VARCHAR", **{f"k{number}": "VARCHAR" for number in range(len(changed))}},
        connection=connection.connection,
    )
    tests = " OR ".join(test.format(known=f"k.k{number}") for number, test in enumerate(changed.values()))
    workshop.connection.execute(
        'INSERT INTO doubtful SELECT k.contract FROM "known before" k JOIN decided d ON d.key = k.contract '
        f"WHERE {tests}"
    )


def _changed_by(programme: Programme, untied: Mapping[str, Untied], nation: Nation) -> Mapping[str, str]:
    """Fact -> the SQL test that it changed as it would if an untied row were one of theirs; ``{known}`` is what it was.

    Who earns more is above the ceiling though a row of another is untied: where people are counted only their number
    tells. Of other registers, such as benefits, a yes that is gone tells; of all, where a programme names no size.
    """
    size = f"{FACT}{programme.size.text.rsplit('.', 1)[-1]}" if programme.size else ""
    people = nation.counted.get(size, frozenset())
    others = {name for name, found in untied.items() if found.rows} - people
    changed = {}
    if any(found.rows for name, found in untied.items() if name in people) and size in nation.counted:
        changed[size[len(FACT) :]] = f'({{known}} IS NULL OR d."{size}" < TRY_CAST({{known}} AS DECIMAL(18, 0)))'
    for name in nation.yes_or_no:
        if name.startswith(FACT) and nation.counted[name] & others and not nation.counted[name] & people:
            changed[name[len(FACT) :]] = f"({{known}} = 'true' AND d.\"{name}\" IS NOT TRUE)"
    return changed


def store(workshop: Workshop, marks: Stamp) -> None:
    """Write everything that follows from the relation ``staged`` of the workshop."""
    (rows, starts), *_ = workshop.rows(f"SELECT count(*), count(*) FILTER (act = '{Act.START}') FROM staged")
    before = _Numbers(
        entitlement=_set_aside("benefits_entitlement", starts),
        decision=_set_aside("benefits_decision", rows),
        notice=_set_aside("benefits_notice", starts),
        leaf=evidence.reserve(),
    )
    _start(workshop, marks, before)
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        workshop.to_postgres(
            f"SELECT {', '.join(_OTHER_COLUMNS)}, {before.decision} + turn FROM staged WHERE act <> '{Act.START}'",
            table="others",
            columns=(*_OTHER_COLUMNS, "decision"),
            connection=connection.connection,
        )
        cursor.execute("ANALYZE others")
        for sql in (
            _CONTINUE,
            _ANNOUNCE,
            _WITHDRAW,
            _RENEW,
            _END,
            _ADMIT,
            _REFUSE,
            _decisions(),
            _notices(),
            *_REVIEWS,
        ):
            cursor.execute(sql, {**vars(marks), "leaf": before.leaf - before.decision})
        cursor.execute("DROP TABLE others")
    leaves.append(after=before.decision, until=before.decision + rows)


def _set_aside(table: str, numbers: int) -> int:
    """Take so many numbers of a table that nobody else can write to now. The first is one more than what this gives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(name, nextval(name) + %s) - %s - 1 FROM pg_get_serial_sequence(%s, 'id') AS name",
            [numbers, numbers, table],
        )
        (before,) = cursor.fetchone()
    return int(before)


@dataclass(frozen=True)
class _Numbers:
    """The last number of each table before those that are set aside for this run."""

    entitlement: int
    decision: int
    notice: int
    leaf: int


def _start(workshop: Workshop, marks: Stamp, before: _Numbers) -> None:
    """COPY what starts: each entitlement with its decision, which holds the facts, and its notice."""
    version, now = _literal(marks.version), _literal(marks.now.isoformat())
    kind = life.decision_of(Act.START)
    assert kind is not None
    always: Mapping[str, Mapping[str, str]] = {
        "benefits_entitlement": {
            "id": f"{before.entitlement} + turn", "programme": _literal(marks.programme), "contract": "contract",
            "person": "person", "supplier": "supplier", "area": "area", "language": "language", "state": "'active'",
            "rate": "rate", "from_date": _literal(f"{marks.from_date}"), "run": f"{marks.run}", "version": version,
            "reason": "reason", "digest": "digest", "shielded": "''", "words": "''",
        },
        "benefits_decision": {
            "id": f"{before.decision} + turn", "entitlement_id": f"{before.entitlement} + turn",
            "kind": _literal(kind.value), "run": f"{marks.run}", "version": version, "reason": "reason",
            "facts": "facts", "digest": "digest", "decided_at": now, "decided_by": "''", "words": "''",
            "from_date": _literal(f"{marks.from_date}"), "rate": "rate",
            "leaf": f"{before.leaf} + turn",
        },
        "benefits_notice": {
            "id": f"{before.notice} + turn", "decision_id": f"{before.decision} + turn",
            "kind": _literal(life.notice_of(kind).value), "language": "language", "state": "'queued'",
            "queued_at": now,
        },
    }  # fmt: skip
    for table, values in always.items():
        workshop.to_postgres(
            f"SELECT {', '.join(values.values())} FROM staged WHERE act = '{Act.START}'",
            table=table,
            columns=tuple(values),
            connection=connection.connection,
        )


_OTHER_COLUMNS = (
    "act", "entitlement", "contract", "person", "supplier", "area", "language", "reason", "rate", "facts", "digest",
    "by_person",
)  # fmt: skip

_OTHERS = """
CREATE TEMPORARY TABLE others (
    act text NOT NULL, entitlement bigint, contract text NOT NULL, person text, supplier text, area text,
    language text, reason text, rate numeric, facts jsonb, digest text, by_person boolean, decision bigint NOT NULL
) ON COMMIT DROP
"""


def _known(column: str) -> str:
    """Take a column's new value, where there is one."""
    return f"{column} = coalesce(nullif(s.{column}, ''), e.{column})"


_SET = f"""
UPDATE benefits_entitlement e SET run = %(run)s, version = %(version)s, reason = s.reason, digest = s.digest,
    rate = coalesce(s.rate, e.rate), words = '', {_known("supplier")}, {_known("area")}, {_known("language")}
"""

_CONTINUE = f"{_SET}, facts = s.facts FROM others s WHERE s.act = '{Act.CONTINUE}' AND e.id = s.entitlement"

_RENEW = f"{_SET}, facts = NULL FROM others s WHERE s.act = '{Act.RENEW}' AND e.id = s.entitlement"

_ANNOUNCE = f"""
UPDATE benefits_entitlement e SET state = 'ending', to_date = greatest(%(to_date)s, e.from_date), run = %(run)s,
    version = %(version)s, reason = s.reason, facts = NULL, digest = s.digest, words = ''
FROM others s WHERE s.act = '{Act.ANNOUNCE_END}' AND e.id = s.entitlement
"""

_WITHDRAW = f"""{_SET}, facts = NULL, state = 'active', to_date = NULL
FROM others s WHERE s.act = '{Act.WITHDRAW_END}' AND e.id = s.entitlement
"""

# Where a person decided, the reason and the words stay theirs.
_END = f"""
UPDATE benefits_entitlement e SET state = 'ended', run = %(run)s, version = %(version)s,
    reason = CASE WHEN s.by_person THEN e.reason ELSE s.reason END
FROM others s WHERE s.act = '{Act.END}' AND e.id = s.entitlement
"""

_ANEW = f"{_known('person')}, from_date = %(from_date)s, facts = NULL"

_ADMIT = f"""{_SET}, {_ANEW}, state = 'active'
FROM others s WHERE s.act = '{Act.ADMIT}' AND e.id = s.entitlement
"""

_REFUSE = f"""{_SET}, {_ANEW}, state = 'refused'
FROM others s WHERE s.act = '{Act.REFUSE}' AND e.id = s.entitlement
"""

_OTHER_ACTS = tuple(act for act in life.STAGED if act is not Act.START)


def _cases(pairs: list[tuple[str, str]]) -> str:
    return "CASE s.act " + " ".join(f"WHEN '{act}' THEN '{value}'" for act, value in pairs) + " END"


def _kinds() -> list[tuple[Act, str]]:
    return [(act, kind.value) for act in _OTHER_ACTS if (kind := life.decision_of(act)) is not None]


def _decisions() -> str:
    acts = ", ".join(f"'{act}'" for act, _ in _kinds())
    return f"""
    INSERT INTO benefits_decision (id, entitlement_id, kind, run, version, reason, facts, digest, decided_at,
        decided_by, words, from_date, to_date, rate, leaf)
    SELECT s.decision, e.id, {_cases([(act, kind) for act, kind in _kinds()])}, %(run)s, %(version)s, e.reason,
        CASE WHEN NOT s.by_person THEN s.facts ELSE coalesce(e.facts, (
            SELECT facts FROM benefits_decision WHERE entitlement_id = e.id ORDER BY id DESC LIMIT 1
        )) END, e.digest, %(now)s, '', e.words, e.from_date, e.to_date, e.rate,
        %(leaf)s + s.decision
    FROM others s JOIN benefits_entitlement e ON e.id = s.entitlement
    WHERE s.act IN ({acts})
    """


def _notices() -> str:
    pairs = [(act, life.notice_of(kind).value) for act in _OTHER_ACTS if (kind := life.decision_of(act)) is not None]
    acts = ", ".join(f"'{act}'" for act, _ in pairs)
    return f"""
    INSERT INTO benefits_notice (decision_id, kind, language, state, queued_at)
    SELECT s.decision, {_cases([(act, kind) for act, kind in pairs])},
        coalesce(nullif(s.language, ''), (SELECT language FROM benefits_entitlement WHERE id = s.entitlement), ''),
        'queued', %(now)s
    FROM others s WHERE s.act IN ({acts})
    """


_REVIEWS = (
    # What has become known, or is gone, needs nobody any more.
    f"""
    UPDATE benefits_review r SET state = 'resolved', settled_at = %(now)s
    WHERE r.programme = %(programme)s AND r.state = 'open'
        AND NOT EXISTS (SELECT FROM others s WHERE s.act = '{Act.REVIEW}' AND s.contract = r.contract)
    """,
    # A person's verdict stands as long as the facts are those they saw; a yes, where what it gave is still there.
    f"""
    INSERT INTO benefits_review (programme, contract, person, supplier, area, language, rate, run, version, reason,
        facts, digest, opened_at, state, settled_by, verdict, words)
    SELECT %(programme)s, s.contract, coalesce(s.person, ''), coalesce(s.supplier, ''), coalesce(s.area, ''),
        s.language, s.rate, %(run)s, %(version)s, s.reason, s.facts, s.digest, %(now)s, 'open', '', '', ''
    FROM others s
    WHERE s.act = '{Act.REVIEW}' AND NOT EXISTS (
        SELECT FROM benefits_review r
        WHERE r.programme = %(programme)s AND r.contract = s.contract AND r.state = 'settled'
            AND r.digest = s.digest AND (r.verdict = 'not_entitled' OR r.verdict = 'entitled' AND EXISTS (
                SELECT FROM benefits_entitlement e WHERE e.id = s.entitlement AND e.state IN ('active', 'ending')
            ))
    )
    ORDER BY s.contract
    ON CONFLICT (programme, contract) WHERE state = 'open'
    DO UPDATE SET run = excluded.run, version = excluded.version, reason = excluded.reason, facts = excluded.facts,
        digest = excluded.digest, rate = excluded.rate, person = excluded.person, supplier = excluded.supplier,
        area = excluded.area, language = excluded.language
        WHERE (benefits_review.digest, benefits_review.person, benefits_review.supplier, benefits_review.area,
            benefits_review.language, benefits_review.rate) IS DISTINCT FROM (excluded.digest, excluded.person,
            excluded.supplier, excluded.area, excluded.language, excluded.rate)
    """,
)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

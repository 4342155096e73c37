"""Links whole registers in DuckDB: what ``comparing`` does for two records, as a set, with the same levels.

1. Every distinct value is made ready once, by the same Python as for one record; rows point to it.
2. Candidates: pairs that share a key of the model. A key that very many share is left out: it tells too little.
3. Each pair's levels, by the SQL of ``kinds``; how many pairs have which pattern.
4. ``estimating`` finds from the patterns how much each level weighs, and from which chance on a pair counts.
5. Pairs above it; of two registers each record's best partner only; of one register the groups that pairs make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from doorstep.engines.linkage import estimating
from doorstep.engines.linkage.comparing import DOUBTFUL, UNKNOWN_BADNESS
from doorstep.engines.linkage.estimating import Patterns
from doorstep.engines.linkage.keys import PARTS
from doorstep.engines.linkage.kinds import RULES, Columns
from doorstep.engines.linkage.types import UNKNOWN, Field, LinkageError, Model

MOST_SHARE = 60
"""Rows that may share a key. A larger group is names so common that other keys must find its doubles."""


AT_RANDOM = 200_000
"""Pairs from which is taken how often two people agree by chance."""


@dataclass(frozen=True)
class Linked:
    """What came of it. ``pairs`` are (left id, right id, probability), the likeliest first."""

    model: Model
    candidates: int
    pairs: list[tuple[str, str, float]]


def dedupe(database: duckdb.DuckDBPyConnection, table: str, model: Model, *, id: str = "id") -> Linked:
    """The pairs of one table that are one person, groups closed: where a is b and b is c, a is c."""
    _prepare(database, [table], model, id)
    candidates = _candidates(database, model, across=False)
    estimated, chances = _estimated(database, model, across=False)
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT l, r, {chances} AS probability FROM levels"
        f" WHERE {chances} >= {estimated.threshold}"
    )
    return Linked(estimated, candidates, database.execute(_CLOSED).fetchall())


def link(database: duckdb.DuckDBPyConnection, left: str, right: str, model: Model, *, id: str = "id") -> Linked:
    """The pairs of a record of one table with one of the other that are one person: each record once."""
    _prepare(database, [left, right], model, id)
    candidates = _candidates(database, model, across=True)
    estimated, chances = _estimated(database, model, across=True)
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT l, r, {chances} AS probability FROM levels"
        f" WHERE {chances} >= {estimated.threshold}"
    )
    return Linked(estimated, candidates, database.execute(_ONE_TO_ONE).fetchall())


_ONE_TO_ONE = """
WITH ranked AS (
    SELECT l, r, probability, row_number() OVER (PARTITION BY l ORDER BY probability DESC, r) AS a,
        row_number() OVER (PARTITION BY r ORDER BY probability DESC, l) AS b
    FROM found
)
SELECT one.id, other.id, probability
FROM ranked JOIN ready AS one ON one.n = l JOIN ready AS other ON other.n = r
WHERE a = 1 AND b = 1 ORDER BY 3 DESC, 1
"""
# Groups by passing the least number on until nothing changes; people rarely have more than a few records.
_CLOSED = """
WITH RECURSIVE edges AS (SELECT l AS a, r AS b FROM found UNION SELECT r, l FROM found),
reached(n, least) AS (
    SELECT DISTINCT a, a FROM edges UNION SELECT edges.b, reached.least FROM reached JOIN edges ON edges.a = reached.n
    WHERE reached.least < edges.b
),
grouped AS (SELECT n, min(least) AS least FROM reached GROUP BY n)
SELECT one.id, other.id, coalesce(found.probability, 0.5) AS probability
FROM grouped AS a JOIN grouped AS b ON a.least = b.least AND a.n < b.n
JOIN ready AS one ON one.n = a.n JOIN ready AS other ON other.n = b.n
LEFT JOIN found ON found.l = a.n AND found.r = b.n ORDER BY 3 DESC, 1
"""


def _plain(model: Model) -> list[Field]:
    return [field for field in model.fields if field.kind != "order"]


def _prepare(database: duckdb.DuckDBPyConnection, tables: Sequence[str], model: Model, id: str) -> None:
    """The table ``ready``: n, which of the tables, id, and for each field its text and sound."""
    columns = ", ".join(f'"{field.name}"::VARCHAR AS "{field.name}"' for field in _plain(model))
    union = " UNION ALL ".join(
        f'SELECT {side} AS side, "{id}"::VARCHAR AS id, {columns} FROM {table}' for side, table in enumerate(tables)
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE raw AS SELECT row_number() OVER ()::INTEGER AS n, * FROM ({union})")
    joins, picked = [], []
    for field in _plain(model):
        name = f"value_{field.name}"
        _make_ready(database, field, name)
        joins.append(f'LEFT JOIN {name} ON {name}.raw = raw."{field.name}"')
        picked += [f"{name}.text AS {field.name}_t", f"{name}.sound AS {field.name}_s"]
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE ready AS SELECT n, side, id, {', '.join(picked)} FROM raw {' '.join(joins)}"
    )


def _make_ready(database: duckdb.DuckDBPyConnection, field: Field, name: str) -> None:
    rows = database.execute(f'SELECT DISTINCT "{field.name}" FROM raw WHERE "{field.name}" IS NOT NULL').fetchall()
    made = [value for (value,) in rows]
    prepare = RULES[field.kind].prepare
    ready = [prepare(one) for one in made]
    columns = {
        "raw": np.array(made, dtype=object),
        "text": np.array([one.text if one else None for one in ready], dtype=object),
        "sound": np.array([one.sound if one else None for one in ready], dtype=object),
    }
    database.register("made_ready", columns)
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT raw::VARCHAR AS raw, text::VARCHAR AS text,"
        " sound::VARCHAR AS sound FROM made_ready"
    )
    database.unregister("made_ready")


def _candidates(database: duckdb.DuckDBPyConnection, model: Model, *, across: bool) -> int:
    """The table ``candidates``: l and r, each pair once, l before r."""
    sides = "a.side < b.side" if across else "a.n < b.n"
    database.execute("CREATE OR REPLACE TEMP TABLE pairs (pair BIGINT)")
    for recipe in model.keys:
        key = " || '|' || ".join(_aspect(model, part) for part in recipe)
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT n, side, hash(key) AS key"
            f" FROM (SELECT n, side, {key} AS key FROM ready) WHERE key IS NOT NULL"
        )
        database.execute(
            "INSERT INTO pairs WITH shared AS (SELECT key FROM keyed GROUP BY key"
            f" HAVING count(*) BETWEEN 2 AND {MOST_SHARE})"
            " SELECT a.n::BIGINT << 32 | b.n FROM shared JOIN keyed AS a USING (key) JOIN keyed AS b USING (key)"
            f" WHERE {sides}"
        )
    database.execute(
        "CREATE OR REPLACE TEMP TABLE candidates AS SELECT (pair >> 32)::INTEGER AS l,"
        " (pair & 4294967295)::INTEGER AS r FROM (SELECT DISTINCT pair FROM pairs)"
    )
    return _number(database, "SELECT count(*) FROM candidates")


def _aspect(model: Model, part: str) -> str:
    """The SQL of ``keys.aspect_of``."""
    name, _, aspect = part.partition(".")
    field = model[name]
    if aspect not in PARTS[field.kind]:
        raise LinkageError(f"A key cannot be made of {part!r}.", mend=f"Use one of: {', '.join(PARTS[field.kind])}.")
    text, sound = f"{name}_t", f"{name}_s"
    if field.kind == "order":
        first, second = (f"{one}_s" for one in field.of)
        return f"least({first}, {second}) || '&' || greatest({first}, {second})"
    if field.kind == "name":
        return f"left({text}, 3)" if aspect == "start" else sound
    if field.kind == "date":
        year, month, day = f"left({text}, 4)", f"substr({text}, 5, 2)", f"right({text}, 2)"
        made = {
            "": text, "year": year, "day": f"{month} || {day}",
            "loose": f"{year} || least({month}, {day}) || greatest({month}, {day})",
        }[aspect]  # fmt: skip
        return f"CASE WHEN NOT contains({made}, '?') THEN {made} END"
    if not aspect:
        return text
    half = f"((length({text}) + 1) // 2)"
    return f"CASE WHEN length({text}) >= 4 THEN {'left' if aspect == 'start' else 'right'}({text}, {half}) END"


def _estimated(database: duckdb.DuckDBPyConnection, model: Model, *, across: bool) -> tuple[Model, str]:
    """The model as these records have it, and the SQL of a pair's chance; makes the table ``levels``."""
    first = _number(database, "SELECT count(*) FROM ready WHERE side = 0")
    second = _number(database, "SELECT count(*) FROM ready WHERE side = 1")
    pairs = first * second if across else first * (first - 1) / 2
    by_chance = estimating.by_chance(model, _patterns(database, model, _at_random(first + second)))
    database.execute(f"CREATE OR REPLACE TEMP TABLE levels AS {levels_sql(model, 'candidates')}")
    patterns = _patterns(database, model, "levels")
    if not len(patterns.counts):
        raise LinkageError("No two records share a key.", mend="Look at the files and at the model's keys.")
    estimated = estimating.estimate(by_chance, patterns, pairs=max(pairs, 1))
    threshold = estimating.best_threshold(estimating.probabilities(estimated, patterns), patterns.counts)
    chosen = replace(estimated, threshold=threshold)
    return chosen, _chance(chosen)


def _at_random(records: int) -> str:
    """The SQL of pairs taken at random, the same each time."""
    return (
        f"(SELECT 1 + hash(i) % {records} AS l, 1 + hash(i + {AT_RANDOM}) % {records} AS r"
        f" FROM range({AT_RANDOM}) AS t(i) WHERE l <> r)"
    )


def _patterns(database: duckdb.DuckDBPyConnection, model: Model, source: str) -> Patterns:
    """Patterns of the table ``levels``, or of pairs as SQL."""
    table = source if source == "levels" else f"({levels_sql(model, source)})"
    names = ", ".join(f'"{field.name}"' for field in model.fields)
    counted = database.execute(f"SELECT {names}, count(*) AS pairs FROM {table} GROUP BY ALL").fetchnumpy()
    columns = [np.asarray(counted[field.name], dtype=np.int8) for field in model.fields]
    return Patterns(np.stack(columns, axis=1), np.asarray(counted["pairs"], dtype=np.float64))


def levels_sql(model: Model, source: str) -> str:
    """The SELECT of every candidate's levels. Names that were taken one for the other are compared crosswise."""
    plain = _plain(model)
    values = ", ".join(
        f"{side}.{field.name}_{form} AS {side}_{field.name}_{form}"
        for field in plain
        for side in "ab"
        for form in ("ts" if field.kind == "name" else "t")
    )
    read = f"SELECT l, r, {values} FROM {source} AS pairs JOIN ready AS a ON a.n = l JOIN ready AS b ON b.n = r"
    edits = ", ".join(f"{_edits(field.name, field.name)} AS {field.name}_edits" for field in plain)
    straight = ", ".join(
        f'{_level(field, field.name, field.name, f"{field.name}_edits")} AS "{field.name}"' for field in plain
    )
    levels = f"SELECT *, {straight} FROM (SELECT *, {edits} FROM ({read}))"
    picked = {field.name: f'"{field.name}"' for field in plain}
    for one in (field for field in model.fields if field.kind == "order"):
        levels = _crossed(levels, model, one)
        first, second = one.of
        now, then = _badness(first, second), _badness(f"{one.name}_1", f"{one.name}_2")
        swapped = f"({now} >= {DOUBTFUL} AND {then} + 1 < {now})"
        picked[first] = f'CASE WHEN {swapped} THEN {one.name}_1 ELSE "{first}" END'
        picked[second] = f'CASE WHEN {swapped} THEN {one.name}_2 ELSE "{second}" END'
        picked[one.name] = f"CASE WHEN {swapped} THEN 1 ELSE 0 END"
    columns = ", ".join(f'({picked[field.name]})::TINYINT AS "{field.name}"' for field in model.fields)
    return f"SELECT l, r, {columns} FROM ({levels})"


def _crossed(levels: str, model: Model, order: Field) -> str:
    """The levels of two names compared crosswise beside them, for the doubtful pairs only: it is the dearest part."""
    first, second = order.of
    doubtful = f"{_badness(first, second)} >= {DOUBTFUL}"
    crossings = ((f"{order.name}_1", first, second), (f"{order.name}_2", second, first))
    edits = ", ".join(
        f"CASE WHEN {doubtful} THEN {_edits(left, right)} END AS {name}_edits" for name, left, right in crossings
    )
    crossed = ", ".join(
        f"CASE WHEN {doubtful} THEN {_level(model[left], left, right, f'{name}_edits')} END AS {name}"
        for name, left, right in crossings
    )
    return f"SELECT *, {crossed} FROM (SELECT *, {edits} FROM ({levels}))"


def _badness(*names: str) -> str:
    """The SQL of ``comparing``'s badness of two levels together."""
    return (
        "("
        + " + ".join(f'CASE WHEN "{name}" = {UNKNOWN} THEN {UNKNOWN_BADNESS} ELSE "{name}" END' for name in names)
        + ")"
    )


def _edits(left: str, right: str) -> str:
    """The SQL of ``distances.edits``. In a column of its own it is reckoned once, however often a rule asks for it."""
    a, b = f"a_{left}_t", f"b_{right}_t"
    return f"CASE WHEN {a} = {b} THEN 0 ELSE levenshtein({a}, {b}) END"


def _level(field: Field, left: str, right: str, edits: str) -> str:
    a, b = Columns(f"a_{left}_t", f"a_{left}_s"), Columns(f"b_{right}_t", f"b_{right}_s")
    rule = RULES[field.kind].sql(a, b, edits)
    return f"CASE WHEN {a.text} IS NULL OR {b.text} IS NULL THEN {UNKNOWN} ELSE {rule} END"


def _chance(model: Model) -> str:
    """A pair's chance as SQL, from its levels, reckoned as in ``estimating``."""
    bits, shared = [str(model.prior_weight)], dict[str, list[str]]()
    for field in model.fields:
        cases = " ".join(f"WHEN {level} THEN {weight!r}" for level, weight in enumerate(field.weights))
        weight = f'CASE "{field.name}" {cases} ELSE 0 END'
        if field.shared_by is None:
            bits.append(weight)
        else:
            bits.append(f"least({weight}, 0)")
            shared.setdefault(field.shared_by, []).append(weight)
    bits += [f"greatest({', '.join(weights)}, 0)" for weights in shared.values()]
    return f"(1 / (1 + pow(2.0, -({' + '.join(bits)}))))"


def _number(database: duckdb.DuckDBPyConnection, query: str) -> int:
    row = database.execute(query).fetchone()
    assert row is not None
    return int(row[0])

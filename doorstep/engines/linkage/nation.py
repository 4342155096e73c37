"""Links whole registers in DuckDB: what ``comparing`` does for two records, as a set, with the same levels.

1. Every distinct value is made ready once, by the same Python as for one record; rows point to it.
2. Candidates: pairs that share a key of the model. A key that very many share is left out: it tells too little.
3. Each pair's levels, by the SQL of ``levels``; how many pairs have which pattern.
4. ``estimating`` finds from the patterns how much each level weighs, and from which chance on a pair counts.
5. Pairs above it; of two registers each record's best partner only; of one register the groups that pairs make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from doorstep.engines.linkage import estimating
from doorstep.engines.linkage.estimating import Patterns
from doorstep.engines.linkage.grouping import LARGEST, groups
from doorstep.engines.linkage.keys import PARTS
from doorstep.engines.linkage.kinds import RULES
from doorstep.engines.linkage.levels import levels_sql, plain_fields
from doorstep.engines.linkage.types import Field, LinkageError, Model

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
    return Linked(estimated, candidates, closed_pairs(database))


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
_CLOSED = f"""
WITH sized AS (SELECT n, least, count(*) OVER (PARTITION BY least) AS size FROM grouped),
closed AS (
    SELECT a.n AS l, b.n AS r FROM sized AS a JOIN sized AS b ON a.least = b.least AND a.n < b.n
    WHERE a.size <= {LARGEST}
    UNION SELECT l, r FROM found
)
SELECT one.id, other.id, coalesce(found.probability, 0.5) AS probability
FROM closed LEFT JOIN found USING (l, r) JOIN ready AS one ON one.n = l JOIN ready AS other ON other.n = r
ORDER BY 3 DESC, 1, 2
"""


def closed_pairs(database: duckdb.DuckDBPyConnection) -> list[tuple[str, str, float]]:
    """The pairs of the table ``found`` with those that close its groups, but for groups larger than ``LARGEST``."""
    least = groups(database.execute("SELECT l, r FROM found").fetchall())
    columns = {"n": np.array(list(least), dtype=np.int32), "least": np.array(list(least.values()), dtype=np.int32)}
    database.register("grouped", columns)
    pairs = database.execute(_CLOSED).fetchall()
    database.unregister("grouped")
    return pairs


def _prepare(database: duckdb.DuckDBPyConnection, tables: Sequence[str], model: Model, id: str) -> None:
    """The table ``ready``: n, which of the tables, id, and for each field its text and sound."""
    columns = ", ".join(f'"{field.name}"::VARCHAR AS "{field.name}"' for field in plain_fields(model))
    union = " UNION ALL ".join(
        f'SELECT {side} AS side, "{id}"::VARCHAR AS id, {columns} FROM {table}' for side, table in enumerate(tables)
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE raw AS SELECT row_number() OVER ()::INTEGER AS n, * FROM ({union})")
    joins, picked = [], []
    for field in plain_fields(model):
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

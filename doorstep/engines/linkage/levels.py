"""The SQL of what ``comparing`` does in Python: the level of every field of every candidate pair."""

from __future__ import annotations

from doorstep.engines.linkage.comparing import DOUBTFUL, UNKNOWN_BADNESS
from doorstep.engines.linkage.kinds import RULES, Columns
from doorstep.engines.linkage.types import UNKNOWN, Field, Model


def plain_fields(model: Model) -> list[Field]:
    """The fields that a record has values of: all but the order of names."""
    return [field for field in model.fields if field.kind != "order"]


def levels_sql(model: Model, source: str) -> str:
    """The SELECT of every candidate's levels. Names that were taken one for the other are compared crosswise."""
    plain = plain_fields(model)
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

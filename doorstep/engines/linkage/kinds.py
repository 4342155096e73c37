"""The kinds of fields: how a value is made ready, which levels an outcome may have, and the rule that gives the level.

Each rule stands twice, in Python and in SQL, side by side; a test demands that both give the same level. Levels are
numbered from 0, the best; the last is ``different``. All texts are plain Latin letters and digits by then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doorstep.engines.linkage.distances import edits
from doorstep.engines.linkage.names import name_sound, name_text
from doorstep.engines.linkage.normalising import latin, signs
from doorstep.engines.linkage.types import UNKNOWN, Value


@dataclass(frozen=True)
class Columns:
    """The SQL of one side's value."""

    text: str
    sound: str


@dataclass(frozen=True)
class KindRule:
    """One kind. ``m`` and ``u`` are where estimating begins, and what holds until a country says otherwise.

    ``sql`` is given both sides' columns and the one that holds how many letters apart their texts are.
    """

    levels: tuple[str, ...]
    prepare: Callable[[str], Value | None]
    level: Callable[[Value, Value], int]
    sql: Callable[[Columns, Columns, str], str]
    m: tuple[float, ...]
    u: tuple[float, ...]


# ------------------------------------------------------------------ names


def _prepare_name(text: str) -> Value | None:
    ready = name_text(text)
    return Value(ready, name_sound(text)) if ready else None


def _name_level(a: Value, b: Value) -> int:
    if a.text == b.text:
        return 0
    if a.sound == b.sound and len(a.sound) >= 2:
        return 1
    far, short, long = edits(a.text, b.text), min(len(a.text), len(b.text)), max(len(a.text), len(b.text))
    if (far <= 1 and short >= 3) or (far <= 2 and short >= 6):
        return 2
    if _is_part(a.text, b.text) or _is_part(b.text, a.text):
        return 3
    return 4 if far * 3 <= long else 5


def _is_part(short: str, long: str) -> bool:
    """True where ``short`` begins ``long`` (an initial, half a name) or is one of its words."""
    return long.startswith(short) or f" {short} " in f" {long} "


def _name_sql(a: Columns, b: Columns, far: str) -> str:
    short = f"least(length({a.text}), length({b.text}))"
    long = f"greatest(length({a.text}), length({b.text}))"
    return (
        f"CASE WHEN {a.text} = {b.text} THEN 0"
        f" WHEN {a.sound} = {b.sound} AND length({a.sound}) >= 2 THEN 1"
        f" WHEN ({far} <= 1 AND {short} >= 3) OR ({far} <= 2 AND {short} >= 6) THEN 2"
        f" WHEN starts_with({a.text}, {b.text}) OR starts_with({b.text}, {a.text})"
        f" OR contains(' ' || {a.text} || ' ', ' ' || {b.text} || ' ')"
        f" OR contains(' ' || {b.text} || ' ', ' ' || {a.text} || ' ') THEN 3"
        f" WHEN {far} * 3 <= {long} THEN 4 ELSE 5 END"
    )


# ------------------------------------------------------------------ dates


def _prepare_date(text: str) -> Value | None:
    """Eight signs, year, month and day, ``?`` for what is unknown."""
    parts = latin(text.strip()[:10].upper().replace("?", "X")).split()
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    known = [_date_part(part, size) for part, size in zip([*parts, "", "", ""][:3], (4, 2, 2), strict=True)]
    ready = "".join(known)
    return Value(ready) if ready.strip("?") else None


def _date_part(part: str, size: int) -> str:
    return part.zfill(size) if part.isdigit() and int(part) and len(part) <= size else "?" * size


def _date_level(a: Value, b: Value) -> int:
    if "?" in a.text or "?" in b.text:
        pairs = [(a.text[:4], b.text[:4]), (a.text[4:6], b.text[4:6]), (a.text[6:], b.text[6:])]
        known = [one == other for one, other in pairs if "?" not in one + other]
        return UNKNOWN if not known else 3 if all(known) else 5
    same = [a.text[:4] == b.text[:4], a.text[4:6] == b.text[4:6], a.text[6:] == b.text[6:]]
    if all(same):
        return 0
    if same[0] and a.text[4:6] == b.text[6:] and a.text[6:] == b.text[4:6]:
        return 1
    if edits(a.text, b.text) <= 1:
        return 2
    return 4 if sum(same) == 2 else 5


def _date_sql(a: Columns, b: Columns, far: str) -> str:
    spans = ((1, 4), (5, 2), (7, 2))
    parts = [(f"substr({a.text}, {start}, {size})", f"substr({b.text}, {start}, {size})") for start, size in spans]
    known = [f"NOT contains({one} || {other}, '?')" for one, other in parts]
    same = [f"({one} = {other})" for one, other in parts]
    agree = " AND ".join(f"(NOT {told} OR {equal})" for told, equal in zip(known, same, strict=True))
    unknown = f"contains({a.text} || {b.text}, '?')"
    (_, _), (a_month, b_month), (a_day, b_day) = parts
    return (
        f"CASE WHEN {a.text} = {b.text} AND NOT contains({a.text}, '?') THEN 0"
        f" WHEN {unknown} AND NOT ({' OR '.join(known)}) THEN {UNKNOWN}"
        f" WHEN {unknown} AND {agree} THEN 3 WHEN {unknown} THEN 5"
        f" WHEN {same[0]} AND {a_month} = {b_day} AND {a_day} = {b_month} THEN 1"
        f" WHEN {far} <= 1 THEN 2"
        f" WHEN {same[0]}::INT + {same[1]}::INT + {same[2]}::INT = 2 THEN 4 ELSE 5 END"
    )


# ------------------------------------------------------------------ numbers, texts, codes


def _prepare_number(text: str) -> Value | None:
    ready = signs(text)
    return Value(ready) if ready else None


def _number_level(a: Value, b: Value) -> int:
    if a.text == b.text:
        return 0
    far, short = edits(a.text, b.text), min(len(a.text), len(b.text))
    return 1 if far <= 1 and short >= 4 else 2 if far <= 2 and short >= 5 else 3


def _number_sql(a: Columns, b: Columns, far: str) -> str:
    short = f"least(length({a.text}), length({b.text}))"
    return (
        f"CASE WHEN {a.text} = {b.text} THEN 0 WHEN {far} <= 1 AND {short} >= 4 THEN 1"
        f" WHEN {far} <= 2 AND {short} >= 5 THEN 2 ELSE 3 END"
    )


def _prepare_text(text: str) -> Value | None:
    ready = latin(text).replace(" ", "")
    return Value(ready) if ready else None


def _text_level(a: Value, b: Value) -> int:
    if a.text == b.text:
        return 0
    far, long = edits(a.text, b.text), max(len(a.text), len(b.text))
    return 1 if far * 5 <= long else 2 if far * 5 <= long * 2 else 3


def _text_sql(a: Columns, b: Columns, far: str) -> str:
    long = f"greatest(length({a.text}), length({b.text}))"
    return (
        f"CASE WHEN {a.text} = {b.text} THEN 0 WHEN {far} * 5 <= {long} THEN 1"
        f" WHEN {far} * 5 <= {long} * 2 THEN 2 ELSE 3 END"
    )


def _prepare_code(text: str) -> Value | None:
    ready = latin(text)
    return Value(ready) if ready else None


def _code_level(a: Value, b: Value) -> int:
    return 0 if a.text == b.text else 1


def _code_sql(a: Columns, b: Columns, _far: str) -> str:
    return f"CASE WHEN {a.text} = {b.text} THEN 0 ELSE 1 END"


RULES: dict[str, KindRule] = {
    "name": KindRule(
        ("same", "sound", "typo", "part", "alike", "different"),
        _prepare_name,
        _name_level,
        _name_sql,
        m=(0.75, 0.07, 0.08, 0.03, 0.03, 0.04),
        u=(0.004, 0.008, 0.005, 0.01, 0.03, 0.943),
    ),
    "date": KindRule(
        ("same", "swapped", "typo", "partly", "two_parts", "different"),
        _prepare_date,
        _date_level,
        _date_sql,
        m=(0.84, 0.02, 0.05, 0.03, 0.03, 0.03),
        u=(0.00003, 0.00002, 0.0004, 0.01, 0.04, 0.94954),
    ),
    "number": KindRule(
        ("same", "typo", "two_typos", "different"),
        _prepare_number,
        _number_level,
        _number_sql,
        m=(0.85, 0.06, 0.03, 0.06),
        u=(0.000001, 0.00001, 0.0002, 0.999789),
    ),
    "text": KindRule(
        ("same", "typo", "alike", "different"),
        _prepare_text,
        _text_level,
        _text_sql,
        m=(0.7, 0.15, 0.05, 0.1),
        u=(0.001, 0.002, 0.01, 0.987),
    ),
    "code": KindRule(
        ("same", "different"), _prepare_code, _code_level, _code_sql, m=(0.95, 0.05), u=(0.2, 0.8)
    ),
}  # fmt: skip

ORDER_LEVELS = ("straight", "swapped")
ORDER_M, ORDER_U = (0.97, 0.03), (0.97, 0.03)


def levels_of(kind: str) -> tuple[str, ...]:
    """The names of a kind's levels, best first."""
    return ORDER_LEVELS if kind == "order" else RULES[kind].levels


def first_chances(kind: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """``m`` and ``u`` of a kind before anything was written or estimated."""
    return (ORDER_M, ORDER_U) if kind == "order" else (RULES[kind].m, RULES[kind].u)

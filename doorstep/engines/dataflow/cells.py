"""How a cell becomes a value: the one place that says what a number, a date or a yes looks like.

Everything here is SQL text for DuckDB. A cell is read in one of two ways that give the same answer:

- *fast*: DuckDB's reader has typed it already (``typed``); we only check what its casts let pass;
- *careful*: the cell is still text (``worded``); it may hold thousands, blanks, words for yes and no.

``Sight`` says for one column: the ``value``, a ``clean`` test that is true only where nothing is odd about the cell
(false or unknown elsewhere), and the cell as ``text``, from which the careful way can start again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from doorstep.engines.dataflow.types import Column, Register

FIRST_DAY, LAST_DAY = "DATE '1800-01-01'", "DATE '9999-12-31'"
YES = ("true", "t", "yes", "y", "1", "sim", "s", "verdadeiro", "হ্যাঁ", "نعم")
MAX_TEXT = 80
"""Letters in a text: as many as the database keeps of a key."""
_BLANKS = (
    " \t\r\n\v\f\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x2010))) + "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_UNSEEN = r"[\x{80}-\x{9F}\x{AD}\x{200B}\x{200E}\x{200F}\x{2028}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{206F}\x{FEFF}]"
NO = ("false", "f", "no", "n", "0", "não", "nao", "falso", "না", "لا")


@dataclass(frozen=True)
class Style:
    """How a file writes its decimals (``point`` or ``comma``) and dates (``iso``, ``day-first``, ``month-first``)."""

    decimal: str
    dates: str


@dataclass(frozen=True)
class Sight:
    """One column as it comes out of a file: SQL for its value, for "nothing is odd", and for its text."""

    value: str
    clean: str
    text: str


def quote(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name(identifier: str) -> str:
    """An identifier, quoted: whatever it holds, it stays a name."""
    return '"' + identifier.replace('"', '""') + '"'


def literal_path(path: Path) -> str:
    """A path that DuckDB takes as it is: absolute, and with no character that its globs know."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.resolve()))


def wide_type(column: Column) -> str:
    """The type that the fast reader gives a number: as many whole digits, but spare decimals, so that excess shows."""
    kind = column.feel_type
    return f"DECIMAL(18,{18 - kind.whole})"


def is_numeric(column: Column) -> bool:
    """True for money, numbers and counts."""
    return column.type in ("money", "number", "count")


def typed(column: Column, cell: str, style: Style) -> Sight:
    """A cell that DuckDB's reader typed: text, ``wide_type``, DATE or BOOLEAN."""
    if is_numeric(column):
        value = f"TRY_CAST({cell} AS {column.sql_type})"
        text = f"CAST({cell} AS VARCHAR)"
        text = f"replace({text}, '.', ',')" if style.decimal == "comma" else text
        sound = f"{cell} = {value}" + (f" AND {cell} >= 0" if column.type == "count" else "")
        return Sight(value, _clean(column, cell, sound), text)
    if column.type == "date":
        return Sight(
            cell, _clean(column, cell, f"{cell} BETWEEN {FIRST_DAY} AND {LAST_DAY}"), f"CAST({cell} AS VARCHAR)"
        )
    if column.type == "boolean":
        return Sight(cell, _clean(column, cell, f"{cell} IS NOT NULL"), f"CAST({cell} AS VARCHAR)")
    if column.type == "code":
        return Sight(cell, _clean(column, cell, _is_known(column, cell)), cell)
    return Sight(cell, _clean(column, cell, _is_plain(cell)), cell)


def worded(column: Column, cell: str, style: Style) -> Sight:
    """A cell that is still text though its column is not: read with care, all rows at full speed."""
    value = careful_value(column, trimmed(cell), style)
    blank = f" OR {trimmed(cell)} IS NULL" if column.optional else ""
    return Sight(value, f"({value} IS NOT NULL{blank})", cell)


def _clean(column: Column, cell: str, sound: str) -> str:
    """``sound`` holds and the cell is there, or may be absent."""
    return f"({sound} OR {cell} IS NULL)" if column.optional else f"({sound})"


def _is_known(column: Column, cell: str) -> str:
    return f"{cell} IN ({', '.join(quote(code) for code in column.codes)})"


def _is_plain(cell: str) -> str:
    """True for a text that stays as it is: no blanks around it, nothing unseen in it, and not too long.

    '!' follows the blank and what stands before it: such comparisons cost least. Letters beyond ASCII are few.
    """
    seen = f"NOT regexp_matches({cell}, {quote(_UNSEEN)}) AND trim({cell}, {quote(_BLANKS)}) = {cell}"
    beyond = f"(CASE WHEN strlen({cell}) = length({cell}) THEN true ELSE {seen} END)"
    edges = f"{cell} >= '!' AND reverse({cell}) >= '!'"
    return f"{edges} AND strlen({cell}) <= {MAX_TEXT} AND NOT contains({cell}, chr(0)) AND {beyond}"


def _has_unseen(cell: str) -> str:
    return f"(contains({cell}, chr(0)) OR regexp_matches({cell}, {quote(_UNSEEN)}))"


def trimmed(cell: str) -> str:
    """A text cell without blanks around it, NULL where nothing is left. Blanks of every script count, seen or not."""
    return f"nullif(trim({cell}, {quote(_BLANKS)}), '')"


def careful_value(column: Column, cell: str, style: Style) -> str:
    """The value of a trimmed text cell, NULL where it cannot be read."""
    if is_numeric(column):
        wide = _wide(column, cell, style)
        exact = f"TRY_CAST({wide} AS {column.sql_type})"
        sign = f" AND {wide} >= 0" if column.type == "count" else ""
        return f"(CASE WHEN {wide} = {exact}{sign} THEN {exact} END)"
    if column.type == "date":
        day = _day(cell, style)
        return f"(CASE WHEN {day} BETWEEN {FIRST_DAY} AND {LAST_DAY} THEN {day} END)"
    if column.type == "boolean":
        yes, no = f"lower({cell}) IN ({_words(YES)})", f"lower({cell}) IN ({_words(NO)})"
        return f"(CASE WHEN {yes} THEN true WHEN {no} THEN false END)"
    if column.type == "code":
        return f"(CASE WHEN {_is_known(column, cell)} THEN {cell} END)"
    return f"(CASE WHEN length({cell}) <= {MAX_TEXT} AND NOT {_has_unseen(cell)} THEN {cell} END)"


def careful_reason(column: Column, cell: str, style: Style) -> str:
    """Why a trimmed text cell gives no value; NULL where nothing is wrong."""
    missing = "NULL" if column.optional else "'missing'"
    value = careful_value(column, cell, style)
    return f"(CASE WHEN {cell} IS NULL THEN {missing} WHEN {value} IS NULL THEN {_fault(column, cell, style)} END)"


def _fault(column: Column, cell: str, style: Style) -> str:
    if is_numeric(column):
        wide, plain = _wide(column, cell, style), _plain_number(cell, style)
        negative = f"WHEN {wide} < 0 THEN 'negative' " if column.type == "count" else ""
        return (
            f"(CASE {negative}WHEN {wide} <> round({wide}, {column.feel_type.scale}) THEN 'too-many-decimals' "
            f"WHEN isfinite(TRY_CAST({plain} AS DOUBLE)) THEN 'too-large' ELSE 'not-a-number' END)"
        )
    if column.type == "date":
        order = (
            f"WHEN regexp_full_match({cell}, {quote(_SHORT_DAY)}) THEN 'date-order' " if style.dates == "iso" else ""
        )
        return f"(CASE WHEN {_day(cell, style)} IS NOT NULL THEN 'date-out-of-range' {order}ELSE 'not-a-date' END)"
    text = f"(CASE WHEN {_has_unseen(cell)} THEN 'unseen-letters' ELSE 'too-long' END)"
    return {"boolean": "'not-a-boolean'", "code": "'unknown-code'"}.get(column.type, text)


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(quote(word) for word in words)


def _wide(column: Column, cell: str, style: Style) -> str:
    return f"TRY_CAST({_plain_number(cell, style)} AS {wide_type(column)})"


def _plain_number(cell: str, style: Style) -> str:
    """A number as a machine writes it: thousands gone, a point before the decimals; NULL where it cannot be one."""
    blanks = r" \x{00A0}\x{202F}'’"
    thousands, decimal = ("," + blanks, ".") if style.decimal == "point" else ("." + blanks, ",")
    grouped = rf"[+-]?\d{{1,3}}([{thousands}]\d{{3}})+([{decimal}]\d*)?"
    joined = f"regexp_replace({cell}, {quote(f'[{thousands}]')}, '', 'g')"
    if style.decimal == "point":
        return f"(CASE WHEN regexp_full_match({cell}, {quote(grouped)}) THEN {joined} ELSE {cell} END)"
    return (
        f"(CASE WHEN regexp_full_match({cell}, {quote(grouped)}) THEN replace({joined}, ',', '.') "
        f"WHEN NOT contains({cell}, '.') THEN replace({cell}, ',', '.') END)"
    )


_LONG_DAY = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]00:00(:00(\.0+)?)?Z?)?"
_COMPACT_DAY = r"\d{8}"
_SHORT_DAY = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}([ T]00:00(:00(\.0+)?)?)?"


def _day(cell: str, style: Style) -> str:
    """A date: the long form (year first) always, the short form only in the order that the register declares."""
    dashes = f"translate({cell}, '/.', '--')"
    long_day = f"TRY_CAST(regexp_extract({dashes}, '^[-0-9]+') AS DATE)"
    compact = f"CAST(try_strptime({cell}, '%Y%m%d') AS DATE)"
    short = ""
    if style.dates != "iso":
        order = "%d-%m-%Y" if style.dates == "day-first" else "%m-%d-%Y"
        short = (
            f"WHEN regexp_full_match({cell}, {quote(_SHORT_DAY)}) "
            f"THEN CAST(try_strptime(regexp_extract({dashes}, '^[-0-9]+'), '{order}') AS DATE) "
        )
    return (
        f"(CASE WHEN regexp_full_match({cell}, {quote(_LONG_DAY)}) THEN {long_day} {short}"
        f"WHEN regexp_full_match({cell}, '{_COMPACT_DAY}') THEN {compact} END)"
    )


def keeps(register: Register, columns: tuple[str, ...]) -> str:
    """SQL that is true for a row that may stay: its key, or without one its link, is there."""
    if register.key:
        return f"{name(register.key)} IS NOT NULL"
    links = [link.column for link in register.links.values() if link.column in columns]
    return f"coalesce({', '.join(name(link) for link in links)}) IS NOT NULL" if links else "true"

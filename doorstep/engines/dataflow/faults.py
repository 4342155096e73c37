"""What may be wrong with a cell or a row, in words, and what the provider can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.engines.dataflow.cells import quote

TABLE = '"doorstep faults"'
COLUMNS = 'register VARCHAR, file VARCHAR, line BIGINT, "column" VARCHAR, reason VARCHAR, value VARCHAR'


@dataclass(frozen=True)
class Fault:
    """A kind of mistake: what it is called, what is wrong, how to mend it. ``row`` tells what became of the row."""

    code: str
    what: str
    mend: str


FAULTS = (
    Fault("missing", "the cell is empty", "Fill it, or declare the column optional."),
    Fault("unknown-code", "the code is none of those declared", "Send one of the register's codes."),
    Fault("too-long", "the text has more than 80 letters", "Send the number or name alone."),
    Fault("unseen-letters", "letters that nobody sees stand inside the text", "Send it without them."),
    Fault("not-a-number", "the cell is no number", "Write digits, with the decimals as the register declares."),
    Fault("too-many-decimals", "the number has more decimals than the column keeps", "Round it at its source."),
    Fault("too-large", "the number has more digits than the column keeps", "Check its unit and its decimals."),
    Fault("negative", "a count is never below zero", "Send zero or more."),
    Fault("not-a-date", "the cell is no date", "Write dates as 2026-09-30."),
    Fault("date-order", "the order of day and month is not known", "Declare dates: day-first or month-first."),
    Fault("date-out-of-range", "the year is before 1800 or after 9999", "Write the year with four digits."),
    Fault("not-a-boolean", "the cell is neither yes nor no", "Write true or false."),
    Fault(
        "broken-line", "the line has another number of cells than the heading; only its key was kept", "Quote cells."
    ),
    Fault("set-aside-broken", "the line cannot be split into cells; it was set aside", "Check quotes and separators."),
    Fault("set-aside-no-key", "nothing tells whom the row is about; it was set aside", "Fill the key."),
    Fault("repeated", "the row stands more than once; one was kept", "Send it once."),
    Fault("contradictory", "rows with this key disagree here; the value is unknown", "Send one row a key."),
)


def harmless(cell: str) -> str:
    """A text as SQL that no spreadsheet takes for a formula; a plain number stays as it is."""
    starts = f"{cell}[1] IN ('=', '+', '-', '@', chr(9), chr(13))"
    formula = f"{starts} AND TRY_CAST({cell} AS DOUBLE) IS NULL"
    return f"(CASE WHEN {formula} THEN concat({quote(chr(39))}, {cell}) ELSE {cell} END)"


def words_table() -> str:
    """The faults as an SQL relation: reason, what, mend."""
    rows = ", ".join(f"({quote(fault.code)}, {quote(fault.what)}, {quote(fault.mend)})" for fault in FAULTS)
    return f"(VALUES {rows}) AS words(reason, what, mend)"

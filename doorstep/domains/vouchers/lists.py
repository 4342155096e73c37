"""Reads an agency's list: a CSV file with ``person`` and ``amount``. Every row is checked; names never come here."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from doorstep.domains.vouchers import keys
from doorstep.domains.vouchers.shapes import VoucherKind
from doorstep.domains.vouchers.types import BadInput

MAX_ROWS = 50_000
MAX_BYTES = 5_000_000
MAX_AMOUNT = Decimal(10) ** 9
KNOWN = {"person", "amount", "language"}


@dataclass(frozen=True)
class Row:
    """One row as it was read. ``problem`` names what is wrong with it: then nothing of it is given."""

    row: int
    pseudonym: str
    amount: int
    language: str
    problem: str = ""


def digest_of(data: bytes) -> str:
    """By which the same file is known again."""
    return hashlib.sha256(data).hexdigest()


def read_list(data: bytes, *, kind: VoucherKind, languages: Sequence[str]) -> list[Row]:
    """Every row of the file. Raises ``BadInput`` where it is no such list at all."""
    if len(data) > MAX_BYTES:
        raise BadInput("The file is too large.", code="list_large", mend="Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file is not UTF-8 text.", code="list_text", mend="Save it as CSV in UTF-8.") from error
    first = text.split("\n", 1)[0]
    table = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    names = [(name or "").strip().lower() for name in table.fieldnames or []]
    missing, extra = {"person", "amount"} - set(names), set(names) - KNOWN
    if missing or len(set(names)) != len(names):
        raise BadInput("The first line must name the columns person and amount.", code="list_columns")
    if extra:
        # A name or an address that came by mistake must not travel further.
        raise BadInput("The file holds columns that are not asked for.", code="list_extra", mend="Take them out.")
    table.fieldnames = names
    return _rows(table, kind, languages)


def _rows(table: csv.DictReader[str], kind: VoucherKind, languages: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    try:
        for cells in table:
            if len(rows) == MAX_ROWS:
                raise BadInput(f"A list has at most {MAX_ROWS} rows.", code="list_long", mend="Split it.")
            rows.append(_row(table.line_num, cells, kind, languages))
    except csv.Error as error:
        raise BadInput("The file is not CSV.", code="list_csv", why=str(error)) from error
    if not rows:
        raise BadInput("The list is empty.", code="list_empty", mend="Add a row for each person.")
    return rows


def _row(number: int, cells: dict[str, str], kind: VoucherKind, languages: Sequence[str]) -> Row:
    person = (cells.get("person") or "").strip()
    language = (cells.get("language") or "").strip().lower() or languages[0]
    amount, problem = _amount((cells.get("amount") or "").strip(), kind)
    if None in cells or not any(letter.isalnum() for letter in person) or len(person) > keys.MAX_NUMBER:
        problem = "row_person"
    elif language not in languages:
        problem = "row_language"
    return Row(number, keys.pseudonym_of(person) if not problem else "", amount, language, problem)


def _amount(written: str, kind: VoucherKind) -> tuple[int, str]:
    try:
        amount = Decimal(written.replace(",", "."))
        if not amount.is_finite() or not 0 < amount < MAX_AMOUNT:
            return 0, "row_amount"
        return kind.minor(amount), ""
    except (InvalidOperation, ValueError):
        return 0, "row_amount"

"""A list of people to pay, as a file: CSV with a head, in UTF-8; comma or semicolon between cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from doorstep.domains.payments.types import BadList, Payable, Rail, Refusal
from doorstep.kit.errors import unavailable

NEEDED = ("person", "amount")
COLUMNS = (*NEEDED, "rail", "account", "name", "bic")
MAX_REFUSALS = 1_000


def read_list(path: Path, digits: int) -> Iterator[Payable]:
    """The rows of the file, in order. Raises ``BadList`` with every cell that cannot be read, at its end.

    ``amount`` is written with a decimal point or comma: ``12.50``. ``rail`` may be left out: then the account tells
    (an IBAN, a telephone number, or none: the wallet).
    """
    refusals: list[Refusal] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as content:
            sample = content.readline()
            content.seek(0)
            rows = csv.DictReader(content, delimiter=";" if sample.count(";") > sample.count(",") else ",")
            _check_head(rows.fieldnames or ())
            for number, row in enumerate(rows, 1):
                found = _row(row, digits)
                if isinstance(found, str):
                    refusals.append(Refusal(number, found))
                else:
                    yield found
    except OSError as error:
        raise unavailable(error, doing="The list cannot be read.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadList("The list is no CSV in UTF-8.", why=f"{type(error).__name__}.", mend="Save it so.") from error
    if refusals:
        raise BadList(
            f"{len(refusals):,} rows cannot be read; nothing was stored.",
            refusals=tuple(refusals[:MAX_REFUSALS]),
            mend="Correct them and bring the whole list again.",
        )


def _check_head(names: object) -> None:
    found = tuple(str(name).strip() for name in names) if isinstance(names, list | tuple) else ()
    missing = [name for name in NEEDED if name not in found]
    strange = [name for name in found if name not in COLUMNS]
    if missing or strange:
        what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(strange)[:200]}"
        raise BadList(f"The head of the list {what}.", mend=f"Write: {','.join(COLUMNS)}")


def _row(row: dict[str | None, str | None], digits: int) -> Payable | str:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if None in row or any(value is None for value in row.values()):
        return "it has more or fewer cells than the head"
    amount = read_amount(cells["amount"], digits)
    if amount is None:
        return f"the amount is no number above zero with at most {digits} decimals"
    rail = cells["rail"].lower() or _rail_of(cells["account"])
    if rail not in set(Rail):
        return "the rail is none of wallet, bank, mobile, none"
    return Payable(cells["person"], amount, Rail(rail), cells["account"], cells["name"], cells["bic"])


def _rail_of(account: str) -> Rail:
    if not account:
        return Rail.WALLET
    return Rail.MOBILE if account.startswith("+") else Rail.BANK


def read_amount(text: str, digits: int) -> int | None:
    """Minor units; None for what is no plain amount. A thousands separator is refused: it could be a decimal point."""
    plain = text.replace(",", ".")
    if not plain.isascii() or plain.count(".") > 1 or not plain.replace(".", "").isdigit():
        return None
    try:
        scaled = Decimal(plain).scaleb(digits)
    except InvalidOperation:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() and 0 < scaled < 10**18 else None

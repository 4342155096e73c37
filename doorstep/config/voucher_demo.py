"""The demo country's vouchers: funds, a list of each agency, cards and shops' PINs. Doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from doorstep.domains.country.api import Country
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import Clerk, Refused

MAKER, BOSS = Clerk("demo"), Clerk("demo supervisor", supervises=True)
HOLDERS = 300
SHOWN = 2


def make_vouchers(persons: list[str], *, at: datetime) -> int:
    """Give the first of ``persons`` (numbers in a register) vouchers of both agencies; gives how many were made.

    Half of them stand in both lists, so that the demo shows what is set aside as double.
    """
    vouchers.set_up(at=at)
    month = at.date().replace(day=1)
    made = 0
    food, other = persons[:HOLDERS], persons[HOLDERS // 2 : HOLDERS + HOLDERS // 3]
    for agency, kind, people, amount in (
        ("food-relief", "food", food, "60"),
        ("rural-aid", "food", other, "50"),
        ("rural-aid", "seed", other, "12.5"),
    ):
        of = vouchers.scheme().kind(kind)
        total = of.minor(of.cap.amount) * len(people)
        key = f"demo {agency} {kind} {month}"
        rows = "".join(f"{person},{amount}\n" for person in people)
        try:
            batch = vouchers.check_list(
                data=f"person,amount\n{rows}".encode(), agency=agency, kind=kind, month=month, clerk=MAKER, at=at
            )
        except Refused:  # this very list stands already
            continue
        vouchers.fund(agency=agency, kind=kind, amount=total, key=key, clerk=BOSS, at=at)
        made += vouchers.release(batch=batch, clerk=BOSS, at=at)
    return made


def open_cards(persons: list[str], *, at: datetime) -> Iterator[str]:
    """New cards for two people, one of them with something set aside, and new PINs for two shops, told in lines."""
    for person in (persons[0], persons[HOLDERS // 2])[:SHOWN]:
        card = vouchers.give_card(holder=vouchers.find_holder(person=person), clerk=MAKER, at=at)
        yield f"  card {vouchers.grouped(card.number)}  PIN {card.pin}"
    for shop in ("corner-basket", "noor-market"):
        yield f"  shop {shop}  PIN {vouchers.give_shop_access(shop=shop, clerk=BOSS)}"


def persons_of(inputs: str, country: Country) -> list[str]:
    """Numbers of invented people, from the first register with a row for each person; the same every time."""
    of = next(one for one in country.registers.values() if one.entity == "person" and one.key)
    name = str(of.key)
    query = f"SELECT DISTINCT {name} FROM read_parquet(?) WHERE {name} IS NOT NULL ORDER BY 1 LIMIT ?"  # noqa: S608 - a column of a checked register
    rows = duckdb.execute(query, [f"{inputs}/{of.name}.parquet", HOLDERS * 2]).fetchall()
    return [str(value) for (value,) in rows]

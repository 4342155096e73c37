"""How long it takes, at an enrolment, to find who may be the same person among ten million, and how often it is found.

    python bench/candidates.py [--people 10000000] [--enrolments 2000] [--folder var/bench/candidates]

The demo's invented population is kept as the register of people keeps it: each record's block keys as hashed numbers in
an array under one GIN index, in one embedded server. Keys are written as a set; the first thousand records are compared
with those of ``block_keys``. Then people of the register enrol a second time, each spoiled two or three times
(``SPOILS``), one after the other: keys, candidates from the database (at most 200, as the register asks), and every
candidate compared. Telling records from numbers (decrypting) is not part of it. Prints the figures as JSON; they also
go to ``result.json`` in the folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

AS_OF = date(2026, 9, 30)
MOST_CANDIDATES = 200
LETTERS = "abcdefghijklmnopqrstuvwxyz"
COLUMNS = ("id", "given", "family", "birth", "sex", "area", "phone", "identifier")
# The parts of a key over the prepared columns of ``ready``; the check against ``block_keys`` holds them to be the same.
PARTS = {
    "given": "given_sound",
    "family": "family_sound",
    "given.start": "left(given_text, 3)",
    "family.start": "left(family_text, 3)",
    "birth": "birth_text",
    "birth.year": "left(birth_text, 4)",
    "birth.day": "right(birth_text, 4)",
    "birth.loose": "left(birth_text, 4) || least(birth_text[5:6], birth_text[7:8]) ||"
    " greatest(birth_text[5:6], birth_text[7:8])",
    "order": "least(given_sound, family_sound) || '&' || greatest(given_sound, family_sound)",
    "area": "area",
    "sex": "sex",
    "phone": "nullif(regexp_replace(upper(phone), '[^0-9A-Z]', '', 'g'), '')",
    "identifier": "upper(replace(identifier, ' ', ''))",
}


def token(key: str) -> int:
    """A number for a key, as DuckDB's ``md5_number_lower`` makes it; one bit less, to be a signed one."""
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()[8:], "little") >> 1


def drawn(people: int, folder: Path) -> Path:
    """The invented population's file."""
    from doorstep.domains.country.api import read_country
    from doorstep.domains.people.files import generate

    country = read_country(ROOT / "countries" / "demo")
    generate(folder=folder, people=people, seed=1, country=country, formats=("parquet",), as_of=AS_OF)
    return folder / "people.parquet"


def written(database: duckdb.DuckDBPyConnection, people: Path, model: Any, out: Path) -> None:
    """Every record with its tokens, as a file that PostgreSQL copies."""
    from doorstep.engines.linkage.api import Record, prepare

    names = database.execute(f"SELECT given_name FROM '{people}' UNION SELECT family_name FROM '{people}'").fetchall()
    values = [prepare(Record.of("", given=name), model).values["given"][0] for (name,) in names]
    database.register(
        "prepared",
        {
            "name": np.array([name for (name,) in names], dtype=object),
            "text": np.array([value.text for value in values], dtype=object),
            "sound": np.array([value.sound for value in values], dtype=object),
        },
    )
    database.execute(
        "CREATE VIEW ready AS SELECT person AS id, given_name AS given, family_name AS family, born_on AS birth, sex,"
        " commune AS area, phone, 'tax ' || tax_id AS identifier, g.text AS given_text, g.sound AS given_sound,"
        " f.text AS family_text, f.sound AS family_sound, strftime(born_on, '%Y%m%d') AS birth_text"
        f" FROM '{people}' JOIN prepared AS g ON g.name = given_name JOIN prepared AS f ON f.name = family_name"
    )
    keys = [
        f"md5_number_lower('{number}:' || {' || chr(124) || '.join(f'({PARTS[part]})' for part in recipe)}) >> 1"
        for number, recipe in enumerate(model.keys)
    ]
    tokens = f"list_filter([{', '.join(keys)}], lambda one: one IS NOT NULL)"
    columns = ", ".join(COLUMNS)
    database.execute(
        f"COPY (SELECT {columns}, '{{' || array_to_string({tokens}, ',') || '}}' AS tokens FROM ready)"
        f" TO '{out}' (FORMAT csv, HEADER false)"
    )


def stored(connection: Any, rows: Path) -> dict[str, Any]:
    """Copy the rows and index their tokens."""
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        texts = ", ".join(f"{name} text" for name in COLUMNS)
        cursor.execute(f"CREATE UNLOGGED TABLE candidate ({texts}, tokens bigint[] NOT NULL)")
        with cursor.copy("COPY candidate FROM STDIN (FORMAT csv)") as copy, rows.open("rb") as source:
            while block := source.read(1 << 20):
                copy.write(block)
        copied = time.perf_counter() - start
        cursor.execute("CREATE INDEX candidate_tokens ON candidate USING gin (tokens)")
        indexed = time.perf_counter() - start - copied
        cursor.execute("ANALYZE candidate")
        cursor.execute("SELECT pg_relation_size('candidate'), pg_relation_size('candidate_tokens')")
        table, index = cursor.fetchone()
    return {
        "copy_seconds": round(copied, 1),
        "index_seconds": round(indexed, 1),
        "table_mb": round(table / 1e6),
        "index_mb": round(index / 1e6),
    }


def record(row: tuple[Any, ...]) -> Any:
    """A row as a record of the engine."""
    from doorstep.engines.linkage.api import Record

    return Record.of(row[0], **dict(zip(COLUMNS[1:], row[1:], strict=True)))


def typo(text: str, chance: random.Random) -> str:
    """One letter or digit changed, left out or put in."""
    at, kind = chance.randrange(len(text)), chance.randrange(3)
    sign = chance.choice("0123456789" if text[at].isdigit() else LETTERS)
    return text[:at] + ("" if kind == 0 else sign) + text[at + (kind < 2) :]


SPOILS: dict[str, Any] = {
    "a typo in the given name": lambda it, chance: it | {"given": typo(it["given"], chance)},
    "a typo in the family name": lambda it, chance: it | {"family": typo(it["family"], chance)},
    "names swapped": lambda it, chance: it | {"given": it["family"], "family": it["given"]},
    "day and month swapped": lambda it, chance: it | {
        "birth": f"{it['birth'][:5]}{it['birth'][8:]}-{it['birth'][5:7]}"
    },
    "a digit of the birth date": lambda it, chance: it | {
        "birth": f"{it['birth'][:8]}{chance.randrange(1, 29):02}"
    },
    "only the year of birth": lambda it, chance: it | {"birth": it["birth"][:4]},
    "another place": lambda it, chance: it | {"area": "elsewhere"},
    "another telephone": lambda it, chance: it | {"phone": "".join(chance.choice("0123456789") for _ in range(9))},
    "another family name": lambda it, chance: it | {"family": chance.choice(("Novak", "Okafor", "Lindqvist"))},
}  # fmt: skip


def enrolling(row: tuple[Any, ...], chance: random.Random) -> Any:
    """The same person once more, with two or three mistakes; three in four bring no number of theirs."""
    it = dict(zip(COLUMNS[1:], row[1:], strict=True))
    if chance.random() < 0.75:
        it["identifier"] = None
    for name in chance.sample(sorted(SPOILS), chance.choice((2, 3))):
        it = SPOILS[name](it, chance)
    from doorstep.engines.linkage.api import Record

    return Record.of("new", **it)


def measured(connection: Any, model: Any, enrolments: int) -> dict[str, Any]:
    """Enrol people a second time; milliseconds each, how many candidates, and how often the person was among them."""
    from doorstep.engines.linkage.api import block_keys, compare, prepare

    columns, chance = ", ".join(COLUMNS), random.Random(1)
    # With a plain LIMIT the server takes the array's keys for common ones and reads the whole table: 2 s and more.
    query = (
        f"WITH shared AS MATERIALIZED (SELECT {columns} FROM candidate WHERE tokens && %s::bigint[])"
        f" SELECT * FROM shared LIMIT {MOST_CANDIDATES}"
    )
    found = likely = 0
    milliseconds: list[float] = []
    sizes: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM candidate ORDER BY hashtext(id), id LIMIT {enrolments + 200}")
        for number, row in enumerate(cursor.fetchall()):
            new = enrolling(row, chance)
            start = time.perf_counter()
            ready = prepare(new, model)
            cursor.execute(query, [[token(key) for key in block_keys(ready, model)]])
            rows = cursor.fetchall()
            outcomes = {one[0]: compare(ready, prepare(record(one), model), model).probability for one in rows}
            spent = (time.perf_counter() - start) * 1000
            if number < 200:  # the server's first looks at its index are not what an office sees all day
                continue
            milliseconds.append(spent)
            sizes.append(len(rows))
            found += row[0] in outcomes
            likely += outcomes.get(row[0], 0) >= model.review
    return {
        "enrolments": enrolments,
        "milliseconds": quantiles(milliseconds),
        "candidates": quantiles(sizes),
        "person_is_a_candidate": round(found / enrolments, 4),
        "person_is_shown_to_a_human": round(likely / enrolments, 4),
    }


def quantiles(values: list[Any]) -> dict[str, float]:
    """Median, 95th percentile and the largest."""
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cut[49], 2), "p95": round(cut[94], 2), "p99": round(cut[98], 2), "max": round(max(values), 2)}


def check(connection: Any, model: Any) -> int:
    """Stop where the keys written as a set are not those of ``block_keys``. Returns how many records were compared."""
    from doorstep.engines.linkage.api import block_keys, prepare

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)}, tokens FROM candidate LIMIT 1000")
        rows = cursor.fetchall()
    for row in rows:
        keys = block_keys(prepare(record(row[:-1]), model), model)
        if sorted(token(key) for key in keys) != sorted(row[-1]):
            raise SystemExit(f"The keys of an invented person differ: {keys}")
    return len(rows)


def main() -> int:
    """Build, check and measure."""
    parser = argparse.ArgumentParser(description="How long it takes to find who may be the same person.")
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--enrolments", type=int, default=2_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "candidates")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "doorstep.config.settings", "DOORSTEP_VAR": str(folder / "server")}
    import django

    from doorstep.config import postgres, postgres_home

    with postgres.Embedded(folder / "server"):
        django.setup()
        from django.db import connection

        from doorstep.domains.people import comparing

        model, rows = comparing.model(), folder / "rows.csv"
        with duckdb.connect(config={"threads": 2, "memory_limit": "3GB", "temp_directory": str(folder)}) as database:
            written(database, drawn(chosen.people, folder / "population"), model, rows)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS candidate")
        connection.ensure_connection()
        direct = connection.connection
        result: dict[str, Any] = {"people": chosen.people, "load_average": os.getloadavg()[0]}
        result |= stored(direct, rows)
        rows.unlink()
        result["keys_checked"] = check(direct, model)
        result |= measured(direct, model, chosen.enrolments)
        connection.close()
    postgres_home.remove(folder / "server")
    (folder / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

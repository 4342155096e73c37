"""A loaded country and a small world in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.tests.world import World
from doorstep.domains.country.api import Country, load_country, read_country

DEMO = Path(__file__).parents[4] / "countries" / "demo"


@pytest.fixture(scope="session")
def country() -> Country:
    """The demo country, read once."""
    return read_country(DEMO)


@pytest.fixture
def loaded(db: None) -> Country:
    """The demo country, loaded into the test's database."""
    return load_country(DEMO, parts=(api.check_programmes,))


@pytest.fixture
def world(loaded: Country, tmp_path: Path) -> World:
    """Two entitled people, one with too much income, and somebody with a benefit that counts."""
    made = World(loaded, tmp_path / "inputs")
    made.add("C1")
    made.add("C2", language="pt")
    made.add("C3", income="90000.00")
    made.add("C4", income="90000.00", supplier="alo-shakti", language="bn")
    made.benefits.append({"tax_id": "PC4", "kind": "minimum-income", "since": "2020-01-01", "until": ""})
    return made

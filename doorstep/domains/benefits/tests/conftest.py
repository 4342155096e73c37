"""A loaded country and a small world in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Entitlement, Notice
from doorstep.domains.benefits.tests.world import World
from doorstep.domains.country.api import Country, load_country, read_country

DEMO = Path(__file__).parents[4] / "countries" / "demo"


@pytest.fixture(scope="session")
def country() -> Country:
    """The demo country, read once."""
    return read_country(DEMO)


@pytest.fixture
def demo_copy(tmp_path: Path) -> Path:
    """The demo country's files, to be changed."""
    return Path(shutil.copytree(DEMO, tmp_path / "country"))


@pytest.fixture
def loaded(db: None) -> Country:
    """The demo country, loaded into the test's database."""
    return load_country(DEMO, parts=(api.check_programmes,))


@pytest.fixture
def world(loaded: Country, tmp_path: Path) -> Iterator[World]:
    """Two entitled people, one with too much income, and somebody with a benefit that counts.

    Whatever a test does with them, no row may be left that names another which is not there.
    """
    made = World(loaded, tmp_path / "inputs")
    made.add("C1")
    made.add("C2", language="pt")
    made.add("C3", income="90000.00")
    made.add("C4", income="90000.00", supplier="alo-shakti", language="bn")
    made.benefits.append({"tax_id": "PC4", "kind": "minimum-income", "since": "2020-01-01", "until": ""})
    yield made
    assert not Decision.objects.exclude(entitlement_id__in=Entitlement.objects.values("id")).exists()
    with connection.cursor() as cursor:  # No decision without its entry in the log, whoever took it and however.
        cursor.execute("SELECT leaf FROM benefits_decision EXCEPT SELECT leaf FROM evidence_salt")
        assert not cursor.fetchall()
    assert not Notice.objects.exclude(decision_id__in=Decision.objects.values("id")).exists()
    assert not Entitlement.objects.filter(facts=None).exclude(id__in=Decision.objects.values("entitlement_id")).exists()

"""A country in force, a run in it, and letters to ask about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.conftest import DEMO
from doorstep.domains.benefits.tests.world import CLERK, World
from doorstep.domains.country.api import Country, load_country

Post = Callable[..., Any]


@dataclass
class Town:
    """A small world after a run of today."""

    world: World
    run: int = 0
    letters: dict[str, dict[str, str]] = field(default_factory=dict)

    def letter(self, contract: str) -> dict[str, str]:
        """What is printed on the letter about a contract."""
        return self.letters[contract]

    def decide(self, *, days_ago: int = 0) -> None:
        """A run of today, or of some days ago; its letters go out."""
        found = self.world.run(timezone.localdate() - timedelta(days=days_ago)).id
        assert found is not None
        self.run = found
        for line in benefits.export_queue(officer=CLERK, format="jsonl", limit=100, now=timezone.now()):
            letter = json.loads(line)
            self.letters[letter["contract"]] = {"reference": letter["reference"], "contract_id": letter["contract"]}


@pytest.fixture
def nadira(db: None) -> Country:
    """The demo country, loaded."""
    return load_country(DEMO, parts=(benefits.check_programmes,))


@pytest.fixture
def town(nadira: Country, tmp_path: Path) -> Town:
    """Three who get it and one who does not, decided today."""
    made = Town(people(nadira, tmp_path))
    made.decide()
    return made


@pytest.fixture
def old_town(nadira: Country, tmp_path: Path) -> Town:
    """The same, decided when nobody may object any more."""
    made = Town(people(nadira, tmp_path))
    made.decide(days_ago=31)
    return made


def people(nadira: Country, tmp_path: Path) -> World:
    """Three who will get it and one who will not."""
    world = World(nadira, tmp_path / "inputs")
    world.add("C1")
    world.add("C2", language="pt")
    world.add("C3", income="90000.00")
    world.add("C4", income="90000.00", language="bn")
    world.benefits.append({"tax_id": "PC4", "kind": "minimum-income", "since": "2020-01-01", "until": ""})
    return world


@pytest.fixture
def post(client: Client) -> Post:
    """POST JSON: ``post("/decisions", {...}, language="pt")``."""

    def send(path: str, body: Any, *, language: str = "", **headers: str) -> Any:
        address = f"/api/v1{path}" + (f"?language={language}" if language else "")
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return client.post(address, text, content_type="application/json", headers=headers)

    return send

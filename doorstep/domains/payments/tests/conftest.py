"""A world for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.domains.payments.tests.world import World


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    made = World(tmp_path)
    made.fill()
    return made

"""Registers to try commands on, and databases to run them in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from doorstep.config import cli
from doorstep.config.postgres import ROLE, database
from doorstep.config.postgres_home import socket_folder
from doorstep.config.tests.door import Door

AS_OF = "2026-03-05"


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registers of two thousand invented people, as CSV, with some bad rows."""
    folder = tmp_path_factory.mktemp("registers") / "people"
    words = ["generate", "--people", "2000", "--seed", "3", "--dirty", "5", "--format", "csv", "--as-of", AS_OF]
    assert cli.main([*words, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The folder of the socket of the running embedded server."""
    with database(settings.VAR):
        yield str(socket_folder(settings.VAR))


@pytest.fixture(scope="session")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the demo country in force, to copy."""
    with _made(server, None) as name:
        loaded = Door(tmp_path_factory.mktemp("load"), _address(server, name))("load", "--json")
        assert loaded.code == 0
        assert len(loaded.json["version"]) == 64
        yield name


@pytest.fixture
def door(server: str, template: str, tmp_path: Path) -> Iterator[Door]:
    """The command line in an empty folder, with a database of its own in which the demo country is in force."""
    with _made(server, template) as name:
        yield Door(tmp_path, {**_address(server, name), "DOORSTEP_VAR": str(tmp_path / "var")})


class _made:
    """A database for the length of a ``with`` block."""

    def __init__(self, server: str, template: str | None) -> None:
        self.server, self.template, self.name = server, template, f"door_{uuid.uuid4().hex[:12]}"

    def _say(self, statement: str) -> None:
        with psycopg.connect(host=self.server, user=ROLE, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def __enter__(self) -> str:
        self._say(f"CREATE DATABASE {self.name}" + (f" TEMPLATE {self.template}" if self.template else ""))
        return self.name

    def __exit__(self, *_: object) -> None:
        self._say(f"DROP DATABASE {self.name} WITH (FORCE)")


def _address(server: str, name: str) -> dict[str, str]:
    return {"DATABASE_URL": f"postgresql://{ROLE}@/{name}?host={server.replace('/', '%2F')}"}

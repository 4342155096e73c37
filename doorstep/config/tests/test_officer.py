"""``doorstep officer``, as whoever runs the site uses it."""

import io
import json
from contextlib import contextmanager

import pytest
from django.contrib.auth import authenticate

from doorstep.config import cli
from doorstep.config.cli import officer
from doorstep.config.cli.exits import Exit

PASSWORD = "three quiet lamps"

pytestmark = pytest.mark.django_db


@contextmanager
def nothing():
    yield


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """The test's database is already there."""
    monkeypatch.setattr(officer, "site", nothing)
    monkeypatch.setattr(officer, "migrate", lambda: None)


@pytest.fixture
def command(monkeypatch, capsys):
    def run(*words, typed=PASSWORD):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        code = cli.main(["officer", *words])
        return code, capsys.readouterr()

    return run


def test_an_officer_is_added_changed_closed_and_listed(command):
    code, said = command("add", "rui", "--full-name", "Rui Clerk")
    assert (code, said.out) == (Exit.FINE, "rui, Rui Clerk, officer, never signed in\n")
    assert authenticate(username="rui", password=PASSWORD) is not None
    command("change", "rui", "--role", "supervisor")
    command("password", "rui", typed="four louder lamps")
    assert authenticate(username="rui", password=PASSWORD) is None
    command("disable", "rui")
    assert authenticate(username="rui", password="four louder lamps") is None
    code, said = command("list", "--json")
    assert [(row["name"], row["roles"], row["is_active"]) for row in json.loads(said.out)] == [
        ("rui", ["supervisor"], False)
    ]
    command("enable", "rui")
    assert authenticate(username="rui", password="four louder lamps") is not None


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("add", "rui"), "short", "too short"),
        (("add", "Rui Clerk"), PASSWORD, "cannot be an account's name"),
        (("add",), PASSWORD, "Whose account?"),
        (("change", "rui"), PASSWORD, "nothing to change"),
        (("disable", "ghost"), PASSWORD, "There is no officer 'ghost'"),
    ],
)
def test_what_cannot_be_done_is_told(command, words, typed, says):
    code, said = command(*words, typed=typed)
    assert code == Exit.PROBLEMS
    assert says in said.err
    assert "short" not in said.err or typed == "short"


def test_an_empty_house_says_how_to_begin(command):
    assert "doorstep officer add NAME" in command("list")[1].out

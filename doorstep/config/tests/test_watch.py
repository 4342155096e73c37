"""``doorstep check --watch``: it checks again when a file changes, bears what is half written, and ends when told."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorstep.config.tests.door import ROOT, Door

pytestmark = pytest.mark.slow

RULES = "rules/energy-tariff.yaml"


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """A copy of the demo country."""
    return Path(shutil.copytree(ROOT / "countries/demo", tmp_path / "demo"))


@pytest.fixture
def watching(country: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that watches it."""
    process = Door(country.parent).start("check", "demo", "--watch", "--json")
    yield process
    process.kill()
    process.communicate()


def told(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """The mistakes of the next check."""
    assert process.stdout
    line = process.stdout.readline()
    assert line, "the command has ended"
    found: list[dict[str, Any]] = json.loads(line)["problems"]
    return found


def test_a_change_is_checked_and_its_mending_too(country: Path, watching: subprocess.Popen[str]) -> None:
    assert told(watching) == []
    rules = country / RULES
    before = rules.read_text()
    rules.write_text(before.replace("household_income <= ceiling", "household_income <= celing"))
    (problem,) = told(watching)
    line = before[: before.index("household_income <= ceiling")].count("\n") + 1
    assert (problem["file"], problem["line"], problem["column"]) == (RULES, line, 34)
    assert "Did you mean 'ceiling'?" in problem["mend"]
    rules.write_text(before)
    assert told(watching) == []


def test_what_is_half_written_or_gone_stops_nothing(country: Path, watching: subprocess.Popen[str]) -> None:
    assert told(watching) == []
    rules = country / RULES
    text = rules.read_text()
    rules.write_text(text[: text.index("because:") + 3])
    assert told(watching)
    rules.write_bytes(text.encode()[:-1] + b"\xd8")
    assert any("UTF-8" in problem["what"] for problem in told(watching))
    rules.unlink()
    assert told(watching)
    country.rename(country.parent / "elsewhere")
    assert "not a folder" in told(watching)[0]["what"]
    (country.parent / "elsewhere").rename(country)
    told(watching)
    new = country / "rules/new.yaml.part"  # editors write beside the file, then rename
    new.write_text(text)
    assert any("not read" in problem["what"] for problem in told(watching))
    new.rename(rules)
    assert told(watching) == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(watching: subprocess.Popen[str], sign: signal.Signals) -> None:
    assert told(watching) == []
    watching.send_signal(sign)
    _, err = watching.communicate(timeout=20)
    assert watching.returncode == 130
    assert err.strip() == "Stopped."


def test_a_terminal_is_cleared_before_each_check(country: Path) -> None:
    inside, outside = pty.openpty()
    process = Door(country.parent).start("check", "demo", "--watch", stdout=outside)
    os.close(outside)
    try:
        said = b""
        while b"Ctrl-C ends." not in said:
            said += os.read(inside, 4096)
        assert said.startswith(b"\x1b[2J")
        assert b"demo: no problems." in said
        process.terminate()
        process.communicate(timeout=20)
    finally:
        process.kill()
        os.close(inside)

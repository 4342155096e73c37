"""The pages that say "do this" are followed: each marked block is run, and must give what the page shows.

Marks stand in the Markdown before a block: ``<!-- tried -->`` (run by a shell), ``<!-- gives -->`` (each line must be
in what the block before it printed), ``<!-- file: path -->`` (write this file). A page runs in a folder of its own with
a copy of the demo country and a database of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from doorstep.config.tests.door import ROOT, Door

BLOCK = re.compile(r"^<!-- (tried|gives|file: (\S+)) -->\n+```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if "<!-- tried -->" in path.read_text()
)


def test_the_pages_that_must_be_followed_are():
    how_to = ("add-a-programme", "keep-registers-apart", "bring-your-files", "run-monthly", "back-up")
    assert {"README.md", "docs/tutorial/README.md", *(f"docs/how-to/{page}.md" for page in how_to)} <= set(PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_followed(door: Door, page: str) -> None:
    folder = door.folder / "checkout"
    shutil.copytree(ROOT / "countries", folder / "countries")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    env = {**os.environ, **door.env, "DOORSTEP_COUNTRY": str(folder / "countries/demo"), "PYTHONPATH": str(ROOT)}
    env["PATH"] = f"{Path(sys.prefix) / 'bin'}:{env['PATH']}"
    said = ""
    for what, file, content in BLOCK.findall((ROOT / page).read_text()):
        if what == "tried":
            done = subprocess.run(["bash", "-eu"], input=content, cwd=folder, env=env, capture_output=True, text=True)  # noqa: PLW1510
            said = done.stdout + done.stderr
            assert "Traceback" not in said
            assert done.returncode == 0 or "# fails" in content, f"{page}:\n{content}\n{said}"
        elif what == "gives":
            for line in content.splitlines():
                assert _plain(line) in _plain(said), f"{page} promises: {line}\n\nand there came:\n{said}"
        else:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content)


def _plain(text: str) -> str:
    return " ".join(text.replace("...", "").split())

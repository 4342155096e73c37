"""The command line as a person uses it: in a process of its own, with a database of its own where it needs one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "doorstep.config.cli"]
ROOT = Path(__file__).resolve().parents[3]
TARIFF = "energy-tariff"


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read as one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Door:
    """Runs commands in ``folder``. ``env`` names the database."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def start(self, *words: object, **more: Any) -> subprocess.Popen[str]:
        """Begin a command and go on."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        env = {**os.environ, "PYTHONPATH": str(ROOT), **self.env}
        command = [*more.pop("before", ()), *COMMAND, *map(str, words)]
        return subprocess.Popen(command, cwd=self.folder, env=env, **{**pipes, **more})

    def __call__(self, *words: object, **more: Any) -> Said:
        """Run a command to its end. It must never show a traceback."""
        patience = more.pop("timeout", 100)
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=patience)
        assert "Traceback" not in err, err
        return Said(process.returncode, out or "", err)

    def inside(self, folder: str) -> Door:
        """The same door from another folder."""
        return Door(self.folder / folder, self.env)


def may_not_pass_over_rights() -> None:
    """Make root obey the rights of files, as everybody else does: for ``preexec_fn``."""
    import ctypes

    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH; a plain user holds neither
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def small_files(most: int) -> Callable[[], None]:
    """No file may grow over ``most`` bytes: what a full disk looks like without the rights to make one."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def small_disk(folder: Path, megabytes: int) -> list[str]:
    """The words before a command that give it a real disk of this size; empty where the kernel forbids."""
    script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"'
    for user in ([], ["--map-root-user"]):
        words = ["unshare", *user, "--mount", "sh", "-c", script, "small-disk", f"{megabytes}m", str(folder)]
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
            return words
    return []

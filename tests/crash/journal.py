"""A file that only grows, a JSON document a line: what a process meant to do, and what it was told."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Each line is with the kernel before ``write`` returns and outlives its writer; ``keep`` puts it on disk."""

    def __init__(self, file: Path) -> None:
        self._to = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._to).st_size
        if size and os.pread(self._to, 1, size - 1) != b"\n":
            os.write(self._to, b"\n")  # a kill cut the last line short

    def write(self, **line: Any) -> None:
        """Add a line."""
        os.write(self._to, (json.dumps(line) + "\n").encode())

    def keep(self) -> None:
        """Wait for the disk."""
        os.fsync(self._to)


def read(file: Path) -> Iterator[dict[str, Any]]:
    """Every whole line."""
    if not file.exists():
        return
    with file.open() as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                continue

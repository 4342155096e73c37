"""Files that appear whole or not at all, under names that cannot lead anywhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A place to write to; on success it takes the name ``path`` in one step, on failure nothing is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield target
        target.replace(path)
    finally:
        target.unlink(missing_ok=True)


def safe_file_name(value: str) -> str:
    """A value as a file's name: no path, no hidden file, at most 100 letters."""
    plain = re.sub(r"[^\w.-]+", "-", value).strip(".-")[:100]
    return plain or "without-name"

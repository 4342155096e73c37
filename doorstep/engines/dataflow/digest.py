"""Hashes files beside the work that reads them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Digest:
    """What a file holds: SHA-256 in hexadecimal, and its size in bytes."""

    sha256: str
    bytes: int


def digest(path: Path) -> Digest:
    """Read a file once; the hash is of its bytes as they were sent."""
    with path.open("rb", buffering=0) as file:
        state = hashlib.file_digest(file, "sha256")
        return Digest(state.hexdigest(), file.tell())

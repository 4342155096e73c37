"""The words of the API's errors and of its page: ``words/*.yaml``, one key, every language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from doorstep.kit import files
from doorstep.kit.errors import Findings
from doorstep.kit.languages import Text

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "pt", "bn", "ar")


@lru_cache(maxsize=1)
def words() -> Mapping[str, Text]:
    """Every key with its words. Raises ``Problems`` where a file is wrong."""
    findings, found = Findings(), dict[str, Text]()
    for path in sorted(FOLDER.glob("*.yaml")):
        node = files.read_yaml(path.read_text(encoding="utf-8"), file=path.name)
        found |= files.decode(node, dict[str, Text], findings=findings) or {}
    findings.raise_if_any()
    return found


def say(key: str, language: str) -> str:
    """The words of a key in a language."""
    return words()[key].in_(language)

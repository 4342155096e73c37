"""The words of the API's errors and of its page: ``words/*.yaml``, one key, every language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from doorstep.kit.languages import Text
from doorstep.kit.words import read_words

FOLDER = Path(__file__).parent / "words"


@lru_cache(maxsize=1)
def words() -> Mapping[str, Text]:
    """Every key with its words. Raises ``Problems`` where a file is wrong."""
    return read_words(FOLDER.glob("*.yaml"))


def say(key: str, language: str) -> str:
    """The words of a key in a language."""
    return words()[key].in_(language)

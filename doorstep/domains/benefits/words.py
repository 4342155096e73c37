"""The few words that benefits says itself (``words.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from doorstep.kit.languages import Text
from doorstep.kit.words import read_words


@lru_cache(maxsize=1)
def all_words() -> Mapping[str, Text]:
    """Every text by its key."""
    return read_words([Path(__file__).with_name("words.yaml")])


def say(key: str, language: str) -> str:
    """One text in a language."""
    return all_words()[key].in_(language)

"""The few words that benefits says itself (``words.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files as resources

from doorstep.kit import files
from doorstep.kit.errors import Findings
from doorstep.kit.languages import Text


@lru_cache(maxsize=1)
def all_words() -> dict[str, Text]:
    """Every text by its key."""
    findings = Findings()
    text = resources("doorstep.domains.benefits").joinpath("words.yaml").read_text(encoding="utf-8")
    words: dict[str, Text] = files.decode(
        files.read_yaml(text, file="words.yaml"), dict[str, Text], findings=findings, what="the words"
    )
    findings.raise_if_any()
    return words


def say(key: str, language: str) -> str:
    """One text in a language."""
    return all_words()[key].in_(language)

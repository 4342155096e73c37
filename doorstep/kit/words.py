"""The words that Doorstep says itself: YAML files, one key, every language."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from doorstep.kit import files
from doorstep.kit.errors import Findings
from doorstep.kit.languages import Text

LANGUAGES = ("en", "pt", "bn", "ar")
"""The languages in which every key must have words."""


def read_words(paths: Iterable[Path]) -> dict[str, Text]:
    """Every key of these files with its words. Raises ``Problems`` where a file is wrong or a key stands twice."""
    findings, found = Findings(), dict[str, Text]()
    for path in sorted(paths):
        node = files.read_yaml(path.read_text(encoding="utf-8"), file=path.name)
        for name, text in (files.decode(node, dict[str, Text], findings=findings) or {}).items():
            if name in found:
                findings.add(text.place, f"the key {name!r} stands in two files", mend="Keep one.")
            found[name] = text
    findings.raise_if_any()
    return found

"""The words of the interface: ``words/*.yaml``, ours and those of channels above us; one key, every language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.apps import apps

from doorstep.kit.errors import Place, Problem, Problems
from doorstep.kit.languages import Text, direction, write_date, write_number
from doorstep.kit.words import read_words

# A value may run in another direction than the sentence (a code, a phone number): isolate it.
_OPEN, _CLOSE = "\u2068", "\u2069"


@lru_cache(maxsize=1)
def words() -> Mapping[str, Text]:
    """Every key with its words. Raises ``Problems`` where a file is wrong or a key stands twice.

    A channel that makes its pages with our means brings its own folder (``brings_words`` in its ``apps.py``), as it
    brings its templates: we need not know who stands above us.
    """
    folders = [Path(app.path) / "words" for app in apps.get_app_configs() if getattr(app, "brings_words", False)]
    return read_words(path for folder in folders for path in folder.glob("*.yaml"))


def say(name: str, language: str, /, **values: object) -> str:
    """The words of a key in a language, with dates and numbers written for it. Plain text: escape it in HTML."""
    if name not in words():
        raise Problems([Problem(Place("words"), f"no words for {name!r}", mend="Add the key to words/*.yaml.")])
    written = words()[name].in_(language)
    return written.format(**{key: write(value, language) for key, value in values.items()}) if values else written


def write(value: object, language: str) -> str:
    """A value as people of a language write it."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return write_date(value, language)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return write_number(value, language)
    return f"{_OPEN}{value}{_CLOSE}" if direction(language) == "rtl" else str(value)

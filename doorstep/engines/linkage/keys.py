"""The keys under which a record is kept and its candidates are found, and those by which an officer finds a name.

A key joins several parts of a record, so that few share it; there are several, so that two spoiled versions of one
person still have one in common. Keys are plain texts that tell a person's data: keep only keyed hashes of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from doorstep.engines.linkage.names import skeleton, words_of
from doorstep.engines.linkage.types import Model, Prepared, Value

# A record with many names and telephones must not make thousands of keys.
MAX_KEYS = 60
LONGEST_PREFIX = 8
PARTS: dict[str, tuple[str, ...]] = {
    "name": ("", "start"),
    "date": ("", "year", "day", "loose"),
    "number": ("", "start", "end"),
    "text": ("", "start"),
    "code": ("",),
    "order": ("",),
}


def block_keys(record: Prepared, model: Model) -> tuple[str, ...]:
    """The keys of a record, each once. Two records that share none are never compared."""
    found: dict[str, None] = {}
    for number, recipe in enumerate(model.keys):
        parts = [tuple(_values_of(record, model, part)) for part in recipe]
        for combination in product(*parts):
            found[f"{number}:" + "|".join(combination)] = None
            if len(found) >= MAX_KEYS:
                return tuple(found)
    return tuple(found)


def _values_of(record: Prepared, model: Model, part: str) -> Iterable[str]:
    """The texts that a part of a key has: ``birth.year`` of a date, ``given`` of a name."""
    name, _, aspect = part.partition(".")
    field = model[name]
    if field.kind == "order":
        return _both_names(record, field.of)
    values = record.values.get(name, ())
    made = (aspect_of(field.kind, aspect, value) for value in values)
    return dict.fromkeys(text for text in made if text)


def aspect_of(kind: str, aspect: str, value: Value) -> str:
    """One aspect of a value for a key, empty where it lacks it. ``aspect_sql`` in ``nation`` says the same in SQL."""
    text = value.text
    if kind == "name":
        return text[:3] if aspect == "start" else value.sound
    if kind == "date":
        return _date_aspect(aspect, text)
    half = (len(text) + 1) // 2
    if aspect and len(text) < 4:
        return ""
    return {"": text, "start": text[:half], "end": text[len(text) - half :]}[aspect]


def _date_aspect(aspect: str, text: str) -> str:
    year, month, day = text[:4], text[4:6], text[6:]
    found = {
        "": text,
        "year": year,
        "day": month + day,
        "loose": year + min(month, day) + max(month, day),
    }[aspect]
    return "" if "?" in found else found


def _both_names(record: Prepared, of: tuple[str, ...]) -> Iterable[str]:
    """Both names by their sound, whichever was taken for the other."""
    first, second = (record.values.get(name, ()) for name in of)
    return dict.fromkeys("&".join(sorted((one.sound, other.sound))) for one in first for other in second)


# ------------------------------------------------------------------ search by name


def name_keys(names: Iterable[str], *, year: int | None = None) -> tuple[str, ...]:
    """The keys under which a person's names are found by search: by sound, by sound and year of birth, by beginning."""
    found: dict[str, None] = {}
    for name in names:
        for word in words_of(name):
            sound = skeleton(word)
            found[f"sound:{sound}"] = None
            if year is not None:
                found[f"sound:{sound}|{year}"] = None
            for length in range(3, min(len(word), LONGEST_PREFIX) + 1):
                found[f"start:{word[:length]}"] = None
    return tuple(found)


def search_keys(text: str, *, year: int | None = None) -> tuple[tuple[str, ...], ...]:
    """What to look for when somebody types a name: for each word its keys, of which a person must have one.

    With ``year`` a word's sound must be that of somebody born in it. Empty where nothing that was typed is a name.
    """
    groups = []
    for word in words_of(text):
        sound = f"sound:{skeleton(word)}"
        keys = [f"{sound}|{year}" if year is not None else sound]
        if year is None and len(word) >= 3:
            keys.append(f"start:{word[:LONGEST_PREFIX]}")
        groups.append(tuple(keys))
    return tuple(groups)

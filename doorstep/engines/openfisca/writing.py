"""Carried parameters as the text of a rules file, to be read and kept by people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from doorstep.engines.openfisca.types import Carried

_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def rules_text(
    rules: str, carried: Iterable[Carried], *, language: str, source: str, missing: Sequence[str] = ()
) -> str:
    """The whole file. Labels stand in ``language``; a comment says in which other languages they are missing."""
    lines = [f"# Parameters of OpenFisca ({source}), as data. What could not be carried over was listed at the import."]
    if missing:
        lines.append(f"# The labels have no words yet in: {', '.join(missing)}. `doorstep check` names each of them.")
    lines.append(f"rules: {_text(rules)}")
    found = list(carried)
    lines.append("parameters:" if found else "parameters: {}")
    for one in found:
        lines += [f"  # {line}".rstrip() for line in one.comment.splitlines()]
        lines.append(f"  {one.name}:")
        lines.append(f"    label: {{{language}: {_text(one.label)}}}")
        for key, value in one.body.items():
            lines += _entry(key, value)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [f"    {key}: {_text(value)}"]
    return [f"    {key}:", *(f"      {day}: {_dated(entry)}" for day, entry in value.items())]


def _dated(entry: Any) -> str:
    """What stands under a day: a value, a list of codes, the brackets of a scale, or null."""
    if entry is None:
        return "null"
    if isinstance(entry, list) and entry and isinstance(entry[0], dict):
        return "[" + ", ".join(f"{{{', '.join(f'{key}: {one[key]}' for key in one)}}}" for one in entry) + "]"
    if isinstance(entry, list):
        return "[" + ", ".join(map(_text, entry)) + "]"
    return _text(entry)


def _text(value: str) -> str:
    """A scalar: quoted wherever YAML could read it as anything but this text."""
    safe = value[:1] in _PLAIN or value.replace(".", "", 1).removeprefix("-").isdigit()
    risky = any(sign in value for sign in "{}[]#&*!|>'\"%@`,\\:\n\t") or value != value.strip()
    if safe and not risky and value.lower() not in ("null", "yes", "no", "on", "off"):
        return value
    return json.dumps(value, ensure_ascii=False)

"""Walks OpenFisca's folder of parameters: folders and files are nodes, and a file may hold nodes within nodes."""

from __future__ import annotations

import re
from pathlib import Path

from doorstep.engines.openfisca.types import Remark, Source
from doorstep.kit.errors import DoorstepError, Problems
from doorstep.kit.files import Node, read_yaml

DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
# What a node says of itself: no parameters below these keys.
ABOUT = ("description", "documentation", "metadata", "unit", "reference")
Found = tuple[list[Source], list[Remark]]


def found_in(folder: Path) -> Found:
    """Every parameter and scale, in the order of their paths, with remarks on what is neither."""
    if not folder.is_dir():
        raise DoorstepError(f"{str(folder)!r} is not a folder.", mend="Name the folder `parameters` of the package.")
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())
    if not files:
        raise DoorstepError(f"There is no YAML file in {str(folder)!r}.", mend="Name the folder `parameters`.")
    sources: list[Source] = []
    remarks: list[Remark] = []
    for file in files:
        parts = file.relative_to(folder).with_suffix("").parts
        path = ".".join(parts[:-1] if parts[-1] == "index" else parts)
        try:
            node = read_yaml(file.read_text(encoding="utf-8"), file=str(file))
        except (Problems, UnicodeDecodeError) as error:
            told = str(error.problems[0]) if isinstance(error, Problems) else "it is not UTF-8 text"
            remarks.append(Remark(path, f"the file cannot be read: {told}", lost=True))
            continue
        _walk(path, node, sources, remarks)
    return sources, remarks


def _walk(path: str, node: Node, sources: list[Source], remarks: list[Remark]) -> None:
    """A parameter, a scale, or a node with more of them below."""
    if not isinstance(node.value, dict):
        remarks.append(Remark(path, "there is a value where a parameter was expected", lost=True))
        return
    keys = list(node.value)
    if "values" in keys or "brackets" in keys or (keys and all(DAY.fullmatch(key) for key in keys)):
        sources.append(Source(path, node))
        return
    for key, below in node.value.items():
        if key in ABOUT:
            words = f"the group's {key} has no place in a rules file: {plain(below)}"
            remarks.append(Remark(path or ".", words, lost=True))
        else:
            _walk(f"{path}.{key}" if path else key, below, sources, remarks)


def plain(node: Node) -> str:
    """A value as one line."""
    if isinstance(node.value, dict):
        return "; ".join(f"{key}: {plain(below)}" for key, below in node.value.items())
    if isinstance(node.value, list):
        return ", ".join(map(plain, node.value))
    return " ".join(str(node.value).split())

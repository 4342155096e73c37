"""Reads the files of a country's folder, refusing what does not belong there, and hashes them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from doorstep.kit.errors import Findings, Place

SUFFIXES = (".bpmn", ".geojson", ".md", ".yaml")
MAX_FILE_BYTES = 4_000_000
MAX_ALL_BYTES = 64_000_000
MAX_FILES = 10_000
MAX_DEPTH = 8


def read_folder(folder: Path, *, findings: Findings) -> dict[str, str]:
    """The text of every file, by its path inside ``folder``, in the order of the paths.

    Notes each file that is too large, not UTF-8, of a kind that is not read, or outside the folder.
    """
    if not folder.is_dir():
        findings.add(Place(str(folder)), "this is not a folder", mend="Give the folder that holds country.yaml.")
        return {}
    texts: dict[str, str] = {}
    room = MAX_ALL_BYTES
    for path, relative in _walk(folder, folder.resolve(), "", findings):
        if len(texts) == MAX_FILES:
            findings.add(Place(relative), f"the country has more than {MAX_FILES:,} files")
            break
        text = _read_text(path, Place(relative), findings)
        if text is None:
            continue
        room -= len(text.encode())
        if room < 0:
            findings.add(Place(relative), f"the files together are larger than {MAX_ALL_BYTES:,} bytes")
            break
        texts[relative] = text
    return dict(sorted(texts.items()))


def hash_files(texts: Mapping[str, str]) -> str:
    """SHA-256 over the sorted paths and contents; lengths go in too, so that no two folders look the same."""
    whole = hashlib.sha256()
    for path, text in sorted(texts.items()):
        for part in (path.encode(), text.encode()):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return whole.hexdigest()


def _walk(folder: Path, root: Path, inside: str, findings: Findings) -> Iterator[tuple[Path, str]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        relative = f"{inside}{entry.name}"
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        if entry.is_symlink() and not _leads_inside(path, root):
            findings.add(Place(relative), "the link leads out of the country's folder", mend="Copy the file here.")
        elif entry.is_dir(follow_symlinks=False):
            if relative.count("/") >= MAX_DEPTH:
                findings.add(Place(relative), f"folders are nested more than {MAX_DEPTH} deep")
            else:
                yield from _walk(path, root, f"{relative}/", findings)
        elif _is_wanted(entry, path, Place(relative), findings):
            yield path, relative


def _leads_inside(path: Path, root: Path) -> bool:
    """Whether a link leads into the folder. One that leads to itself does; it is no plain file and told as such."""
    return Path(os.path.realpath(path)).is_relative_to(root)


def _is_wanted(entry: os.DirEntry[str], path: Path, place: Place, findings: Findings) -> bool:
    if not os.path.isfile(path):  # entry.is_file() raises where a link leads to itself
        findings.add(place, "this is not a plain file", mend="A link may lead to a file in the folder, nothing else.")
    elif path.suffix == ".py":
        findings.add(place, "a country holds no programs", mend="Say it in rules, or add an action to Doorstep itself.")
    elif path.suffix == ".yml":
        findings.add(place, "this file would not be read", mend=f"Name it {path.stem}.yaml.")
    elif path.suffix not in SUFFIXES:
        findings.add(place, "this kind of file is not read", expected=" ".join(SUFFIXES), mend="Take it out.")
    else:
        return True
    return False


def _read_text(path: Path, place: Place, findings: Findings) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        findings.add(place, f"the file cannot be read: {error.strerror}")
        return None
    if len(raw) > MAX_FILE_BYTES:
        findings.add(place, f"the file is larger than {MAX_FILE_BYTES:,} bytes", mend="Split it.")
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        where = Place(place.file, raw.count(b"\n", 0, error.start) + 1)
        findings.add(where, "the file is not UTF-8 text", mend="Save it again with the encoding UTF-8.")
        return None
    if "\0" in text:
        where = Place(place.file, text.count("\n", 0, text.index("\0")) + 1)
        findings.add(where, "the file holds a zero byte, which text never does")
        return None
    return text

"""Looks at a part of a CSV file to learn how it is written, and refuses to guess where both answers are possible."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep.engines.dataflow.cells import NO, YES, Style, is_numeric
from doorstep.engines.dataflow.types import Column, Register, plain_header
from doorstep.kit.errors import DoorstepError

_HEAD, _CHUNK, _CHUNKS = 256 * 1024, 64 * 1024, 4
_DELIMITERS = ",;\t|"
_FAST_YES_NO = {"true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"}
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}\b.*")
_ENOUGH = 0.98
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Written:
    """How one CSV file is written: its encoding, its separator, its header and what each register column needs."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    positions: dict[str, int]
    worded: frozenset[str]
    style: Style

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headers that the register does not know."""
        known = set(self.positions.values())
        return tuple(header for index, header in enumerate(self.header) if index not in known)


def look_at(path: Path, register: Register, columns: Sequence[str], *, encoding: str | None = None) -> Written:
    """Learn how ``path`` is written. Raises ``DoorstepError`` where it is not what the register declares."""
    pieces = _pieces(path)
    if not pieces or not pieces[0].strip():
        raise DoorstepError(f"{path.name} is empty.", mend="Send the file again, with its heading line.")
    encoding = encoding or _encoding(pieces, path.name)
    texts = _texts(pieces, encoding)
    delimiter, header, positions = _header(texts[0], register, columns, path.name)
    rows = [row for text in texts for row in _rows(text, delimiter) if len(row) == len(header)]
    rows = [row for row in rows if tuple(row) != header]
    cells = {name: [cell for row in rows if (cell := row[at].strip())] for name, at in positions.items()}
    style = Style(_decimal(cells, register, path.name), register.dates)
    _check_dates(cells, register, path.name)
    worded = frozenset(name for name, held in cells.items() if _needs_words(register.columns[name], held, style))
    return Written(encoding, delimiter, header, positions, worded, style)


def _pieces(path: Path) -> list[bytes]:
    """The head of a file and a few pieces from further down."""
    size = path.stat().st_size
    with path.open("rb") as file:
        pieces = [file.read(_HEAD)]
        rest = size - _HEAD
        for number in range(_CHUNKS if rest > 0 else 0):
            file.seek(_HEAD + (rest - min(rest, _CHUNK)) * number // max(1, _CHUNKS - 1) // 2 * 2)
            pieces.append(file.read(_CHUNK))
    return pieces


def _encoding(pieces: list[bytes], file: str) -> str:
    for mark, encoding in _BOMS:
        if pieces[0].startswith(mark):
            return encoding
    if pieces[0][:2000].count(0) > len(pieces[0][:2000]) // 4:
        return "utf-16-le" if pieces[0][1:2] == b"\0" else "utf-16-be"
    if b"\0" in pieces[0]:
        raise DoorstepError(f"{file} is not a text file.", mend="Send CSV (UTF-8) or Parquet.")
    whole = b"".join(pieces)
    if all(_is_utf8(piece) for piece in pieces):
        return "utf-8"
    return single_byte_encoding(whole, file)


def single_byte_encoding(data: bytes, file: str) -> str:
    """Windows-1252 where the bytes above ASCII read as European letters; else a plain error, never a guess."""
    high = [byte for byte in data if byte >= 0x80]
    letters = sum(
        1
        for byte in high
        if byte >= 0xC0 or byte in b"\x80\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xaa\xba\xa0\x91\x92\x93\x94\x96\x97"
    )
    undefined = sum(1 for byte in high if byte in b"\x81\x8d\x8f\x90\x9d")
    words = re.findall(rb"[A-Za-z\xc0-\xff]*[\xc0-\xff][A-Za-z\xc0-\xff]*", data)
    mixed = sum(1 for word in words if re.search(rb"[A-Za-z]", word))
    if undefined == 0 and letters >= 0.9 * len(high) and mixed >= 0.5 * len(words):
        return "cp1252"
    raise DoorstepError(
        f"{file} is not written in UTF-8.",
        why="Its letters cannot be read with certainty.",
        mend="Save it as CSV UTF-8 (UTF-16 and Windows-1252 are understood too) and send it again.",
    )


def _is_utf8(piece: bytes) -> bool:
    """True where a piece is UTF-8, apart from letters cut in two at its ends."""
    start = next((index for index in range(min(4, len(piece))) if piece[index] & 0xC0 != 0x80), 0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(piece[start:], final=False)
    except UnicodeDecodeError:
        return False
    return True


def _texts(pieces: list[bytes], encoding: str) -> list[str]:
    """The pieces decoded; the first from its start, the others from their first whole line on."""
    aligned = {"utf-8-sig": "utf-8", "utf-16": "utf-16-be" if pieces[0][:2] == codecs.BOM_UTF16_BE else "utf-16-le"}
    later = aligned.get(encoding, encoding)
    head = codecs.getincrementaldecoder(encoding)(errors="replace").decode(pieces[0])
    texts = [head if len(pieces) == 1 else _whole_lines(head)]
    for piece in pieces[1:]:
        text = codecs.getincrementaldecoder(later)(errors="replace").decode(piece)
        texts.append(_whole_lines(text.split("\n", 1)[-1]))
    return texts


def _whole_lines(text: str) -> str:
    return text.rsplit("\n", 1)[0]


def _rows(text: str, delimiter: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        return


def _header(
    text: str, register: Register, columns: Sequence[str], file: str
) -> tuple[str, tuple[str, ...], dict[str, int]]:
    """The separator under which the heading names the most columns, the heading, and where each column stands."""
    found: list[tuple[int, int, str, tuple[str, ...], dict[str, int]]] = []
    for delimiter in _DELIMITERS:
        header = tuple(cell.strip() for cell in next(iter(_rows(text, delimiter)), []))
        positions = _positions(header, register, columns, file)
        found.append((len(positions), len(header), delimiter, header, positions))
    _, _, delimiter, header, positions = max(found, key=lambda one: one[:2])
    missing = [name for name in columns if name not in positions]
    if missing:
        shown = ", ".join(repr(cell[:40]) for cell in header[:30])
        raise DoorstepError(
            f"{file} lacks the columns {', '.join(missing)}.",
            why=f"Its first line holds: {shown}.",
            mend=f"The register {register.name} expects: {', '.join(columns)}. Add them, or declare names: for them.",
        )
    return delimiter, header, positions


def _positions(header: Sequence[str], register: Register, columns: Sequence[str], file: str) -> dict[str, int]:
    meant = {plain_header(word): name for name in columns for word in (name, *register.columns[name].names)}
    positions: dict[str, int] = {}
    for index, cell in enumerate(header):
        name = meant.get(plain_header(cell))
        if name is None:
            continue
        if name in positions:
            raise DoorstepError(f"{file} has the column {name} twice.", mend="Keep one of them.")
        positions[name] = index
    return positions


def _decimal(cells: dict[str, list[str]], register: Register, file: str) -> str:
    """``point`` or ``comma``: declared, or the only one that fits what the sample holds."""
    if register.decimal:
        return register.decimal
    votes = {"point": 0, "comma": 0, "either": 0}
    for name, held in cells.items():
        if is_numeric(register.columns[name]):
            for cell in held:
                vote = _vote(cell)
                if vote:
                    votes[vote] += 1
    point, comma = votes["point"], votes["comma"]
    if min(point, comma) <= 0.1 * max(point, comma) and (point or comma):
        return "point" if point > comma else "comma"
    if not (point or comma or votes["either"]):
        return "point"
    raise DoorstepError(
        f"{file} writes numbers that can be read in two ways, such as 1,234.",
        why="The file does not tell whether a point or a comma comes before the decimals.",
        mend=f"Declare decimal: point or decimal: comma in the register {register.name}.",
    )


def _vote(cell: str) -> str | None:
    """What one number tells about its decimal separator."""
    cell = cell.lstrip("+-")
    if not re.fullmatch(r"[\d.,\s\u00a0\u202f'’]*[.,][\d.,]*", cell):
        return None
    last = max(cell.rfind("."), cell.rfind(","))
    here, other = ("point", "comma") if cell[last] == "." else ("comma", "point")
    before, after = cell[:last], cell[last + 1 :]
    if cell.count(cell[last]) > 1:
        return other
    if ("," if here == "point" else ".") in before or len(after) != 3:
        return here
    if not before or before.startswith("0") or len(before) > 3:
        return here
    return "either"


def _check_dates(cells: dict[str, list[str]], register: Register, file: str) -> None:
    """Refuse a file whose dates are not in the declared order: reading them would swap day and month."""
    for name, held in cells.items():
        if register.columns[name].type != "date" or not held:
            continue
        short = [(int(match[1]), int(match[2])) for cell in held if (match := _SHORT.fullmatch(cell))]
        days_first = sum(1 for first, second in short if first > 12 >= second)
        months_first = sum(1 for first, second in short if second > 12 >= first)
        wrong = {"iso": len(short) * 2 > len(held), "day-first": months_first > days_first}
        wrong["month-first"] = days_first > months_first
        if not wrong[register.dates]:
            continue
        seems = (
            "day-first" if days_first > months_first else "month-first" if months_first else "day-first or month-first"
        )
        raise DoorstepError(
            f"{file} does not write the dates in {name} as the register declares ({register.dates}).",
            why="A date such as 03/04/2026 can be read in two ways.",
            mend=f"Write 2026-04-03, or declare dates: {seems} in the register {register.name}.",
        )


def _needs_words(column: Column, held: list[str], style: Style) -> bool:
    """True where too many cells of a column are written in a way that only the careful reading knows."""
    if column.type in ("text", "code") or not held:
        return False
    if column.type == "date":
        return _share(held, lambda cell: bool(_ISO.fullmatch(cell))) < _ENOUGH
    if column.type == "boolean":
        words = {*YES, *NO}
        fast = _share(held, lambda cell: cell.lower() in _FAST_YES_NO)
        return fast < _ENOUGH and _share(held, lambda cell: cell.lower() in words) > fast
    separator = "." if style.decimal == "point" else ","
    plain = re.compile(rf"[+-]?\d+(\{separator}\d*)?")
    return _share(held, lambda cell: bool(plain.fullmatch(cell))) < _ENOUGH


def _share(held: list[str], test: Callable[[str], bool]) -> float:
    return sum(1 for cell in held if test(cell)) / len(held)

"""What the files of a register hold: the shapes that ``registers/*.yaml`` are checked against."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from doorstep.engines.feel import types as feel
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place
from doorstep.kit.languages import Text

_NAME = re.compile(r"[a-z][a-z0-9_]{0,61}")
MAX_DIGITS = 12

Words = Mapping[str, Text]


@dataclass(frozen=True)
class Link:
    """A column whose value is the key of another entity: contract.holder -> person."""

    column: str
    name: str
    entity: str
    back: str | None


@dataclass(frozen=True)
class Column:
    """One column of a register."""

    type: Literal["text", "code", "money", "number", "count", "date", "boolean"] = files.key("What its cells hold.")
    label: Text = files.key("What people call it, in every language.")
    decimals: int | None = files.key("For a number: digits after the point (2 unless told).", default=None)
    of: dict[str, Text] | str | None = files.key(
        "For a code: each code with its label, or the name of a list that the country keeps elsewhere.", default=None
    )
    optional: bool = files.key("True where an empty cell is fine and is no fault.", default=False)
    names: tuple[str, ...] = files.key("Other names under which providers send this column.", default=())
    link: str | None = files.key("The entity that this value is the key of, such as person.", default=None)
    as_: str | None = files.key("The link's name in rules; the column's unless told.", name="as", default=None)
    back: str | None = files.key("The name of the way back: a household's members.", default=None)
    place: Place = field(default=Place(""), compare=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes allowed in a code column, in order; empty for any other column."""
        return tuple(self.of) if isinstance(self.of, dict) else ()

    @property
    def feel_type(self) -> feel.Type:
        """The type of the column in the expression language."""
        if self.type == "number":
            return feel.number(MAX_DIGITS, 2 if self.decimals is None else self.decimals)
        return _FEEL[self.type]

    @property
    def sql_type(self) -> str:
        """The type of the column in DuckDB."""
        kind = self.feel_type
        if self.type == "count":
            return "INTEGER"
        return f"DECIMAL({kind.digits},{kind.scale})" if kind.is_number else _SQL[self.type]


_FEEL = {
    "text": feel.TEXT,
    "code": feel.TEXT,
    "money": feel.MONEY,
    "count": feel.COUNT,
    "date": feel.DATE,
    "boolean": feel.BOOLEAN,
}
_SQL = {"text": "VARCHAR", "code": "VARCHAR", "date": "DATE", "boolean": "BOOLEAN"}


@dataclass(frozen=True)
class Register:
    """What a provider sends: which columns, who is described, and how dates and decimals are written."""

    name: str = files.key("The register's name; rules and tables call it so.", name="register")
    title: Text = files.key("What people call the register, in every language.")
    provider: str = files.key("Who keeps the register and sends its files.")
    entity: str = files.key("What one row says something about: person, contract, benefit.")
    columns: dict[str, Column] = files.key("The columns that its files hold, by name.")
    key: str | None = files.key(
        "The column that names the entity: at most one row a key. Absent where many rows are fine.", default=None
    )
    dates: Literal["iso", "day-first", "month-first"] = files.key(
        "How dates are written: 2026-09-30 (iso), 30/09/2026 (day-first) or 09/30/2026 (month-first).", default="iso"
    )
    decimal: Literal["point", "comma"] | None = files.key(
        "How decimals are written: 6272.64 (point) or 6272,64 (comma); found from each file unless told.", default=None
    )
    place: Place = field(default=Place(""), compare=False)

    @property
    def links(self) -> dict[str, Link]:
        """The ways from a row to other entities, by name."""
        found = {}
        for name, column in self.columns.items():
            if column.link:
                found[column.as_ or name] = Link(name, column.as_ or name, column.link, column.back)
        return found


def read_register(node: files.Node, *, lists: Mapping[str, Words] | None = None) -> Register:
    """Read one register's YAML. ``lists`` are the named code lists of the country (``of: areas``).

    Raises ``Problems`` with every mistake found.
    """
    findings = Findings()
    register: Register | None = files.decode(node, Register, findings=findings, what="the register")
    if register is None or findings.problems:
        findings.raise_if_any()
        raise TypeError("a register that has no problems must be readable")
    register = _with_lists(register, lists or {}, findings)
    _check_register(register, findings)
    for name, column in register.columns.items():
        _check_column(name, column, findings)
    findings.raise_if_any()
    return register


def _with_lists(register: Register, lists: Mapping[str, Words], findings: Findings) -> Register:
    """Put the codes of named lists in the place of their names."""
    columns = dict(register.columns)
    for name, column in columns.items():
        if not isinstance(column.of, str):
            continue
        if column.of in lists:
            columns[name] = dataclasses.replace(column, of=dict(lists[column.of]))
            continue
        known = ", ".join(sorted(lists)) or "none"
        findings.add(column.place, f"{name!r} takes its codes from an unknown list {column.of!r}", expected=known)
    return dataclasses.replace(register, columns=columns)


def _check_name(name: str, what: str, place: Place, findings: Findings) -> None:
    if not _NAME.fullmatch(name):
        mend = "Use small letters a to z, digits and _, a letter first, at most 62."
        findings.add(place, f"{what} is not a safe name", found=repr(name), mend=mend)


def _check_register(register: Register, findings: Findings) -> None:
    _check_name(register.name, "the register's name", register.place, findings)
    _check_name(register.entity, "the entity's name", register.place, findings)
    if not register.columns:
        findings.add(register.place, "the register has no columns", mend="Declare at least one.")
    if register.key is not None and register.key not in register.columns:
        known = ", ".join(register.columns)
        findings.add(register.place, f"the key {register.key!r} is none of the columns", expected=f"one of {known}")
    elif register.key and register.columns[register.key].type != "text":
        place = register.columns[register.key].place
        findings.add(place, f"the key {register.key!r} must be text", found=register.columns[register.key].type)
    _check_no_header_twice(register, findings)
    _check_no_link_twice(register, findings)


def _check_no_header_twice(register: Register, findings: Findings) -> None:
    """A header may mean one column only."""
    meant: dict[str, str] = {}
    for name, column in register.columns.items():
        for header in {plain_header(header) for header in (name, *column.names)}:
            if header in meant:
                findings.add(column.place, f"{header!r} would be both {meant[header]!r} and {name!r}")
            meant[header] = name


def _check_no_link_twice(register: Register, findings: Findings) -> None:
    names = [column.as_ or name for name, column in register.columns.items() if column.link]
    for name, column in register.columns.items():
        if column.link and names.count(column.as_ or name) > 1:
            findings.add(column.place, f"the link {column.as_ or name!r} stands twice", mend="Give one another name.")
        if column.as_ and column.as_ != name and column.as_ in register.columns:
            findings.add(column.place, f"the link {column.as_!r} has the name of another column")


def _check_column(name: str, column: Column, findings: Findings) -> None:
    place = column.place
    _check_name(name, "the column's name", place, findings)
    if column.type == "code" and not column.of:
        findings.add(place, f"the code {name!r} lacks the key 'of'", mend="List its codes: of: {a: {en: ...}}.")
    if column.type != "code" and column.of is not None:
        findings.add(place, f"{name!r} has codes but is no code", found=column.type, mend="Use type: code.")
    if column.decimals is not None and column.type != "number":
        findings.add(place, f"only a number has decimals, {name!r} is none", found=column.type)
    if column.decimals is not None and not 0 <= column.decimals <= MAX_DIGITS:
        findings.add(place, f"the decimals of {name!r} are out of range", expected=f"0 to {MAX_DIGITS}")
    if column.link is None and (column.as_ or column.back):
        findings.add(place, f"{name!r} names a link but has none", mend="Add link: and the entity.")
    if column.link is not None and column.type != "text":
        findings.add(place, f"the link {name!r} must be text", found=column.type)
    for part, what in ((column.link, "linked entity"), (column.as_, "link"), (column.back, "way back")):
        if part is not None:
            _check_name(part, f"the name of the {what}", place, findings)


def plain_header(header: str) -> str:
    """A header as it is compared: case, blanks, hyphens and underscores do not count."""
    return re.sub(r"[\s_\-]+", "", header.strip().casefold())

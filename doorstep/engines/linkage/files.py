"""What a country's ``linkage.yaml`` may say: the fields by which records of people are compared, and the keys.

``read_linkage`` gives the model, ``check_linkage`` every mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from doorstep.engines.linkage.keys import PARTS
from doorstep.engines.linkage.kinds import first_chances, levels_of
from doorstep.engines.linkage.types import Field, Model
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place
from doorstep.kit.files import key, nearest
from doorstep.kit.languages import Text

FILE = "linkage.yaml"


@dataclass(frozen=True)
class Chances:
    """How often a level comes about."""

    one: Decimal = key("Its share among pairs of records that are one person.")
    two: Decimal = key("Its share among pairs of records that are two people.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class FieldShape:
    """One thing by which two records are compared."""

    compare: Literal["name", "date", "number", "text", "code", "order"] = key(
        "How: a name (by letter and by sound, in any script), a date, a number of signs such as a telephone's, a free"
        " text, a code that is the same or not, or order: whether two names were taken one for the other."
    )
    label: Text = key("What people call it.")
    of: tuple[str, ...] = key("For order: the two names.", default=())
    shared_by: str | None = key(
        "What a whole group has alike, such as household: of the fields with the same word only the strongest"
        " agreement counts.",
        default=None,
    )
    chances: dict[str, Chances] = key(
        "For each level, how often it comes about, where estimating begins; the engine's own unless told.",
        default_factory=dict,
    )
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class LinkageFile:
    """How records of people are compared where files are linked."""

    fields: dict[str, FieldShape] = key("What is compared, by the name of its column.")
    keys: tuple[tuple[str, ...], ...] = key(
        "By which parts together candidates are found: [given, birth]. A part is a field or an aspect of it, such as"
        " birth.year; two records that share no key are never compared."
    )
    one_in: Decimal = key("Two records taken at random are one person once in so many; estimating begins here.")
    place: Place = field(default=Place(""), compare=False)


def read_linkage(text: str, *, file: str = FILE) -> Model:
    """The model that a file describes. Raises ``Problems`` with every mistake found."""
    findings = Findings()
    shape = check_linkage(text, findings=findings, file=file)
    findings.raise_if_any()
    assert shape is not None
    return Model(
        fields=tuple(_field(name, one) for name, one in shape.fields.items()),
        keys=shape.keys,
        prior=1 / float(shape.one_in),
    )


def check_linkage(text: str, *, findings: Findings, file: str = FILE) -> LinkageFile | None:
    """The file's content with its labels; every mistake is noted in ``findings``."""
    node = files.read_yaml(text, file=file)
    shape: LinkageFile | None = files.decode(node, LinkageFile, findings=findings)
    if shape is not None and not findings.problems:
        _check_fields(shape.fields, findings)
        _check_keys(shape, findings)
        if shape.one_in <= 1:
            findings.add(shape.place, "one_in is not above 1", found=str(shape.one_in))
    return shape


def _check_fields(fields: Mapping[str, FieldShape], findings: Findings) -> None:
    names = [name for name, one in fields.items() if one.compare == "name"]
    for name, one in fields.items():
        if not (name.isidentifier() and name.isascii() and name == name.lower()):
            findings.add(one.place, f"{name!r} is not a safe name", mend="Use small letters, digits and _.")
        if one.compare == "order" and (len(one.of) != 2 or not set(one.of) <= set(names)):
            findings.add(one.place, f"{name!r} needs two names in 'of'", expected=f"two of {', '.join(names)}")
        if one.compare != "order" and one.of:
            findings.add(one.place, f"{name!r} has 'of' but is no order", mend="Leave it out, or compare: order.")
        if one.chances:
            _check_chances(name, one, findings)


def _check_chances(name: str, one: FieldShape, findings: Findings) -> None:
    levels = levels_of(one.compare)
    if set(one.chances) != set(levels):
        findings.add(one.place, f"the chances of {name!r} are not those of its levels", expected=", ".join(levels))
        return
    for side in ("one", "two"):
        parts = [getattr(chances, side) for chances in one.chances.values()]
        if not all(0 < part < 1 for part in parts) or abs(sum(parts) - 1) > Decimal("0.001"):
            mend = "Give each level a share above 0; together they are 1."
            findings.add(one.place, f"the shares {side!r} of {name!r} do not add up to 1", mend=mend)


def _check_keys(shape: LinkageFile, findings: Findings) -> None:
    if not shape.keys or not all(shape.keys):
        findings.add(shape.place, "there are no keys, or one is empty", mend="Write some: - [given, birth].")
    for part in (part for recipe in shape.keys for part in recipe):
        name, _, aspect = part.partition(".")
        if name not in shape.fields:
            mend = nearest(name, list(shape.fields))
            findings.add(shape.place, f"a key has the unknown part {part!r}", mend=mend)
        elif aspect not in PARTS[shape.fields[name].compare]:
            known = ", ".join(f"{name}.{one}" if one else name for one in PARTS[shape.fields[name].compare])
            findings.add(shape.place, f"a key has the unknown part {part!r}", expected=known)


def _field(name: str, one: FieldShape) -> Field:
    m, u = first_chances(one.compare)
    if one.chances:
        ordered = [one.chances[level] for level in levels_of(one.compare)]
        m, u = tuple(float(each.one) for each in ordered), tuple(float(each.two) for each in ordered)
    return Field(name=name, kind=one.compare, m=m, u=u, of=one.of, shared_by=one.shared_by)

"""Names as analysts write them, with blanks and signs, put into the identifiers that formulas know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from doorstep.engines.dmn import limits
from doorstep.engines.feel.api import FUNCTIONS
from doorstep.kit.errors import Place, Problem, Problems

BUILT_IN = (*FUNCTIONS, "count", "sum", "date", "duration", "today", "if", "in")

MAX_LENGTH = 10_000
MAX_DEPTH = 60
_TEXTS = ("string", "match")
PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("contains", "starts with", "ends with", "substring before", "substring after"), _TEXTS),
    **dict.fromkeys(("string length", "upper case", "lower case"), ("string",)),
    **dict.fromkeys(("abs", "floor", "ceiling"), ("n",)),
    **dict.fromkeys(("decimal", "round up", "round down", "round half up", "round half down"), ("n", "scale")),
    **dict.fromkeys(("count", "sum", "min", "max"), ("list",)),
    **dict.fromkeys(("date", "duration"), ("from",)),
    "substring": ("string", "start position", "length"),
    "modulo": ("dividend", "divisor"),
    "not": ("negand",),
    "years and months duration": ("from", "to"),
}
"""The names of the functions' arguments, in the order in which they are given without names."""


@dataclass(frozen=True)
class Structure:
    """A value with named parts, each a formula or a structure again.

    ``row``: a table's results, which are unknown together. ``many``: each part is a list, side by side.
    """

    parts: Mapping[str, str | Structure]
    many: bool = False
    row: bool = False


@dataclass(frozen=True)
class Scope:
    """What names mean at a place, and which functions may be called there."""

    values: Mapping[str, str | Structure] = field(default_factory=dict)
    call: Mapping[str, Callable[[Sequence[tuple[str, str | Structure]], Place], str | Structure]] = field(
        default_factory=dict
    )


def identifier(name: str, taken: Mapping[str, object] | set[str]) -> str:
    """A safe name: small letters, digits and ``_``; a number is added where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    safe = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:55]
    if not safe or not safe[0].isalpha() or safe in _WORDS:
        safe = f"v_{safe}".rstrip("_")
    free, number = safe, 2
    while free in taken:
        free, number = f"{safe}_{number}", number + 1
    return free


_WORDS = {
    "if", "then", "else", "and", "or", "in", "some", "every", "satisfies", "for", "return", "between", "true", "false",
    "null", "not", "today",
}  # fmt: skip


def put_names(text: str, scope: Scope, place: Place) -> str | Structure:
    """``text`` with every name of ``scope`` put into its formula; a structure where it is nothing but its name.

    Raises ``Problems`` for a function that is left out, and for a structure where one value is needed.
    """
    reader = _Names(text, scope, place)
    found = reader.whole_structure()
    return found if found is not None else reader.rewritten()


def one_value(found: str | Structure, place: Place) -> str:
    """A formula; raises ``Problems`` for a structure."""
    if isinstance(found, Structure):
        mend = f"Write one of its parts: {', '.join(found.parts)}."
        raise Problems([Problem(place, "a whole structure stands where one value is needed", mend=mend)])
    return found


def split_parts(text: str, sign: str = ",") -> list[str]:
    """The parts of ``text`` between ``sign``, which does not count within brackets and written texts."""
    parts, depth, at = [""], 0, 0
    while at < len(text):
        if text[at] == '"':
            end = _end_of_text(text, at)
            parts[-1] += text[at:end]
            at = end
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if text[at] == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += text[at]
        at += 1
    return [part.strip() for part in parts]


def _end_of_text(text: str, start: int) -> int:
    found = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL).match(text, start)
    return found.end() if found else len(text)


@lru_cache(maxsize=1024)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Any of the names, the longest first, where it is not a part of a longer word."""
    if not names:
        return None
    ways = [r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True)]
    return re.compile(rf"(?:{'|'.join(ways)})(?!\w)")


_FUNCTION = re.compile(
    r"({})(?=\s*\()".format(
        "|".join(
            r"\s+".join(map(re.escape, name.split()))
            for name in sorted({*BUILT_IN, *limits.FUNCTIONS}, key=len, reverse=True)
        )
    )
)


class _Names:
    def __init__(self, text: str, scope: Scope, place: Place) -> None:
        self.text, self.scope, self.place = _without_comments(text), scope, place
        if len(text) > MAX_LENGTH or _depth(text) > MAX_DEPTH:
            what = f"the formula has more than {MAX_LENGTH:,} letters or {MAX_DEPTH} levels of brackets"
            raise Problems([Problem(place, what, mend="Make decisions of its parts.")])
        self.values = _pattern(tuple(scope.values))
        self.calls = _pattern(tuple(scope.call))
        self.out: list[str] = []

    def whole_structure(self) -> Structure | None:
        """The structure that the text names, where that is all it does."""
        text = self.text.strip()
        start = len(self.text) - len(self.text.lstrip())
        for read in (self.value, self.called):
            found = read(start)
            if found is not None and isinstance(found[0], Structure) and found[1] == start + len(text):
                return found[0]
        return None

    def rewritten(self) -> str:
        at = 0
        while at < len(self.text):
            at = self.step(at)
        return "".join(self.out)

    def step(self, at: int) -> int:
        letter = self.text[at]
        if letter == '"':
            end = _end_of_text(self.text, at)
            self.out.append(self.text[at:end])
            return end
        if re.match(r"[^\W\d]", letter) and not self.follows_point():
            return self.name(at)
        word = re.compile(r"[^\W\d]\w*|\d[\w]*|.", re.DOTALL).match(self.text, at)
        assert word is not None
        self.out.append(word[0])
        return word.end()

    def follows_point(self) -> bool:
        before = "".join(self.out[-2:]).rstrip()
        return before.endswith(".") and not before.endswith("..")

    def name(self, at: int) -> int:
        for read in (self.called, self.value):
            found = read(at)
            if found is not None:
                self.out.append(one_value(found[0], self.place))
                return found[1]
        return self.word(at)

    def word(self, at: int) -> int:
        """A word that is no name of the model: a built-in function, or what the checker will tell about."""
        found = _FUNCTION.match(self.text, at)
        if found is not None:
            name = " ".join(found[1].split())
            if name not in BUILT_IN:
                mend = f"{limits.FUNCTIONS[name]}."
                raise Problems([Problem(self.place, f"the function {name!r} is left out", mend=mend)])
            return self.built_in(name, found.end(1))
        word = re.compile(r"\w+").match(self.text, at)
        assert word is not None
        self.out.append(word[0])
        return word.end()

    def value(self, at: int) -> tuple[str | Structure, int] | None:
        """What a name at a place means, with the parts that follow it, and where it ends."""
        found = self.values.match(self.text, at) if self.values else None
        if found is None:
            return None
        meaning, end = self.scope.values[" ".join(found[0].split())], found.end()
        while isinstance(meaning, Structure):
            point = re.compile(r"\s*\.\s*").match(self.text, end)
            pattern = _pattern(tuple(meaning.parts))
            part = pattern.match(self.text, point.end()) if point and pattern else None
            if point and part is None:
                raise Problems(
                    [Problem(self.place, f"{found[0]!r} has no such part", expected=", ".join(meaning.parts))]
                )
            if part is None:
                break
            meaning, end = meaning.parts[" ".join(part[0].split())], part.end()
        return meaning, end

    def called(self, at: int) -> tuple[str | Structure, int] | None:
        """What a call of business knowledge gives, and where it ends."""
        found = self.calls.match(self.text, at) if self.calls else None
        given = self.arguments(found.end()) if found else None
        if found is None or given is None:
            return None
        return self.scope.call[" ".join(found[0].split())](given[0], self.place), given[1]

    def built_in(self, name: str, at: int) -> int:
        """A function of the language, whose arguments may be given by name."""
        order = PARAMETERS.get(name, ())
        if order and re.match(rf"\s*\(\s*({'|'.join(order)})\s*:", self.text[at:]):
            arguments, end = self.arguments(at) or ([], at)
            by_name = dict(arguments)
            values = [one_value(by_name[key], self.place) for key in order if key in by_name]
            if set(by_name) == set(order[: len(values)]):
                self.out.append(f"{name}({', '.join(values)})")
                return end
            what = f"{name!r} is called with other names than it takes"
            raise Problems([Problem(self.place, what, expected=", ".join(order), found=", ".join(by_name))])
        self.out.append(name)
        return at

    def arguments(self, at: int) -> tuple[list[tuple[str, str | Structure]], int] | None:
        """The arguments in the brackets that stand at a place, and where these end."""
        opened = re.compile(r"\s*\(").match(self.text, at)
        if opened is None:
            return None
        depth, end = 1, opened.end()
        while end < len(self.text) and depth:
            if self.text[end] == '"':
                end = _end_of_text(self.text, end)
                continue
            depth += (self.text[end] == "(") - (self.text[end] == ")")
            end += 1
        inner = self.text[opened.end() : end - 1]
        return [self.argument(part) for part in split_parts(inner)] if inner.strip() else [], end

    def argument(self, text: str) -> tuple[str, str | Structure]:
        """The name of an argument, where it is given by name, and its meaning."""
        name, colon, value = text.partition(":")
        named = bool(colon) and re.fullmatch(r"[^\"'()\[\]{}@<>=]+", name)
        meaning = put_names(value if named else text, self.scope, self.place)
        return (" ".join(name.split()) if named else ""), meaning


def _depth(text: str) -> int:
    """How many brackets stand one within another at most, those in written texts included."""
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _without_comments(text: str) -> str:
    """Comments become a blank; what stands in written texts is left."""
    return re.sub(
        r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*',
        lambda found: found[1] or " ",
        text,
        flags=re.DOTALL,
    )

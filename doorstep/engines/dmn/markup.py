"""XML as a small tree with line numbers, read without trust: no document types, no entities, bounded in every way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from doorstep.kit.errors import Place, Problem, Problems

MAX_BYTES = 5_000_000
MAX_DEPTH = 60
MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 100


@dataclass
class Element:
    """An element: ``space`` is its namespace. ``text`` is what stands in it before, between and after its children."""

    space: str
    name: str
    place: Place
    attributes: Mapping[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str:
        """An attribute without a namespace; empty where it is not there."""
        return self.attributes.get(name, "")

    def all(self, name: str) -> Iterator[Element]:
        """The children of a name in the element's own namespace."""
        return (child for child in self.children if child.name == name and child.space == self.space)

    def first(self, name: str) -> Element | None:
        """The first child of a name."""
        return next(self.all(name), None)

    def text_of(self, name: str) -> str:
        """The text of a child, without blanks around it; empty where it is not there."""
        child = self.first(name)
        return child.text.strip() if child is not None else ""


def read_xml(content: bytes, *, file: str) -> Element:
    """The root of a document. Raises ``Problems`` for bad syntax, a document type, or more than a file needs."""
    if len(content) > MAX_BYTES:
        raise Problems([Problem(Place(file), f"the file is larger than {MAX_BYTES:,} bytes", mend="Split it.")])
    return _Builder(file).read(content)


class _Builder:
    def __init__(self, file: str) -> None:
        self.file, self.count = file, 0
        self.stack: list[Element] = []
        self.root: Element | None = None
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, content: bytes) -> Element:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            what = f"this is not XML: {expat.ErrorString(error.code)}"
            place = Place(self.file, error.lineno, error.offset + 1)
            raise Problems([Problem(place, what, mend="Save the file again in your editor.")]) from None
        except (ValueError, LookupError, UnicodeError) as error:
            raise Problems([Problem(Place(self.file), f"this is not XML: {error}")]) from None
        root = self.root
        assert isinstance(root, Element)
        return root

    def problem(self, what: str, mend: str = "") -> Problems:
        return Problems([Problem(self.place(), what, mend=mend)])

    def place(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.stack) >= MAX_DEPTH:
            raise self.problem(f"elements are nested more than {MAX_DEPTH} deep")
        if self.count > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise self.problem("the file has more elements or attributes than a model needs", "Split it.")
        space, _, local = name.rpartition("\n")
        element = Element(space, local, self.place(), {key.replace("\n", " "): one for key, one in attributes.items()})
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def end(self, name: str) -> None:
        self.stack.pop()

    def characters(self, text: str) -> None:
        self.stack[-1].text += text

    def doctype(self, *_: object) -> None:
        mend = "A DMN file has none: take it out, with every <!ENTITY>."
        raise self.problem("a document type (<!DOCTYPE>) is not read, because it can blow up or reach out", mend)

"""A decision table as a tree: a chain of ``if``, or a list of the results of all rows that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from doorstep.engines.feel.api import (
    BOOLEAN,
    COUNT,
    TABLE,
    Call,
    Literal,
    Mistake,
    Model,
    Node,
    Scalar,
    Type,
    check,
    check_test,
    common_type,
    list_of,
    within_bounds,
)
from doorstep.engines.rules.regions import Gap, Overlap, Regions
from doorstep.engines.rules.shapes import TableShape
from doorstep.kit.errors import Findings, Place, Problem, Problems

# Python reads brackets no deeper than some hundreds.
MOST_IN_A_CHAIN = 40
COLLECTING = ("collect", "sum", "min", "max", "count")


def read_table(table: TableShape, *, model: Model, entity: str, bounded: bool = False) -> Table:
    """Read every cell. Raises ``Problems`` where one does not fit its input, or rows of a unique table overlap."""
    inputs = tuple(check(text, model=model, entity=entity, bounded=bounded) for text in table.inputs)
    findings = Findings()
    cells: list[tuple[Node, ...]] = []
    results: list[Node] = []
    for row in table.rows:
        if len(row.when) != len(inputs):
            findings.add(
                row.place, "the row has another number of tests", expected=str(len(inputs)), found=str(len(row.when))
            )
            continue
        try:
            cells.append(
                tuple(
                    check_test(cell, subject=subject, model=model, entity=entity, bounded=bounded)
                    for cell, subject in zip(row.when, inputs, strict=True)
                )
            )
            results.append(check(row.then, model=model, entity=entity, bounded=bounded))
        except Problems as error:
            findings.extend(error)
    findings.raise_if_any()
    if not cells:
        raise Problems([Problem(table.place, "the table has no rows")])
    last = check(table.otherwise, model=model, entity=entity, bounded=bounded) if table.otherwise else None
    read = Table(table, inputs, tuple(cells), tuple(results), last, bounded)
    for overlap in read.overlaps():
        findings.add(table.rows[overlap.rows[1] - 1].place, read.say_overlap(overlap), mend=_MENDS[table.hit])
    findings.raise_if_any()
    return read


_MENDS = {
    "unique": "Let only one row fit, or say hit: first.",
    "any": "Let both rows say the same, or say hit: first.",
}


@dataclass(frozen=True)
class Table:
    """A decision table whose cells were read: a condition for each input of a row, and what follows."""

    shape: TableShape
    inputs: tuple[Node, ...]
    cells: tuple[tuple[Node, ...], ...]
    results: tuple[Node, ...]
    last: Node | None
    bounded: bool = False

    # ------------------------------------------------------------------ overlaps and gaps

    def overlaps(self) -> list[Overlap]:
        """Rows that fit together though the hit policy forbids it."""
        if self.shape.hit not in _MENDS:
            return []
        pairs = combinations(range(len(self.results)), 2) if self.shape.hit == "any" else ()
        return self._regions.overlaps(harmless=frozenset(pair for pair in pairs if self._agree(*pair) is not False))

    @cached_property
    def _regions(self) -> Regions:
        return Regions(self.inputs, self.cells)

    def gaps(self, *, allowed: Mapping[Node, Sequence[Scalar]] | None = None) -> list[Gap] | None:
        """Values of the inputs that no row fits: the first few; ``None`` where that cannot be told."""
        if self.last is not None:
            return []
        return Regions(self.inputs, self.cells, allowed=allowed).gaps()

    def say_overlap(self, overlap: Overlap) -> str:
        """The overlap in words."""
        return f"rows {overlap.rows[0]} and {overlap.rows[1]} both fit {self.say_example(overlap)}"

    def say_example(self, found: Overlap | Gap) -> str:
        """The values of an overlap or gap in words: ``where age is 17 and risk is "high"``."""
        names = {node: text.text for node, text in zip(self.inputs, self.shape.inputs, strict=True)}
        parts = [
            f"{names[node]} is {'anything else' if region.other else say_scalar(region.value)}"
            for node, region in found.example.items()
            if region.value is not None
        ]
        return f"where {' and '.join(parts)}" if parts else "whatever the inputs are"

    def _agree(self, one: int, other: int) -> bool | None:
        """Whether two rows say the same; ``None`` where that hangs on the row that is decided."""
        first, second = self.results[one], self.results[other]
        if first == second:
            return True
        written = isinstance(first, Literal) and isinstance(second, Literal)
        return first.value == second.value if written else None  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ the tree

    def node(self) -> Node:
        """The table as one formula."""
        place = self.shape.place
        tests = [_all(cells, row.place) for cells, row in zip(self.cells, self.shape.rows, strict=True)]
        try:
            kind = common_type([*self.results, *([self.last] if self.last else [])])
            if self.shape.hit in COLLECTING:
                return self._collected(tests, kind)
        except Mistake as mistake:
            raise Problems(
                [Problem(place, "the rows give results that do not go together", mistake.expected, mend=mistake.mend)]
            ) from None
        return self._only_one(tests, self._chain(tests, kind), kind)

    def _chain(self, tests: Sequence[Node], kind: Type) -> Node:
        node = self.last or Literal(kind, self.shape.place, None)
        if len(tests) > MOST_IN_A_CHAIN:
            pairs = [part for pair in zip(tests, self.results, strict=True) for part in pair]
            return Call(kind, self.shape.place, "first of", (*pairs, node))
        for test, result in zip(reversed(tests), reversed(self.results), strict=True):
            node = Call(kind, test.place, "if", (test, result, node))
        return node

    def _only_one(self, tests: Sequence[Node], chain: Node, kind: Type) -> Node:
        """For ``unique`` and ``any``: unknown when two rows fit that the policy lets not, as the law is then silent."""
        if self.shape.hit == "first" or (self.shape.hit == "unique" and self._regions.is_told):
            return chain  # what overlaps was refused when the table was read
        place = self.shape.place
        pairs = []
        if self._regions.is_told:
            together = [(one - 1, other - 1) for one, other in (found.rows for found in self._regions.overlaps())]
        else:
            together = list(combinations(range(len(tests)), 2))
        for one, other in together:
            agree = self._agree(one, other) if self.shape.hit == "any" else False
            parts: tuple[Node, ...] = (tests[one], tests[other])
            if agree is None:
                parts = (*parts, Call(BOOLEAN, place, "!=", (self.results[one], self.results[other])))
            if agree is not True:
                pairs.append(Call(BOOLEAN, place, "and", parts))
        if not pairs:
            return chain
        twice = pairs[0] if len(pairs) == 1 else Call(BOOLEAN, place, "or", tuple(pairs))
        return Call(kind, place, "if", (twice, Literal(kind, place, None), chain))

    def _collected(self, tests: Sequence[Node], kind: Type) -> Node:
        place, hit = self.shape.place, self.shape.hit
        pairs = tuple(part for pair in zip(tests, self.results, strict=True) for part in pair)
        found: Node = Call(list_of(kind), place, "collect", pairs)
        if hit != "collect":
            op = f"{hit} of list"
            found = Call(COUNT if hit == "count" else TABLE[op].result((found,)), place, op, (found,))
            found = within_bounds(found) if self.bounded else found
        if self.last is None:
            return found
        last: Node = self.last
        if hit == "collect":
            last = Call(list_of(kind), place, "collect", (Literal(BOOLEAN, place, True), last))
        fits = tests[0] if len(tests) == 1 else Call(BOOLEAN, place, "or", tuple(tests))
        result = found.type if hit == "collect" else common_type([found, last])
        return Call(result, place, "if", (fits, found, last))


def _all(cells: Sequence[Node], place: Place) -> Node:
    """A row's condition; cells that say nothing are left out."""
    tests = [cell for cell in cells if not (isinstance(cell, Literal) and cell.value is True)]
    if len(tests) == 1:
        return tests[0]
    return Call(BOOLEAN, place, "and", tuple(tests)) if tests else Literal(BOOLEAN, place, True)


def say_scalar(value: Scalar) -> str:
    """A value as a formula writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)

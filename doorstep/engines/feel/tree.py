"""The typed tree: five kinds of node, from which everything else is made.

Python for one person, SQL for a nation, words for a reader and the trace of a decision all walk this tree,
so they cannot disagree about what a formula means. Names are already resolved and types known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from doorstep.engines.feel.types import Type
from doorstep.kit.errors import Place

Scalar = Decimal | bool | str | date | int | None


@dataclass(frozen=True)
class Bracket:
    """From ``start`` on, a scale gives ``value * rate + base``."""

    start: Decimal
    rate: Decimal
    base: Decimal


@dataclass(frozen=True)
class Scale:
    """Brackets from low to high; below the first a scale gives 0. ``above``: a bracket begins just above its start."""

    brackets: tuple[Bracket, ...]
    above: bool = False


Value = Scalar | tuple[Scalar, ...] | Scale


@dataclass(frozen=True)
class Node:
    """A piece of a formula: its type, and where its author wrote it.

    ``span`` is the part of the formula's text, from its first letter to the one after its last.
    """

    type: Type
    place: Place = field(compare=False, repr=False)
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Literal(Node):
    """A constant. Lists are tuples; days and months are ``int``."""

    value: Value


@dataclass(frozen=True)
class Ref(Node):
    """A column or variable of ``entity``, reached from the row at hand through the links in ``path``."""

    name: str
    entity: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter(Node):
    """A dated figure of the law. Its value is put in when the rules are compiled for a day."""

    name: str


@dataclass(frozen=True)
class Call(Node):
    """An operator or function of ``operators.TABLE`` applied to its arguments."""

    op: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Over(Node):
    """An aggregate over related rows: those of ``entity`` whose ``link`` points to the row at ``path``.

    ``how`` is ``count``, ``sum``, ``min``, ``max``, ``some`` or ``every``. ``where`` and ``value`` speak of
    the related row. A condition or value that is unknown for one row makes the result unknown, unless
    other rows already settle it (one true is enough for ``some``).
    """

    how: str
    entity: str
    link: str
    path: tuple[str, ...] = ()
    where: Node | None = None
    value: Node | None = None


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, those inside an aggregate included."""
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Over):
        return tuple(part for part in (node.where, node.value) if part is not None)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def walk_row(node: Node) -> Iterator[Node]:
    """The node and everything below it that speaks of the same row: not what stands inside an aggregate."""
    yield node
    if isinstance(node, Call):
        for arg in node.args:
            yield from walk_row(arg)


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """Rebuild the tree bottom-up with ``change`` applied to each node of the same row.

    What stands inside an aggregate speaks of another row and is left as it is.
    """
    if isinstance(node, Call):
        args = tuple([rewrite(arg, change) for arg in node.args])
        if any(new is not old for new, old in zip(args, node.args, strict=True)):
            node = replace(node, args=args)
    return change(node)


def at(node: Node, path: tuple[str, ...]) -> Node:
    """The same formula seen from another row: every reference goes through ``path`` first."""

    def move(part: Node) -> Node:
        if isinstance(part, Ref | Over):
            return replace(part, path=path + part.path)
        return part

    return rewrite(node, move)

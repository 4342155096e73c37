"""The plan of a question: which cells are needed, of which rows, in which layers. Python and SQL both follow it.

A *frame* is one kind of row with everything that is joined to it: the contract, its holder, the holder's household.
A *cell* is one value in a frame: a column of a register, a variable, or an aggregate over related rows. Aggregates
over the same related rows form a *group*, which has a frame of its own. Nothing here knows an engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from doorstep.engines.feel.api import (
    BOOLEAN,
    NULL,
    TABLE,
    TEXT,
    Call,
    Link,
    Literal,
    Node,
    Over,
    Parameter,
    Ref,
    Type,
    at,
    rewrite,
    walk,
    walk_row,
)
from doorstep.engines.rules.ruleset import CheckedRules

Path = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A yes/no question that one provider can answer from its own registers.

    ``expression`` speaks of ``entity``, which the row at hand reaches through the link ``via``.
    """

    name: str
    provider: str
    entity: str
    via: str
    expression: str

    @property
    def relation(self) -> str:
        """The relation that holds the answers: columns ``key`` and ``value``."""
        return f"answers_{self.name}"


@dataclass(frozen=True)
class Doubts:
    """What is in doubt in the relations that are read.

    ``loose`` names the relations with rows that have no key: such a row *may* belong to what its link points to, and
    nothing else is known of it. ``unsure`` holds (relation, column) where an empty cell may be one that could not be
    read; the column ``<column>?`` is true for those.
    """

    loose: frozenset[str] = frozenset()
    unsure: frozenset[tuple[str, str]] = frozenset()


NO_DOUBTS = Doubts()


def every_doubt(ruleset: CheckedRules) -> Doubts:
    """Doubts about all that can be in doubt: for rows of which nobody has said that they are sound."""
    registers = ruleset.registers.items()
    return Doubts(
        frozenset(name for name, register in registers if register.key),
        frozenset(
            (name, column) for name, register in registers for column, kind in register.columns.items() if kind.optional
        ),
    )


@dataclass(frozen=True)
class Cell:
    """One value in a frame. ``node`` is its formula, with every reference pointing to another cell of the frame."""

    name: str
    type: Type
    layer: int = 0
    node: Node | None = None


@dataclass(frozen=True)
class Instance:
    """A row joined to the frame: ``path`` leads to it, ``key`` is the cell that holds its key."""

    path: Path
    entity: str
    key: str | None


@dataclass(frozen=True)
class Source:
    """A column that a cell is read from: of a register, or of a provider's answers."""

    cell: str
    path: Path
    relation: str
    column: str
    type: Type
    key: str = "key"
    """The column of ``relation`` that holds the key of its rows."""


@dataclass(frozen=True)
class Asked:
    """One aggregate of a group, and the cells of the group's frame that hold its condition and value."""

    over: Over
    where: str | None
    value: str | None


@dataclass
class Group:
    """The rows of ``entity`` whose ``link`` points to one row, and what is asked of them together."""

    entity: str
    link: str
    depth: int
    frame: Frame
    asked: dict[Over, Asked] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A name for the relation that holds the results."""
        return f"{self.entity} by {self.link} {self.depth}"

    @property
    def lone_quantifier(self) -> bool:
        """True where one ``some`` or ``every`` is all that is asked: rows that settle nothing need not be counted."""
        return [over.how in ("some", "every") for over in self.asked] == [True]


@dataclass(frozen=True)
class Slot:
    """The cell that holds one result of a group for the row at ``path``."""

    cell: str
    path: Path
    group: Group
    index: int
    over: Over

    @property
    def column(self) -> str:
        """The column of the group's relation."""
        return f"{self.over.how} {self.index}"


@dataclass
class Frame:
    """Everything that is needed of one kind of row."""

    entity: str
    relation: str
    instances: dict[Path, Instance] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    computed: dict[str, Cell] = field(default_factory=dict)
    formulas: dict[Node, str] = field(default_factory=dict)
    """The first cell with each formula."""

    @property
    def layers(self) -> list[list[Cell]]:
        """The computed cells, in layers."""
        return layered(self.computed.values())


def layered(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Cells grouped so that each layer needs only earlier ones."""
    found: dict[int, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.layer, []).append(cell)
    return [found[layer] for layer in sorted(found)]


class Planner:
    """Builds frames. One planner serves one question: its groups are shared by all its frames."""

    def __init__(
        self,
        ruleset: CheckedRules,
        *,
        as_of: date,
        given: Iterable[Question] = (),
        doubts: Doubts = NO_DOUBTS,
        any_day: bool = False,
    ) -> None:
        """``any_day`` leaves ``today()`` open: the figures of the law are those of ``as_of`` all the same."""
        self.ruleset, self.as_of, self.doubts, self.any_day = ruleset, as_of, doubts, any_day
        self.given = {(question.entity, question.expression): question for question in given}
        self.groups: dict[tuple[str, str, int], Group] = {}
        self._depths: dict[str, int] = {}
        for name, variable in ruleset.variables.items():  # they stand after those they need
            self._depths[name] = self._depth(variable.node)

    def root(self, entity: str, outputs: Sequence[Node]) -> tuple[Frame, list[str]]:
        """The frame of ``entity`` and the cells that hold the outputs."""
        frame = self.frame(entity, self.ruleset.entities[entity].registers[0].name)
        names = [self.cell_of(frame, node, f"output {index}") for index, node in enumerate(outputs)]
        return frame, names

    def frame(self, entity: str, relation: str) -> Frame:
        """An empty frame over the rows of ``relation``."""
        frame = Frame(entity, relation)
        register = self.ruleset.registers[relation]
        frame.instances[()] = Instance((), entity, None)
        if register.key:
            frame.instances[()] = Instance((), entity, self._source(frame, (), entity, register.key))
        return frame

    # ------------------------------------------------------------------ cells

    def cell_of(self, frame: Frame, node: Node, name: str) -> str:
        """The name of a cell that holds ``node``, made if it is new."""
        placed = self._place(frame, self._constants(node))
        if isinstance(placed, Ref):
            return placed.name
        return self._compute(frame, name, placed)

    def watch(self, frame: Frame, node: Node) -> str:
        """The name of a cell that holds ``node``, which is part of what the plan already computes."""
        placed = self._place(frame, self._constants(node))
        return placed.name if isinstance(placed, Ref) else self._part(frame, placed)

    def group_of(self, over: Over) -> Group:
        """The group that computes ``over``, from whichever row it is asked."""
        return self._group(replace(over, path=()))

    def _constants(self, node: Node) -> Node:
        def put(part: Node) -> Node:
            if not isinstance(part, Parameter) or (self.any_day and part.name == "today"):
                return part
            return self.ruleset.literal(part, self.as_of)

        return rewrite(node, put)

    def _place(self, frame: Frame, node: Node) -> Node:
        """``node`` with every reference and aggregate replaced by a reference to a cell of the frame."""

        def put(part: Node) -> Node:
            if isinstance(part, Ref):
                return Ref(part.type, part.place, self._reference(frame, part), "")
            if isinstance(part, Over):
                return Ref(part.type, part.place, self._aggregate(frame, part), "")
            if isinstance(part, Call):
                return self._simplified(frame, self._doubted(frame, part))
            return part

        return rewrite(node, put)

    def _doubted(self, frame: Frame, call: Call) -> Call:
        """``x = null`` of a column of which a cell could not be read: that cell is not empty, it is unknown."""
        of = call.args[0] if call.op == "is empty" else None
        source = frame.sources.get(of.name) if isinstance(of, Ref) else None
        if source is None or (source.relation, source.column) not in self.doubts.unsure:
            return call
        sign = replace(source, cell=f"{source.cell}?", column=f"{source.column}?", type=BOOLEAN)
        frame.sources.setdefault(sign.cell, sign)
        unread = replace(call, op="is true", args=(Ref(BOOLEAN, call.place, sign.cell, ""),))
        return replace(call, op="if", args=(unread, Literal(NULL, call.place, None), call))

    def _simplified(self, frame: Frame, call: Call) -> Call:
        """Arguments that would be written out again and again become cells of their own."""
        args = list(call.args)
        for index, arg in enumerate(args):
            if isinstance(arg, Call) and (_repeated(call, index) or (TABLE[arg.op].simple and arg.op != "if")):
                args[index] = Ref(arg.type, arg.place, self._part(frame, arg), "")
        return replace(call, args=tuple(args))

    def _part(self, frame: Frame, node: Node) -> str:
        """The cell that holds ``node``: the one that is there, or a new one."""
        if node in frame.formulas:
            return frame.formulas[node]
        return self._compute(frame, f"part {len(frame.computed) + 1}", node)

    def _compute(self, frame: Frame, name: str, node: Node) -> str:
        layer = 1 + max((self._layer(frame, part.name) for part in walk(node) if isinstance(part, Ref)), default=0)
        frame.computed[name] = Cell(name, node.type, layer, node)
        frame.formulas.setdefault(node, name)
        return name

    def _layer(self, frame: Frame, name: str) -> int:
        return frame.computed[name].layer if name in frame.computed else 0

    def _reference(self, frame: Frame, ref: Ref) -> str:
        name = ".".join((*ref.path, ref.name))
        if name in frame.computed or name in frame.sources:
            return name
        question = self._question(frame, ref)
        if question is not None:
            path = ref.path[:1]
            self._instance(frame, path)
            frame.sources[name] = Source(name, path, question.relation, "value", BOOLEAN)
            return name
        if self._formula(ref) is None:
            return self._source(frame, ref.path, ref.entity, ref.name)
        stack = [ref]
        while stack:  # what a variable needs comes first, without deep recursion
            formula = self._formula(stack[-1])
            assert formula is not None
            waiting = next((part for part in walk_row(formula) if self._is_waiting(frame, part)), None)
            if isinstance(waiting, Ref):
                stack.append(waiting)
                continue
            done = stack.pop()
            self._compute(frame, ".".join((*done.path, done.name)), self._place(frame, self._constants(formula)))
        return name

    def _is_waiting(self, frame: Frame, part: Node) -> bool:
        if not isinstance(part, Ref) or self._formula(part) is None or self._question(frame, part) is not None:
            return False
        return ".".join((*part.path, part.name)) not in frame.computed

    def _formula(self, ref: Ref) -> Node | None:
        """The formula of a variable, seen from the frame's row; ``None`` for a column."""
        variable = self.ruleset.variables.get(ref.name)
        return at(variable.node, ref.path) if variable is not None and variable.entity == ref.entity else None

    def _question(self, frame: Frame, ref: Ref) -> Question | None:
        if not ref.path or not self.given:
            return None
        first = self.ruleset.member(frame.entity, ref.path[0])
        entity = getattr(first, "entity", "")
        return self.given.get((entity, ".".join((*ref.path[1:], ref.name))))

    def _source(self, frame: Frame, path: Path, entity: str, name: str) -> str:
        cell = ".".join((*path, name))
        relation, column = self.ruleset.entities[entity].homes[name]
        self._instance(frame, path)
        kind = self.ruleset.registers[relation].columns[column].feel_type
        key = self.ruleset.registers[relation].key or ""
        frame.sources.setdefault(cell, Source(cell, path, relation, column, kind, key))
        return cell

    def _instance(self, frame: Frame, path: Path) -> Instance:
        """The joined row at ``path``; those before it on the way are made first."""
        if path in frame.instances:
            return frame.instances[path]
        before = self._instance(frame, path[:-1])
        link = self.ruleset.member(before.entity, path[-1])
        key = self._source(frame, path[:-1], before.entity, path[-1])
        assert isinstance(link, Link)
        instance = Instance(path, link.entity, key)
        frame.instances[path] = instance
        return instance

    # ------------------------------------------------------------------ aggregates

    def _aggregate(self, frame: Frame, over: Over) -> str:
        instance = self._instance(frame, over.path)
        plain = replace(over, path=())
        group = self._group(plain)
        if plain not in group.asked:
            where, value = (
                None if part is None else self.cell_of(group.frame, part, f"{purpose} {len(group.asked)}")
                for part, purpose in ((self._where(plain, group.frame), "where"), (plain.value, "value"))
            )
            group.asked[plain] = Asked(plain, where, value)
        index = list(group.asked).index(plain)
        name = ".".join((*over.path, f"{group.name} #{index}"))
        frame.slots[name] = Slot(name, instance.path, group, index, plain)
        return name

    def _where(self, over: Over, frame: Frame) -> Node | None:
        """The condition of an aggregate. Of a row without a key it is unknown, unless it is false."""
        key = frame.instances[()].key
        if key is None or frame.relation not in self.doubts.loose:
            return over.where
        name = Ref(TEXT, over.place, key, over.entity)
        is_there = Call(BOOLEAN, over.place, "=", (name, name))
        return is_there if over.where is None else Call(BOOLEAN, over.place, "and", (is_there, over.where))

    def _group(self, over: Over) -> Group:
        """The group that computes ``over``: aggregates that need others come one depth later."""
        identity = (over.entity, over.link, self._depth(over))
        if identity not in self.groups:
            relation, _ = self.ruleset.entities[over.entity].homes[over.link]
            frame = self.frame(over.entity, relation)
            self._source(frame, (), over.entity, over.link)
            self.groups[identity] = Group(*identity, frame=frame)
        return self.groups[identity]

    def _depth(self, node: Node) -> int:
        """How many aggregates stand inside one another below ``node``."""
        if isinstance(node, Over):
            parts = [part for part in (node.where, node.value) if part is not None]
            return 1 + max((self._depth(part) for part in parts), default=0)
        if isinstance(node, Ref):
            variable = self.ruleset.variables.get(node.name)
            return self._depths[node.name] if variable and variable.entity == node.entity else 0
        return max((self._depth(arg) for arg in node.args), default=0) if isinstance(node, Call) else 0


def _repeated(call: Call, index: int) -> bool:
    """True where the written form of ``call`` holds its argument more than once."""
    arg = call.args[index]
    return index in TABLE[call.op].simple and not (isinstance(arg, Call) and TABLE[arg.op].sure)

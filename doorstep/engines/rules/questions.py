"""What a provider can answer alone: the yes/no parts of a rule that need only its own registers."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.engines.feel.api import BOOLEAN, Node, Over, Ref, walk
from doorstep.engines.rules.plan import Question
from doorstep.engines.rules.ruleset import CheckedRules


def questions(ruleset: CheckedRules, *, entity: str, goal: str) -> tuple[Question, ...]:
    """The largest yes/no parts of ``goal`` that one provider other than the entity's own can answer.

    Each speaks of a row that ``entity`` points to, so that its key is all that need be asked.
    """
    own = {register.provider for register in ruleset.entities[entity].registers}
    found: dict[str, Question] = {}
    for ref in _candidates(ruleset, ruleset.expression(entity, goal)):
        inner = Ref(ref.type, ref.place, ref.name, ref.entity, ref.path[1:])
        target = getattr(ruleset.member(entity, ref.path[0]), "entity", "")
        providers = {ruleset.registers[name].provider for name in registers_of(ruleset, target, inner)}
        if len(providers) == 1 and not providers & own:
            expression = ".".join((*inner.path, inner.name))
            found[ref.name] = Question(ref.name, providers.pop(), target, ref.path[0], expression)
    return tuple(found.values())


def _candidates(ruleset: CheckedRules, node: Node) -> Iterator[Ref]:
    """The conditions about other rows, nearest to the goal first; nothing below one that was found."""
    for part in walk(node):
        if not isinstance(part, Ref):
            continue
        variable = ruleset.variables.get(part.name)
        if part.path and part.type == BOOLEAN and variable is not None:
            yield part
        elif not part.path and variable is not None and variable.entity == part.entity:
            yield from _candidates(ruleset, variable.node)


def registers_of(ruleset: CheckedRules, entity: str, node: Node) -> set[str]:
    """Every register that ``node`` reads for a row of ``entity``, aggregates included."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, Ref | Over):
            found |= _path_registers(ruleset, entity, part.path)
        if isinstance(part, Over):
            found.add(ruleset.entities[part.entity].homes[part.link][0])
            for inner in (part.where, part.value):
                found |= registers_of(ruleset, part.entity, inner) if inner is not None else set()
        elif isinstance(part, Ref):
            variable = ruleset.variables.get(part.name)
            if variable is not None and variable.entity == part.entity:
                found |= registers_of(ruleset, part.entity, variable.node)
            else:
                found.add(ruleset.entities[part.entity].homes[part.name][0])
    return found


def columns_of(ruleset: CheckedRules, entity: str, node: Node) -> dict[tuple[str, str], None]:
    """(register, column) of every cell that ``node`` needs of a row of ``entity``, in the formula's order.

    The columns by which related rows are found from the other side are left out: a row without one is nobody's.
    """
    found: dict[tuple[str, str], None] = {}
    for part in walk(node):
        if isinstance(part, Ref | Over):
            found |= dict.fromkeys(_path_columns(ruleset, entity, part.path))
        if isinstance(part, Over):
            for inner in (part.where, part.value):
                found |= columns_of(ruleset, part.entity, inner) if inner is not None else {}
        elif isinstance(part, Ref):
            variable = ruleset.variables.get(part.name)
            if variable is not None and variable.entity == part.entity:
                found |= columns_of(ruleset, part.entity, variable.node)
            else:
                found[ruleset.entities[part.entity].homes[part.name]] = None
    return found


def _path_columns(ruleset: CheckedRules, entity: str, path: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    for step in path:
        found.append(ruleset.entities[entity].homes[step])
        entity = getattr(ruleset.member(entity, step), "entity", "")
    return found


def _path_registers(ruleset: CheckedRules, entity: str, path: tuple[str, ...]) -> set[str]:
    return {register for register, _ in _path_columns(ruleset, entity, path)}

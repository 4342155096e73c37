"""Compares two records field by field and weighs what came out (Fellegi and Sunter, 1969)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from doorstep.engines.linkage.kinds import RULES, levels_of
from doorstep.engines.linkage.types import (
    UNKNOWN,
    Comparison,
    Field,
    FieldComparison,
    Model,
    Prepared,
    Record,
    Value,
)

# How bad an unknown name is when it is asked whether the two names were taken one for the other; and from which
# badness on it is asked at all. Both stand in the SQL as well.
UNKNOWN_BADNESS = 4
DOUBTFUL = 5

Values = tuple[Value, ...]


def prepare(record: Record, model: Model) -> Prepared:
    """Make a record ready. What a model has no field for is left out; what cannot be read is unknown."""
    values = {}
    for field in model.fields:
        if field.kind == "order" or field.name not in record.values:
            continue
        ready = (RULES[field.kind].prepare(text) for text in record.values[field.name])
        values[field.name] = tuple(dict.fromkeys(value for value in ready if value))
    return Prepared(record.id, values)


def compare(left: Prepared, right: Prepared, model: Model) -> Comparison:
    """Weigh a pair. Of several values the two that agree best count."""
    levels, texts = levels_and_texts(left, right, model)
    weights = {field.name: field.weight(levels[field.name], texts.get(field.name, "")) for field in model.fields}
    counted = _counted(model.fields, weights)
    told = tuple(
        FieldComparison(
            field.name,
            field.kind,
            level_name(field, levels[field.name]),
            weights[field.name],
            counted[field.name],
        )
        for field in model.fields
    )
    total = sum(counted.values())
    return Comparison(total, model.probability(total), told)


def level_name(field: Field, level: int) -> str:
    """The name of a level; ``unknown`` where it is."""
    return "unknown" if level == UNKNOWN else levels_of(field.kind)[level]


def levels_and_texts(left: Prepared, right: Prepared, model: Model) -> tuple[dict[str, int], dict[str, str]]:
    """The level of every field, and the text on which a field's best values agree."""
    levels: dict[str, int] = {}
    texts: dict[str, str] = {}
    for field in model.fields:
        if field.kind != "order":
            a, b = left.values.get(field.name, ()), right.values.get(field.name, ())
            levels[field.name], texts[field.name] = _best(field, a, b)
    for field in model.fields:
        if field.kind == "order":
            _take_order(field, (left, right), model, (levels, texts))
    return levels, texts


def _best(field: Field, left: Values, right: Values) -> tuple[int, str]:
    """The best level of any two values, with the left one's text."""
    rule = RULES[field.kind]
    found, text = UNKNOWN, ""
    for a in left:
        for b in right:
            level = rule.level(a, b)
            if level != UNKNOWN and (found == UNKNOWN or level < found):
                found, text = level, a.text
    return found, text


def _take_order(
    field: Field,
    pair: tuple[Prepared, Prepared],
    model: Model,
    found: tuple[dict[str, int], dict[str, str]],
) -> None:
    """Ask whether the two names were taken one for the other; if that explains more, compare them crosswise."""
    levels, texts = found
    first, second = model[field.of[0]], model[field.of[1]]
    levels[field.name] = 0
    straight = _badness(levels[first.name]) + _badness(levels[second.name])
    if straight < DOUBTFUL:
        return
    left, right = pair[0].values, pair[1].values
    one, one_text = _best(first, left.get(first.name, ()), right.get(second.name, ()))
    other, other_text = _best(second, left.get(second.name, ()), right.get(first.name, ()))
    if _badness(one) + _badness(other) + 1 < straight:
        levels[field.name] = 1
        levels[first.name], texts[first.name] = one, one_text
        levels[second.name], texts[second.name] = other, other_text


def _badness(level: int) -> int:
    return UNKNOWN_BADNESS if level == UNKNOWN else level


def _counted(fields: Sequence[Field], weights: Mapping[str, float]) -> dict[str, float]:
    """What each field adds: of what one household shares, only the strongest agreement."""
    counted = dict(weights)
    groups: dict[str, list[str]] = {}
    for field in fields:
        if field.shared_by and weights[field.name] > 0:
            groups.setdefault(field.shared_by, []).append(field.name)
    for names in groups.values():
        strongest = max(names, key=lambda name: weights[name])
        counted.update((name, 0.0) for name in names if name != strongest)
    return counted


def best_first(comparisons: Iterable[tuple[str, Comparison]], *, at_least: float) -> list[tuple[str, Comparison]]:
    """The candidates that are one person with at least this chance, the likeliest first."""
    kept = [(name, one) for name, one in comparisons if one.probability >= at_least]
    return sorted(kept, key=lambda found: (-found[1].weight, found[0]))

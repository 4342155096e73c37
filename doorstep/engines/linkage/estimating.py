"""Estimates from the data alone how much an outcome of a field says (Fellegi and Sunter, 1969). No label is read.

Two records taken at random are two people, so pairs at random tell how often two people agree by chance (``u``). How
often two records of one person agree (``m``), and how many such pairs there are, is found from the candidates by
expectation and maximisation, beginning with what is known of each kind of field. Fields are taken to be independent
given the kind of pair; of those that a household shares only the strongest agreement counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from doorstep.engines.linkage.types import UNKNOWN, Field, Model

ROUNDS, STILL = 60, 1e-6
FAITH = 0.02
"""How much what is known of a kind weighs beside what is seen: a share of the pairs that are one person."""

LEAST = 0.5
"""No pair counts that is more likely two people, however few better ones there are."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Patterns:
    """Patterns of levels with how many pairs have each. ``levels``: a row a pattern, a column a field of the model."""

    levels: NDArray[np.int8]
    counts: Floats


def by_chance(model: Model, patterns: Patterns) -> Model:
    """The model with ``u`` as pairs at random have it.

    A rare level may be missing in them, and is not impossible for that: what is known of it counts as one pair more
    among as many as it takes to see one (the mean of a gamma prior with a Poisson count). Without it a swapped date,
    once among many thousand strangers, would weigh more than all other fields.
    """
    fields = []
    for place, field in enumerate(model.fields):
        seen = _counted(patterns, place, patterns.counts, len(field.u))
        made = (seen + 1) / (seen.sum() + 1 / np.array(field.u))
        fields.append(replace(field, u=tuple(map(float, made / made.sum()))) if field.kind != "order" else field)
    return replace(model, fields=tuple(fields))


def estimate(model: Model, patterns: Patterns, *, pairs: float) -> Model:
    """The model with ``m`` and the prior as the candidates have them. ``pairs``: how many there are in all."""
    known = [np.array(field.m) for field in model.fields]
    u = [np.array(field.u) for field in model.fields]
    m, prior = list(known), model.prior
    for _ in range(ROUNDS):
        belongs = _belongs(model, patterns, m, u, prior)
        found = float((belongs * patterns.counts).sum())
        before, prior = prior, min(max(found / pairs, 1e-12), 0.5)
        for place in range(len(model.fields)):
            seen = _counted(patterns, place, belongs * patterns.counts, len(m[place]))
            weighed = seen + known[place] * max(1.0, FAITH * found)
            m[place] = weighed / weighed.sum()
        if abs(prior - before) < STILL * prior:
            break
    fields = tuple(_with_m(field, m[place]) for place, field in enumerate(model.fields))
    return replace(model, fields=fields, prior=prior, estimated_from=int(patterns.counts.sum()))


def probabilities(model: Model, patterns: Patterns) -> Floats:
    """The chance of each pattern that its pairs are one person."""
    m = [np.array(field.m) for field in model.fields]
    u = [np.array(field.u) for field in model.fields]
    return _belongs(model, patterns, m, u, model.prior)


def best_threshold(chances: Floats, counts: Floats) -> float:
    """The chance from which on pairs are taken so that the expected F1 is highest: no label is needed.

    Of pairs taken, the sum of their chances is expected to be right; the sum of all is there to be found.
    """
    order = np.argsort(-chances)
    right = np.cumsum(chances[order] * counts[order])
    taken = np.cumsum(counts[order])
    f1 = 2 * right / (taken + right[-1])
    return max(float(chances[order][int(np.argmax(f1))]), LEAST)


def _with_m(field: Field, m: Floats) -> Field:
    return replace(field, m=tuple(map(float, m)))


def _belongs(model: Model, patterns: Patterns, m: Sequence[Floats], u: Sequence[Floats], prior: float) -> Floats:
    """The chance of each pattern. Of fields that a household shares only the strongest agreement counts."""
    bits = np.full(len(patterns.counts), np.log2(prior / (1 - prior)))
    shared: dict[str, Floats] = {}
    for place, field in enumerate(model.fields):
        level = patterns.levels[:, place]
        weights = np.where(level == UNKNOWN, 0.0, np.log2(m[place] / u[place])[np.maximum(level, 0)])
        if field.shared_by is None:
            bits += weights
        else:
            bits += np.minimum(weights, 0)
            agrees = shared.setdefault(field.shared_by, np.zeros(len(bits)))
            shared[field.shared_by] = np.maximum(agrees, weights)
    bits += sum(shared.values(), np.zeros(len(bits)))
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -1000, 1000))), dtype=np.float64)


def _counted(patterns: Patterns, place: int, weights: Floats, size: int) -> Floats:
    level = patterns.levels[:, place]
    known = level != UNKNOWN
    return np.asarray(np.bincount(level[known], weights=weights[known], minlength=size), dtype=np.float64)

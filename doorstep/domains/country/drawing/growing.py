"""Shares out connected things (cells among communes, communes among districts) so that every share is connected."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

Thing = TypeVar("Thing", bound=Hashable)
ROUNDS = 12


def share_out(
    beside: Mapping[Thing, list[Thing]],
    places: Mapping[Thing, tuple[float, float]],
    *,
    shares: int,
    random: np.random.Generator,
) -> list[list[Thing]]:
    """Split things into ``shares`` connected groups of about the same extent.

    ``beside`` names each thing's neighbours, ``places`` where it is. Seeds that grow at uneven speed, moved to the
    middle of what they grew, a few rounds over.
    """
    things = sorted(beside)  # type: ignore[type-var]
    seeds = [things[index] for index in sorted(random.choice(len(things), size=shares, replace=False))]
    pace = dict(zip(things, random.uniform(0.6, 1.4, len(things)), strict=True))
    groups = _grow(beside, places, seeds, pace)
    for _ in range(ROUNDS):
        seeds = [_middle(group, places) for group in groups]
        groups = _grow(beside, places, seeds, pace)
    return groups


def _grow(
    beside: Mapping[Thing, list[Thing]],
    places: Mapping[Thing, tuple[float, float]],
    seeds: list[Thing],
    pace: Mapping[Thing, float],
) -> list[list[Thing]]:
    owner: dict[Thing, int] = {}
    queue: list[tuple[float, int, Thing]] = [(0.0, number, seed) for number, seed in enumerate(seeds)]
    heapq.heapify(queue)
    while queue:
        far, number, thing = heapq.heappop(queue)
        if thing in owner:
            continue
        owner[thing] = number
        for next_ in beside[thing]:
            if next_ not in owner:
                step = np.hypot(*np.subtract(places[thing], places[next_])) * pace[next_]
                heapq.heappush(queue, (far + float(step), number, next_))
    groups: list[list[Thing]] = [[] for _ in seeds]
    for thing in sorted(owner):  # type: ignore[type-var]
        groups[owner[thing]].append(thing)
    return groups


def _middle(group: list[Thing], places: Mapping[Thing, tuple[float, float]]) -> Thing:
    points = np.array([places[thing] for thing in group])
    return group[int(np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1)))]

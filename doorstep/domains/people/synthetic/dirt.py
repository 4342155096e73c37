"""Chooses which rows of a register are spoiled, and in which order all rows are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from doorstep.domains.people.synthetic.households import Ints

KINDS = ("repeated", "contradictory", "missing", "unknown_code", "unknown_person", "bad_text", "future_date")
CODES = {kind: number + 1 for number, kind in enumerate(KINDS)}
COPIES = ("repeated", "contradictory")


@dataclass(frozen=True)
class Spoiled:
    """``rows`` are places in the clean columns in the order of writing, copies included.

    ``dirt`` says what is wrong with each, ``counts`` how many there are of each kind.
    """

    rows: Ints
    dirt: Ints
    counts: Mapping[str, int]


def spoil(count: int, *, rates: Mapping[str, float], spare: int, random: np.random.Generator) -> Spoiled:
    """Shuffle ``count`` rows and spoil a share of them; the first ``spare`` stay clean. No row is spoiled twice.

    A repeated or a contradictory row is a second row beside a clean one; every other kind spoils a row itself.
    """
    counts = {kind: round((count - spare) * rate) for kind, rate in rates.items()}
    chosen = random.choice(count - spare, size=sum(counts.values()), replace=False) + spare if counts else np.zeros(0)
    dirt, copies, codes = np.zeros(count, dtype=np.int8), [np.arange(count, dtype=np.int32)], []
    taken = 0
    for kind, wanted in counts.items():
        own = chosen[taken : taken + wanted].astype(np.int32)
        taken += wanted
        if kind in COPIES:
            copies.append(own)
            codes.append(np.full(len(own), CODES[kind], dtype=np.int8))
        else:
            dirt[own] = CODES[kind]
    rows = np.concatenate(copies)
    order = random.permutation(len(rows))
    return Spoiled(rows=rows[order], dirt=np.concatenate([dirt, *codes])[order], counts=counts)

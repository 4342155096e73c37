"""Puts names together from sounds, the same name in each script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from doorstep.domains.people.synthetic.shapes import Names

LATIN = "latin"
Lists = Mapping[str, list[str]]
GIVEN, FAMILY = 400, 3000


def given_names(names: Names, random: np.random.Generator) -> dict[str, Lists]:
    """``GIVEN`` names of women and as many of men, by sex and then by script."""
    return {
        "female": _invent(names.given, names.sounds, names.women, GIVEN, random),
        "male": _invent(names.given, names.sounds, names.men, GIVEN, random),
    }


def family_names(names: Names, random: np.random.Generator) -> Lists:
    """``FAMILY`` family names by script."""
    return _invent(names.family, names.sounds, names.families, FAMILY, random)


def _invent(
    lengths: Sequence[int],
    sounds: Sequence[Mapping[str, str]],
    endings: Sequence[Mapping[str, str]],
    wanted: int,
    random: np.random.Generator,
) -> dict[str, list[str]]:
    scripts = list(sounds[0])
    made: dict[str, list[str]] = {script: [] for script in scripts}
    for _ in range(wanted):
        inner = random.integers(0, len(sounds), int(random.integers(lengths[0], lengths[1] + 1)))
        parts = [*(sounds[place] for place in inner), endings[int(random.integers(len(endings)))]]
        for script in scripts:
            name = "".join(part[script] for part in parts)
            made[script].append(name.capitalize() if script == LATIN else name)
    return made

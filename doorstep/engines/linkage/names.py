"""Names as they are compared: their words, and the skeleton of consonants in which spellings of one name agree."""

from __future__ import annotations

import re
from functools import lru_cache

from doorstep.engines.linkage.normalising import latin

# Words that people put before or within a name, or leave out: "of", "the", "son of", titles.
PARTICLES = frozenset(
    (
        *("da", "das", "de", "del", "della", "di", "do", "dos", "du", "e", "el", "al", "ul", "ur", "us", "ad", "ibn"),
        *("bin", "bint", "ben", "binti", "van", "von", "der", "den", "la", "le", "mac", "mc", "md", "mohd", "mst"),
        *("mosammat", "mr", "mrs", "ms", "miss", "dr", "haji", "hajji", "sheikh", "shaikh", "sri", "smt"),
    )
)
# Parts that are written in many ways where scripts meet.
ALIKE = dict.fromkeys(("abdul", "abdel", "abdal", "abdur", "abdus", "abdool"), "abd")

_STEPS = tuple(
    (re.compile(pattern), sounds)
    for pattern, sounds in (
        (r"x", "s"),
        (r"ph", "f"),
        (r"(?:sch|sh|zh)", "s"),
        (r"(?:tch|ch|cz)", "c"),  # c stands for "ch" from here on
        (r"[kg]h", lambda found: found[0][0]),
        (r"ck|q", "k"),
        (r"[bpv]h?", "b"),
        (r"[td]h", lambda found: found[0][0]),
        (r"jh|dj|z", "j"),
        (r"h[aeiou]*$", ""),
    )
)
_HARD_C = re.compile(r"c(?![eiyh])")
_SOFT_C = re.compile(r"c(?=[eiy])")
_DROPPED = re.compile(r"[aeiouyw]+")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=200_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in Latin letters, without particles unless it has nothing else, in the order written."""
    every = latin(name).split()
    telling = tuple(ALIKE.get(word, word) for word in every if word not in PARTICLES)
    return telling or tuple(every)


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """The consonants of one Latin word, those that scripts and spellings confuse made one; a first vowel counts as a.

    ``Mohammad``, ``Muhammed``, محمد and মোহাম্মদ are all ``mhmd``. Never longer than eight.
    """
    if not word:
        return ""
    if word.isdigit():
        return word[:8]
    text = _HARD_C.sub("k", _SOFT_C.sub("s", word.replace("ch", "\0").replace("ck", "k"))).replace("\0", "ch")
    for pattern, sounds in _STEPS:
        text = pattern.sub(sounds, text)
    first = "a" if text[:1] in set("aeiouyw") else ""
    return (first + _TWICE.sub(r"\1", _DROPPED.sub("", text)))[:8] or "a"


def name_text(name: str) -> str:
    """A name as it is compared letter by letter: its words in the order of the alphabet."""
    return " ".join(sorted(words_of(name)))


def name_sound(name: str) -> str:
    """A name as it sounds: the skeletons of its words in the order of the alphabet."""
    return " ".join(sorted(skeleton(word) for word in words_of(name)))

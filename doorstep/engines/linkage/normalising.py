"""Text as it is compared: one script, one case, no marks that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from doorstep.engines.linkage.scripts import (
    ARTICLE,
    BARE_H,
    CAPITAL_LOOK_ALIKES,
    INHERENT,
    LOOK_ALIKES,
    TABLE,
    TWO_SIGNS,
)

_PLAIN = re.compile(r"[^a-z0-9]+")
_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ‘`´ʿʾʹ"))
_MIXED = re.compile(r"[A-Za-z]")
_LOOKS_LATIN = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f]")
_WAU = ("ওয়া", "wa"), ("ওয়ে", "we"), ("ওয়", "o")


@lru_cache(maxsize=200_000)
def latin(text: str) -> str:
    """Any name or text in small Latin letters and digits, words parted by one blank.

    Zero-width and direction marks vanish, letters that look Latin within a Latin word become Latin, other scripts are
    transliterated, accents fall, digits of every script become 0 to 9. What no table knows is left out.
    """
    if text.isascii():
        return _PLAIN.sub(" ", text.replace("'", "").replace("`", "").lower()).strip()
    text = "".join(
        letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) not in {"Cf", "Cc"}
    ).translate(_APOSTROPHES)
    words = [_word(word) for word in text.split()]
    return _PLAIN.sub(" ", " ".join(words)).strip()


def _word(word: str) -> str:
    """One word in Latin letters. Only a word that mixes scripts is read by the shape of its letters."""
    if _MIXED.search(word) and _LOOKS_LATIN.search(word):
        word = word.translate(CAPITAL_LOOK_ALIKES).lower().translate(LOOK_ALIKES)
    word = word.lower()
    if "ও" in word or "য" in word:
        word = unicodedata.normalize("NFC", word)
        for written, sounds in _WAU:
            word = word.replace(unicodedata.normalize("NFC", written), sounds)
    for letter, sounds in TWO_SIGNS.items():
        word = word.replace(letter, sounds)
    word = ARTICLE.sub("", INHERENT.sub("a", BARE_H.sub("a", word))).translate(TABLE)
    if word.isascii():
        return word
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFKD", word))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    if letter.translate(TABLE) != letter:
        return letter.translate(TABLE)
    return "" if kind[0] in {"M", "L"} else " "


@lru_cache(maxsize=50_000)
def signs(text: str) -> str:
    """A number or code as it is compared: Latin capitals and digits only, without what parts or groups them."""
    if text.isascii():
        return _SIGNS.sub("", text).upper()
    return latin(text).replace(" ", "").upper()

"""Names and texts in the letters that every bank of the SEPA scheme must take (EPC217-08).

Letters with marks lose them; Arabic, Bangla, Greek and Cyrillic are written as they sound, roughly: a bank matches an
account by its number, the name is for people. What has no sound is left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")

_SPECIAL = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "NG",
    "&": "+", "_": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "`": "'", "“": "'", "”": "'", '"': "'",
    ";": ",", "!": ".", "@": "(at)", "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "|": "/", "€": "EUR",
    "،": ",", "؛": ",", "؟": "?", "।": ".",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ى": "a", "ب": "b", "ت": "t", "ة": "a", "ث": "th", "ج": "j", "ح": "h",
    "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z",
    "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y",
    "ئ": "y", "ؤ": "w", "ء": "", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ک": "k", "ی": "y", "ہ": "h", "ں": "n",
    "َ": "a", "ُ": "u", "ِ": "i",
}  # fmt: skip
_BANGLA_VOWELS = {
    "অ": "a", "আ": "a", "ই": "i", "ঈ": "i", "উ": "u", "ঊ": "u", "ঋ": "ri", "এ": "e", "ঐ": "oi", "ও": "o", "ঔ": "ou",
}  # fmt: skip
_BANGLA_CONSONANTS = {
    "ক": "k", "খ": "kh", "গ": "g", "ঘ": "gh", "ঙ": "ng", "চ": "ch", "ছ": "chh", "জ": "j", "ঝ": "jh", "ঞ": "n",
    "ট": "t", "ঠ": "th", "ড": "d", "ঢ": "dh", "ণ": "n", "ত": "t", "থ": "th", "দ": "d", "ধ": "dh", "ন": "n",
    "প": "p", "ফ": "ph", "ব": "b", "ভ": "bh", "ম": "m", "য": "j", "র": "r", "ল": "l", "শ": "sh", "ষ": "sh",
    "স": "s", "হ": "h", "ড়": "r", "ঢ়": "rh", "য়": "y", "ৎ": "t",
}  # fmt: skip
_BANGLA_SIGNS = {
    "া": "a", "ি": "i", "ী": "i", "ু": "u", "ূ": "u", "ৃ": "ri", "ে": "e", "ৈ": "oi", "ো": "o", "ৌ": "ou", "্": "",
}  # fmt: skip
_BANGLA_ENDS = {"ং": "ng", "ঃ": "h", "ঁ": ""}
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "є": "ye", "і": "i", "ї": "yi", "ґ": "g",
}  # fmt: skip
_BY_SOUND = _ARABIC | _BANGLA_VOWELS | _BANGLA_ENDS | _GREEK | _CYRILLIC


@lru_cache(maxsize=65536)
def plain(text: str, length: int) -> str:
    """``text`` in the letters of SEPA, at most ``length`` of them; empty where nothing of it can be written.

    It neither begins nor ends with a slash nor holds two together, as the scheme demands.
    """
    if text.isascii() and ALLOWED.fullmatch(text):
        written = text
    else:
        written = "".join(_written(unicodedata.normalize("NFC", text)))
    written = re.sub(r"/{2,}", "/", re.sub(r"\s+", " ", written))
    return written.strip(" /")[:length].rstrip(" /")


def _written(text: str) -> list[str]:
    """Letter by letter. A Bangla consonant without a sign of its own is spoken with an "a"."""
    found: list[str] = []
    letters = _composed(text)
    for here, letter in enumerate(letters):
        after = letters[here + 1] if here + 1 < len(letters) else ""
        if letter in _BANGLA_CONSONANTS:
            bare = bool(after) and (after in _BANGLA_CONSONANTS or after in _BANGLA_ENDS)
            sound = _BANGLA_CONSONANTS[letter] + ("a" if bare else "")
        elif letter in _BANGLA_SIGNS:
            sound = _BANGLA_SIGNS[letter]
        else:
            sound = _one(letter)
        begins = not found or found[-1].endswith((" ", "-", "'", "("))
        found.append(sound[:1].upper() + sound[1:] if begins and not letter.isascii() else sound)
    return found


def _composed(text: str) -> list[str]:
    """The letters, with a Bangla letter and its dot below as one (NFC keeps them apart)."""
    letters: list[str] = []
    for letter in text:
        if letter == "\u09bc" and letters and letters[-1] + letter in _BANGLA_CONSONANTS:
            letters[-1] += letter
        else:
            letters.append(letter)
    return letters


def _one(letter: str) -> str:
    if letter.isascii() and ALLOWED.fullmatch(letter):
        return letter
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isspace():
        return " "
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    bare = unicodedata.normalize("NFKD", letter)[0]
    if bare.lower() in _BY_SOUND:
        sound = _BY_SOUND[bare.lower()]
        return sound[:1].upper() + sound[1:] if bare != bare.lower() else sound
    return bare if ALLOWED.fullmatch(bare) else ""

"""Names as people write them: any script, any number of parts, and no letter that only looks like another.

A name is kept in one normal form (NFC). Invisible signs go, but the joiners that Bangla or Persian words need.
A word that mixes scripts is refused: a Cyrillic ``а`` in a Latin name looks the same and never matches.
"""

from __future__ import annotations

import re
import unicodedata

from doorstep.domains.people.types import BadRecord

LONGEST = 100
_JOINERS = "\u200c\u200d"
_SPACES = re.compile(r"\s+")
_MARKS = set("'’ʼ‘`´-‐‑.·,/()")
"""Signs that stand in names, beside letters, accents and spaces."""
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
"""Scripts whose letters are mistaken for each other."""


def tidied(written: str, *, what: str = "name") -> str:
    """The name in its normal form; nothing where nothing was written. Raises ``BadRecord``."""
    plain = "".join(letter for letter in unicodedata.normalize("NFC", written) if _is_kept(letter))
    plain = _SPACES.sub(" ", plain).strip()
    if len(plain) > LONGEST:
        raise BadRecord(f"The {what} is too long.", why=f"It has {len(plain)} signs.", mend=f"Write {LONGEST} at most.")
    for word in re.split(r"[\s\-‐‑/]+", plain):
        _check_word(word, what)
    return plain


def script_of(text: str) -> str:
    """The script of a text's first letter, in ISO 15924 as far as names need it, else ``Zyyy``."""
    for letter in text:
        if letter.isalpha():
            return _CODES.get(_script(letter), "Zyyy")
    return "Zyyy"


_CODES = {
    "LATIN": "Latn", "ARABIC": "Arab", "BENGALI": "Beng", "CYRILLIC": "Cyrl", "GREEK": "Grek", "DEVANAGARI": "Deva",
    "HEBREW": "Hebr", "ETHIOPIC": "Ethi", "CJK": "Hani", "HANGUL": "Hang", "HIRAGANA": "Hira", "KATAKANA": "Kana",
    "TAMIL": "Taml", "THAI": "Thai", "ARMENIAN": "Armn", "GEORGIAN": "Geor", "KHMER": "Khmr", "MYANMAR": "Mymr",
}  # fmt: skip


def _is_kept(letter: str) -> bool:
    """Format and control signs go: they turn or hide what stands beside them."""
    return letter in _JOINERS or letter.isspace() or unicodedata.category(letter) not in ("Cf", "Cc", "Co", "Cs", "Cn")


def _check_word(word: str, what: str) -> None:
    for sign in word:
        if sign in _JOINERS or sign in _MARKS or unicodedata.category(sign)[0] in "LM":
            continue
        raise BadRecord(
            f"A {what} has letters, not numbers or signs.",
            why="It is printed on cards and compared with other names.",
            mend="Write it as it is said; ask the person where something is unclear.",
        )
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    if len(scripts & _ALIKE) > 1 or (scripts & _ALIKE and scripts - _ALIKE):
        found = " and ".join(sorted(script.capitalize() for script in scripts))
        raise BadRecord(
            f"The {what} mixes letters of two scripts: {found}.",
            why="They look alike, but a name written so is never found again.",
            mend="Write the whole word in one script; another script has a name of its own.",
        )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(" ")[0].split("-")[0]

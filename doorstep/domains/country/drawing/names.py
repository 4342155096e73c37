"""Invents the names of places, written in Latin, Bangla and Arabic letters from the same sounds."""

from __future__ import annotations

import numpy as np

# Sound: Latin, Bangla, Arabic.
_CONSONANTS = (
    ("b", "ব", "ب"), ("d", "দ", "د"), ("f", "ফ", "ف"), ("h", "হ", "ه"), ("j", "জ", "ج"), ("k", "ক", "ك"),
    ("l", "ল", "ل"), ("m", "ম", "م"), ("n", "ন", "ن"), ("r", "র", "ر"), ("s", "স", "س"), ("t", "ত", "ت"),
)  # fmt: skip
_VOWELS = (("a", "া", "ا"), ("e", "ে", "ي"), ("i", "ি", "ي"), ("o", "ো", "و"), ("u", "ু", "و"))
_ENDINGS = (("", "", ""), ("n", "ন", "ن"), ("r", "র", "ر"), ("l", "ল", "ل"), ("m", "ম", "م"), ("s", "স", "س"))

# Kinds of place: how each language puts the kind and the name together.
KINDS = {
    "plain": {"en": "{}", "pt": "{}", "bn": "{}", "ar": "{}"},
    "port": {"en": "Port {}", "pt": "Porto {}", "bn": "{} বন্দর", "ar": "ميناء {}"},
    "bridge": {"en": "{} Bridge", "pt": "Ponte de {}", "bn": "{} সেতু", "ar": "جسر {}"},
    "new": {"en": "New {}", "pt": "Nova {}", "bn": "নতুন {}", "ar": "{} الجديدة"},
    "island": {"en": "{} Island", "pt": "Ilha de {}", "bn": "{} দ্বীপ", "ar": "جزيرة {}"},
}
CAPITAL = {"en": "Nadira City", "pt": "Cidade de Nadira", "bn": "নাদিরা শহর", "ar": "مدينة ناديرا"}
ISLES = {"en": "The Isles", "pt": "As Ilhas", "bn": "দ্বীপপুঞ্জ", "ar": "الجزر"}


class Names:
    """Gives out names, none twice in any script."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.given: set[str] = set()

    def invent(self, kind: str) -> dict[str, str]:
        """A new name by language."""
        while True:
            latin, bangla, arabic = self._sounds()
            if not self.given & {latin, bangla, arabic}:
                self.given |= {latin, bangla, arabic}
                words = {"en": latin.title(), "pt": latin.title(), "bn": bangla, "ar": arabic}
                return {language: form.format(words[language]) for language, form in KINDS[kind].items()}

    def _sounds(self) -> tuple[str, str, str]:
        syllables = 2 + int(self.random.random() < 0.45)
        sounds = []
        for _ in range(syllables):
            sounds.append(_CONSONANTS[self.random.integers(len(_CONSONANTS))])
            sounds.append(_VOWELS[self.random.integers(len(_VOWELS))])
        sounds.append(_ENDINGS[self.random.integers(len(_ENDINGS))])
        latin, bangla, arabic = ("".join(parts) for parts in zip(*sounds, strict=True))
        return latin, bangla, arabic

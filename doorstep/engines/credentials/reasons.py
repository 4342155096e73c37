"""Why a card is refused, and what is known about one that is not: words for people, codes for programs."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a card is refused. The value is a word for programs."""

    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    NOT_A_CARD = "not-a-card"
    ENCRYPTED = "encrypted"
    UNKNOWN_ALGORITHM = "unknown-algorithm"
    UNKNOWN_KEY = "unknown-key"
    OTHER_ALGORITHM = "other-algorithm"
    FORGED = "forged"
    OTHER_ISSUER = "other-issuer"
    KEY_OUT_OF_USE = "key-out-of-use"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    NOT_FOR_US = "not-for-us"
    NOT_THE_HOLDER = "not-the-holder"

    @property
    def words(self) -> str:
        """The reason in a sentence, and what to do."""
        return _WORDS[self]


_WORDS = {
    Reason.UNREADABLE: "The code cannot be read. Scan it again, in good light.",
    Reason.TOO_LONG: "The code holds more than a card can hold. It is not one of ours.",
    Reason.NOT_A_CARD: "The code is something else than a card. Look whether it is the right code.",
    Reason.ENCRYPTED: "The card is encrypted, and can only be read by whom it was made for.",
    Reason.UNKNOWN_ALGORITHM: "The card is signed in a way that is not taken here. Ask who issued it.",
    Reason.UNKNOWN_KEY: "The card was signed with a key that is not known here. Fetch the issuer's keys again.",
    Reason.OTHER_ALGORITHM: "The card claims another kind of signature than its key makes. It is forged.",
    Reason.FORGED: "The signature does not fit. The card is forged or damaged.",
    Reason.OTHER_ISSUER: "The card names another issuer than the one whose key signed it. It is forged.",
    Reason.KEY_OUT_OF_USE: "The card was signed when its key was not in use. Ask the issuer.",
    Reason.NOT_YET: "The card is not valid yet. Look whether the clock of this device is right.",
    Reason.EXPIRED: "The card has run out. The person can have a new one.",
    Reason.NOT_FOR_US: "The answer was made for somebody else, or long ago. Ask the person to show it again.",
    Reason.NOT_THE_HOLDER: "It was shown without the key of the phone that it was issued to.",
    Reason.REVOKED: "The card was taken back. The person has another one, or should ask the office.",
    Reason.SUSPENDED: "The card is suspended, perhaps because it was reported lost. The person should ask the office.",
}


class Standing(Enum):
    """What is known about whether a good card was taken back."""

    VALID = "valid"
    NO_LIST_NAMED = "no-list-named"
    NO_LIST_HERE = "no-list-here"
    LIST_TOO_OLD = "list-too-old"
    NOT_ON_LIST = "not-on-list"
    OTHER_STATE = "other-state"

    @property
    def words(self) -> str:
        """The standing in a sentence, and what to do."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.VALID: "It was not taken back.",
    Standing.NO_LIST_NAMED: "Cards of this kind cannot be taken back before they run out.",
    Standing.NO_LIST_HERE: "UNKNOWN whether it was taken back: its list is not on this device. Fetch it.",
    Standing.LIST_TOO_OLD: "UNKNOWN whether it was taken back: the list on this device is too old. Fetch a new one.",
    Standing.NOT_ON_LIST: "UNKNOWN whether it was taken back: the list does not speak of it. Fetch a new one.",
    Standing.OTHER_STATE: "UNKNOWN whether it was taken back: the list says something that is not understood here.",
}


class Wrong(ValueError):
    """What was read proves nothing; ``reason`` says why, ``detail`` what exactly."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason.words} ({detail})" if detail else reason.words)

"""What stands between a token and a QR code: zlib and Base45 (RFC 9285)."""

from __future__ import annotations

import zlib

from doorstep.engines.credentials.reasons import Reason, Wrong

MAX_TEXT = 4_296
"""Letters that the largest QR code holds."""
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(raw: bytes) -> str:
    """Bytes as letters that a QR code packs most densely: three letters for two bytes."""
    letters: list[str] = []
    for start in range(0, len(raw), 2):
        part = raw[start : start + 2]
        number = int.from_bytes(part, "big")
        for _ in range(len(part) + 1):
            letters.append(_LETTERS[number % 45])
            number //= 45
    return "".join(letters)


def read_base45(text: str) -> bytes:
    """The bytes of a Base45 text. Raises ``Wrong``."""
    if len(text) > MAX_TEXT:
        raise Wrong(Reason.TOO_LONG)
    found = bytearray()
    for start in range(0, len(text), 3):
        number, part = 0, text[start : start + 3]
        for sign in reversed(part):
            if sign not in _LETTERS:
                raise Wrong(Reason.UNREADABLE, "a letter that no code has")
            number = number * 45 + _LETTERS.index(sign)
        if len(part) == 1 or number >= 256 ** (len(part) - 1):
            raise Wrong(Reason.UNREADABLE, "a part is missing")
        found += number.to_bytes(len(part) - 1, "big")
    return bytes(found)


def deflated(raw: bytes) -> bytes:
    """Zlib data, as small as it gets."""
    return zlib.compress(raw, 9)


def inflated(raw: bytes, most: int) -> bytes:
    """Zlib data inflated to at most ``most`` bytes, with nothing behind it. Raises ``Wrong``."""
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(raw, most + 1)
    except zlib.error as error:
        raise Wrong(Reason.UNREADABLE, "not deflated") from error
    if len(found) > most:
        raise Wrong(Reason.TOO_LONG)
    if not reader.eof or reader.unused_data:
        raise Wrong(Reason.UNREADABLE, "cut off, or something behind it")
    return found

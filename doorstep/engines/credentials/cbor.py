"""CBOR as tokens write it (RFC 8949), in one way only, so that a text has one reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorstep.engines.credentials.reasons import Reason, Wrong


@dataclass(frozen=True)
class Tag:
    """A tagged value, as COSE wraps its messages."""

    number: int
    value: object


def read_cbor(raw: bytes) -> object:
    """The value of a whole text of CBOR. Raises ``Wrong``.

    Only what tokens need: whole numbers, bytes, text, lists, maps, true, false, null; tags around the whole. Numbers
    and lengths must be written as short as can be, names must not come twice: a text has one reading.
    """
    return _tagged(raw, 0)


def _tagged(raw: bytes, at: int, tags: int = 0) -> object:
    if raw[at : at + 1] and raw[at] >> 5 == 6 and tags < 2:
        number, at = _number(raw, at + 1, raw[at] & 31)
        return Tag(number, _tagged(raw, at, tags + 1))
    value, end = _item(raw, at, 0)
    if end != len(raw):
        raise Wrong(Reason.NOT_A_CARD, "something stands behind the end")
    return value


_PLAIN = {20: False, 21: True, 22: None}


def _item(raw: bytes, at: int, depth: int) -> tuple[object, int]:
    if depth > 12 or at >= len(raw):
        raise Wrong(Reason.NOT_A_CARD, "cut off, or too deep")
    major, low = raw[at] >> 5, raw[at] & 31
    if major == 7:
        if low not in _PLAIN:
            raise Wrong(Reason.NOT_A_CARD, "a kind of value that no card has")
        return _PLAIN[low], at + 1
    number, at = _number(raw, at + 1, low)
    if major < 2:
        return (-1 - number if major else number), at
    if major < 4:
        return _text(raw[at : at + number], number, major), at + number
    if major == 6:
        raise Wrong(Reason.NOT_A_CARD, "a tag inside")
    return _many(raw, at, (major, number), depth + 1)


def _number(raw: bytes, at: int, low: int) -> tuple[int, int]:
    if low < 24:
        return low, at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
    number = int.from_bytes(raw[at : at + size], "big")
    if not size or at + size > len(raw) or number < (24 if size == 1 else 1 << 4 * size):
        raise Wrong(Reason.NOT_A_CARD, "a number that is not written as short as it can be")
    return number, at + size


def _text(raw: bytes, length: int, major: int) -> object:
    if len(raw) != length:
        raise Wrong(Reason.NOT_A_CARD, "cut off")
    try:
        return raw if major == 2 else raw.decode()
    except UnicodeDecodeError as error:
        raise Wrong(Reason.NOT_A_CARD, "a text that is none") from error


def _many(raw: bytes, at: int, kind: tuple[int, int], depth: int) -> tuple[object, int]:
    major, count = kind
    if count > len(raw) - at:
        raise Wrong(Reason.NOT_A_CARD, "cut off")
    if major == 4:
        values = []
        for _ in range(count):
            value, at = _item(raw, at, depth)
            values.append(value)
        return values, at
    found: dict[object, object] = {}
    for _ in range(count):
        name, at = _item(raw, at, depth)
        if isinstance(name, bool) or not isinstance(name, (int, str)) or name in found:
            raise Wrong(Reason.NOT_A_CARD, "a name that comes twice, or is none")
        found[name], at = _item(raw, at, depth)
    return found, at


def cbor_head(major: int, number: int) -> bytes:
    """How a value of CBOR begins, as short as it can be."""
    if number < 24:
        return bytes([major << 5 | number])
    for low, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | low]) + number.to_bytes(size, "big")
    raise ValueError("a number of more than 64 bits")


def write_cbor(value: object) -> bytes:
    """A value as deterministic CBOR (RFC 8949, section 4.2.1): names in the order of their bytes."""
    if value is None or isinstance(value, bool):
        return bytes([{False: 0xF4, True: 0xF5, None: 0xF6}[value]])
    if isinstance(value, int):
        return cbor_head(0, value) if value >= 0 else cbor_head(1, -1 - value)
    if isinstance(value, bytes):
        return cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, Tag):
        return cbor_head(6, value.number) + write_cbor(value.value)
    if isinstance(value, Mapping):
        pairs = sorted((write_cbor(name), write_cbor(one)) for name, one in value.items())
        return cbor_head(5, len(pairs)) + b"".join(name + one for name, one in pairs)
    if isinstance(value, Sequence):
        return cbor_head(4, len(value)) + b"".join(write_cbor(one) for one in value)
    raise TypeError(f"a token holds no {type(value).__name__}")

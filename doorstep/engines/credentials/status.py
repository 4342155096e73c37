"""Lists of states that are carried along: who was revoked or suspended (IETF Token Status List).

A list is an array with two bits for each card, deflated, signed and dated, as a CWT (a file) or a JWT (for phones). A
card names its list's address and its own index, so a reader that holds the list needs no connection, and nobody
learns which card was read. Indexes are drawn at random: from one nobody can tell when a card was made, or by whom.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from doorstep.engines.credentials.cose import EXP, IAT, TYP, check_second, check_sign1, claims_of, read_sign1, sign1
from doorstep.engines.credentials.jose import check_jws, from_base64url, read_jws, write_jws
from doorstep.engines.credentials.keys import Key, Signer, base64url
from doorstep.engines.credentials.packing import deflated, inflated
from doorstep.engines.credentials.reasons import Reason, Standing, Wrong
from doorstep.kit.errors import DoorstepError

MOST_BYTES = 16 * 1024 * 1024
"""Bytes of a list once it is inflated: 64 million cards with two bits each."""
LIST_DAYS = 7
"""How long a list is good that does not say so itself."""
_BITS = 2
_SUB, _STATUS_LIST, _TTL = 2, 65533, 65534
_CWT_TYPE, _JWT_TYPE = "application/statuslist+cwt", "statuslist+jwt"
_DRAWS = 64


class State(IntEnum):
    """What a list says of a card."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2


@dataclass(frozen=True)
class StatusList:
    """A list that was checked: its address, whose it is, when it was made and until when it is good (seconds)."""

    uri: str
    issuer: str
    issued_at: int
    good_until: int
    bits: int
    states: bytes = field(repr=False)

    def state(self, index: int) -> int | None:
        """The state at an index; ``None`` where the list ends before it."""
        each = 8 // self.bits
        if not 0 <= index < len(self.states) * each:
            return None
        return self.states[index // each] >> index % each * self.bits & (1 << self.bits) - 1


def draw_index(*, size: int, is_taken: Callable[[int], bool], draw: Callable[[int], int] = secrets.randbelow) -> int:
    """An index of a list of ``size`` that no card has. Keep lists at most half full: then one try in two succeeds.

    Raises ``DoorstepError`` where none is found in 64 tries.
    """
    for _ in range(_DRAWS):
        if not is_taken(index := draw(size)):
            return index
    raise DoorstepError("The list of states is full.", mend="Open another one, with an address of its own.")


def write_list(
    *, uri: str, states: Mapping[int, State], size: int, signer: Signer, issued_at: int, good_until: int, as_jwt: bool
) -> bytes:
    """A signed list of ``size`` cards: every card is valid that ``states`` does not name. Times are seconds since 1970.

    ``as_jwt``: as a JWT for phones, not as a CWT for readers of cards.
    """
    array = bytearray(-(-size * _BITS // 8))
    for index, state in states.items():
        if not 0 <= index < size:
            raise ValueError(f"index {index} lies outside of a list of {size}")
        array[index // 4] |= state << index % 4 * _BITS
    packed, lives = deflated(bytes(array)), good_until - issued_at
    if as_jwt:
        body = {"bits": _BITS, "lst": base64url(packed)}
        claims = {"sub": uri, "iat": issued_at, "exp": good_until, "ttl": lives, "status_list": body}
        return write_jws(claims, signer, _JWT_TYPE).encode()
    listed = {_SUB: uri, IAT: issued_at, EXP: good_until, _TTL: lives, _STATUS_LIST: {"bits": _BITS, "lst": packed}}
    return sign1(listed, signer, _CWT_TYPE)


def read_list(raw: bytes, keys: Sequence[Key]) -> StatusList:
    """A list from its CWT or JWT, once its signature is good. Raises ``Wrong``."""
    if raw[:3] == b"eyJ":
        return _from_jwt(raw, keys)
    signed = read_sign1(raw)
    key = check_sign1(signed, keys)
    if signed.header.get(TYP) != _CWT_TYPE:
        raise Wrong(Reason.NOT_A_CARD, "no list of states")
    found = claims_of(signed)
    body = found.get(_STATUS_LIST)
    body = body if isinstance(body, dict) else {}
    return _made(
        key, (found.get(_SUB), body.get("bits"), body.get("lst")), (found.get(IAT), found.get(EXP), found.get(_TTL))
    )


def _from_jwt(raw: bytes, keys: Sequence[Key]) -> StatusList:
    token = read_jws(raw.decode(errors="replace").strip(), 2 * MOST_BYTES)
    key = check_jws(token, keys, _JWT_TYPE)
    found: Mapping[str, Any] = token.payload
    body = found.get("status_list")
    body = body if isinstance(body, dict) else {}
    packed = from_base64url(body["lst"]) if isinstance(body.get("lst"), str) else None
    return _made(
        key, (found.get("sub"), body.get("bits"), packed), (found.get("iat"), found.get("exp"), found.get("ttl"))
    )


def _made(key: Key, body: tuple[object, object, object], times: tuple[object, object, object]) -> StatusList:
    uri, bits, packed = body
    issued, expires, lives = (check_second(time) for time in times)
    if type(bits) is not int or bits not in (1, 2, 4, 8) or not isinstance(packed, bytes) or not isinstance(uri, str):
        raise Wrong(Reason.NOT_A_CARD, "no list of states")
    if issued is None or not key.signs_at(issued):
        raise Wrong(Reason.KEY_OUT_OF_USE)
    until = expires if expires is not None else issued + (lives if lives is not None else LIST_DAYS * 86_400)
    return StatusList(uri, key.issuer, issued, until, bits, inflated(packed, MOST_BYTES))


def standing_of(
    status: object, issuer: str, at: int, lists: Sequence[StatusList]
) -> tuple[Standing, StatusList | None]:
    """What the lists say of a token with this ``status`` claim. Raises ``Wrong`` for one that was taken back.

    A card that was revoked stays so: an old list says it too. Whether a suspension still holds an old list cannot say.
    """
    if status is None:
        return Standing.NO_LIST_NAMED, None
    named = status.get("status_list") if isinstance(status, dict) else None
    index, uri = (named.get("idx"), named.get("uri")) if isinstance(named, dict) else (None, None)
    if type(index) is not int or not isinstance(uri, str):
        raise Wrong(Reason.NOT_A_CARD, "a status that is not understood")
    mine = [one for one in lists if (one.uri, one.issuer) == (uri, issuer)]
    if not mine:
        return Standing.NO_LIST_HERE, None
    newest = max(mine, key=lambda one: one.issued_at)
    state = newest.state(index)
    if state == State.REVOKED:
        raise Wrong(Reason.REVOKED)
    if at > newest.good_until:
        return Standing.LIST_TOO_OLD, newest
    if state == State.SUSPENDED:
        raise Wrong(Reason.SUSPENDED)
    if state is None:
        return Standing.NOT_ON_LIST, newest
    return (Standing.OTHER_STATE if state else Standing.VALID), newest

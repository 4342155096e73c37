"""COSE_Sign1 (RFC 9052): one signature over one message. Read strictly: see ``check_sign1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorstep.engines.credentials.cbor import Tag, cbor_head, read_cbor, write_cbor
from doorstep.engines.credentials.keys import ED25519, ES256, Key, Signer
from doorstep.engines.credentials.reasons import Reason, Wrong

_ALGORITHMS = {-8: ED25519, -7: ES256}
"""The two signatures that are taken, by their COSE numbers."""
_SIGN1, _ENCRYPT0, _CWT = 18, 16, 61
_ALG, _CRIT, _KID, TYP = 1, 2, 4, 16
EXP, NBF, IAT = 4, 5, 6
LAST_SECOND = 253_402_300_799
"""The last second of the year 9999: no calendar goes further."""


@dataclass(frozen=True)
class Signed:
    """The parts of a COSE_Sign1 that was read, and not yet believed."""

    protected: bytes
    header: Mapping[object, object]
    loose: Mapping[object, object]
    payload: bytes
    signature: bytes


def sign1(claims: Mapping[int, object], signer: Signer, typ: str = "") -> bytes:
    """Claims as a signed CBOR Web Token (RFC 8392); algorithm, key id and type stand in what is signed."""
    number = next(number for number, kind in _ALGORITHMS.items() if kind == signer.key.kind)
    header = {_ALG: number, _KID: signer.key.id.encode()} | ({TYP: typ} if typ else {})
    protected, payload = write_cbor(header), write_cbor(claims)
    signature = signer.sign(_to_be_signed(protected, payload))
    return write_cbor(Tag(_SIGN1, [protected, {}, payload, signature]))


def read_sign1(raw: bytes) -> Signed:
    """The parts of a COSE_Sign1, with or without the tag of a CWT around it. Raises ``Wrong``."""
    value = read_cbor(raw)
    if isinstance(value, Tag) and value.number == _CWT:
        value = value.value
    if isinstance(value, Tag) and value.number == _ENCRYPT0:
        raise Wrong(Reason.ENCRYPTED)
    parts = value.value if isinstance(value, Tag) and value.number == _SIGN1 else None
    if not isinstance(parts, list) or [type(part) for part in parts] != [bytes, dict, bytes, bytes]:
        raise Wrong(Reason.NOT_A_CARD, "no signed message")
    protected, loose, payload, signature = parts
    header = read_cbor(protected) if protected else {}
    if not isinstance(header, dict) or _CRIT in header or set(header) & set(loose) or _ALG in loose:
        raise Wrong(Reason.NOT_A_CARD, "a header that is not understood")
    return Signed(protected, header, loose, payload, signature)


def check_sign1(signed: Signed, keys: Sequence[Key]) -> Key:
    """The key that signed. Raises ``Wrong``.

    Which kind of signature is expected the key says, never the message. The key's id may stand outside of what is
    signed, where other issuers put it: it only says which key to try. A message without one is tried with keys that
    have none.
    """
    kind = _ALGORITHMS.get(_number(signed.header.get(_ALG)))
    if kind is None:
        raise Wrong(Reason.UNKNOWN_ALGORITHM)
    kid = signed.header.get(_KID, signed.loose.get(_KID, b""))
    named = [key for key in keys if key.id.encode() == kid]
    if not named:
        raise Wrong(Reason.UNKNOWN_KEY)
    fitting = [key for key in named if key.kind == kind]
    if not fitting:
        raise Wrong(Reason.OTHER_ALGORITHM)
    message = _to_be_signed(signed.protected, signed.payload)
    for key in fitting:
        if key.verify(signed.signature, message):
            return key
    raise Wrong(Reason.FORGED)


def claims_of(signed: Signed) -> dict[object, object]:
    """The claims of a message, their times being times. Raises ``Wrong``."""
    found = read_cbor(signed.payload)
    if not isinstance(found, dict):
        raise Wrong(Reason.NOT_A_CARD, "no claims")
    for claim in (EXP, NBF, IAT):
        check_second(found.get(claim))
    return found


def check_second(value: object) -> int | None:
    """A claim that is a second since 1970, or nothing. Raises ``Wrong``."""
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise Wrong(Reason.NOT_A_CARD, "a time that is none")
    return value


def _number(value: object) -> int:
    return value if type(value) is int else 0


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """What is signed (RFC 9052, section 4.4)."""
    head = b"\x84\x6aSignature1" + cbor_head(2, len(protected)) + protected
    return head + b"\x40" + cbor_head(2, len(payload)) + payload

"""Signed JSON (JWS, RFC 7515, and JWT, RFC 7519) in its compact form, read strictly: see ``read_jws``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorstep.engines.credentials.keys import ED25519, ES256, Key, Signer, base64url, read_base64url
from doorstep.engines.credentials.reasons import Reason, Wrong

_ALGORITHMS = {"EdDSA": ED25519, "ES256": ES256}
_DEEPEST = 32


@dataclass(frozen=True)
class Jws:
    """The parts of a JWS that was read, and not yet believed."""

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signed: bytes
    signature: bytes


def write_jws(claims: Mapping[str, Any], signer: Signer, typ: str) -> str:
    """Claims as a signed token; algorithm, type and the key's id stand in its header."""
    algorithm = next(name for name, kind in _ALGORITHMS.items() if kind == signer.key.kind)
    header = {"alg": algorithm, "typ": typ} | ({"kid": signer.key.id} if signer.key.id else {})
    text = f"{base64url(plain_json(header))}.{base64url(plain_json(claims))}"
    return f"{text}.{base64url(signer.sign(text.encode()))}"


def read_jws(text: str, most: int) -> Jws:
    """The parts of a token of at most ``most`` letters. Raises ``Wrong``.

    Names must not come twice, numbers are whole and short, and a header with conditions (``crit``) is not taken.
    """
    if len(text) > most:
        raise Wrong(Reason.TOO_LONG)
    parts = text.split(".")
    if len(parts) != 3:
        raise Wrong(Reason.NOT_A_CARD, "no signed token")
    header, payload = (read_json(from_base64url(part)) for part in parts[:2])
    if not isinstance(header, dict) or not isinstance(payload, dict) or "crit" in header:
        raise Wrong(Reason.NOT_A_CARD, "no signed token that is understood")
    return Jws(header, payload, f"{parts[0]}.{parts[1]}".encode(), from_base64url(parts[2]))


def check_jws(token: Jws, keys: Sequence[Key], typ: str) -> Key:
    """The key that signed a token of this type. Raises ``Wrong``. The key says which kind of signature is expected."""
    if str(token.header.get("typ", "")).lower().removeprefix("application/") != typ:
        raise Wrong(Reason.NOT_A_CARD, "a token of another type")
    algorithm = token.header.get("alg")
    kind = _ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else None
    if kind is None:
        raise Wrong(Reason.UNKNOWN_ALGORITHM)
    named = [key for key in keys if key.id == token.header.get("kid", "")]
    if not named:
        raise Wrong(Reason.UNKNOWN_KEY)
    fitting = [key for key in named if key.kind == kind]
    if not fitting:
        raise Wrong(Reason.OTHER_ALGORITHM)
    for key in fitting:
        if key.verify(token.signature, token.signed):
            return key
    raise Wrong(Reason.FORGED)


def plain_json(value: object) -> bytes:
    """JSON without spaces, letters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def read_json(raw: bytes) -> object:
    """The value of a JSON text in which no name comes twice. Raises ``Wrong``."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_short)
        _shallow(value, 0)
        raw.decode().encode()
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Wrong(Reason.NOT_A_CARD, "no JSON, or JSON with two readings") from error
    return value


def from_base64url(text: str) -> bytes:
    """The bytes of a part of a token. Raises ``Wrong``."""
    try:
        return read_base64url(text)
    except ValueError as error:
        raise Wrong(Reason.UNREADABLE, "a part that is no Base64") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no number of JSON")


def _short(text: str) -> int:
    if len(text) > 20:
        raise ValueError("a number that nobody needs")
    return int(text)


def _shallow(value: object, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in within:
        _shallow(one, depth + 1)

"""Keys of issuers and of phones: Ed25519 or P-256, as JSON Web Keys (RFC 7517, RFC 8037).

A file of an issuer's keys is a JSON Web Key Set with two additions: ``issuer`` beside ``keys``, and in a key ``nbf``
and ``exp``, the seconds since 1970 between which it signs. What it signed in that time stays good afterwards. A key
that was stolen is taken out of the file: then nothing that it signed is good any more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519, ES256 = "Ed25519", "ES256"
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Key:
    """A public key: its id, its kind, its bytes (32 of Ed25519; the 65 of an uncompressed point for ES256), its issuer.

    ``since`` and ``until`` are seconds since 1970 between which it signs.
    """

    id: str
    kind: str
    public: bytes = field(repr=False)
    issuer: str = ""
    since: int | None = None
    until: int | None = None

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the key signed the message."""
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            elif len(signature) != 64:
                return False
            else:
                pair = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
                point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, self.public)
                point.verify(encode_dss_signature(*pair), message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    def signs_at(self, issued: object) -> bool:
        """Whether the key signed at that second. One with an end takes nothing that does not say when it was signed."""
        if not isinstance(issued, int):
            return self.since is None and self.until is None
        return (self.since is None or issued >= self.since) and (self.until is None or issued < self.until)


@dataclass(frozen=True)
class Signer:
    """A secret key of 32 bytes and the public one that belongs to it."""

    key: Key
    secret: bytes = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        if self.key.kind == ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)
        made = ec.derive_private_key(int.from_bytes(self.secret, "big"), _CURVE).sign(message, ec.ECDSA(SHA256()))
        return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(made))


def make_signer(
    secret: bytes, kind: str = ED25519, *, issuer: str = "", since: int | None = None, until: int | None = None
) -> Signer:
    """The signer of 32 secret bytes. Its id is the beginning of the key's thumbprint (RFC 7638): eight letters."""
    if kind == ED25519:
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    else:
        number = int.from_bytes(secret, "big") % _ORDER or 1
        secret = number.to_bytes(32, "big")
        point = ec.derive_private_key(number, _CURVE).public_key()
        public = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = Key("", kind, public, issuer, since, until)
    plain = json.dumps(_shape(key), sort_keys=True, separators=(",", ":")).encode()
    name = base64url(hashlib.sha256(plain).digest())[:8]
    return Signer(Key(name, kind, public, issuer, since, until), secret)


def public_jwk(key: Key) -> dict[str, Any]:
    """A public key as a JWK."""
    times = {"nbf": key.since, "exp": key.until}
    named = {"kid": key.id, "use": "sig", "alg": "EdDSA" if key.kind == ED25519 else "ES256"}
    return _shape(key) | (named if key.id else {}) | {name: at for name, at in times.items() if at is not None}


def key_set(keys: Sequence[Key]) -> str:
    """The file of an issuer's public keys. All are of one issuer."""
    (issuer,) = {key.issuer for key in keys}
    return json.dumps({"issuer": issuer, "keys": [public_jwk(key) for key in keys]}, indent=2) + "\n"


def secret_set(signers: Sequence[Signer]) -> str:
    """The file of an issuer's secret keys: nobody but the issuer may read it."""
    (issuer,) = {signer.key.issuer for signer in signers}
    listed = [public_jwk(signer.key) | {"d": base64url(signer.secret)} for signer in signers]
    return json.dumps({"issuer": issuer, "keys": listed}, indent=2) + "\n"


def read_keys(text: str) -> tuple[Key, ...]:
    """An issuer's public keys from their file. Raises ``ValueError`` with what is wrong, such as secret keys in it."""
    issuer, listed = _listed(text)
    if any("d" in jwk for jwk in listed):
        raise ValueError("This file holds a secret key. Never carry it to where cards are read.")
    return tuple(read_key(jwk, issuer) for jwk in listed)


def read_signers(text: str) -> tuple[Signer, ...]:
    """An issuer's secret keys from their file. Raises ``ValueError``."""
    issuer, listed = _listed(text)
    found = []
    for jwk in listed:
        key = read_key(jwk, issuer)
        signer = make_signer(_coordinate(jwk.get("d")), key.kind)
        if signer.key.public != key.public:
            raise ValueError("A secret key does not belong to its public one.")
        found.append(Signer(key, signer.secret))
    return tuple(found)


def read_key(jwk: object, issuer: str = "") -> Key:
    """One public key from its JWK. Raises ``ValueError``."""
    if not isinstance(jwk, Mapping):
        raise ValueError("A key is a JSON object.")
    since, until = (_second(jwk.get(name)) for name in ("nbf", "exp"))
    kid = jwk.get("kid", "")
    if not isinstance(kid, str) or not isinstance(issuer, str):
        raise ValueError("A key's id and issuer are texts.")
    if (jwk.get("kty"), jwk.get("crv")) == ("OKP", "Ed25519"):
        return Key(kid, ED25519, _coordinate(jwk.get("x")), issuer, since, until)
    if (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256"):
        point = b"\x04" + _coordinate(jwk.get("x")) + _coordinate(jwk.get("y"))
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        return Key(kid, ES256, point, issuer, since, until)
    raise ValueError("A key must be of Ed25519 or P-256.")


def base64url(raw: bytes) -> str:
    """Bytes as Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_base64url(text: str) -> bytes:
    """The bytes of Base64 for addresses, written as it must be. Raises ``ValueError``."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("This is no Base64.") from error
    if base64url(raw) != text:
        raise ValueError("This is Base64 that has a second way to be written.")
    return raw


def _shape(key: Key) -> dict[str, Any]:
    if key.kind == ED25519:
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public)}
    return {"kty": "EC", "crv": "P-256", "x": base64url(key.public[1:33]), "y": base64url(key.public[33:])}


def _listed(text: str) -> tuple[str, list[Mapping[str, object]]]:
    try:
        found = json.loads(text)
        issuer, listed = found.get("issuer", ""), found["keys"]
    except (KeyError, TypeError, AttributeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError("This is no file of keys: a JSON Web Key Set was expected.") from error
    if not isinstance(listed, list) or not listed or not all(isinstance(jwk, dict) for jwk in listed):
        raise ValueError("The file holds no key.")
    return issuer, listed


def _coordinate(text: object) -> bytes:
    raw = read_base64url(text) if isinstance(text, str) else b""
    if len(raw) != 32:
        raise ValueError("A key is damaged: 32 bytes were expected.")
    return raw


def _second(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError("A key's nbf and exp are seconds since 1970.")

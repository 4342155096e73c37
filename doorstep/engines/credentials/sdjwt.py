"""SD-JWT VC: a credential on a phone, of which the person shows what is asked and no more (RFC 9901, dc+sd-jwt).

Each claim that can be held back is hidden behind a digest with a salt; showing it means handing over its text. The
credential names the phone's key (``cnf``): whoever shows it signs the reader's question with that key.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from doorstep.engines.credentials.cose import check_second
from doorstep.engines.credentials.issuing import check_validity, status_claim
from doorstep.engines.credentials.jose import (
    Jws,
    check_jws,
    from_base64url,
    plain_json,
    read_json,
    read_jws,
    write_jws,
)
from doorstep.engines.credentials.keys import Key, Signer, base64url, public_jwk, read_key
from doorstep.engines.credentials.reasons import Reason, Wrong
from doorstep.engines.credentials.status import StatusList, standing_of
from doorstep.engines.credentials.types import CannotIssue, Refused, Shown, StatusRef
from doorstep.engines.credentials.verifying import MOST_APART, check_times

TYPE, HOLDER_TYPE = "dc+sd-jwt", "kb+jwt"
MOST_LETTERS = 64 * 1024
MOST_DISCLOSED = 256
MOST_AGE = 300
"""Seconds that an answer to a question is good for."""
ALWAYS_SEEN = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
"""Claims that cannot be held back (SD-JWT VC, registered JWT claims)."""
_RESERVED = frozenset({"_sd", "_sd_alg", "..."})
_DEEPEST = 64


def issue_sd_jwt(
    *,
    kind: str,
    always: Mapping[str, object],
    on_request: Mapping[str, object],
    signer: Signer,
    issued_at: datetime,
    expires_at: datetime,
    holder: Key | None = None,
    status: StatusRef | None = None,
    decoys: int = 0,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """A credential of a kind (``vct``): claims that everybody sees, and claims that the person shows on request.

    ``holder``: the phone's public key. ``decoys`` digests of nothing hide how many claims there are. ``draw`` gives
    random bytes. Raises ``CannotIssue``.
    """
    issued, expires = int(issued_at.timestamp()), int(expires_at.timestamp())
    check_validity(signer, issued, expires)
    wrong = (ALWAYS_SEEN | _RESERVED) & set(on_request) or set(always) & (set(on_request) | ALWAYS_SEEN | _RESERVED)
    if wrong:
        raise CannotIssue(f"The claims {', '.join(sorted(wrong))} cannot be given so.", mend="Name each claim once.")
    hidden = [_disclosure(name, value, draw) for name, value in on_request.items()]
    digests = [_digest(text) for text in hidden] + [base64url(draw(32)) for _ in range(decoys)]
    claims: dict[str, Any] = {**always, "iss": signer.key.issuer, "iat": issued, "exp": expires, "vct": kind}
    if digests:
        claims |= {"_sd": sorted(digests), "_sd_alg": "sha-256"}
    if holder:
        claims["cnf"] = {"jwk": public_jwk(Key("", holder.kind, holder.public))}
    if status:
        claims["status"] = status_claim(status)
    return "~".join([write_jws(claims, signer, TYPE), *hidden, ""])


def present_sd_jwt(
    *, credential: str, show: Collection[str], holder: Signer | None, audience: str, nonce: str, at: datetime
) -> str:
    """What a phone answers to a reader (``audience``) and its question (``nonce``): the claims of these names."""
    token, *hidden, _ = credential.split("~")
    shown = [text for text in hidden if _name_in(text) in show]
    text = "~".join([token, *shown, ""])
    if holder is None:
        return text
    claims = {"iat": int(at.timestamp()), "aud": audience, "nonce": nonce, "sd_hash": _digest(text)}
    return text + write_jws(claims, Signer(replace(holder.key, id=""), holder.secret), HOLDER_TYPE)


@dataclass(frozen=True)
class Question:
    """What a reader asked: who it is and a number that it used once."""

    audience: str
    nonce: str


def verify_sd_jwt(
    *,
    text: str,
    keys: Sequence[Key],
    at: datetime,
    question: Question | None,
    kind: str = "",
    status: Sequence[StatusList] = (),
) -> Shown | Refused:
    """What a person showed from a phone. Never raises for what was shown.

    ``question``: what was asked, which the phone's key must have answered; without one, whoever has a copy may show
    it. ``kind``: the type that is wanted, any where it is empty.
    """
    assert at.tzinfo is not None, "a moment has a time zone"
    now = int(at.timestamp())
    try:
        bare, cut, answer = text.strip().rpartition("~")
        token, *hidden = bare.split("~")
        if not cut or len(text) > MOST_LETTERS or len(hidden) > MOST_DISCLOSED:
            raise Wrong(Reason.NOT_A_CARD, "no credential of a phone")
        signed = read_jws(token, MOST_LETTERS)
        key = check_jws(signed, keys, TYPE)
        claims = _processed(signed, hidden)
        _check_claims(claims, key, kind, now)
        if question:
            _check_answer(claims.get("cnf"), answer, bare + "~", (question, now))
        standing, newest = standing_of(claims.get("status"), key.issuer, now, status)
    except Wrong as error:
        return Refused(error.reason, error.detail)
    plain = {name: value for name, value in claims.items() if name not in ALWAYS_SEEN}
    age = timedelta(seconds=max(0, now - newest.issued_at)) if newest else None
    issuer = key.issuer or str(claims.get("iss", ""))
    return Shown(plain, claims["vct"], issuer, standing, question is not None, age)


def _check_claims(claims: Mapping[str, Any], key: Key, kind: str, now: int) -> None:
    if not isinstance(claims.get("vct"), str) or (kind and claims["vct"] != kind):
        raise Wrong(Reason.NOT_A_CARD, "a credential of another kind")
    check_times(key, claims.get("iss"), (claims.get("iat"), claims.get("nbf"), claims.get("exp")), now)


def _check_answer(confirmed: object, answer: str, shown: str, asked: tuple[Question, int]) -> None:
    """Raise ``Wrong`` unless the phone's key signed this question over what was shown (RFC 9901, section 7.3)."""
    question, now = asked
    jwk = confirmed.get("jwk") if isinstance(confirmed, dict) else None
    if not answer or jwk is None:
        raise Wrong(Reason.NOT_THE_HOLDER)
    token = read_jws(answer, MOST_LETTERS)
    try:
        key = replace(read_key(jwk), id=token.header.get("kid", ""), since=None, until=None)
    except ValueError as error:
        raise Wrong(Reason.NOT_THE_HOLDER, "a key that is not understood") from error
    try:
        check_jws(token, [key], HOLDER_TYPE)
    except Wrong as error:
        raise Wrong(Reason.NOT_THE_HOLDER, error.reason.value) from error
    found = token.payload
    if found.get("sd_hash") != _digest(shown):
        raise Wrong(Reason.NOT_THE_HOLDER, "something else was signed than was shown")
    said = found.get("nonce")
    is_ours = isinstance(said, str) and compare_digest(said.encode(), question.nonce.encode())
    second = check_second(found.get("iat"))
    if not is_ours or found.get("aud") != question.audience or second is None:
        raise Wrong(Reason.NOT_FOR_US)
    if not now - MOST_AGE - MOST_APART <= second <= now + MOST_APART:
        raise Wrong(Reason.NOT_FOR_US, "not made just now")


def _disclosure(name: str, value: object, draw: Callable[[int], bytes]) -> str:
    return base64url(plain_json([base64url(draw(16)), name, value]))


def _digest(text: str) -> str:
    return base64url(hashlib.sha256(text.encode()).digest())


def _name_in(text: str) -> str:
    parts = read_json(from_base64url(text))
    return str(parts[1]) if isinstance(parts, list) and len(parts) == 3 else ""


def _processed(signed: Jws, hidden: Sequence[str]) -> dict[str, Any]:
    """The claims with everything in its place that was shown (RFC 9901, section 7.1). Raises ``Wrong``."""
    if signed.payload.get("_sd_alg", "sha-256") != "sha-256":
        raise Wrong(Reason.UNKNOWN_ALGORITHM)
    opening = _Opening(hidden)
    claims = opening.of_object(signed.payload, 0)
    if len(opening.used) != len(hidden):
        raise Wrong(Reason.NOT_A_CARD, "something was shown that was not signed, or twice")
    if (ALWAYS_SEEN & set(claims)) - set(signed.payload):
        raise Wrong(Reason.NOT_A_CARD, "a claim was held back that must be seen")
    claims.pop("_sd_alg", None)
    return claims


class _Opening:
    """Puts what was shown in the places of its digests."""

    def __init__(self, hidden: Sequence[str]) -> None:
        self.shown = {_digest(text): read_json(from_base64url(text)) for text in hidden}
        self.seen: set[str] = set()
        self.used: set[str] = set()

    def of_object(self, found: Mapping[str, Any], depth: int) -> dict[str, Any]:
        digests = found.get("_sd", [])
        if not isinstance(digests, list) or "..." in found:
            raise Wrong(Reason.NOT_A_CARD, "digests that are none")
        made = {name: self.of_value(value, depth) for name, value in found.items() if name != "_sd"}
        for digest in digests:
            if (parts := self._taken(digest, 3)) is None:
                continue
            name = parts[1]
            if not isinstance(name, str) or name in _RESERVED or name in made:
                raise Wrong(Reason.NOT_A_CARD, "a name that comes twice, or is none")
            made[name] = self.of_value(parts[2], depth)
        return made

    def of_value(self, value: object, depth: int) -> object:
        if depth > _DEEPEST:
            raise Wrong(Reason.NOT_A_CARD, "too deep")
        if isinstance(value, dict):
            return self.of_object(value, depth + 1)
        if not isinstance(value, list):
            return value
        made = []
        for one in value:
            if isinstance(one, dict) and set(one) == {"..."}:
                if (parts := self._taken(one["..."], 2)) is not None:
                    made.append(self.of_value(parts[1], depth + 1))
            else:
                made.append(self.of_value(one, depth + 1))
        return made

    def _taken(self, digest: object, length: int) -> list[Any] | None:
        if not isinstance(digest, str) or digest in self.seen:
            raise Wrong(Reason.NOT_A_CARD, "a digest that comes twice, or is none")
        self.seen.add(digest)
        if digest not in self.shown:
            return None
        parts = self.shown[digest]
        if not isinstance(parts, list) or len(parts) != length or not isinstance(parts[0], str):
            raise Wrong(Reason.NOT_A_CARD, "something was shown that is no claim")
        self.used.add(digest)
        return parts

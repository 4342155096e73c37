"""One function that says what a card proves, and every reason why it may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from doorstep.engines.credentials.claim169 import from_map
from doorstep.engines.credentials.cose import (
    EXP,
    IAT,
    NBF,
    TYP,
    Signed,
    check_second,
    check_sign1,
    claims_of,
    read_sign1,
)
from doorstep.engines.credentials.keys import Key
from doorstep.engines.credentials.packing import inflated, read_base45
from doorstep.engines.credentials.reasons import Reason, Wrong
from doorstep.engines.credentials.status import StatusList, standing_of
from doorstep.engines.credentials.types import CardClaims, Refused, Verified

ISS, IDENTITY, STATUS = 1, 169, 65535
MOST_BYTES = 64 * 1024
"""Bytes of a card once it is inflated."""
MOST_APART = 600
"""Seconds by which two honest clocks may differ."""


def read_card(text: str) -> CardClaims:
    """What stands on a card, believed or not: for tests and for issuers. Raises ``Wrong``."""
    return from_map(_identity(opened(text)))


def verify_card(
    *, text: str, keys: Sequence[Key], at: datetime, status: Sequence[StatusList] = ()
) -> Verified | Refused:
    """What the text of a card's QR code proves at a moment. Never raises for what is on a card.

    ``status``: the lists of states that this reader holds. A list that is missing or old makes the standing unknown.
    """
    assert at.tzinfo is not None, "a moment has a time zone"
    now = int(at.timestamp())
    try:
        signed = opened(text)
        key = check_sign1(signed, keys)
        identity, found = _identity(signed), claims_of(signed)
        times = (found.get(IAT), found.get(NBF), found.get(EXP))
        check_times(key, found.get(ISS), times, now)
        standing, newest = standing_of(found.get(STATUS), key.issuer, now, status)
    except Wrong as error:
        return Refused(error.reason, error.detail)
    age = timedelta(seconds=max(0, now - newest.issued_at)) if newest else None
    issuer = key.issuer or str(found.get(ISS, ""))
    return Verified(from_map(identity), issuer, key.id, moment(times[0]), moment(times[2]), standing, age)


def opened(text: str) -> Signed:
    """The signed message in a card's text; a line's end behind it is passed over. Raises ``Wrong``."""
    return read_sign1(inflated(read_base45(text.rstrip("\r\n")), MOST_BYTES))


def check_times(key: Key, issuer: object, times: tuple[object, object, object], at: int) -> None:
    """Raise ``Wrong`` unless the issuer is the key's, the key signed then, and the token holds at ``at``.

    ``times`` are issued, not before and expires, each a second since 1970 or nothing.
    """
    if key.issuer and issuer != key.issuer:
        raise Wrong(Reason.OTHER_ISSUER)
    issued, begins, expires = (check_second(second) for second in times)
    if not key.signs_at(issued):
        raise Wrong(Reason.KEY_OUT_OF_USE)
    if max(issued or 0, begins or 0) > at + MOST_APART:
        raise Wrong(Reason.NOT_YET)
    if expires is not None and at >= expires:
        raise Wrong(Reason.EXPIRED)


def moment(second: object) -> datetime | None:
    """A second since 1970 as a moment."""
    return datetime.fromtimestamp(second, UTC) if isinstance(second, int) else None


def _identity(signed: Signed) -> dict[object, object]:
    identity = claims_of(signed).get(IDENTITY)
    if not isinstance(identity, dict) or TYP in signed.header:
        raise Wrong(Reason.NOT_A_CARD, "nobody's data")
    return identity

"""A card's text: claims signed, deflated and written as a QR code writes most densely."""

from __future__ import annotations

from datetime import datetime

from doorstep.engines.credentials.claim169 import to_map
from doorstep.engines.credentials.cose import EXP, IAT, sign1
from doorstep.engines.credentials.keys import Signer
from doorstep.engines.credentials.packing import base45, deflated
from doorstep.engines.credentials.types import CannotIssue, CardClaims, StatusRef
from doorstep.engines.credentials.verifying import IDENTITY, ISS, STATUS

MOST_LETTERS = 600
"""Letters, each a byte, of a card's QR code: more would make its squares too small for an old camera on a card."""


def issue_card(
    *, claims: CardClaims, signer: Signer, issued_at: datetime, expires_at: datetime, status: StatusRef | None = None
) -> str:
    """The text of a signed card's QR code, of at most 600 letters. ``status``: where it can be taken back.

    Raises ``CannotIssue`` where the times are the wrong way round, the key does not sign then, or the text is longer.
    """
    issued, expires = int(issued_at.timestamp()), int(expires_at.timestamp())
    check_validity(signer, issued, expires)
    body: dict[int, object] = {IAT: issued, EXP: expires, IDENTITY: to_map(claims)}
    if signer.key.issuer:
        body[ISS] = signer.key.issuer
    if status:
        body[STATUS] = status_claim(status)
    text = base45(deflated(sign1(body, signer)))
    if len(text) > MOST_LETTERS:
        raise CannotIssue(
            f"The card's code would have {len(text)} letters.",
            why=f"More than {MOST_LETTERS} cannot be read from a card by an old camera.",
            mend="Leave out what is not needed to know the person, such as the address or the photo.",
        )
    return text


def check_validity(signer: Signer, issued: int, expires: int) -> None:
    """Raise ``CannotIssue`` for a credential that would be good for no time, or that its own readers would refuse."""
    if expires <= issued:
        raise CannotIssue("The credential would run out before it begins.", mend="Give a later end.")
    if not signer.key.signs_at(issued):
        raise CannotIssue(
            f"The key {signer.key.id} does not sign at that time.", mend="Sign with the key that is in use now."
        )


def status_claim(status: StatusRef) -> dict[str, object]:
    """The claim that says where a token's state stands."""
    return {"status_list": {"idx": status.index, "uri": status.uri}}

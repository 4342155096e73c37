"""Who stands at the counter: the card that is shown, and what proves that it is theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from doorstep.domains.vouchers import keys, tokens
from doorstep.domains.vouchers.models import Card
from doorstep.domains.vouchers.shapes import VoucherKind
from doorstep.domains.vouchers.types import CardState, Refused, Shown, TooManyTries
from doorstep.engines.pins import api as pins

WITHIN = timedelta(minutes=15)
MOST_OF_ONE = 20
_ENDED = {CardState.BLOCKED: "card_blocked", CardState.REPLACED: "card_replaced", CardState.LOCKED: "card_locked"}


def card_of(shown: Shown, *, at: datetime) -> Card:
    """The card that is shown, by its QR code or its number. Raises ``Refused`` where it is none or does not hold."""
    text = shown.card.strip()
    if text.upper().startswith(tokens.PREFIX):
        number: str | None = tokens.read_token(text, keys=keys.public_keys(), today=at.date()).number
    else:
        number = tokens.tidied(text)
    card = Card.objects.select_related("holder", "proxy").filter(number=number).first() if number else None
    if card is None:
        raise Refused("There is no such card.", code="no_card", mend="Look at the number again.")
    if card.state != CardState.ACTIVE:
        code = _ENDED[CardState(card.state)]
        raise Refused(f"This card is {card.state}.", code=code, mend="Send the person to the agency's desk.")
    if at.date() > card.until:
        raise Refused("This card is over.", code="card_over", mend="The agency's desk gives a new one.")
    return card


def check_proxy(card: Card, kind: str, *, at: datetime) -> None:
    """Raise ``Refused`` where a proxy's card does not reach: another kind, another day, or taken back."""
    proxy = card.proxy
    if proxy is None:
        return
    if proxy.revoked_at is not None or at.date() > proxy.until:
        raise Refused("This person may no longer collect for another.", code="proxy_over", mend="Ask the holder.")
    if kind not in proxy.kinds:
        raise Refused("This person may not collect this voucher.", code="proxy_scope", mend="Ask the holder.")


def check_proof(shown: Shown, card: Card, kind: VoucherKind, *, most_tries: int) -> None:
    """Raise ``Refused`` unless PIN or finger, as the kind asks, is that of the card's holder."""
    if "card" in kind.prove and shown.card.strip().upper().startswith(tokens.PREFIX):
        return
    if "fingerprint" in kind.prove and shown.finger is not None and shown.finger.is_finger_of(card.number):
        return
    if not shown.pin and shown.finger is not None:
        raise Refused("The finger is not that of the holder.", code="finger_wrong", mend="Try again, or use the PIN.")
    check_pin(shown.pin, card, most_tries=most_tries)


def check_pin(pin: str, card: Card, *, most_tries: int) -> None:
    """Raise ``Refused`` where the PIN is wrong, and lock the card after ``most_tries`` in a row.

    The try is counted before the PIN is looked at, in its own transaction: many at once win nothing.
    """
    if not pin.strip():
        raise Refused("The PIN is missing.", code="pin_missing", mend="Ask the person to type it.")
    with transaction.atomic():
        open_ = Card.objects.filter(pk=card.pk, state=CardState.ACTIVE, tries__lt=most_tries)
        counted = open_.update(tries=F("tries") + 1)
    if counted and fits(pin, card):
        Card.objects.filter(pk=card.pk).update(tries=0)
        return
    locked = Card.objects.filter(pk=card.pk, state=CardState.ACTIVE, tries__gte=most_tries)
    if locked.update(state=CardState.LOCKED):
        raise Refused("Too many wrong PINs: the card is locked.", code="card_locked", mend="The desk unlocks it.")
    if not counted:
        raise Refused("This card is locked.", code="card_locked", mend="The agency's desk unlocks it.")
    raise Refused("The PIN is wrong.", code="pin_wrong", mend="Try again. After a few tries the card is locked.")


def fits(pin: str, card: Card | None) -> bool:
    """Whether a PIN is that of a card. Where there is no card it takes as long."""
    number, stored = (card.number, card.pin_hash) if card else ("", "")
    return pins.fits([keys.peppered(pins.tidied(pin), number)], stored) is not pins.Fit.NO


def slow_down(who: str, *, at: datetime) -> None:
    """Raise ``TooManyTries`` where one visitor guesses. ``who``: an address or a shop; only a keyed hash is kept."""
    try:
        pins.check_misses(who=f"vouchers: {who}", most=MOST_OF_ONE, at=at, within=WITHIN)
    except pins.TooManyMisses as error:
        raise TooManyTries("Too many tries.", mend="Wait a quarter of an hour.") from error


def note_try(who: str, *, at: datetime) -> None:
    """Remember a try that failed, for an hour."""
    pins.note_miss(who=f"vouchers: {who}", at=at)

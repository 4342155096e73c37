"""Cards and proxies at the desk: given, blocked, replaced, unlocked, named, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from doorstep.domains.vouchers import keys, tokens
from doorstep.domains.vouchers.models import Card, Holder, Proxy
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.types import BadInput, CardState, Clerk, NoSuch, NotAllowed, Printed
from doorstep.engines.pins import api as pins

VALID = timedelta(days=3 * 365)
MAX_PROXIES = 2
DIGITS = 4
MAX_REASON = 400

Draw = Callable[[int], int]
"""Draws a whole number from 0 to one less than what it is given."""


@transaction.atomic
def give_card(holder: str, *, clerk: Clerk, draw: Draw, at: datetime, reason: str = "") -> Printed:
    """A new card and a new PIN. A card that was there before is replaced and redeems no more."""
    found = _holder(holder)
    _end(found.cards.filter(proxy=None, state__in=("active", "locked")), CardState.REPLACED, clerk, reason, at)
    return _make(found, None, (at + VALID).date(), clerk=clerk, draw=draw, at=at)


@transaction.atomic
def block_card(number: str, *, clerk: Clerk, reason: str, at: datetime) -> None:
    """A card that is lost or stolen redeems no more, offline neither once devices have synced."""
    card = _card(number)
    if not reason.strip():
        raise BadInput("A reason is missing.", code="no_reason", mend="Say why the card is blocked.")
    if not _end(Card.objects.filter(pk=card.pk, state__in=("active", "locked")), CardState.BLOCKED, clerk, reason, at):
        raise NotAllowed(f"The card is {card.state} already.", code="card_ended", mend="Give a new one.")


@transaction.atomic
def unlock_card(number: str, *, clerk: Clerk, draw: Draw, at: datetime) -> Printed:
    """A card that wrong PINs have locked works again, with a new PIN: whoever guessed has gained nothing."""
    card = _card(number)
    if card.state != CardState.LOCKED:
        raise NotAllowed("The card is not locked.", code="not_locked", mend="Look at the number again.")
    pin = new_pin(draw, digits=DIGITS)
    card.state, card.tries, card.pin_hash = CardState.ACTIVE, 0, pins.hashed([keys.peppered(pin, card.number)])
    card.save(update_fields=["state", "tries", "pin_hash"])
    return _printed(card, pin)


@transaction.atomic
def name_proxy(
    holder: str, *, scheme: Vouchers, kinds: Sequence[str], until: date, clerk: Clerk, draw: Draw, at: datetime
) -> Printed:
    """Somebody may collect for the holder: these kinds, until a day. Their name goes on the card, not in here."""
    found = _holder(holder)
    if not kinds:
        raise BadInput("No voucher is named.", code="no_kinds", mend="Choose what the proxy may collect.")
    for kind in kinds:
        scheme.kind(kind)
    if not at.date() <= until <= (at + VALID).date():
        raise BadInput("The last day is past, or too far away.", code="bad_until", mend="Choose a day within 3 years.")
    if found.proxies.filter(revoked_at=None, until__gte=at.date()).count() >= MAX_PROXIES:
        raise NotAllowed(f"A person has at most {MAX_PROXIES} proxies.", code="many_proxies", mend="Take one back.")
    proxy = Proxy.objects.create(
        holder=found, kinds=sorted(set(kinds)), until=until, named_by=clerk.name, named_at=at
    )  # fmt: skip
    return _make(found, proxy, until, clerk=clerk, draw=draw, at=at)


@transaction.atomic
def revoke_proxy(proxy: int, *, by: str, at: datetime, holder: str | None = None) -> None:
    """Take a proxy back. ``holder``: only if it is one of this person's."""
    rows = Proxy.objects.select_for_update().filter(pk=proxy)
    found = (rows.filter(holder__pseudonym=holder) if holder is not None else rows).first()
    if found is None:
        raise NoSuch("There is no such proxy.", mend="Look at the list again.")
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = at, by
        found.save(update_fields=["revoked_at", "revoked_by"])
    _end(found.cards.filter(state__in=("active", "locked")), CardState.BLOCKED, Clerk(by), "proxy taken back", at)


def revoked_numbers(*, at: datetime) -> list[str]:
    """The cards that a device must refuse on its own, in order: ended before their last day."""
    rows = Card.objects.exclude(state=CardState.ACTIVE).filter(until__gte=at.date())
    return list(rows.order_by("number").values_list("number", flat=True))


def token_of(card: Card) -> str:
    """The text of a card's QR code: always the same for a card."""
    token = tokens.Token(card.number, card.proxy_id is not None, card.issued_at.date(), card.until)
    return tokens.write_token(token, key=keys.signing_key())


def _holder(holder: str) -> Holder:
    found = Holder.objects.select_for_update().filter(pseudonym=holder).first()
    if found is None:
        raise NoSuch("Nobody in the scheme has this number.", mend="Put the person on a list first.")
    return found


def _card(number: str) -> Card:
    tidy = tokens.tidied(number)
    card = Card.objects.select_for_update().filter(number=tidy).first() if tidy else None
    if card is None:
        raise NoSuch("There is no such card.", mend="Look at the number again.")
    return card


def _end(cards: object, state: CardState, clerk: Clerk, reason: str, at: datetime) -> int:
    words = reason.strip()[:MAX_REASON]
    ended: int = cards.update(state=state, ended_at=at, ended_by=clerk.name, reason=words)  # type: ignore[attr-defined]
    return ended


def _make(holder: Holder, proxy: Proxy | None, until: date, *, clerk: Clerk, draw: Draw, at: datetime) -> Printed:
    number = tokens.with_check_digit(f"{draw(9 * 10**10) + 10**10}")
    pin = new_pin(draw, digits=DIGITS)
    card = Card.objects.create(
        number=number,
        holder=holder,
        proxy=proxy,
        pin_hash=pins.hashed([keys.peppered(pin, number)]),
        issued_at=at,
        issued_by=clerk.name,
        until=until,
    )
    return _printed(card, pin)


def _printed(card: Card, pin: str) -> Printed:
    token = token_of(card)
    return Printed(card.number, token, pin, keys.short(card.holder.pseudonym), card.until, card.proxy_id is not None)


def new_pin(draw: Draw, *, digits: int) -> str:
    """A PIN drawn by chance that nobody guesses first."""
    while pins.is_easy(pin := f"{draw(10**digits):0{digits}d}"):
        pass
    return pin

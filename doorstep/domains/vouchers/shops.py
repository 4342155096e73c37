"""How a shop signs in, and what it has done today."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doorstep.domains.vouchers import proving
from doorstep.domains.vouchers.cards import Draw, new_pin
from doorstep.domains.vouchers.models import Redemption, ShopAccess
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.redeeming import receipt_of
from doorstep.domains.vouchers.types import Clerk, NotAllowed, Receipt, Refused, TooManyTries
from doorstep.engines.pins import api as pins

PIN = pins.PinRules(digits=6, tries=5, wait_minutes=15)


@transaction.atomic
def give_access(shop: str, *, scheme: Vouchers, clerk: Clerk, draw: Draw) -> str:
    """A new PIN of six digits for a shop; what it had before no longer opens. Told once."""
    scheme.shop(shop)
    if not clerk.supervises:
        raise NotAllowed("This needs the role of supervisor.", code="not_supervisor", mend="Ask a supervisor.")
    pin = new_pin(draw, digits=PIN.digits)
    access, _ = ShopAccess.objects.select_for_update().get_or_create(shop=shop)
    pins.set_pin(access, pin, PIN)
    return pin


def sign_in(shop: str, pin: str, *, who: str, scheme: Vouchers, at: datetime) -> ShopAccess:
    """The shop whose code and PIN these are; else ``Refused`` (``sign_in``) or ``TooManyTries``."""
    proving.slow_down(who, at=at)
    code = shop.strip().lower()[:80]
    known = code if code in scheme.scheme.shops else f"none {code!a}"
    try:
        return pins.check(ShopAccess, {"shop": known}, pin, PIN, at)
    except pins.Waiting as error:
        proving.note_try(who, at=at)
        raise TooManyTries("Too many wrong PINs.", mend="Wait a quarter of an hour.") from error
    except pins.WrongPin as error:
        proving.note_try(who, at=at)
        mend = "Try again, or ask the agency for a new PIN."
        raise Refused("Code and PIN do not fit.", code="sign_in", mend=mend) from error


def is_open(shop: str, version: int) -> bool:
    """Whether what was opened with a PIN of this version is still open: a newer PIN closes it."""
    return ShopAccess.objects.filter(shop=shop, pin_version=version).exists()


def today(shop: str, *, scheme: Vouchers, at: datetime) -> list[Receipt]:
    """What the shop redeemed on this day (UTC), the newest first."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Redemption.objects.filter(shop=shop, at__gte=start, at__lte=at).order_by("-id")
    return [receipt_of(one, scheme, at=at) for one in rows[:200]]


def receipt(number: str, *, shop: str, scheme: Vouchers, at: datetime) -> Receipt | None:
    """One receipt of a shop, or ``None``."""
    made = Redemption.objects.filter(shop=shop, number=number.strip().upper()).first()
    return receipt_of(made, scheme, at=at) if made else None

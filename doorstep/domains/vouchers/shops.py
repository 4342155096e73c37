"""How a shop signs in, and what it has done today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from doorstep.domains.vouchers import pins, proving
from doorstep.domains.vouchers.cards import Draw
from doorstep.domains.vouchers.models import Redemption, ShopAccess
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.redeeming import receipt_of
from doorstep.domains.vouchers.types import Clerk, NotAllowed, Receipt, Refused, TooManyTries

LETTERS = 6
LOCKED = timedelta(minutes=15)
MOST_TRIES = 5


@transaction.atomic
def give_access(shop: str, *, scheme: Vouchers, clerk: Clerk, draw: Draw) -> str:
    """A new PIN of six digits for a shop; what it had before no longer opens. Told once."""
    scheme.shop(shop)
    if not clerk.supervises:
        raise NotAllowed("This needs the role of supervisor.", code="not_supervisor", mend="Ask a supervisor.")
    pin = f"{draw(10**LETTERS):0{LETTERS}d}"
    values = {"pin_hash": pins.hashed(pin, of=shop), "tries": 0, "locked_until": None}
    ShopAccess.objects.update_or_create(shop=shop, defaults=values)
    return pin


def sign_in(shop: str, pin: str, *, who: str, scheme: Vouchers, at: datetime) -> str:
    """The shop's id where code and PIN fit; else ``Refused`` (``sign_in``) or ``TooManyTries``."""
    proving.slow_down(who, at=at)
    code = shop.strip().lower()
    with transaction.atomic():
        access = ShopAccess.objects.select_for_update().filter(shop=code).first()
        if access is not None and access.locked_until and access.locked_until > at:
            raise TooManyTries("Too many wrong PINs.", mend="Wait a quarter of an hour.")
        if access is not None:
            ShopAccess.objects.filter(pk=access.pk).update(tries=F("tries") + 1)
    if access is not None and code in scheme.scheme.shops and pins.fits(pin, access.pin_hash, of=code):
        ShopAccess.objects.filter(pk=access.pk).update(tries=0)
        return code
    proving.note_try(who, at=at)
    ShopAccess.objects.filter(shop=code, tries__gte=MOST_TRIES).update(tries=0, locked_until=at + LOCKED)
    raise Refused("Code and PIN do not fit.", code="sign_in", mend="Try again, or ask the agency for a new PIN.")


def today(shop: str, *, scheme: Vouchers, at: datetime) -> list[Receipt]:
    """What the shop redeemed on this day (UTC), the newest first."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Redemption.objects.filter(shop=shop, at__gte=start, at__lte=at).order_by("-id")
    return [receipt_of(one, scheme, at=at) for one in rows[:200]]


def receipt(number: str, *, shop: str, scheme: Vouchers, at: datetime) -> Receipt | None:
    """One receipt of a shop, or ``None``."""
    made = Redemption.objects.filter(shop=shop, number=number.strip().upper()).first()
    return receipt_of(made, scheme, at=at) if made else None

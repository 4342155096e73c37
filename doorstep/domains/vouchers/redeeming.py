"""At the shop's counter: redeemed once, undone within some minutes. Every refusal stands in the audit."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from doorstep.domains.vouchers import book, proof, proving, tokens
from doorstep.domains.vouchers.models import Card, Holder, Part, Redemption, Refusal, Voucher
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.shapes import VoucherKind
from doorstep.domains.vouchers.types import How, NoSuch, Receipt, Refused, Shown
from doorstep.engines.ledger.types import LedgerError

MAX_KEY = 80


@dataclass(frozen=True)
class Wish:
    """What a shop wants to redeem. ``key`` names the act: sent twice, it is made once."""

    key: str
    shop: str
    kind: str
    amount: int


@dataclass(frozen=True)
class Loss:
    """What an agency pays a shop beyond any voucher, from its account of losses."""

    agency: str
    account: int
    amount: int


def redeem(wish: Wish, shown: Shown, *, scheme: Vouchers, at: datetime) -> Receipt:
    """Redeem at a shop with a connection. The same key gives the same receipt again. Raises ``Refused``.

    Of several vouchers the one that expires first is drawn first.
    """
    with noted(wish, at=at, card=shown.card):
        kind = check_wish(wish, scheme)
        if (known := known_receipt(wish, scheme, at=at)) is not None:
            return known
        proving.slow_down(f"shop {wish.shop}", at=at)
        try:
            card = proving.card_of(shown, at=at)
        except Refused:
            proving.note_try(f"shop {wish.shop}", at=at)
            raise
        proving.check_proxy(card, kind.id, at=at)
        proving.check_proof(shown, card, kind, most_tries=scheme.scheme.pin_tries)
        with transaction.atomic():
            return _redeem(wish, card, kind, scheme, at)


def undo(number: str, *, shop: str, scheme: Vouchers, at: datetime) -> Receipt:
    """Take back what this shop redeemed some minutes ago. Twice is as once. Raises ``NoSuch``, ``Refused``."""
    with transaction.atomic():
        rows = Redemption.objects.select_for_update().filter(shop=shop, number=number.strip().upper())
        made = rows.first()
        if made is None:
            raise NoSuch("There is no such receipt here.", mend="Look at today's list.")
        if made.undo is None:
            _check_undo(made, scheme, at)
            try:
                made.undo = book.take_back(made.transfer, key=made.key, at=at)
            except LedgerError as error:
                raise Refused("This can no longer be undone.", code="undo_over", mend="Call the agency.") from error
            made.undone_at = at
            made.undo_leaf = proof.append("undone", proof.of_undo(made))
            made.save(update_fields=["undo", "undone_at", "undo_leaf"])
        return receipt_of(made, scheme, at=at)


def check_wish(wish: Wish, scheme: Vouchers) -> VoucherKind:
    """Raise ``Refused`` where this shop cannot redeem this kind, or the amount is none."""
    kind = scheme.kind(wish.kind)
    if not scheme.takes(wish.shop, kind.id):
        raise Refused("This shop does not take this voucher.", code="wrong_shop", mend="Another shop does.")
    if not 0 < wish.amount < 2**53:
        raise Refused("The amount is missing.", code="no_amount", mend="Type an amount above nought.")
    if not 0 < len(wish.key) <= MAX_KEY or not wish.key.isprintable():
        raise Refused("The request has no key.", code="bad_key", mend="Begin again.")
    return kind


def known_receipt(wish: Wish, scheme: Vouchers, *, at: datetime) -> Receipt | None:
    """The receipt of a request that came before. Raises ``Refused`` where it came with other content."""
    made = Redemption.objects.filter(key=wish.key).first()
    if made is None:
        return None
    if (made.shop, made.kind, made.amount) != (wish.shop, wish.kind, wish.amount):
        raise Refused("This request came before with other content.", code="key_reused", mend="Begin again.")
    return receipt_of(made, scheme, at=at)


def draw_from(holder: int, kind: VoucherKind, amount: int, *, at: datetime) -> dict[Voucher, int]:
    """From which vouchers ``amount`` or less comes, those first that expire first. Locks the holder."""
    Holder.objects.select_for_update(no_key=True).get(pk=holder)
    rows = Voucher.objects.filter(holder=holder, kind=kind.id, expires_on__gte=at.date(), expiry=None)
    drawn: dict[Voucher, int] = {}
    for voucher, balance in book.left(rows.order_by("expires_on", "id")):
        part = min(balance.available, amount - sum(drawn.values()))
        if part > 0:
            drawn[voucher] = part
    return drawn


def store(
    wish: Wish, card: Card, drawn: Mapping[Voucher, int], *, how: How, at: datetime, loss: Loss | None = None
) -> Redemption:
    """Move what is drawn, and what an agency bears beyond it, to the shop, and write it down."""
    tills = book.tills(wish.shop, wish.kind)
    into: dict[int, int] = {}
    for voucher, amount in drawn.items():
        into[tills[voucher.agency]] = into.get(tills[voucher.agency], 0) + amount
    outof = {voucher.account or 0: amount for voucher, amount in drawn.items()}
    if loss is not None:
        outof[loss.account] = loss.amount
        into[tills[loss.agency]] = into.get(tills[loss.agency], 0) + loss.amount
    made = Redemption(
        key=wish.key,
        number=number_of(wish.key),
        shop=wish.shop,
        card=card,
        holder_id=card.holder_id,
        kind=wish.kind,
        amount=sum(outof.values()),
        how=how,
        at=at,
        transfer=book.pay(outof, into, key=wish.key, at=at),
    )
    made.leaf = proof.append("redeemed", proof.of_redemption(made))
    made.save(force_insert=True)
    parts = [Part(redemption=made, voucher=one, agency=one.agency, amount=amount) for one, amount in drawn.items()]
    if loss is not None:
        parts.append(Part(redemption=made, agency=loss.agency, amount=loss.amount))
    Part.objects.bulk_create(parts)
    return made


def number_of(key: str) -> str:
    """The short number of a receipt: ``7K2M-93QX``."""
    letters = base64.b32encode(hashlib.sha256(key.encode()).digest()[:5]).decode()
    return f"{letters[:4]}-{letters[4:]}"


def receipt_of(made: Redemption, scheme: Vouchers, *, at: datetime) -> Receipt:
    """A redemption as shop and person keep it."""
    rows = Voucher.objects.filter(holder=made.holder_id, kind=made.kind, expires_on__gte=at.date(), expiry=None)
    left = sum(balance.available for _, balance in book.left(rows))
    until = made.at + timedelta(minutes=scheme.scheme.undo_minutes)
    return Receipt(
        made.number, made.kind, made.amount, left, made.shop, made.at, How(made.how), until, made.undo is not None
    )


@contextmanager
def noted(wish: Wish, *, at: datetime, card: str = "", device: str = "") -> Iterator[None]:
    """Whatever is refused inside is written down, after its own transaction was rolled back."""
    try:
        yield
    except Refused as error:
        Refusal.objects.create(
            at=at,
            code=error.code[:40],
            shop=wish.shop[:80],
            device=device[:40],
            kind=wish.kind[:80],
            amount=wish.amount if abs(wish.amount) < 2**62 else 0,
            card=_card_number(card),
        )
        raise


def _card_number(shown: str) -> str:
    """The number of a card of ours; a text that is none is not kept."""
    tidy = tokens.tidied(shown) if len(shown) < 40 else None
    return tidy or ""


def _redeem(wish: Wish, card: Card, kind: VoucherKind, scheme: Vouchers, at: datetime) -> Receipt:
    drawn = draw_from(card.holder_id, kind, wish.amount, at=at)
    # Somebody else with the same key may have been quicker while we waited for the holder's lock.
    if (known := known_receipt(wish, scheme, at=at)) is not None:
        return known
    total = sum(drawn.values())
    if not total:
        raise Refused("There is nothing on this voucher.", code="nothing", mend="Ask for the statement.")
    if total < wish.amount:
        raise Refused("There is not enough on the voucher.", code="too_little", mend="Take less.")
    if not kind.partial:
        whole = {voucher: amount for voucher, amount in drawn.items() if amount == voucher.amount}
        if sum(whole.values()) != wish.amount:
            raise Refused("This voucher is redeemed whole.", code="whole_only", mend="Redeem all of it.")
    return receipt_of(store(wish, card, drawn, how=How.ONLINE, at=at), scheme, at=at)


def _check_undo(made: Redemption, scheme: Vouchers, at: datetime) -> None:
    if made.how != How.ONLINE or at > made.at + timedelta(minutes=scheme.scheme.undo_minutes):
        raise Refused("It is too late to undo this here.", code="undo_over", mend="Call the agency.")
    if made.parts.filter(Q(settlement__isnull=False) | Q(voucher__expiry__isnull=False)).exists():
        raise Refused("This was settled already, or the voucher is over.", code="undo_over", mend="Call the agency.")

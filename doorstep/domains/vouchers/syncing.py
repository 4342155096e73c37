"""What a device tells when it has a connection: taken once, in the order of its numbers, whatever order it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from doorstep.domains.vouchers import book, keys, permitting, proving, redeeming, tokens
from doorstep.domains.vouchers.models import (
    Card,
    Conflict,
    Device,
    Entry,
    Permit,
    Redemption,
    Refusal,
    Reserve,
    Voucher,
)
from doorstep.domains.vouchers.offline import entries
from doorstep.domains.vouchers.offline.entries import Given
from doorstep.domains.vouchers.offline.permits import SLACK, Pass
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.redeeming import Loss, Wish
from doorstep.domains.vouchers.types import BadInput, ConflictView, How, NoSuch, Refused, Synced

MAX_ENTRIES = 500
GIVEN = "given"


@dataclass(frozen=True)
class _Case:
    """One entry that is being taken, with all it rests on."""

    row: Entry
    given: Given
    device: Device
    scheme: Vouchers
    at: datetime

    @property
    def wish(self) -> Wish:
        """The redemption that it asks for. Its key is the entry itself."""
        return Wish(f"offline:{self.row.hash}", self.device.shop, self.given.kind, self.given.amount)


@dataclass(frozen=True)
class Request:
    """What a device sends: signed as a whole, so that only the device itself is told what it may give."""

    code: str
    at: datetime
    entries: Sequence[entries.Entry]
    signature: str


def sync(request: Request, *, scheme: Vouchers, at: datetime) -> tuple[Synced, Pass]:
    """Take what a device sends and give it its new pass. The same again, in any order and pieces, changes nothing.

    Raises ``NoSuch``, and ``BadInput`` for what the device has not signed: of that request nothing is taken. A number
    that comes with two different entries (a copied device) closes the device, and stands in the audit.
    """
    if len(request.entries) > MAX_ENTRIES:
        raise BadInput(f"At most {MAX_ENTRIES} entries come at once.", code="sync_large", mend="Send them in parts.")
    with transaction.atomic():
        device = _locked(request.code)
        key = bytes(device.public_key)
        entries.check_hello(request.code, request.at, request.entries, request.signature, public_key=key)
        outcomes = _keep(device, request.entries, at)
        device.synced_at = at
        device.save(update_fields=["synced_at"])
    # Each entry in a transaction of its own: no two people's vouchers are ever locked at once.
    while (taken := _take_next(request.code, scheme, at)) is not None:
        outcomes.setdefault(taken.sequence, taken.outcome)
    with transaction.atomic():
        device = _locked(request.code)
        waiting = device.entries.filter(sequence__gt=device.upto).order_by("sequence")
        told = Synced(device.upto, tuple(waiting.values_list("sequence", flat=True)), outcomes)
        return told, permitting.pass_of(device, at=at)


def conflicts() -> list[ConflictView]:
    """What was given offline and no voucher covered, the newest first."""
    rows = Conflict.objects.select_related("entry__device").order_by("-id")[:200]
    return [
        ConflictView(
            one.entry.device.code, one.entry.sequence, one.kind, one.amount, one.bearer, one.reason, one.at
        )
        for one in rows
    ]  # fmt: skip


def _keep(device: Device, sent: Sequence[entries.Entry], at: datetime) -> dict[int, str]:
    """Store each entry under its number. An entry that is there already is left as it is."""
    outcomes: dict[int, str] = {}
    for entry in sent:
        given = entries.read_entry(entry, device=device.code, public_key=bytes(device.public_key))
        row, made = Entry.objects.get_or_create(
            device=device,
            sequence=given.sequence,
            defaults={"hash": entry.hash, "text": entry.text, "received_at": at},
        )
        if not made and row.hash != entry.hash:
            outcomes[given.sequence] = "fork"
            _refuse(device, given, "fork", at)
            if device.closed_at is None:
                device.closed_at, device.closed_by = at, "copied device"
                device.save(update_fields=["closed_at", "closed_by"])
        elif not made and row.outcome:
            outcomes[given.sequence] = row.outcome
    return outcomes


def _locked(code: str) -> Device:
    device = Device.objects.select_for_update().filter(code=code).first()
    if device is None:
        raise NoSuch("There is no such device.", mend="Enrol it at the agency's desk.")
    return device


@transaction.atomic
def _take_next(code: str, scheme: Vouchers, at: datetime) -> Entry | None:
    """Take the entry that follows on what was taken; ``None`` where it has not come yet."""
    device = _locked(code)
    row = device.entries.filter(sequence=device.upto + 1).first()
    if row is None:
        return None
    given = entries.parse(row.text)
    case = _Case(row, given, device, scheme, at)
    if given.previous != (device.last_hash or entries.FIRST):
        row.outcome = _shop_bears(case, "chain_broken")
    else:
        row.outcome = _settle(case)
    row.save(update_fields=["outcome", "permit", "card", "amount"])
    device.upto, device.last_hash = row.sequence, row.hash
    device.save(update_fields=["upto", "last_hash"])
    return row


def _settle(case: _Case) -> str:
    """Redeem what was given; what cannot be is a conflict that somebody bears. Gives the outcome's word."""
    try:
        permit, card = _check(case)
    except Refused as error:
        return _shop_bears(case, error.code)
    case.row.permit, case.row.card, case.row.amount = permit, card.number, case.given.amount
    if permit.mode == "reserved":
        return _from_reserve(case, permit, card)
    return _up_to_cap(case, permit, card)


def _check(case: _Case) -> tuple[Permit, Card]:
    """The permit and the card of an entry. What breaks the rules that the device knew is borne by its shop."""
    given = case.given
    permit = Permit.objects.filter(pk=given.permit, device=case.device, kind=given.kind).first()
    if permit is None:
        raise Refused("There is no such permit.", code="no_permit")
    if not permit.from_at - SLACK <= given.at <= permit.until + SLACK:
        raise Refused("This was given outside the permit's time.", code="permit_time")
    if permit.ended_at is not None or case.at > permit.sync_by:
        raise Refused("This was told too late.", code="too_late")
    token = tokens.read_token(given.card, keys=keys.public_keys(), today=given.at.date(), slack_days=2)
    card = Card.objects.select_related("holder", "proxy").get(number=token.number)
    if card.ended_at is not None and card.ended_at <= permit.from_at:
        raise Refused("This card was withdrawn before.", code="card_revoked")
    if permit.mode == "reserved" and token.number != permit.card:
        raise Refused("This was reserved for another card.", code="other_card")
    if permit.mode == "bounded":
        if card.proxy_id is not None:
            proving.check_proxy(card, given.kind, at=given.at)
        _check_caps(case, permit, card)
    return permit, card


def _check_caps(case: _Case, permit: Permit, card: Card) -> None:
    """Raise ``Refused`` where the device gave more than its caps: it knew them."""
    of_all = permit.entries.aggregate(sum=Sum("amount"))["sum"] or 0
    of_card = permit.entries.filter(card=card.number).aggregate(sum=Sum("amount"))["sum"] or 0
    if of_card + case.given.amount > permit.person or of_all + case.given.amount > permit.total:
        raise Refused("This is more than the permit's cap.", code="over_cap")


def _from_reserve(case: _Case, permit: Permit, card: Card) -> str:
    """Draw from what was set aside: it is there, since nobody else could spend it."""
    rows = list(Reserve.objects.select_for_update().filter(permit=permit, left__gt=0).order_by("id"))
    wanted, tills = case.given.amount, book.tills(case.device.shop, permit.kind)
    drawn: dict[Voucher, int] = {}
    if sum(row.left for row in rows) < wanted:
        return _shop_bears(case, "over_reserve")
    for row in rows:
        part = min(row.left, wanted - sum(drawn.values()))
        if not part:
            break
        drawn[row.voucher] = part
        book.free(row.hold, key=f"{row.pk}:{case.row.pk}", at=case.at)
        row.left -= part
    redeeming.store(case.wish, card, drawn, how=How.RESERVED, at=case.at)
    for row in rows:
        # What is left stays set aside, under a new hold: the account was ours alone all the while.
        if row.voucher in drawn:
            if row.left:
                key = f"{permit.pk}:{row.voucher_id}:{case.row.pk}"
                till = tills[row.voucher.agency]
                ends = permitting.far(permit.sync_by)
                row.hold = book.hold(row.voucher, till, row.left, key=key, at=case.at, expires_at=ends)
            row.save(update_fields=["hold", "left"])
    return GIVEN


def _up_to_cap(case: _Case, permit: Permit, card: Card) -> str:
    """Draw what is there. What is not is a loss, borne as the permit said beforehand."""
    kind = case.scheme.kind(permit.kind)
    drawn: dict[Voucher, int] = redeeming.draw_from(card.holder_id, kind, case.given.amount, at=case.given.at)
    short = case.given.amount - sum(drawn.values())
    loss = None
    if short and permit.loss == "agency":
        agency = _whose(case, card) or permit.agency
        loss = Loss(agency, book.loss_of(kind, agency, at=case.at), short)
    made = None
    if drawn or loss:
        wish = Wish(f"permit:{permit.pk}:{case.row.pk}", case.device.shop, permit.kind, case.given.amount)
        made = redeeming.store(wish, card, drawn, how=How.BOUNDED, at=case.at, loss=loss)
    if not short:
        return GIVEN
    bearer = f"agency:{loss.agency}" if loss else f"shop:{case.device.shop}"
    _bear(case, short, bearer, "not_covered", made)
    return "not_covered"


def _whose(case: _Case, card: Card) -> str:
    """The agency whose voucher went short: the last that is drawn from, of those in force when it was given."""
    when = case.given.at
    rows = Voucher.objects.filter(holder=card.holder_id, kind=case.given.kind, expires_on__gte=when.date())
    rows = rows.filter(issued_at__lte=when + SLACK, agency__in=book.tills(case.device.shop, case.given.kind))
    return rows.order_by("-expires_on", "-id").values_list("agency", flat=True).first() or ""


def _shop_bears(case: _Case, code: str) -> str:
    """What breaks the rules that the device knew: refused, into the audit, and borne by its shop."""
    _refuse(case.device, case.given, code, case.at)
    _bear(case, case.given.amount, f"shop:{case.device.shop}", code, None)
    return code


def _bear(case: _Case, amount: int, bearer: str, reason: str, made: Redemption | None) -> None:
    Conflict.objects.create(
        entry=case.row,
        redemption=made,
        kind=case.given.kind[:80],
        amount=amount,
        bearer=bearer,
        reason=reason[:40],
        at=case.at,
    )


def _refuse(device: Device, given: Given, code: str, at: datetime) -> None:
    """Into the audit. The whole request goes on: one bad entry hinders no other."""
    Refusal.objects.create(
        at=at, code=code[:40], shop=device.shop, device=device.code, kind=given.kind[:80], amount=given.amount
    )  # fmt: skip

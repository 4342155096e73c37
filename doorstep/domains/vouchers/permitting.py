"""Devices at the desk: enrolled with a key of their own, permitted to give offline, closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from doorstep.domains.vouchers import book, cards, keys, redeeming
from doorstep.domains.vouchers.models import Card, Device, Holder, Permit, Reserve
from doorstep.domains.vouchers.offline import permits
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.types import BadInput, CardState, Clerk, DeviceView, NoSuch, NotAllowed, Refused


def enrol(code: str, *, shop: str, public_key: bytes, scheme: Vouchers, clerk: Clerk, at: datetime) -> str:
    """Make a device known by its public key. Raises ``BadInput`` where code or key are none or taken."""
    scheme.shop(shop)
    tidy = code.strip().lower()
    if not tidy or len(tidy) > 40 or not tidy.replace("-", "").isalnum() or not tidy.isascii():
        raise BadInput("A device's code has letters, digits and hyphens.", code="device_code", mend="Choose another.")
    if len(public_key) != 32:
        raise BadInput("A device's key has 32 bytes.", code="device_key", mend="Copy it from the device again.")
    try:
        with transaction.atomic():
            Device.objects.create(
                code=tidy, shop=shop, public_key=public_key, enrolled_by=clerk.name, enrolled_at=at
            )  # fmt: skip
    except IntegrityError as error:
        raise BadInput("This code or this key is taken.", code="device_taken", mend="Choose another.") from error
    return tidy


@transaction.atomic
def close(code: str, *, clerk: Clerk, at: datetime) -> None:
    """A device that is lost or broken gives no more. What it already gave may still be told until its permits end."""
    device = _device(code)
    if device.closed_at is None:
        device.closed_at, device.closed_by = at, clerk.name
        device.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def permit_bounded(code: str, *, kind: str, scheme: Vouchers, clerk: Clerk, at: datetime) -> int:
    """Permit a device to give a kind to anybody up to the kind's caps; gives the permit's number.

    One at a time for a device and a kind: the next comes when it has synced and the old one is over.
    """
    device, of = _open_device(code), scheme.kind(kind)
    rule = of.bounded
    if rule is None or not scheme.takes(device.shop, kind):
        raise NotAllowed("This voucher is not given offline here.", code="not_offline", mend="Choose another.")
    agency = of.agencies[0].text
    try:
        with transaction.atomic():
            made = Permit.objects.create(
                device=device,
                kind=kind,
                mode="bounded",
                person=of.minor(rule.person),
                total=of.minor(rule.device),
                loss=rule.loss,
                agency=agency if rule.loss == "agency" else "",
                from_at=at,
                until=at + timedelta(days=rule.days),
                sync_by=at + timedelta(days=rule.days + rule.sync_days),
            )
    except IntegrityError as error:
        raise NotAllowed("This device has such a permit already.", code="permit_open", mend="Let it end.") from error
    book.loss_of(of, agency, at=at)
    return made.pk


@transaction.atomic
def reserve(
    code: str, *, card: str, kind: str, amount: int, scheme: Vouchers, clerk: Clerk, at: datetime
) -> int:  # fmt: skip
    """Set a part of somebody's vouchers aside for one device; gives the permit's number. Raises ``Refused``."""
    device, of = _open_device(code), scheme.kind(kind)
    rule = of.reserved
    if rule is None or not scheme.takes(device.shop, kind):
        raise NotAllowed("This voucher is not reserved for devices here.", code="not_offline", mend="Choose another.")
    if not 0 < amount <= of.minor(rule.person):
        raise Refused("This is more than may be reserved.", code="reserve_cap", mend="Reserve less.")
    found = Card.objects.filter(number=card, state=CardState.ACTIVE, proxy=None).first()
    if found is None:
        raise NoSuch("There is no such card.", mend="Look at the number again.")
    drawn = redeeming.draw_from(found.holder_id, of, amount, at=at)
    if sum(drawn.values()) < amount:
        raise Refused("There is not enough on the voucher.", code="too_little", mend="Reserve less.")
    until = at + timedelta(days=rule.days)
    made = Permit.objects.create(
        device=device,
        kind=kind,
        mode="reserved",
        holder_id=found.holder_id,
        card=card,
        person=amount,
        total=amount,
        from_at=at,
        until=until,
        sync_by=until + timedelta(days=rule.sync_days),
    )
    tills = book.tills(device.shop, kind)
    for voucher, part in drawn.items():
        hold = book.hold(
            voucher, tills[voucher.agency], part, key=f"{made.pk}:{voucher.pk}:0", at=at, expires_at=far(made.sync_by)
        )
        Reserve.objects.create(permit=made, voucher=voucher, hold=hold, left=part)
    return made.pk


def end_permits(*, at: datetime) -> int:
    """End the permits whose device can no longer tell anything: what is still reserved is free again. How many."""
    past = Permit.objects.filter(ended_at=None, sync_by__lt=at).order_by("id").values_list("id", flat=True)
    return sum(end_permit(number, at=at) for number in list(past))


@transaction.atomic
def end_permit(number: int, *, at: datetime) -> int:
    """End one permit: 1, or 0 where it had ended."""
    permit = Permit.objects.select_for_update().get(pk=number)
    if permit.ended_at is not None:
        return 0
    if permit.holder_id is not None:
        Holder.objects.select_for_update(no_key=True).get(pk=permit.holder_id)
    for reserved in permit.reserves.filter(left__gt=0):
        book.free(reserved.hold, key=f"{reserved.pk}:end", at=at)
        reserved.left = 0
        reserved.save(update_fields=["left"])
    permit.ended_at = at
    permit.save(update_fields=["ended_at"])
    return 1


def pass_of(device: Device, *, at: datetime) -> permits.Pass:
    """What a device takes along: its permits that are not over, and the withdrawn cards."""
    rows = device.permits.filter(ended_at=None, until__gt=at).order_by("id") if device.closed_at is None else []
    signed = [
        permits.Permit(
            id=row.pk,
            device=device.code,
            shop=device.shop,
            kind=row.kind,
            mode=row.mode,
            cards=(row.card,) if row.card else (),
            person=row.person,
            total=row.total,
            loss=row.loss,
            from_at=row.from_at.isoformat(),
            until=row.until.isoformat(),
            sync_by=row.sync_by.isoformat(),
        )
        for row in rows
    ]
    return permits.sign_pass(signed, revoked=cards.revoked_numbers(at=at), at=at, key=keys.signing_key())


def devices() -> list[DeviceView]:
    """Every device, the newest first."""
    return [view(one) for one in Device.objects.order_by("-id")[:200]]


def view(one: Device) -> DeviceView:
    """A device as officers see it."""
    return DeviceView(one.code, one.shop, one.enrolled_at, one.enrolled_by, one.closed_at, one.synced_at, one.upto)


def worst_loss(*, scheme: Vouchers, at: datetime) -> dict[tuple[str, str], int]:
    """The most that can go wrong now: (kind, who bears it) -> the caps of all bounded permits that are not ended.

    Which agency bears a loss is known when it happens: it is the one whose voucher it was. Until then all of the
    kind's agencies stand in the bearer, with blanks between them.
    """
    worst: dict[tuple[str, str], int] = {}
    for permit in Permit.objects.filter(mode="bounded", ended_at=None).select_related("device"):
        kind = scheme.kinds.get(permit.kind)
        agencies = " ".join(one.text for one in kind.agencies) if kind else permit.agency
        bearer = f"agency:{agencies}" if permit.loss == "agency" else f"shop:{permit.device.shop}"
        worst[permit.kind, bearer] = worst.get((permit.kind, bearer), 0) + permit.total
    return worst


def far(sync_by: datetime) -> datetime:
    """When a reservation's hold ends on the ledger. Long after the last sync: the scheme frees it itself."""
    return sync_by + timedelta(days=3650)


def _device(code: str) -> Device:
    device = Device.objects.select_for_update().filter(code=code).first()
    if device is None:
        raise NoSuch("There is no such device.", mend="Look at the code again.")
    return device


def _open_device(code: str) -> Device:
    device = _device(code)
    if device.closed_at is not None:
        raise NotAllowed("This device was closed.", code="device_closed", mend="Enrol another.")
    return device

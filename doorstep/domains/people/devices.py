"""Tablets that enrol: who may use which until when, what came from each and what is missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import IntegrityError, transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import enrolling, forms, packets
from doorstep.domains.people.enrolling import Source
from doorstep.domains.people.models import Device, Enrolment
from doorstep.domains.people.types import (
    Asker,
    BadPacket,
    BadRecord,
    DeviceView,
    EnrolmentState,
    NotNow,
    Received,
    Role,
)
from doorstep.engines.vault.api import box_key, take_out

PURPOSE = "enrol-a-person"
SKEW = timedelta(days=1)
"""How far ahead a device's clock may be. What it made is taken all the same; the page says that its clock is wrong."""
LONGEST = timedelta(days=366)


def server_key() -> bytes:
    """The public key for which devices seal: 32 raw bytes."""
    return box_key(settings.DATA_KEY).public_key().public_bytes_raw()


def add_device(*, code: str, holder: str, public: bytes, until: date, by: str, at: datetime) -> DeviceView:
    """Let a tablet enrol until a day, a year at most. Raises ``BadRecord``."""
    try:
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise BadRecord("This is no device's key.", mend="Copy it whole from the device's screen.") from error
    if not code.strip() or len(code) > 40 or not holder.strip() or not at.date() <= until <= (at + LONGEST).date():
        raise BadRecord("A device has a name, somebody who holds it, and a last day within a year.", mend="")
    try:
        with transaction.atomic():
            row = Device.objects.create(
                code=code.strip(), holder=holder.strip(), public=public, made_by=by, made_at=at, until=until
            )
    except IntegrityError as error:
        raise BadRecord("There is a device of this name.", mend="Choose another name.") from error
    return view(row)


def end_device(code: str, at: datetime) -> None:
    """A tablet is lost or given back: nothing that it makes from now on is taken."""
    if not Device.objects.filter(code=code, ended_at=None).update(ended_at=at):
        raise NotNow("There is no such device at work.", mend="Open the list again.")


def receive(country: Country, raw: bytes, at: datetime) -> Received:
    """Take a packet, however often it comes. Raises ``BadPacket``; what is refused is still on the device."""
    packet = packets.read_packet(raw)
    device = Device.objects.filter(code=packet.device).first()
    if device is None:
        raise BadPacket("This device is not known.", mend="Have it enrolled at a centre, then send again.")
    packets.check_signature(packet, bytes(device.public))
    there = Enrolment.objects.filter(pk=packet.id, device=device).first()
    _check_in_time(device, packet.made_at, at, is_there=there is not None)
    form = forms.read(take_out(packet.box, [settings.DATA_KEY, *settings.OLD_DATA_KEYS]))
    asker = Asker(f"{packet.operator} ({device.code})", PURPOSE, f"enrolment {packet.id}", frozenset({Role.ENROLLER}))
    try:
        with transaction.atomic():
            source = Source(packet.id, device, packet.sequence, packet.made_at)
            row, again = enrolling.enrol(country, form, asker, source, at)
    except IntegrityError as error:
        again_row = Enrolment.objects.filter(pk=packet.id, device=device, sequence=packet.sequence).first()
        if again_row is not None:  # two sendings at once: the other was first
            return Received(packet.id, EnrolmentState(again_row.state), True)
        raise BadPacket(
            "Another packet has this number.",
            why=f"Number {packet.sequence} of this device came before with another id.",
            mend="Keep the packet and tell the support: the device may have been copied.",
        ) from error
    return Received(row.pk, EnrolmentState(row.state), again)


def view(row: Device) -> DeviceView:
    """A device with what came from it, and the numbers that are missing in between."""
    numbers = list(row.enrolments.order_by("sequence").values_list("sequence", flat=True))
    last = numbers[-1] if numbers else 0
    missing = sorted(set(range(1, (last or 0) + 1)) - set(numbers))[:100]
    return DeviceView(row.code, row.holder, row.until, row.ended_at, len(numbers), last or 0, tuple(missing))


def devices() -> tuple[DeviceView, ...]:
    """Every device, those at work first."""
    return tuple(view(row) for row in Device.objects.order_by("-ended_at", "code"))


def is_clock_wrong(row: Enrolment) -> bool:
    """Whether a device's clock was ahead of ours by more than a day."""
    return row.made_at > row.received_at + SKEW


def _check_in_time(device: Device, made_at: datetime, at: datetime, *, is_there: bool) -> None:
    if is_there:
        return
    if device.ended_at is not None:
        raise BadPacket("This device was ended.", why="It was lost, or given back.", mend="Take it to a centre.")
    if at.date() > device.until and made_at.date() > device.until:
        raise BadPacket("This device's time is over.", mend="Have it enrolled anew; its packets can be sent then.")

"""The part of the door through which people are enrolled, compared and joined. ``api`` opens all of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, devices, doubles, enrolling, policies, searching
from doorstep.domains.people.enrolling import Source
from doorstep.domains.people.forms import Form
from doorstep.domains.people.models import Enrolment
from doorstep.domains.people.record import PersonView, Record
from doorstep.domains.people.types import (
    Asker,
    DeviceView,
    EnrolmentState,
    EnrolmentView,
    PairState,
    PairView,
    Received,
)


def enrol(*, country: Country, form: Form, id: UUID, asker: Asker, at: datetime) -> EnrolmentView:
    """Enrol somebody at a desk. ``id`` is made with the page, so that a second press of the button changes nothing.

    Raises ``BadRecord`` for what cannot be. Without papers it waits for introducers; where somebody may be the same
    person, for a human.
    """
    try:
        row, _ = enrolling.enrol(country, form, asker, Source(id), at)
    except IntegrityError:  # two presses at once: the other was first
        row, _ = enrolling.enrol(country, form, asker, Source(id), at)
    return enrolment_view(row)


def enrolment(*, id: UUID) -> EnrolmentView:
    """An enrolment without what was written in it. Raises ``NotNow`` where there is none."""
    return enrolment_view(enrolling.found(id))


def enrolments(*, state: EnrolmentState | None = None, size: int = 50, skip: int = 0) -> tuple[EnrolmentView, ...]:
    """Enrolments, the oldest first where they wait for something, else the newest first."""
    rows = Enrolment.objects.select_related("device")
    if state is not None:
        rows = rows.filter(state=state)
    waits = state in (EnrolmentState.VOUCHING, EnrolmentState.COMPARING)
    rows = rows.order_by("received_at" if waits else "-received_at", "id")
    return tuple(enrolment_view(row) for row in rows[skip : skip + size])


def count_enrolments(*, state: EnrolmentState | None = None) -> int:
    """How many there are."""
    rows = Enrolment.objects.all()
    return rows.count() if state is None else rows.filter(state=state).count()


def vouch(*, country: Country, enrolment: UUID, number: str, knows: str, asker: Asker, at: datetime) -> EnrolmentView:
    """Somebody with ``number`` vouches for who has no papers. Raises ``NoPerson``, ``NotAllowed``, ``TooManyTries``."""
    return enrolment_view(enrolling.vouch(country, enrolment, asker, number=number, knows=knows, at=at))


def refuse_enrolment(*, country: Country, enrolment: UUID, words: str, asker: Asker, at: datetime) -> EnrolmentView:
    """A human's no, with words. Raises ``BadRecord`` without them."""
    return enrolment_view(enrolling.refuse(country, enrolment, words, asker, at))


def contest_refusal(*, enrolment: UUID, words: str, at: datetime) -> EnrolmentView:
    """The person does not accept a refusal: another human looks again."""
    return enrolment_view(enrolling.contest(enrolment, words, at))


def accept_contested(*, country: Country, enrolment: UUID, asker: Asker, at: datetime) -> EnrolmentView:
    """Another human than who refused says yes after all. Raises ``NotAllowed``."""
    return enrolment_view(enrolling.accept_contested(country, enrolment, asker, at))


def server_key() -> bytes:
    """The public key that a device needs to seal what it collects."""
    return devices.server_key()


def add_device(*, code: str, holder: str, public: bytes, until: date, by: str, at: datetime) -> DeviceView:
    """Let a tablet enrol without a connection, a year at most. Raises ``BadRecord``."""
    return devices.add_device(code=code, holder=holder, public=public, until=until, by=by, at=at)


def end_device(*, code: str, at: datetime) -> None:
    """A tablet was lost or given back."""
    devices.end_device(code, at)


def enrolment_devices() -> tuple[DeviceView, ...]:
    """Every tablet, with the numbers of packets that are missing."""
    return devices.devices()


def receive_packet(*, country: Country, packet: bytes, at: datetime) -> Received:
    """Take what a tablet sends, however often it comes. Raises ``BadPacket``, ``BadRecord``, ``CannotOpen``."""
    return devices.receive(country, packet, at)


def pairs(*, state: PairState = PairState.OPEN, size: int = 50) -> tuple[PairView, ...]:
    """Records that may be one person, the likeliest first."""
    return doubles.pairs(state=state, size=size)


def compare_pair(
    *, country: Country, pair: int, asker: Asker, at: datetime
) -> tuple[PairView, PersonView | Record, PersonView]:
    """Both records side by side; their owners see that it was done."""
    return doubles.compare(country, pair, asker, at)


def decide_pair(*, country: Country, pair: int, same: bool, words: str, asker: Asker, at: datetime) -> PairView:
    """Say whether two records are one person. Two people's records are joined by ``confirm_pair`` only."""
    return doubles.decide(country, pair, asker, same=same, words=words, at=at)


def confirm_pair(*, country: Country, pair: int, asker: Asker, at: datetime) -> PairView:
    """A second human joins two records. Raises ``NotAllowed`` for the first one."""
    return doubles.confirm(country, pair, asker, at=at)


def part_pair(*, country: Country, pair: int, words: str, asker: Asker, at: datetime) -> PairView:
    """Two records were joined by mistake: everything goes back."""
    return doubles.part(country, pair, asker, words=words, at=at)


def find_doubles(*, country: Country, at: datetime) -> int:
    """Compare everybody with everybody and store the pairs for humans; how many are new."""
    return doubles.find_all(country, at)


def search(
    *, country: Country, text: str, asker: Asker, at: datetime, year: int | None = None
) -> tuple[PersonView, ...]:
    """People by name in any script, the likeliest first, twenty at most. Each sees that they were found.

    Raises ``NotAllowed`` where the purpose does not search.
    """
    policies.check_may_search(country, asker, at)
    return access.read_found(country, searching.by_name(text, year), asker, at)


def enrolment_view(row: Enrolment) -> EnrolmentView:
    """An enrolment without anything that was written in it."""
    return EnrolmentView(
        id=row.pk,
        state=EnrolmentState(row.state),
        operator=row.operator,
        device=row.device.code if row.device else "",
        made_at=row.made_at,
        received_at=row.received_at,
        person=row.person_id,
        vouched=row.vouchings.count(),
        needed=row.needed,
        open_pairs=row.pairs.filter(state=PairState.OPEN).count(),
        exceptions=tuple(row.exceptions),
        documents=tuple(row.documents),
        decided_by=row.decided_by,
        words=row.words,
        contest=row.contest,
        is_clock_wrong=devices.is_clock_wrong(row),
    )

"""Enrols somebody: with papers, or through people who know them. A human compares before a second record is made.

1. The form is checked and stored, sealed, under an id made where it was filled: sent twice it is stored once.
2. Without papers it waits until enough introducers have vouched (``vouching``).
3. Where a record may be the same person, it waits for a human (``comparing``); nobody is refused by a machine.
4. Else the person gets a record, and the form is forgotten (``accepted``); or it was somebody known (``linked``).
5. A refusal is a human's, with words; the person can contest it, and another human looks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import (
    access,
    checking,
    doubles,
    forms,
    guessing,
    households,
    keeping,
    policies,
    vaulting,
)
from doorstep.domains.people.forms import Form
from doorstep.domains.people.models import Device, Enrolment, Person, Vouching
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.types import Asker, BadRecord, EnrolmentState, NotAllowed, NotNow, PairState, Role, State
from doorstep.engines.evidence import api as evidence

KIND, VOUCHING = "enrolment", "vouching"
LONGEST_WORDS = 2_000
YEAR = timedelta(days=365)

LIFE: Mapping[EnrolmentState | None, frozenset[EnrolmentState]] = {
    None: frozenset({EnrolmentState.COMPARING}),
    EnrolmentState.VOUCHING: frozenset(
        {EnrolmentState.COMPARING, EnrolmentState.ACCEPTED, EnrolmentState.REFUSED, EnrolmentState.LINKED}
    ),
    EnrolmentState.COMPARING: frozenset(
        {EnrolmentState.VOUCHING, EnrolmentState.ACCEPTED, EnrolmentState.REFUSED, EnrolmentState.LINKED}
    ),
    EnrolmentState.REFUSED: frozenset({EnrolmentState.COMPARING}),
    EnrolmentState.ACCEPTED: frozenset(),
    EnrolmentState.LINKED: frozenset(),
}
"""From which state an enrolment may come to which. Nothing leads out of a record that was made."""


@dataclass(frozen=True)
class Source:
    """Where a form was filled: the id made there, and for a device its number and clock."""

    id: UUID
    device: Device | None = None
    sequence: int | None = None
    made_at: datetime | None = None


def enrol(country: Country, form: Form, asker: Asker, source: Source, at: datetime) -> tuple[Enrolment, bool]:
    """Take a form, and say whether it was there before. Raises ``BadRecord`` for what cannot be, and stores nothing."""
    policies.check_may_change(country, asker, at)
    digest = vaulting.vault().hash(forms.written(form).decode(), f"enrolment {source.id}", size=32)
    with transaction.atomic():
        there = Enrolment.objects.select_for_update().filter(pk=source.id).first()
        if there is not None:
            _check_same(there, form)
            return there, True
        record = checking.checked(country, form.record, at.date())
        _check_codes(country, form)
        row = Enrolment(
            id=source.id, device=source.device, sequence=source.sequence, operator=asker.who,
            made_at=source.made_at or at, received_at=at, digest=digest, state=EnrolmentState.COMPARING,
            documents=list(form.documents), exceptions=list(form.exceptions),
            needed=0 if form.documents else rules_of(country).introducers.needed,
            form=vaulting.vault().seal(forms.written(form), vaulting.label("enrolment", "form", source.id)),
        )  # fmt: skip
        row.leaf = evidence.append(kind=KIND, content=_content(row)).id
        row.save(force_insert=True)
        doubles.note_similar(row, record, at)
        _advance(country, row, asker, at)
    return row, False


def vouch(country: Country, enrolment: UUID, asker: Asker, *, number: str, knows: str, at: datetime) -> Enrolment:
    """Somebody with ``number`` vouches and says how they know the person. Raises ``NotAllowed``, ``NotNow``."""
    policies.check_may_change(country, asker, at)
    if not knows.strip() or len(knows) > 200:
        raise BadRecord("It is not said how the introducer knows the person.", mend="Write it in some words.")
    introducer = guessing.person_of(number, asker.who, at)
    with transaction.atomic():
        row = _open(enrolment, {EnrolmentState.VOUCHING})
        introducer = access.found(introducer.pk, lock=True)
        if not row.vouchings.filter(introducer=introducer).exists():
            _check_introducer(country, introducer, asker, at)
            vouching = Vouching(enrolment=row, introducer=introducer, knows=knows.strip(), taken_by=asker.who, at=at)
            content = {
                "enrolment": str(row.pk),
                "introducer": str(introducer.pk),
                "by": asker.who,
                "at": at.isoformat(),
            }
            vouching.leaf = evidence.append(kind=VOUCHING, content=content).id
            vouching.save()
        _advance(country, row, asker, at)
    return row


def refuse(country: Country, enrolment: UUID, words: str, asker: Asker, at: datetime) -> Enrolment:
    """A human says no, with words that the person gets. They may contest it. Raises ``NotNow``, ``BadRecord``."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = _open(enrolment, {EnrolmentState.VOUCHING, EnrolmentState.COMPARING})
        _check_words(words)
        if row.contest and row.decided_by == asker.who:
            raise NotAllowed("Who refused it first does not decide on the contest.", mend="Ask a colleague.")
        _move(row, EnrolmentState.REFUSED, asker, at, words)
    return row


def contest(enrolment: UUID, words: str, at: datetime) -> Enrolment:
    """The person does not accept the refusal: it goes back to a human, and to another one."""
    with transaction.atomic():
        row = _open(enrolment, {EnrolmentState.REFUSED})
        _check_words(words)
        if row.contest:
            raise NotNow("The refusal was contested before.", mend="The court named in the letter can be asked.")
        row.contest, row.contested_at, row.state = words.strip(), at, EnrolmentState.COMPARING
        row.save(update_fields=["contest", "contested_at", "state"])
    return row


def found(enrolment: UUID) -> Enrolment:
    """The row of an enrolment. Raises ``NotNow`` where there is none."""
    row = Enrolment.objects.select_related("device").filter(pk=enrolment).first()
    if row is None:
        raise NotNow("There is no such enrolment.", mend="Open the list again.")
    return row


def settle(country: Country, row: Enrolment, asker: Asker, at: datetime) -> None:
    """Go on after a pair was decided: nothing where others are still open."""
    if row.state in (EnrolmentState.COMPARING, EnrolmentState.VOUCHING):
        _advance(country, row, asker, at)


def form_of(row: Enrolment) -> Form:
    """The form of an enrolment that is not ended. Its caller notes who looks, with ``doubles``."""
    assert row.form is not None
    return forms.read(vaulting.vault().open(bytes(row.form), vaulting.label("enrolment", "form", row.pk)))


def _advance(country: Country, row: Enrolment, asker: Asker, at: datetime) -> None:
    """Bring an enrolment to where it now belongs."""
    same = row.pairs.filter(state=PairState.SAME).first()
    if same is not None:
        row.person = access.found(same.other_id)
        _move(row, EnrolmentState.LINKED, asker, at)
    elif row.contest and row.state == EnrolmentState.COMPARING and not _asked_anew(row, asker):
        return
    elif row.vouchings.count() < row.needed:
        if row.state != EnrolmentState.VOUCHING:
            _move(row, EnrolmentState.VOUCHING, asker, at)
    elif row.pairs.filter(state=PairState.OPEN).exists():
        if row.state != EnrolmentState.COMPARING:
            _move(row, EnrolmentState.COMPARING, asker, at)
    else:
        row.person = _made(country, row, asker, at)
        _move(row, EnrolmentState.ACCEPTED, asker, at)


def accept_contested(country: Country, enrolment: UUID, asker: Asker, at: datetime) -> Enrolment:
    """Another human than who refused says yes after all."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = _open(enrolment, {EnrolmentState.COMPARING})
        if not row.contest:
            raise NotNow("Nobody has contested this.", mend="Decide the open pairs.")
        if not _asked_anew(row, asker):
            raise NotAllowed("Who refused it first does not decide on the contest.", mend="Ask a colleague.")
        _advance(country, row, asker, at)
    return row


def _asked_anew(row: Enrolment, asker: Asker) -> bool:
    return row.decided_by != asker.who


def _made(country: Country, row: Enrolment, asker: Asker, at: datetime) -> Person:
    form = form_of(row)
    by = Asker(asker.who, "enrol-a-person", f"enrolment {row.pk}", asker.roles | {Role.ENROLLER})
    person = keeping.register(country, form.record, by, at)
    if form.guardian is not None:
        _give_guardian(country, person, form, by, at)
    return person


def _give_guardian(country: Country, person: Person, form: Form, asker: Asker, at: datetime) -> None:
    """Who came along with a child is its guardian until the day before it is grown up."""
    assert form.guardian is not None
    born, adult = form.record.birth.on, rules_of(country).adult_from
    if born is None or born.reaches(adult, at.date()):
        return
    households.give_mandate(
        country, person.pk, form.guardian, asker, kind="guardian", scopes=[policies.EVERYTHING], since=at.date(),
        until=born.birthday(adult) - timedelta(days=1), basis="Came along at the enrolment.", at=at,
    )  # fmt: skip


def _move(row: Enrolment, state: EnrolmentState, asker: Asker, at: datetime, words: str = "") -> None:
    before = EnrolmentState(row.state)
    if state not in LIFE[before]:
        raise NotNow(f"An enrolment that is {before} does not become {state}.", mend="Open it again.")
    row.state = state
    if state in (EnrolmentState.ACCEPTED, EnrolmentState.LINKED):
        row.form = None
    if state in (EnrolmentState.ACCEPTED, EnrolmentState.LINKED, EnrolmentState.REFUSED):
        row.decided_by, row.decided_at, row.words = asker.who, at, words.strip() or row.words
    row.save()


def _open(enrolment: UUID, states: set[EnrolmentState]) -> Enrolment:
    row = Enrolment.objects.select_for_update().filter(pk=enrolment).first()
    if row is None:
        raise NotNow("There is no such enrolment.", mend="Open the list again.")
    if row.state not in states:
        raise NotNow(f"This enrolment is {row.state}.", mend="Open it again to see what can be done now.")
    return row


def _check_same(there: Enrolment, form: Form) -> None:
    """The digest under any key: keys may have been changed between the first and the second sending."""
    if bytes(there.digest) not in vaulting.vault().hashes(
        forms.written(form).decode(), f"enrolment {there.pk}", size=32
    ):
        raise NotNow(
            "Another enrolment has this id.",
            why="The same id came before with other content.",
            mend="Keep the packet and tell the support; enrol the person again under a new id.",
        )


def _check_codes(country: Country, form: Form) -> None:
    rules = rules_of(country)
    for codes, known, what in (
        (form.documents, rules.documents, "document"),
        (form.exceptions, rules.exceptions, "exception"),
    ):
        if unknown := [code for code in codes if code not in known]:
            raise BadRecord(f"There is no {what} {unknown[0][:40]!r}.", mend=f"It is one of: {', '.join(known)}.")


def _check_introducer(country: Country, person: Person, asker: Asker, at: datetime) -> None:
    rules = rules_of(country).introducers
    access.note([person], asker, ["adult"], "read", at)
    born = access.view(country, person, ("birth",), at.date()).birth
    if person.state != State.ACTIVE or born is None or born.on is None or not born.on.reaches(rules.age, at.date()):
        raise NotAllowed(
            "This person cannot vouch.", why=f"An introducer lives and is {rules.age} or older.", mend="Ask another."
        )
    if Vouching.objects.filter(introducer=person, at__gt=at - YEAR).count() >= rules.in_a_year:
        raise NotAllowed(
            "This person has vouched too often.",
            why=f"Nobody vouches for more than {rules.in_a_year} people in a year.",
            mend="Ask somebody else who knows the person.",
        )


def _check_words(words: str) -> None:
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise BadRecord("Words are needed.", mend=f"Write why, in up to {LONGEST_WORDS} letters.")


def _content(row: Enrolment) -> dict[str, str]:
    return {
        "enrolment": str(row.pk), "operator": row.operator, "device": row.device.code if row.device else "",
        "digest": bytes(row.digest).hex(), "at": row.received_at.isoformat(),
    }  # fmt: skip

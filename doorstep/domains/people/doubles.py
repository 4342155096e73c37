"""Two records that may be one person: found by machine, decided by humans, joined by two of them, parted if wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, enrolling, policies, searching
from doorstep.domains.people.models import (
    Contact,
    Enrolment,
    Identifier,
    Mandate,
    Membership,
    Merge,
    Pair,
    Person,
)
from doorstep.domains.people.record import PersonView, Record
from doorstep.domains.people.types import (
    Asker,
    BadRecord,
    FieldLevel,
    NotAllowed,
    NotNow,
    PairState,
    PairView,
    State,
)
from doorstep.engines.evidence import api as evidence

KIND = "pair"
LIFE: Mapping[PairState, frozenset[PairState]] = {
    PairState.OPEN: frozenset({PairState.SAME, PairState.DIFFERENT}),
    PairState.SAME: frozenset({PairState.JOINED, PairState.OPEN}),
    PairState.JOINED: frozenset({PairState.DIFFERENT}),
    PairState.DIFFERENT: frozenset({PairState.OPEN}),
}
"""``same`` of two people waits for a second human; ``joined`` that turns out wrong becomes ``different``."""
_MOVED: Mapping[str, Any] = {"contact": Contact, "identifier": Identifier, "membership": Membership}


def note_similar(row: Enrolment, record: Record, at: datetime) -> list[Pair]:
    """Store the records that may be the person of a form. Nobody's data are shown to anybody by this."""
    found = searching.similar(record)
    return Pair.objects.bulk_create(
        Pair(enrolment=row, other=one.person, probability=one.probability, levels=_levels(one), found_at=at)
        for one in found
    )


def note_pair(first: Person, second: Person, found: searching.Similar, at: datetime) -> Pair | None:
    """Store a pair of people for a human to compare; nothing where it stands or was decided."""
    low, high = sorted((first, second), key=lambda one: one.pk)
    if Pair.objects.filter(person=low, other=high).exists():
        return None
    return Pair.objects.create(
        person=low, other=high, probability=found.probability, levels=_levels(found), found_at=at
    )


def pairs(*, state: PairState = PairState.OPEN, size: int = 50, before: int | None = None) -> tuple[PairView, ...]:
    """Pairs for the adjudicator's list, the likeliest first."""
    rows = Pair.objects.filter(state=state).order_by("-probability", "id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(view(row) for row in rows[:size])


def compare(
    country: Country, pair: int, asker: Asker, at: datetime
) -> tuple[PairView, PersonView | Record, PersonView]:
    """Both records side by side. Each person whose record is opened sees that it was."""
    visibility = policies.check_may_compare(country, asker, at)
    with transaction.atomic():
        row = _row(pair)
        people = [one for one in (row.person, row.other) if one is not None]
        for one in people:
            policies.check_person(one, visibility, asker, at)
        access.note(people, asker, visibility.shows, "read", at)
        other = access.view(country, row.other, visibility.shows, at.date())
        if row.person is not None:
            return view(row), access.view(country, row.person, visibility.shows, at.date()), other
        assert row.enrolment is not None
        if row.enrolment.form is None:
            raise NotNow("This enrolment is decided.", mend="Open the next pair.")
        return view(row), enrolling.form_of(row.enrolment).record, other


def decide(country: Country, pair: int, asker: Asker, *, same: bool, words: str, at: datetime) -> PairView:
    """Say whether two records are one person, with words. Who enrolled somebody does not decide on their double."""
    policies.check_may_compare(country, asker, at)
    with transaction.atomic():
        row = _row(pair, lock=True)
        _check_open(row, words)
        if row.enrolment is not None and row.enrolment.operator == asker.who:
            raise NotAllowed("Who enrolled the person does not compare.", mend="A colleague does it.")
        _move(row, PairState.SAME if same else PairState.DIFFERENT, asker, words, at)
        if row.enrolment is not None:
            enrolment = Enrolment.objects.select_for_update().get(pk=row.enrolment.pk)
            enrolling.settle(country, enrolment, asker, at)
    return view(row)


def confirm(country: Country, pair: int, asker: Asker, *, at: datetime) -> PairView:
    """A second human joins two records: the older one is kept, and what belongs to the other goes over to it."""
    policies.check_may_compare(country, asker, at)
    with transaction.atomic():
        row = _row(pair, lock=True)
        if row.state != PairState.SAME or row.person is None:
            raise NotNow("There is nothing to confirm.", mend="Open the list again.")
        if row.first_by == asker.who:
            raise NotAllowed("Two people join two records.", mend="A colleague confirms it.")
        kept, gone = _by_age(row)
        moved = _move_over(gone, kept, at)
        row.state, row.second_by = PairState.JOINED, asker.who
        row.save()
        gone.state, gone.into, gone.ended_at = State.MERGED, kept, at
        gone.save()
        _retoken(kept)
        access.note([kept, gone], asker, [], "changed", at)
        content = _content(row, asker, at)
        leaf = evidence.append(kind=KIND, content=content).id
        Merge.objects.create(pair=row, kept=kept, gone=gone, moved=moved, at=at, leaf=leaf)
    return view(row)


def part(country: Country, pair: int, asker: Asker, *, words: str, at: datetime) -> PairView:
    """Two records were joined that are two people: what went over goes back."""
    policies.check_may_compare(country, asker, at)
    with transaction.atomic():
        row = _row(pair, lock=True)
        merge = row.merges.select_for_update().filter(undone_at=None).first()
        if row.state != PairState.JOINED or merge is None:
            raise NotNow("These records are not joined.", mend="Open the list again.")
        if not words.strip():
            raise BadRecord("Words are needed.", mend="Say how it was found out.")
        gone, kept = access.locked(merge.gone_id), access.locked(merge.kept_id)
        gone.state, gone.into, gone.ended_at = State.ACTIVE, None, None
        gone.save()
        _move_back(merge, gone)
        merge.undone_at, merge.undone_by, merge.words = at, asker.who, words.strip()
        merge.save()
        _retoken(kept)
        _retoken(gone)
        access.note([kept, gone], asker, [], "changed", at)
        _move(row, PairState.DIFFERENT, asker, words, at)
    return view(row)


def view(row: Pair) -> PairView:
    """A pair without anything that stands in the records."""
    fields = tuple(FieldLevel(*one) for one in row.levels)
    return PairView(
        row.pk, PairState(row.state), row.person_id, row.enrolment_id, row.other_id, row.probability, fields,
        row.found_at, row.first_by, row.words,
    )  # fmt: skip


def _by_age(row: Pair) -> tuple[Person, Person]:
    assert row.person_id is not None
    both = [access.locked(pk) for pk in sorted((row.person_id, row.other_id))]
    for one in both:
        policies.check_acts(one)
    kept, gone = sorted(both, key=lambda one: (one.made_at, str(one.pk)))
    return kept, gone


def _move_over(gone: Person, kept: Person, at: datetime) -> dict[str, Any]:
    """Contacts and numbers that the kept record lacks go over; a household only where it has none."""
    moved: dict[str, Any] = {}
    for name, model in _MOVED.items():
        rows = list(model.objects.filter(person=gone, until=None))
        theirs = model.objects.filter(person=kept, until=None)
        if name == "membership":
            rows = rows if not theirs.exists() else []
        else:
            there = {bytes(one.hash) for one in theirs}
            rows = [row for row in rows if bytes(row.hash) not in there]
        moved[name] = [row.pk for row in rows]
        model.objects.filter(pk__in=moved[name]).update(person=kept)
    given = Mandate.objects.filter(principal=gone, ended_at=None).exclude(agent=kept)
    held = Mandate.objects.filter(agent=gone, ended_at=None).exclude(principal=kept)
    moved["given"], moved["held"] = [list(rows.values_list("pk", flat=True)) for rows in (given, held)]
    Mandate.objects.filter(pk__in=moved["given"]).update(principal=kept)
    Mandate.objects.filter(pk__in=moved["held"]).update(agent=kept)
    return moved


def _move_back(merge: Merge, gone: Person) -> None:
    for name, model in _MOVED.items():
        model.objects.filter(pk__in=merge.moved[name]).update(person=gone)
    Mandate.objects.filter(pk__in=merge.moved["given"]).update(principal=gone)
    Mandate.objects.filter(pk__in=merge.moved["held"]).update(agent=gone)


def _move(row: Pair, state: PairState, asker: Asker, words: str, at: datetime) -> None:
    if state not in LIFE[PairState(row.state)]:
        raise NotNow(f"A pair that is {row.state} does not become {state}.", mend="Open it again.")
    row.state, row.first_by, row.second_by, row.words, row.decided_at = state, asker.who, "", words.strip(), at
    row.leaf = evidence.append(kind=KIND, content=_content(row, asker, at)).id
    row.save()


def _check_open(row: Pair, words: str) -> None:
    if row.state != PairState.OPEN:
        raise NotNow("This pair was decided.", mend="Open the next one.")
    if not words.strip() or len(words) > enrolling.LONGEST_WORDS:
        raise BadRecord("Words are needed.", mend="Say in some words what makes the two one person, or two.")


def _row(pair: int, *, lock: bool = False) -> Pair:
    rows = Pair.objects.select_for_update(of=("self",)) if lock else Pair.objects
    row = rows.select_related("person", "other", "enrolment").filter(pk=pair).first()
    if row is None:
        raise NotNow("There is no such pair.", mend="Open the list again.")
    return row


def _levels(found: searching.Similar) -> list[list[Any]]:
    return [[one.field, one.level, round(one.weight, 2)] for one in found.fields]


def _content(row: Pair, asker: Asker, at: datetime) -> dict[str, str]:
    return {
        "pair": str(row.pk), "one": str(row.person_id or row.enrolment_id), "other": str(row.other_id),
        "state": row.state, "by": asker.who, "words": row.words, "at": at.isoformat(),
    }  # fmt: skip


def _retoken(row: Person) -> None:
    row.tokens = searching.tokens(access.whole(row))
    row.save(update_fields=["tokens"])


def find_all(country: Country, at: datetime) -> int:
    """Compare everybody with those who share a key with them, and store new pairs for humans; how many there are."""
    count = 0
    for row in Person.objects.filter(state__in=(State.ACTIVE, State.DEAD)).order_by("pk").iterator(chunk_size=500):
        for found in searching.similar(access.whole(row), but=row):
            count += note_pair(row, found.person, found, at) is not None
    return count

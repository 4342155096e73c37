"""Cards: issued to a person, read without a connection, taken back by a list that readers carry."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, policies
from doorstep.domains.people.models import Card
from doorstep.domains.people.record import IssuedCard, PersonView
from doorstep.domains.people.types import Asker, BadRecord, CardView, NotNow, State
from doorstep.engines.credentials import api as credentials
from doorstep.engines.credentials.types import BirthDate as CardBirth
from doorstep.engines.credentials.types import CardClaims, Gender, Signer, StatusRef
from doorstep.engines.credentials.types import State as ListState
from doorstep.engines.evidence import api as evidence
from doorstep.kit.errors import unavailable

KIND = "card"
YEARS = 10
LIST_SIZE = 1 << 20
LIST_LIVES = timedelta(days=7)
_SHOWN = ("names", "birth", "sex", "identifiers")
_GENDER = {"male": Gender.MALE, "female": Gender.FEMALE, "other": Gender.OTHER}
_STATES = {"suspended": ListState.SUSPENDED, "revoked": ListState.REVOKED}


def issue(country: Country, person: UUID, asker: Asker, at: datetime) -> IssuedCard:
    """A card for somebody who stands at the desk; the one before is taken back. Every card is free."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        if row.state != State.ACTIVE:
            raise NotNow("Somebody who has died, or whose record is closed, gets no card.", mend="Look at the record.")
        access.note([row], asker, _SHOWN, "changed", at)
        seen = access.view(country, row, _SHOWN, at.date())
        for old in Card.objects.select_for_update().filter(person=row, state="valid"):
            _end(old, "revoked", "A new card was issued.", asker, at)
        signer = signers()[-1]
        index = credentials.draw_index(size=LIST_SIZE, is_taken=lambda one: Card.objects.filter(index=one).exists())
        expires = at.replace(year=at.year + YEARS, day=min(at.day, 28))
        text = credentials.issue_card(
            claims=_claims(seen), signer=signer, issued_at=at, expires_at=expires,
            status=StatusRef(status_address(), index),
        )  # fmt: skip
        card = Card(person=row, index=index, key=signer.key.id, issued_at=at, expires_at=expires, issued_by=asker.who)
        card.leaf = evidence.append(kind=KIND, content=_content(card, "issued", at)).id
        card.save()
    return IssuedCard(_view(card), seen, text)


def end(country: Country, card: int, asker: Asker, *, state: str, why: str, at: datetime) -> CardView:
    """Take a card back (``revoked``), or for a time (``suspended``, or ``valid`` again). Raises ``NotNow``."""
    policies.check_may_change(country, asker, at)
    if not why.strip():
        raise BadRecord("It is not said why.", mend="Write it in some words: lost, stolen, found again.")
    with transaction.atomic():
        row = Card.objects.select_for_update().filter(pk=card).first()
        if row is None or row.state == "revoked" or state not in ("valid", "suspended", "revoked"):
            raise NotNow("This card cannot be changed.", why="It was taken back for good, or is not there.")
        _end(row, state, why.strip()[:200], asker, at)
        access.note([row.person], asker, [], "changed", at)
    return _view(row)


def cards_of(person: UUID) -> tuple[CardView, ...]:
    """A person's cards, the newest first."""
    return tuple(_view(row) for row in Card.objects.filter(person=access.found(person)).order_by("-id"))


def status_list(at: datetime, *, as_jwt: bool = False) -> bytes:
    """The signed list of cards that were taken back: readers carry it along, and fetch a new one when they can."""
    rows = Card.objects.filter(state__in=_STATES, expires_at__gt=at).values_list("index", "state")
    return credentials.write_list(
        uri=status_address(), states={index: _STATES[state] for index, state in rows}, size=LIST_SIZE,
        signer=signers()[-1], issued_at=int(at.timestamp()), good_until=int((at + LIST_LIVES).timestamp()),
        as_jwt=as_jwt,
    )  # fmt: skip


def public_keys() -> str:
    """The keys with which cards are checked, as a JWK set."""
    return credentials.key_set([signer.key for signer in signers()])


def status_address() -> str:
    """Where the list is: on every card, so that a reader knows where to fetch it."""
    return f"{settings.PUBLIC_URL.geturl().rstrip('/') or 'http://localhost'}/credentials/status"


def signers() -> tuple[Signer, ...]:
    """The keys of the file ``card_keys``, the newest last; one is made where there is none."""
    file = Path(settings.CARD_KEYS)
    try:
        if not file.exists():
            made = credentials.new_signer(issuer=settings.PUBLIC_URL.hostname or "localhost")
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(credentials.secret_set([made]))
        return credentials.read_signers(file.read_text())
    except FileExistsError:
        return credentials.read_signers(file.read_text())
    except OSError as error:
        raise unavailable(error, doing="The key that signs cards cannot be read.") from error


def _claims(seen: PersonView) -> CardClaims:
    name = seen.names[0] if seen.names else None
    second = next((one for one in seen.names or () if name and one.script != name.script), None)
    on = seen.birth.on if seen.birth else None
    return CardClaims(
        id=seen.number,
        full_name=str(name) if name else None,
        second_name=str(second) if second else None,
        born=CardBirth(on.year, on.month or None, on.day or None) if on else None,
        gender=_GENDER.get(seen.sex or ""),
    )


def _end(row: Card, state: str, why: str, asker: Asker, at: datetime) -> None:
    is_valid = state == "valid"
    row.state, row.why = state, "" if is_valid else why
    row.ended_at, row.ended_by = (None, "") if is_valid else (at, asker.who)
    row.leaf = evidence.append(kind=KIND, content=_content(row, state, at)).id
    row.save()


def _content(row: Card, what: str, at: datetime) -> dict[str, str]:
    return {"card": str(row.index), "person": str(row.person_id), "what": what, "at": at.astimezone(UTC).isoformat()}


def _view(row: Card) -> CardView:
    return CardView(row.pk, row.index, row.state, row.issued_at, row.expires_at, row.why)  # type: ignore[arg-type]

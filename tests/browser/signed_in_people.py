"""Pages about people: a register with somebody who opened their data, an enrolment that waits, a pair, a request."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core import signing
from django.utils import timezone

from doorstep.domains.country.api import Country
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Asker, Birth, BirthDate, Form, Record
from doorstep.domains.people.types import Contact, Name, Role

NOT_PAGES = {
    # Buttons' addresses and files.
    "desk:enrolment_act", "web:me_close", "web:my_receipt", "web:my_export",
}  # fmt: skip
ROLES = frozenset(Role)
REGISTRAR = Asker("Rita", "keep-your-record", "lane", ROLES)
REASON = {"purpose": "keep-your-record", "case": "lane"}


def make(country: Country, cookies: dict[str, str]) -> dict[str, str]:
    """The addresses of every page about people."""
    now = timezone.now()
    record = Record(
        names=(Name("Amina", "Rahman"), Name("আমিনা", "রহমান")),
        birth=Birth(BirthDate(1961, 5)),
        contacts=(Contact("phone", "+999 1234567"),),
        needs=("large-print",),
    )
    person = people.register(country=country, record=record, asker=REGISTRAR, at=now)
    people.set_pin(country=country, person=person, pin="482917", asker=REGISTRAR, at=now)
    number = people.my_data(country=country, person=person, at=now).number or ""
    _, version = people.sign_in(number=number, pin="482917", address="lane", at=now)
    cookies["doorstep_me"] = signing.dumps([str(person), version], salt="doorstep.web.me")
    asked = people.ask(country=country, person=person, kind="erase", text="Please forget me.", channel="web", at=now)
    people.note_breach(
        what="A tablet was stolen.", categories=["names"], people=[person], is_high_risk=True, found_at=now, by="Dora",
        advice="Ask for a new card.", at=now,
    )  # fmt: skip
    people.add_device(
        code="tablet-1", holder="Mina", public=Ed25519PrivateKey.generate().public_key().public_bytes_raw(),
        until=date.today() + timedelta(days=30), by="Rita", at=now,
    )  # fmt: skip
    waiting = people.enrol(
        country=country, form=Form(Record(names=(Name("Sufia"),)), exceptions=("no-papers",)), id=uuid4(),
        asker=Asker("Mina", "enrol-a-person", "lane", ROLES), at=now,
    )  # fmt: skip
    people.enrol(
        country=country, form=Form(record, documents=("passport",)), id=uuid4(),
        asker=Asker("Mina", "enrol-a-person", "lane", ROLES), at=now,
    )  # fmt: skip
    pair = people.pairs()[0].id
    return {
        "web:me": "me/", "web:my_data": "me/data/", "web:my_looks": "me/looks/", "web:my_consents": "me/consents/",
        "web:my_requests": "me/requests/", "web:my_pin": "me/pin/",
        "desk:people": "desk/people/", "desk:person": f"desk/people/{person}/",
        "desk:person_pin": f"desk/people/{person}/pin/", "desk:person_card": f"desk/people/{person}/card/",
        "desk:enrolments": "desk/enrolments/", "desk:enrol": "desk/enrolments/new/",
        "desk:enrol_devices": "desk/enrolments/devices/", "desk:enrolment": f"desk/enrolments/{waiting.id}/",
        "desk:doubles": "desk/doubles/", "desk:double": f"desk/doubles/{pair}/",
        "desk:protection": "desk/protection/", "desk:breach": "desk/protection/breach/",
        "desk:rights_request": f"desk/protection/{asked.uid}/",
    }  # fmt: skip

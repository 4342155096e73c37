"""What is stored of people, by the work that it serves."""

from doorstep.domains.people.models.cards import Account, Card
from doorstep.domains.people.models.enrolling import Device, Enrolment, Merge, Pair, Vouching
from doorstep.domains.people.models.records import (
    Access,
    Change,
    Consent,
    Contact,
    Household,
    Identifier,
    Mandate,
    Membership,
    Person,
)
from doorstep.domains.people.models.rights import Breach, BreachPerson, RightsRequest

__all__ = [
    "Access",
    "Account",
    "Breach",
    "BreachPerson",
    "Card",
    "Change",
    "Consent",
    "Contact",
    "Device",
    "Enrolment",
    "Household",
    "Identifier",
    "Mandate",
    "Membership",
    "Merge",
    "Pair",
    "Person",
    "RightsRequest",
    "Vouching",
]

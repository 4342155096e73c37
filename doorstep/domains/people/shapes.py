"""What ``people.yaml`` may say: who sees what for which purpose, how somebody is enrolled, how long what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from doorstep.kit.errors import Place
from doorstep.kit.files import key
from doorstep.kit.languages import Text

Category = Literal[
    "names", "birth", "age", "adult", "sex", "status", "languages", "needs", "contacts", "address", "household",
    "identifiers", "mandates",
]  # fmt: skip
"""What can be shown of a person. ``age`` is whole years, ``adult`` only yes or no: less than ``birth``."""


@dataclass(frozen=True)
class Visibility:
    """What one purpose shows, to whom, and on what ground."""

    shows: tuple[Category, ...] = key("The categories that whoever reads for this purpose sees, and no others.")
    roles: tuple[str, ...] = key("The roles that may read for it; without them every officer.", default=())
    basis: Literal["law", "consent"] = key("Where it is consent, nothing is shown before it was given.", default="law")
    case: bool = key("Whether a case must be named.", default=True)
    search: bool = key("Whether people may be searched for.", default=False)
    changes: bool = key("Whether records may be made and changed for it.", default=False)
    restricted: bool = key("Whether it shows a record whose owner had it restricted.", default=False)
    hidden_from_others: bool = key(
        "Whether guardians and delegates do not see that it was read: it would tell them where somebody sought help.",
        default=False,
    )
    sealed_days: int = key("For how many days a look may be kept from the person, for investigations.", default=0)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Named:
    """Something to choose, as people read it."""

    title: Text = key("What people call it.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class IdentifierScheme:
    """A number by which another system knows people."""

    title: Text = key("What people call it.")
    unique: bool = key("Whether two people can never have the same.", default=True)
    pattern: str = key("A regular expression that every such number fits.", default="")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Introducers:
    """How somebody without papers is enrolled: people who know them vouch."""

    needed: int = key("How many people must vouch.", default=2)
    age: int = key("The least age of who vouches.", default=18)
    in_a_year: int = key("How often one person may vouch in a year.", default=12)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class PeopleFile:
    """``people.yaml``: how the state knows people, and what it may look at."""

    purposes: Mapping[str, Visibility] = key("What each purpose of ``country.yaml`` shows, by its code.")
    statuses: Mapping[str, Named] = key("The legal statuses, residents and stateless people too, by code.")
    needs: Mapping[str, Named] = key("Access needs that offices prepare for, by code.")
    documents: Mapping[str, Named] = key("Papers that prove something at enrolment, by code.")
    exceptions: Mapping[str, Named] = key("What somebody may lack and be enrolled all the same, by code.")
    identifiers: Mapping[str, IdentifierScheme] = key("Numbers of other systems, by code.")
    kept_years: Mapping[str, int] = key(
        "Years for which each category is kept after a death, or after it was replaced; for others, ten."
    )
    introducers: Introducers = key("Enrolling without papers.", default=Introducers())
    adult_from: int = key("The age from which people act for themselves.", default=18)
    answer_days: int = key("Days in which a request about own data is answered.", default=30)
    place: Place = field(default=Place(""), compare=False)

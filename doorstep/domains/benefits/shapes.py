"""What a programme's file may say. The checker, the reference page and the errors come from these shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from doorstep.kit.errors import Place
from doorstep.kit.files import Written, key
from doorstep.kit.languages import Text

Month = Literal[
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
MONTHS: tuple[str, ...] = get_args(Month)


@dataclass(frozen=True)
class Law:
    """Where the law says it."""

    title: Text = key("The law's name.")
    section: str = key("The section, article or paragraph.")
    url: str = key("Where to read it.", default="")


@dataclass(frozen=True)
class Gives:
    """What an entitled person gets."""

    share: Written = key("The number variable with the discount as a share of one: 0.338 is 33.8%.")
    label: Text = key("What one gets, with {share} where the discount stands.")


@dataclass(frozen=True)
class Deliver:
    """Who hands it over, and what they call the thing that it is for."""

    by: Written = key("The column that names who delivers: one file is written for each.")
    id: Written = key("The column that they know the entity by.")


@dataclass(frozen=True)
class Days:
    """A time limit."""

    days: int = key("Days, counted from the notice.")


@dataclass(frozen=True)
class Pays:
    """How money of the programme reaches people: by `doorstep pay`, in batches that two people look at."""

    holder: str = key("Whose account pays, as banks and people read it.")
    account: Written = key("The IBAN of the account that pays.")
    bic: Written = key("The BIC of its bank, where it is needed.", default=Written(""))
    amount: Decimal | None = key(
        "What each entitlement gives in a month, in the country's currency. Without it only lists are paid.",
        default=None,
    )
    day: int = key("The day of the month on which it is paid, 1 to 28.", default=5)
    cut_off: Days = key("How many days before, at 15:00 UTC, a batch must be approved.", default=Days(1))
    otherwise: Literal["wallet", "none"] = key(
        "Who told no account is paid to their wallet, or waits for an officer.", default="wallet"
    )
    text: str = key("What stands on people's bank statements, at most 140 letters.", default="")
    message: Literal["09", "03"] = key("The version of pain.001 that the bank takes.", default="09")


@dataclass(frozen=True)
class Groups:
    """By what the public report divides people: expressions of the entity."""

    area: Written = key("The area's id.")
    age: Written = key("The age band.")
    sex: Written = key("The sex.")


@dataclass(frozen=True)
class Recheck:
    """When the state looks again."""

    each: Literal["month"] = key("How often everything is decided.")
    everyone: Month = key("The month in which every entitlement is renewed or ended, changed or not.")


@dataclass(frozen=True)
class Letter:
    """One notice."""

    subject: Text = key("Its subject, at most 80 characters.")
    body: Text = key("Its body. Placeholders: see the reference page.")


@dataclass(frozen=True)
class Notices:
    """The words of every notice. None may be missing when a country is loaded: no decision goes without one.

    Versions that were stored before a kind of notice existed are read without it.
    """

    granted: Letter = key("It starts.")
    renewed: Letter = key("It goes on for another year.")
    ending: Letter = key("It is going to end, and why, and how to object.")
    ended: Letter = key("It has ended.")
    ending_withdrawn: Letter = key("The ending that was announced does not happen.")
    objection_received: Letter = key("An objection has arrived.")
    objection_upheld: Letter = key("The objection was right.")
    objection_rejected: Letter = key("The objection was not right, and why.")
    correction: Letter = key("The state made a mistake and corrects it.")
    refused: Letter | None = key("It does not start, and why, and how to object. It may not be left out.", default=None)
    waiting: Letter | None = key(
        "Nobody can tell yet: what is missing, and that nothing is refused. It may not be left out.", default=None
    )


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    value: Written = key("The answer as the situation uses it.")
    label: Text = key("The answer as people read it.")


@dataclass(frozen=True)
class Ask:
    """One question for a visitor who asks whether they would get it. Nothing of it is stored."""

    id: Written = key("The answer's name, used in formulas and in the situation.")
    type: Literal["choice", "yes_no", "count", "number", "money", "date"] = key("What the answer is.")
    label: Text = key("The question.")
    hint: Text | None = key("A line of help.", default=None)
    options: tuple[Option, ...] = key("The answers of a choice.", default=())
    when: Written | None = key("Ask only when this formula over earlier answers is true.", default=None)
    check: Written | None = key("A formula over the answers so far that must not be false.", default=None)
    error: Text | None = key("What to say when the check is false.", default=None)
    unsure: bool = key('Whether "I do not know" is an answer.', default=False)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class SituationRow:
    """Rows of one register that the answers make."""

    row: Mapping[str, str] = key(
        "Column -> value. {answer} stands for an answer, {row} for the row's number; a column left out is unknown."
    )
    when: Written | None = key("Make it only when this formula over the answers is true.", default=None)
    times: Written | None = key("How many such rows: a formula over the answers.", default=None)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Programme:
    """``programmes/*.yaml``: what the state gives without being asked, to whom, and what follows."""

    programme: Written = key("The programme's id: small letters, digits and hyphens.")
    title: Text = key("Its name.")
    summary: Text = key("What it is, in two or three plain sentences.")
    office: Written = key("The office that answers for it, from country.yaml.")
    legal_basis: tuple[Law, ...] = key("The law that it rests on.")
    entity: Written = key("What is decided, one by one: contract.")
    registers: tuple[Written, ...] = key("The registers that are read.")
    entitled_when: Written = key("The boolean variable of the entity that decides.")
    gives: Gives = key("What an entitled person gets.")
    person: Written = key("The link from the entity to the person it is for.")
    language: Written = key("The column with the language that the person reads.")
    deliver: Deliver = key("Who delivers it.")
    groups: Groups = key("By what the public report divides people.")
    recheck: Recheck = key("When the state looks again.")
    object_within: Days = key("How long a person may object after a notice.")
    notices: Notices = key("What people are told.")
    contract_closed: Text = key("The reason told when the entity is no longer in the deliverer's file.")
    decided_by_person: Text = key("The reason told when an official decided, with {words} where theirs stand.")
    stop_if_ending_over: Written = key(
        "A real run that would end more than this share of the entitlements stops: 5%.", default=Written("5%")
    )
    cost: Written | None = key(
        "The money variable of the entity that says what one entitled to it costs in a year. A what-if adds it up; "
        "without it only people are counted.",
        default=None,
    )
    stop_if_untied_over: Written = key(
        "A real run stops where more than this share of a register's rows do not say to whom they belong: 1%.",
        default=Written("1%"),
    )
    size: Written | None = key(
        "A count that falls where a row goes missing: the household's members. In a run with rows that do not say to "
        "whom they belong, an ending whose count fell waits for a person.",
        default=None,
    )
    pays: Pays | None = key("How its money reaches people, where it pays any.", default=None)
    suppress_under: int = key("Groups smaller than this are not published.", default=5)
    ask: tuple[Ask, ...] = key('The questions of "would I get it?".', default=())
    situation: Mapping[str, tuple[SituationRow, ...]] = key(
        "Register -> the rows that a visitor's answers make.", default_factory=dict
    )
    texts: Mapping[str, Text] = key("Words for facts, by name, as the decision page labels them.", default_factory=dict)
    place: Place = field(default=Place(""), compare=False)

    @property
    def id(self) -> str:
        """The programme's id."""
        return self.programme.text

    @property
    def stop_share(self) -> Decimal:
        """``stop_if_ending_over`` as a share of one."""
        return Decimal(self.stop_if_ending_over.text.rstrip("%").strip()) / 100

    @property
    def untied_share(self) -> Decimal:
        """``stop_if_untied_over`` as a share of one."""
        return Decimal(self.stop_if_untied_over.text.rstrip("%").strip()) / 100

    def is_everyone_month(self, as_of: date) -> bool:
        """True in the month in which every entitlement is renewed or ended."""
        return MONTHS[as_of.month - 1] == self.recheck.everyone

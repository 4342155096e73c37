"""Writes notices: the programme's words in the person's language, filled from the stored decision. Always the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from doorstep.domains.benefits import grounds, reading
from doorstep.domains.benefits.missing import About, missing_of
from doorstep.domains.benefits.models import Decision, Entitlement, Notice
from doorstep.domains.benefits.references import reference_of
from doorstep.domains.benefits.shapes import Letter, Programme
from doorstep.domains.benefits.types import DecisionKind, Missing, NoticeKind, NoticeText
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country, current
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import isolated, write_date, write_share

ADVERSE = (DecisionKind.ENDING, DecisionKind.ENDED, DecisionKind.REFUSAL)
"""Decisions for which the rules, or an official, said no."""


@dataclass(frozen=True)
class Setting:
    """The version of the country and the programme under which a decision was taken."""

    country: Country
    programme: Programme


def write_notice(notice: Notice, setting: Setting, language: str | None = None) -> NoticeText:
    """One letter in the person's language, or in ``language``. Needs decision, entitlement and objection at hand."""
    decision, entitlement = notice.decision, notice.decision.entitlement
    language = language or _spoken(notice.language, setting.country)
    letter = letter_of(NoticeKind(notice.kind), setting)
    filled = _values(decision, entitlement, setting, language)
    if notice.objection is not None:
        filled["words"] = notice.objection.words
    if notice.kind == NoticeKind.WAITING:
        filled["missing"] = _listed(missing(decision, setting, language), language)
    return NoticeText(
        id=notice.pk,
        kind=NoticeKind(notice.kind),
        language=language,
        reference=filled["reference"],
        subject=letter.subject.in_(language).format_map(filled),
        body=letter.body.in_(language).format_map(filled),
        state=notice.state,
        queued_at=notice.queued_at,
        contract_id=entitlement.contract,
        supplier=entitlement.supplier,
    )


def letter_of(kind: NoticeKind, setting: Setting) -> Letter:
    """The words of a notice. A version from before such notices takes those of the country in force.

    Raises ``DoorstepError`` where neither has them.
    """
    own: Letter | None = getattr(setting.programme.notices, kind)
    if own is None:
        own = getattr(reading.programme_of(current(), setting.programme.id).notices, kind)
    if own is None:
        raise DoorstepError(
            f"The country's files have no words for the letter {kind.value!r}.",
            why="Nothing is decided about anybody without a letter.",
            mend="Write it in the programme's file and load the country: doorstep load FOLDER.",
        )
    return own


def object_by(decision: Decision, programme: Programme) -> date:
    """The last day to object to a decision."""
    return decision.decided_at.date() + timedelta(days=programme.object_within.days)


def reason(decision: Decision, setting: Setting, language: str) -> str:
    """Why, in words. While it waits, those of the official who could not tell either."""
    if decision.kind == DecisionKind.WAITING:
        return setting.programme.decided_by_person.in_(language).format(words=isolated(decision.words))
    return grounds.reason_words(
        setting.programme,
        setting.country,
        code=decision.reason,
        outcome=decision.kind not in ADVERSE,
        facts=decision.facts,
        words=decision.words,
        language=language,
    )


def missing(decision: Decision, setting: Setting, language: str) -> tuple[Missing, ...]:
    """Where to look for what nobody knows; nothing once it is decided."""
    if decision.kind != DecisionKind.WAITING:
        return ()
    entitlement = decision.entitlement
    about = About(decision.facts, entitlement.supplier, entitlement.person)
    return missing_of(setting.programme, setting.country, about, language)


def _listed(places: tuple[Missing, ...], language: str) -> str:
    """A line for each register: what of it, and who keeps it."""
    lines = []
    for place in places:
        keeper = " ".join((place.keeper, place.phone)).strip()
        line = say("missing_in", language).format(columns=", ".join(place.columns), register=place.title, keeper=keeper)
        lines.append(f"- {line}")
    return "\n".join(lines)


def gives(decision: Decision | Entitlement, programme: Programme, language: str) -> str:
    """What one gets, written: ``"33.8% off what you pay for energy"``."""
    return programme.gives.label.in_(language).format(share=share(decision, language))


def share(decision: Decision | Entitlement, language: str) -> str:
    """The discount, written; nothing where it is not known."""
    return "" if decision.rate is None else write_share(decision.rate, language)


def _spoken(language: str, country: Country) -> str:
    return language if language in country.languages else country.default_language


def _values(decision: Decision, entitlement: Entitlement, setting: Setting, language: str) -> dict[str, str]:
    country, programme = setting.country, setting.programme
    office = country.offices[programme.office.text]
    return {
        "title": programme.title.in_(language),
        "contract": entitlement.contract,
        "supplier": grounds.deliverer_name(programme, country, entitlement.supplier, language),
        "share": share(decision, language),
        "gives": gives(decision, programme, language),
        "reason": reason(decision, setting, language),
        "reference": reference_of(decision.pk),
        "phone": office.phone or country.help_phone,
        "office": office.name.in_(language),
        "decided_on": write_date(decision.decided_at.date(), language),
        "from_date": write_date(decision.from_date, language),
        "to_date": write_date(decision.to_date, language) if decision.to_date else "",
        "object_by": write_date(object_by(decision, programme), language),
    }

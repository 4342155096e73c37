"""What people and officers do: objecting, settling reviews and objections, turning the switch, sending notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model

from doorstep.domains.benefits import desk, guards, life, persons, policies
from doorstep.domains.benefits.grounds import BY_PERSON
from doorstep.domains.benefits.models import Decision, Entitlement, Notice, Objection, Review, Switch
from doorstep.domains.benefits.months import first_of_next_month, last_day
from doorstep.domains.benefits.notices import object_by
from doorstep.domains.benefits.persons import Reader
from doorstep.domains.benefits.types import (
    AlreadyObjected,
    BadAnswer,
    DecisionKind,
    NotFound,
    NoticeKind,
    ObjectionView,
    Officer,
    ReviewItem,
    SwitchState,
    TooLate,
    Verdict,
)
from doorstep.domains.benefits.words import say

ANSWER_WITHIN = timedelta(days=30)

Row = TypeVar("Row", bound=Model)


def object_to(reference: str, contract: str, text: str, reader: Reader, now: datetime) -> ObjectionView:
    """See ``api.object_to``."""
    words = _words(text, reader.language, question="text")
    decision = persons.find(reference, contract, reader.who, now)
    with transaction.atomic():
        decision = _locked(Decision, decision.pk)
        setting = persons.setting_of(decision.version, decision.entitlement.programme)
        if earlier := decision.objections.first():
            persons.look(decision.entitlement, reader.who, reader.purpose, now)
            return _received_before(earlier, words, reader.language)
        by = object_by(decision, setting.programme)
        if now.date() > by:
            raise TooLate("The time to object is over.", why=f"It ended on {by}.", mend="Call for help.")
        row = Objection.objects.create(decision=decision, text=words, received_at=now, due=now.date() + ANSWER_WITHIN)
        _tell(decision, NoticeKind.OBJECTION_RECEIVED, now, row)
        persons.look(decision.entitlement, reader.who, reader.purpose, now)
        return persons.objection_view(row, reader.language)


def _received_before(earlier: Objection, words: str, language: str) -> ObjectionView:
    """The objection that stands, where the same words come a second time (a line that broke, a form sent twice)."""
    if earlier.text != words:
        raise AlreadyObjected("There is an objection to this decision already.", mend="Wait for the answer, or call.")
    return replace(persons.objection_view(earlier, language), repeated=True)


def settle_objection(id_: int, officer: Officer, upheld: bool, words: str, now: datetime) -> ObjectionView:
    """See ``api.settle_objection``."""
    policies.check_review(officer)
    answer = _words(words, "en", question="words")
    with transaction.atomic():
        row = _locked(Objection, id_)
        if row.state != "pending":
            raise TooLate("This objection was answered already.", why=f"By {row.decided_by}.")
        row.state, row.decided_by, row.decided_at = "upheld" if upheld else "rejected", officer.name, now
        row.words = answer
        row.save()
        if upheld:
            _restore(row, officer, now)
        else:
            _not_before(row.decision, now)
        kind = NoticeKind.OBJECTION_UPHELD if upheld else NoticeKind.OBJECTION_REJECTED
        _tell(row.decision, kind, now, row)
        persons.look(row.decision.entitlement, officer.name, "answer-an-objection", now)
        return persons.objection_view(row, "en", whole=True)


def settle_review(
    id_: int, officer: Officer, verdict: Verdict, words: str, now: datetime, *, seen: str | None
) -> ReviewItem:
    """See ``api.settle_review``."""
    policies.check_review(officer)
    why = _words(words, "en", question="words")
    with transaction.atomic():
        row = _locked(Review, id_)
        if row.state != "open":
            raise TooLate("This review was settled already.", why=f"By {row.settled_by or 'a later run'}.")
        if seen is not None and seen != row.digest:
            raise TooLate("A later run has changed what is known.", mend="Look at the facts once more, then decide.")
        if verdict is Verdict.NOT_ENTITLED:
            guards.check_switch(row.programme)
        row.state, row.settled_by, row.settled_at, row.verdict = "settled", officer.name, now, verdict
        row.words = why
        row.save()
        _follow(row, _Act(officer, why, now), verdict)
        persons.look_at(row.programme, row.contract, officer.name, "decide-a-benefit", now)
        return desk.review_view(row, "en", whole=True)


def switch(programme: str, on: bool, officer: Officer, why: str, now: datetime) -> SwitchState:
    """See ``api.switch``."""
    policies.check_supervise(officer)
    words = _words(why, "en", question="why")
    Switch.objects.create(programme=programme, on=on, who=officer.name, why=words, at=now)
    return switch_history(programme)[0]


def switch_history(programme: str) -> tuple[SwitchState, ...]:
    """See ``api.switch_history``."""
    rows = Switch.objects.filter(programme=programme).order_by("-id")
    return tuple(SwitchState(programme, row.on, row.who, row.why, row.at) for row in rows)


# --- what follows from a person's decision


@dataclass(frozen=True)
class _Act:
    """Who decides, in which words, when."""

    officer: Officer
    words: str
    now: datetime


def _follow(row: Review, act: _Act, verdict: Verdict) -> None:
    """The moves of ``life`` for a review: a person's yes or no in the place of the registers'."""
    standing = Entitlement.objects.select_for_update().filter(programme=row.programme, contract=row.contract)
    entitlement = standing.exclude(state="ended").first()
    if verdict is Verdict.ENTITLED and entitlement is None:
        _start(row, act)
    elif verdict is Verdict.ENTITLED and entitlement is not None and entitlement.state == "ending":
        _move(entitlement, act, DecisionKind.ENDING_WITHDRAWN, to=None)
    elif verdict is Verdict.NOT_ENTITLED and entitlement is not None and entitlement.state == "active":
        setting = persons.setting_of(row.version, row.programme)
        last = last_day(act.now.date(), setting.programme)
        _move(entitlement, act, DecisionKind.ENDING, to=max(last, entitlement.from_date))


def _start(row: Review, act: _Act) -> None:
    start = first_of_next_month(act.now.date())
    entitlement = Entitlement.objects.create(
        programme=row.programme, contract=row.contract, person=row.person, supplier=row.supplier, area=row.area,
        language=row.language, rate=row.rate, from_date=start, run=row.run, version=row.version, reason=BY_PERSON,
        facts=row.facts, digest=row.digest, words=act.words,
    )  # fmt: skip
    _decide(entitlement, act, DecisionKind.GRANT)


def _move(entitlement: Entitlement, act: _Act, kind: DecisionKind, *, to: date | None) -> None:
    entitlement.state, entitlement.to_date = "active" if to is None else "ending", to
    entitlement.reason, entitlement.words = BY_PERSON, act.words
    entitlement.save()
    _decide(entitlement, act, kind)


def _restore(row: Objection, officer: Officer, now: datetime) -> None:
    """An upheld objection: the entitlement is as if it had not been touched, and the same facts cannot end it again."""
    decision = row.decision
    if decision.kind not in (DecisionKind.ENDING, DecisionKind.ENDED):
        return
    entitlement = Entitlement.objects.select_for_update().get(pk=decision.entitlement_id)
    newer = desk.standing_of(entitlement.programme, entitlement.contract)
    if entitlement.state == "ended" and newer is not None:
        return
    entitlement.state, entitlement.to_date, entitlement.shielded = "active", None, decision.digest
    entitlement.reason, entitlement.words = BY_PERSON, row.words
    entitlement.save()
    _decide(entitlement, _Act(officer, row.words, now), DecisionKind.CORRECTION, notice=False)


def _not_before(decision: Decision, now: datetime) -> None:
    """An ending that an objection held back ends no earlier than the month in which it is answered."""
    entitlement = Entitlement.objects.select_for_update().get(pk=decision.entitlement_id)
    if entitlement.state == "ending" and entitlement.to_date is not None:
        entitlement.to_date = max(entitlement.to_date, first_of_next_month(now.date()) - timedelta(days=1))
        entitlement.save(update_fields=["to_date"])


def _decide(entitlement: Entitlement, act: _Act, kind: DecisionKind, *, notice: bool = True) -> Decision:
    """Write a decision that a person took, and queue its notice."""
    decision = Decision.objects.create(
        entitlement=entitlement, kind=kind, run=None, version=entitlement.version, reason=entitlement.reason,
        facts=entitlement.known_facts(), digest=entitlement.digest, decided_at=act.now, decided_by=act.officer.name,
        words=act.words, from_date=entitlement.from_date, to_date=entitlement.to_date, rate=entitlement.rate,
    )  # fmt: skip
    if notice:
        _tell(decision, life.notice_of(kind), act.now)
    return decision


def _tell(decision: Decision, kind: NoticeKind, now: datetime, objection: Objection | None = None) -> None:
    Notice.objects.create(
        decision=decision, objection=objection, kind=kind, language=decision.entitlement.language, queued_at=now
    )


def _words(text: str, language: str, *, question: str) -> str:
    plain = text.replace("\0", "").strip()
    if not plain:
        raise BadAnswer(say("no_words", language), question=question)
    if len(plain) > policies.MAX_WORDS:
        raise BadAnswer(say("too_many_words", language), question=question)
    return plain


def _locked(model: type[Row], id_: int) -> Row:
    """One row, held until the end of the transaction. Raises ``NotFound``."""
    # A run holds these tables while it stores; wait for it rather than fail.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE benefits_entitlement IN ROW EXCLUSIVE MODE")
    row = model._default_manager.select_for_update().filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no {model._meta.verbose_name} {id_}.")
    return row

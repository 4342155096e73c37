"""What people and officers do: objecting, settling reviews and objections, turning the switch, sending notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model

from doorstep.domains.benefits import desk, guards, leaves, life, persons, policies
from doorstep.domains.benefits.grounds import BY_PERSON, UNTIED
from doorstep.domains.benefits.life import Follows, Standing
from doorstep.domains.benefits.models import Decision, Entitlement, Notice, Objection, Review, Switch
from doorstep.domains.benefits.months import first_of_next_month, last_day
from doorstep.domains.benefits.notices import letter_of, object_by
from doorstep.domains.benefits.persons import Reader
from doorstep.domains.benefits.types import (
    AlreadyObjected,
    BadAnswer,
    DecisionKind,
    EntitlementState,
    HousePurpose,
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
        persons.look(row.decision.entitlement, officer.name, HousePurpose.ANSWER, now)
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
        persons.look_at(row.programme, row.contract, officer.name, HousePurpose.DECIDE, now)
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
    """What ``life.VERDICTS`` says for a review: a person's yes or no in the place of the registers'."""
    rows = Entitlement.objects.select_for_update().filter(programme=row.programme, contract=row.contract)
    entitlement = rows.exclude(state="ended").first()
    standing = Standing(entitlement.state) if entitlement else Standing.NONE
    follows = life.VERDICTS[standing, verdict]
    if entitlement is not None and verdict is Verdict.ENTITLED and row.reason == UNTIED:
        # The registers say no for these facts, and the person knew it: once the rows are mended they still cannot.
        entitlement.shielded = row.digest
        entitlement.save(update_fields=["shielded"])
    if follows.decision is None or (verdict is Verdict.WAITING and desk.is_told(row, entitlement)):
        return
    if entitlement is None or standing in (Standing.WAITING, Standing.REFUSED):
        entitlement = _take_up(entitlement, row, act, follows)
        _decide(entitlement, act, follows.decision)
    elif follows.decision is DecisionKind.WAITING:
        _keep_waiting(entitlement, row, act)
    else:
        _move(
            entitlement, act, follows, _last_day(row, entitlement, act.now) if verdict is Verdict.NOT_ENTITLED else None
        )


def _take_up(entitlement: Entitlement | None, row: Review, act: _Act, follows: Follows) -> Entitlement:
    """What was not in force, as the review knows it now, from the first day on which it may be."""
    entitlement = entitlement or Entitlement(programme=row.programme, contract=row.contract)
    entitlement.state, entitlement.from_date = follows.to, first_of_next_month(act.now.date())
    # While it waits, the reason is still the rule's: it says what is missing.
    entitlement.reason = row.reason if follows.decision is DecisionKind.WAITING else BY_PERSON
    for name in ("person", "supplier", "area", "language", "rate", "run", "version", "facts", "digest"):
        setattr(entitlement, name, getattr(row, name))
    entitlement.words = act.words
    entitlement.save()
    return entitlement


def _keep_waiting(entitlement: Entitlement, row: Review, act: _Act) -> None:
    """Tell somebody who has it that data are missing. It stays as it is, on the facts that it rests on."""
    entitlement.facts = entitlement.known_facts()
    entitlement.save(update_fields=["facts"])
    _decide(entitlement, act, DecisionKind.WAITING, seen=row)


def _last_day(row: Review, entitlement: Entitlement, now: datetime) -> date:
    """The last day where an official ends it: after the time to object, and not before one that was told already."""
    setting = persons.setting_of(row.version, row.programme)
    told = entitlement.to_date or entitlement.from_date
    return max(last_day(now.date(), setting.programme), entitlement.from_date, told)


def _move(entitlement: Entitlement, act: _Act, follows: Follows, to: date | None) -> None:
    assert follows.decision is not None
    entitlement.state, entitlement.to_date = follows.to, to
    entitlement.reason, entitlement.words = BY_PERSON, act.words
    entitlement.save()
    _decide(entitlement, act, follows.decision)


def _restore(row: Objection, officer: Officer, now: datetime) -> None:
    """An upheld objection: as if the decision had been right, and the same facts cannot end or refuse it again."""
    decision, act = row.decision, _Act(officer, row.words, now)
    entitlement = Entitlement.objects.select_for_update().get(pk=decision.entitlement_id)
    if decision.kind in (DecisionKind.REFUSAL, DecisionKind.WAITING):
        if entitlement.state in (EntitlementState.WAITING, EntitlementState.REFUSED):
            _correct(entitlement, decision, act, start=decision.from_date)
        else:
            # It began meanwhile, but perhaps later than it should have.
            _begin_earlier(entitlement, act, decision.from_date)
    elif decision.kind in (DecisionKind.ENDING, DecisionKind.ENDED) or decision.to_date is not None:
        newer = desk.standing_of(entitlement.programme, entitlement.contract)
        if entitlement.state != EntitlementState.ENDED or newer is None:
            _correct(entitlement, decision, act, start=entitlement.from_date)
        elif newer.state in (EntitlementState.WAITING, EntitlementState.REFUSED) and entitlement.to_date is not None:
            # Told no, or nothing yet, since it ended: it goes on from where it was broken off.
            _correct(newer, decision, act, start=entitlement.to_date + timedelta(days=1))
        elif entitlement.to_date is not None:
            # It began anew meanwhile: the months between belong to it too.
            _begin_earlier(newer, act, entitlement.to_date + timedelta(days=1))


def _begin_earlier(entitlement: Entitlement, act: _Act, start: date) -> None:
    """What is in force already counts from an earlier day. The letter is the answer to the objection."""
    if start < entitlement.from_date:
        entitlement.from_date = start
        entitlement.save(update_fields=["from_date"])
        _decide(entitlement, act, DecisionKind.CORRECTION, notice=False)


def _correct(entitlement: Entitlement, decision: Decision, act: _Act, *, start: date) -> None:
    """In force, from the day on which it should have begun. The letter is the answer to the objection."""
    entitlement.state, entitlement.from_date, entitlement.to_date = EntitlementState.ACTIVE, start, None
    entitlement.shielded, entitlement.reason, entitlement.words = decision.digest, BY_PERSON, act.words
    entitlement.save()
    _decide(entitlement, act, DecisionKind.CORRECTION, notice=False)


def _not_before(decision: Decision, now: datetime) -> None:
    """An ending that an objection held back ends no earlier than the month in which it is answered."""
    entitlement = Entitlement.objects.select_for_update().get(pk=decision.entitlement_id)
    if entitlement.state == "ending" and entitlement.to_date is not None:
        entitlement.to_date = max(entitlement.to_date, first_of_next_month(now.date()) - timedelta(days=1))
        entitlement.save(update_fields=["to_date"])


def _decide(
    entitlement: Entitlement, act: _Act, kind: DecisionKind, *, seen: Review | None = None, notice: bool = True
) -> Decision:
    """Write a decision that a person took, and queue its notice. It rests on what they saw, or on what stands."""
    grounds = seen or entitlement
    decision = leaves.create_decision(
        entitlement=entitlement, kind=kind, run=None, version=grounds.version,
        reason=BY_PERSON if kind is DecisionKind.CORRECTION else grounds.reason,
        facts=seen.facts if seen else entitlement.known_facts(), digest=grounds.digest, decided_at=act.now,
        decided_by=act.officer.name, words=act.words, from_date=entitlement.from_date, to_date=entitlement.to_date,
        rate=entitlement.rate,
    )  # fmt: skip
    if notice:
        _tell(decision, life.notice_of(kind), act.now)
    return decision


def _tell(decision: Decision, kind: NoticeKind, now: datetime, objection: Objection | None = None) -> None:
    letter_of(kind, persons.setting_of(decision.version, decision.entitlement.programme))
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

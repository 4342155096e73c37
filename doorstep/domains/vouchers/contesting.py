"""People who say that what was set aside as double is theirs, and officers who answer with words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from doorstep.domains.vouchers import issuing, keys, proof
from doorstep.domains.vouchers.models import Contest, Line
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.types import BadInput, Clerk, ContestState, ContestView, NoSuch, NotAllowed

MAX_WORDS = 2_000


def contest(line: int, *, holder: str, text: str, scheme: Vouchers, at: datetime) -> int:
    """A person contests what was set aside on one of their lines; gives the contest's number. Once a line."""
    words = words_of(text)
    found = Line.objects.filter(pk=line, pseudonym=holder, set_aside__gt=0, batch__state="released").first()
    if found is None:
        raise NoSuch("There is nothing to contest.", mend="Look at your vouchers again.")
    due = at.date() + timedelta(days=scheme.scheme.contest_days)
    try:
        with transaction.atomic():
            made = Contest(line=found, text=words, received_at=at, due=due)
            made.leaf = proof.append("contested", proof.of_contest(made))
            made.save()
            return made.pk
    except IntegrityError as error:
        if "one_contest_a_line" not in str(error):
            raise
        raise NotAllowed("You have contested this already.", code="contested", mend="Wait for the answer.") from error


@transaction.atomic
def answer(contest_: int, *, upheld: bool, words: str, scheme: Vouchers, clerk: Clerk, at: datetime) -> None:
    """Answer with words. Where the person is right, what was set aside is given to them in the same act."""
    found = Contest.objects.select_for_update().select_related("line__batch").filter(pk=contest_).first()
    if found is None:
        raise NoSuch("There is no such contest.", mend="Look at the list again.")
    if found.state != ContestState.PENDING:
        raise NotAllowed("This contest was answered already.", code="answered", mend="Read the answer.")
    if upheld and not clerk.supervises:
        raise NotAllowed("Giving beyond the rule needs a supervisor.", code="not_supervisor", mend="Ask a supervisor.")
    found.state = ContestState.UPHELD if upheld else ContestState.REJECTED
    found.decided_by, found.decided_at, found.words = clerk.name, at, words_of(words)
    found.answer_leaf = proof.append("answered", proof.of_answer(found))
    found.save(update_fields=["state", "decided_by", "decided_at", "words", "answer_leaf"])
    if upheld:
        issuing.give_set_aside(found.line, scheme=scheme, contest=found.pk, at=at)


def contests(*, only_pending: bool = True) -> list[ContestView]:
    """Contests, those due first."""
    rows = Contest.objects.select_related("line__batch").order_by("due", "id")
    rows = rows.filter(state=ContestState.PENDING) if only_pending else rows
    return [_view(one) for one in rows[:500]]


def contest_of(contest_: int) -> ContestView:
    """One contest. Raises ``NoSuch``."""
    found = Contest.objects.select_related("line__batch").filter(pk=contest_).first()
    if found is None:
        raise NoSuch("There is no such contest.", mend="Look at the list again.")
    return _view(found)


def words_of(text: str) -> str:
    """Somebody's words, tidied. Raises ``BadInput`` where there are none or too many."""
    words = text.replace("\0", "").strip()
    if not words:
        raise BadInput("There are no words.", code="words_missing", mend="Write why.")
    if len(words) > MAX_WORDS:
        raise BadInput(f"There are more than {MAX_WORDS} letters.", code="words_long", mend="Shorten it.")
    return words


def _view(one: Contest) -> ContestView:
    line, batch = one.line, one.line.batch
    return ContestView(
        id=one.pk,
        line=line.pk,
        holder=keys.short(line.pseudonym),
        kind=batch.kind,
        agency=batch.agency,
        month=batch.month,
        amount=line.set_aside,
        had=line.had,
        agencies=tuple(line.agencies),
        text=one.text,
        received_at=one.received_at,
        due=one.due,
        state=ContestState(one.state),
        decided_by=one.decided_by,
        answer=one.words,
    )

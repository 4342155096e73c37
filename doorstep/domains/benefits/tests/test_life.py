"""The table of moves is whole, and takes nothing away because data are missing."""

from __future__ import annotations

from itertools import product

from doorstep.domains.benefits.life import MOVES, VERDICTS, Act, Condition, Found, Standing, act_sql, diagram, notice_of
from doorstep.domains.benefits.types import DecisionKind, EntitlementState, Verdict


def test_every_standing_and_outcome_has_a_move_that_always_fits() -> None:
    last = {(move.standing, move.found): move.condition for move in MOVES}
    for standing, found in product(Standing, Found):
        if (standing, found) != (Standing.NONE, Found.CLOSED):
            assert last[standing, found] is Condition.ALWAYS, (standing, found)


def test_unknown_never_takes_anything_away() -> None:
    for move in MOVES:
        if move.found is Found.UNKNOWN:
            assert move.act is Act.REVIEW
            assert (move.to or Standing.NONE) == move.standing


def test_whatever_is_taken_away_was_announced_first() -> None:
    for move in MOVES:
        if move.to is EntitlementState.ENDED:
            assert move.standing is Standing.ENDING
        if move.to is EntitlementState.ENDING and move.standing is Standing.ACTIVE:
            assert move.decision is DecisionKind.ENDING


def test_every_decision_has_a_notice() -> None:
    for move in MOVES:
        assert (move.decision is None) == (move.notice is None)
    for kind in DecisionKind:
        assert notice_of(kind)


def test_every_verdict_is_answered_with_a_letter_unless_it_changes_nothing() -> None:
    for standing, verdict in product(Standing, Verdict):
        follows = VERDICTS[standing, verdict]
        silent = (standing, verdict) == (Standing.ACTIVE, Verdict.ENTITLED)
        assert (follows.decision is None) == silent, (standing, verdict)
        if verdict is Verdict.WAITING and standing in (Standing.ACTIVE, Standing.ENDING):
            assert follows.to.value == standing.value, "whoever waits keeps what they have"


def test_whoever_was_told_that_it_waits_is_told_how_it_ends() -> None:
    for move in MOVES:
        if move.standing is Standing.WAITING and move.to != "waiting":
            assert move.notice is not None


def test_the_sql_and_the_diagram_name_every_act() -> None:
    sql, drawn = act_sql(standing="a", found="b"), diagram()
    for act in Act:
        assert f"'{act}'" in sql
        assert act.value.replace("_", " ") in drawn

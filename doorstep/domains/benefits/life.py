"""The life of an entitlement: two tables own every move. The SQL of a run, what follows from an official's verdict and
the diagram in the docs come from them.

A run meets each contract with a *standing* (what is stored now) and an *outcome* (what the rules say now). The first
row of ``MOVES`` whose standing, outcome and condition fit says what happens. Nothing is ever taken away because data
are missing: an unknown outcome only opens a review. ``VERDICTS`` says what an official's verdict on a review does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from doorstep.domains.benefits.types import DecisionKind, EntitlementState, NoticeKind, Verdict


class Standing(StrEnum):
    """What is stored about a contract before a run. An ended entitlement counts as none: a new one may start."""

    NONE = "none"
    ACTIVE = "active"
    ENDING = "ending"
    WAITING = "waiting"
    """Told that nobody can tell yet."""
    REFUSED = "refused"
    """Told no."""


class Found(StrEnum):
    """What a run finds out about a contract. ``closed``: it stands in no deliverer's file any more."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    CLOSED = "closed"


class Condition(StrEnum):
    """What else decides. Each is a boolean column of the relation that a run classifies (see ``deciding``)."""

    ALWAYS = "always"
    EVERYONE = "everyone"
    SHIELDED = "shielded"
    UNCHANGED = "unchanged"
    EARLY = "early"
    OBJECTED = "objected"


CONDITION_WORDS = {
    Condition.ALWAYS: "",
    Condition.EVERYONE: "in the month of everyone",
    Condition.SHIELDED: "an objection was upheld for the same facts",
    Condition.UNCHANGED: "in an ordinary month, facts unchanged",
    Condition.EARLY: "its last day has not passed",
    Condition.OBJECTED: "an objection is pending",
}


class Act(StrEnum):
    """What a move is called in counts and staging tables."""

    NOTHING = "nothing"
    START = "start"
    CONTINUE = "continue"
    RENEW = "renew"
    ANNOUNCE_END = "announce_end"
    WITHDRAW_END = "withdraw_end"
    END = "end"
    ADMIT = "admit"
    REFUSE = "refuse"
    HOLD = "hold"
    REVIEW = "review"


@dataclass(frozen=True)
class Move:
    """One row of the table. ``to`` is the standing afterwards; ``None`` for a contract that stays without."""

    standing: Standing
    found: Found
    condition: Condition
    act: Act
    to: EntitlementState | None
    decision: DecisionKind | None = None
    notice: NoticeKind | None = None


_A, _E = EntitlementState.ACTIVE, EntitlementState.ENDING
_W, _R = EntitlementState.WAITING, EntitlementState.REFUSED

MOVES = (
    Move(Standing.NONE, Found.YES, Condition.ALWAYS, Act.START, _A, DecisionKind.GRANT, NoticeKind.GRANTED),
    Move(Standing.NONE, Found.NO, Condition.ALWAYS, Act.NOTHING, None),
    Move(Standing.NONE, Found.UNKNOWN, Condition.ALWAYS, Act.REVIEW, None),
    Move(Standing.ACTIVE, Found.YES, Condition.EVERYONE, Act.RENEW, _A, DecisionKind.RENEWAL, NoticeKind.RENEWED),
    Move(Standing.ACTIVE, Found.YES, Condition.ALWAYS, Act.CONTINUE, _A),
    Move(Standing.ACTIVE, Found.NO, Condition.SHIELDED, Act.HOLD, _A),
    Move(Standing.ACTIVE, Found.NO, Condition.UNCHANGED, Act.HOLD, _A),
    Move(Standing.ACTIVE, Found.NO, Condition.ALWAYS, Act.ANNOUNCE_END, _E, DecisionKind.ENDING, NoticeKind.ENDING),
    Move(Standing.ACTIVE, Found.UNKNOWN, Condition.ALWAYS, Act.REVIEW, _A),
    Move(Standing.ACTIVE, Found.CLOSED, Condition.SHIELDED, Act.HOLD, _A),
    Move(Standing.ACTIVE, Found.CLOSED, Condition.ALWAYS, Act.ANNOUNCE_END, _E, DecisionKind.ENDING, NoticeKind.ENDING),
    Move(
        Standing.ENDING,
        Found.YES,
        Condition.ALWAYS,
        Act.WITHDRAW_END,
        _A,
        DecisionKind.ENDING_WITHDRAWN,
        NoticeKind.ENDING_WITHDRAWN,
    ),
    *(
        row
        for found in (Found.NO, Found.CLOSED)
        for row in (
            Move(Standing.ENDING, found, Condition.OBJECTED, Act.HOLD, _E),
            Move(Standing.ENDING, found, Condition.EARLY, Act.NOTHING, _E),
            Move(
                Standing.ENDING,
                found,
                Condition.ALWAYS,
                Act.END,
                EntitlementState.ENDED,
                DecisionKind.ENDED,
                NoticeKind.ENDED,
            ),
        )
    ),
    Move(Standing.ENDING, Found.UNKNOWN, Condition.ALWAYS, Act.REVIEW, _E),
    # Whoever was told that it waits is told how it ends. Whoever was told no is told only of a yes.
    Move(Standing.WAITING, Found.YES, Condition.ALWAYS, Act.ADMIT, _A, DecisionKind.GRANT, NoticeKind.GRANTED),
    Move(Standing.WAITING, Found.NO, Condition.OBJECTED, Act.HOLD, _W),
    Move(Standing.WAITING, Found.NO, Condition.ALWAYS, Act.REFUSE, _R, DecisionKind.REFUSAL, NoticeKind.REFUSED),
    Move(Standing.WAITING, Found.UNKNOWN, Condition.ALWAYS, Act.REVIEW, _W),
    Move(Standing.WAITING, Found.CLOSED, Condition.OBJECTED, Act.HOLD, _W),
    Move(Standing.WAITING, Found.CLOSED, Condition.ALWAYS, Act.REFUSE, _R, DecisionKind.REFUSAL, NoticeKind.REFUSED),
    Move(Standing.REFUSED, Found.YES, Condition.ALWAYS, Act.ADMIT, _A, DecisionKind.GRANT, NoticeKind.GRANTED),
    Move(Standing.REFUSED, Found.NO, Condition.ALWAYS, Act.NOTHING, _R),
    Move(Standing.REFUSED, Found.UNKNOWN, Condition.ALWAYS, Act.REVIEW, _R),
    Move(Standing.REFUSED, Found.CLOSED, Condition.ALWAYS, Act.NOTHING, _R),
)
"""Every standing and outcome that a run can meet. A closed contract without an entitlement is not met."""


def act_sql(*, standing: str, found: str) -> str:
    """The table as one SQL ``CASE`` over the columns ``standing``, ``found`` and one boolean for each condition."""
    lines = []
    for move in MOVES:
        condition = "" if move.condition is Condition.ALWAYS else f" AND {move.condition.value}"
        lines.append(f"WHEN {standing} = '{move.standing}' AND {found} = '{move.found}'{condition} THEN '{move.act}'")
    return "CASE " + " ".join(lines) + " END"


STAGED = (
    Act.START, Act.CONTINUE, Act.RENEW, Act.ANNOUNCE_END, Act.WITHDRAW_END, Act.END, Act.ADMIT, Act.REFUSE, Act.REVIEW,
)  # fmt: skip
"""The acts that change something in the database."""


@dataclass(frozen=True)
class Follows:
    """What an official's verdict does: the state afterwards, and the decision that is told, if there is one."""

    to: EntitlementState
    decision: DecisionKind | None = None


_GRANTED = Follows(_A, DecisionKind.GRANT)
_REFUSED = Follows(_R, DecisionKind.REFUSAL)
_WAITS = Follows(_W, DecisionKind.WAITING)
_ENDS = Follows(_E, DecisionKind.ENDING)

VERDICTS: Mapping[tuple[Standing, Verdict], Follows] = {
    **{(standing, Verdict.ENTITLED): _GRANTED for standing in (Standing.NONE, Standing.WAITING, Standing.REFUSED)},
    (Standing.ACTIVE, Verdict.ENTITLED): Follows(_A),
    (Standing.ENDING, Verdict.ENTITLED): Follows(_A, DecisionKind.ENDING_WITHDRAWN),
    **{(standing, Verdict.NOT_ENTITLED): _REFUSED for standing in (Standing.NONE, Standing.WAITING, Standing.REFUSED)},
    **{(standing, Verdict.NOT_ENTITLED): _ENDS for standing in (Standing.ACTIVE, Standing.ENDING)},
    **{(standing, Verdict.WAITING): _WAITS for standing in (Standing.NONE, Standing.WAITING, Standing.REFUSED)},
    (Standing.ACTIVE, Verdict.WAITING): Follows(_A, DecisionKind.WAITING),
    (Standing.ENDING, Verdict.WAITING): Follows(_E, DecisionKind.WAITING),
}
"""Every standing and verdict. No answer goes without a letter, except a yes to somebody who has it already."""

BY_PEOPLE: Mapping[DecisionKind, NoticeKind] = {
    DecisionKind.CORRECTION: NoticeKind.CORRECTION,
    DecisionKind.WAITING: NoticeKind.WAITING,
}
"""Decisions that no run takes, with their notices."""


def decision_of(act: Act) -> DecisionKind | None:
    """The decision that an act is, if it is one."""
    return next((move.decision for move in MOVES if move.act is act), None)


def notice_of(kind: DecisionKind) -> NoticeKind:
    """The notice that tells a decision. Every decision has one."""
    if kind in BY_PEOPLE:
        return BY_PEOPLE[kind]
    return next(move.notice for move in MOVES if move.decision is kind and move.notice)


def diagram() -> str:
    """The life as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", "    [*] --> none"]
    seen: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        after = move.to.value if move.to else "none"
        words = " ".join(part for part in (move.found.value, CONDITION_WORDS[move.condition]) if part)
        words += f" / {move.act.value.replace('_', ' ')}"
        if move.notice:
            words += " + notice"
        seen.setdefault((move.standing.value, after), []).append(words)
    for (before, after), texts in seen.items():
        lines += [f"    {before} --> {after}: {text}" for text in texts]
    for (standing, verdict), follows in VERDICTS.items():
        told = f" / {follows.decision.value.replace('_', ' ')} + notice" if follows.decision else ""
        lines.append(f"    {standing} --> {follows.to}: an official says {verdict.value.replace('_', ' ')}{told}")
    for standing in (Standing.WAITING, Standing.REFUSED, Standing.ENDING):
        lines.append(f"    {standing} --> active: objection upheld / correction + notice")
    lines.append("    ended --> [*]")
    return "\n".join(lines)

"""What crosses the door of benefits: plain values, no rows and no Django."""

from __future__ import annotations

from doorstep.domains.benefits.types.answers import AskedQuestion, Choice, Explanation, Outcome, StepInWords
from doorstep.domains.benefits.types.decisions import (
    Batch,
    DecisionKind,
    DecisionView,
    EntitlementState,
    Fact,
    HistoryRow,
    HousePurpose,
    LookView,
    Missing,
    NoticeKind,
    NoticeText,
    ObjectionState,
    ObjectionView,
)
from doorstep.domains.benefits.types.errors import (
    AlreadyObjected,
    BadAnswer,
    NotAllowed,
    NotFound,
    RunRefused,
    TooLate,
    TooManyTries,
)
from doorstep.domains.benefits.types.lists import Page
from doorstep.domains.benefits.types.officers import Officer, Role
from doorstep.domains.benefits.types.reviews import ReviewFilter, ReviewItem, Verdict
from doorstep.domains.benefits.types.rules import Algorithm, ParameterInWords, RuleInWords
from doorstep.domains.benefits.types.runs import (
    AnswerSummary,
    Counts,
    GroupRow,
    InputFile,
    Order,
    Overview,
    RunKind,
    RunReport,
    RunState,
    RunSummary,
    SwitchState,
)

__all__ = [
    "Algorithm",
    "AlreadyObjected",
    "AnswerSummary",
    "AskedQuestion",
    "BadAnswer",
    "Batch",
    "Choice",
    "Counts",
    "DecisionKind",
    "DecisionView",
    "EntitlementState",
    "Explanation",
    "Fact",
    "GroupRow",
    "HistoryRow",
    "HousePurpose",
    "InputFile",
    "LookView",
    "Missing",
    "NotAllowed",
    "NotFound",
    "NoticeKind",
    "NoticeText",
    "ObjectionState",
    "ObjectionView",
    "Officer",
    "Order",
    "Outcome",
    "Overview",
    "Page",
    "ParameterInWords",
    "ReviewFilter",
    "ReviewItem",
    "Role",
    "RuleInWords",
    "RunKind",
    "RunRefused",
    "RunReport",
    "RunState",
    "RunSummary",
    "StepInWords",
    "SwitchState",
    "TooLate",
    "TooManyTries",
    "Verdict",
]

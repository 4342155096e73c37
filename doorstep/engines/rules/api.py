"""The door of the rules engine."""

from doorstep.engines.rules.asking import Decision, One, RuleSet, compile_one, read_rules, turning_day
from doorstep.engines.rules.branches import Branch
from doorstep.engines.rules.cases import CaseResult, CasesRun, CasesShape, Difference, check_cases, run_cases, written
from doorstep.engines.rules.coverage import Coverage, coverage_of
from doorstep.engines.rules.explain import Step
from doorstep.engines.rules.nation import Nation, ask_nation
from doorstep.engines.rules.nearest import Change
from doorstep.engines.rules.parameters import DatedParameter
from doorstep.engines.rules.person import Person, Situation
from doorstep.engines.rules.plan import NO_DOUBTS, Doubts, Question, every_doubt
from doorstep.engines.rules.ruleset import Entity, Variable
from doorstep.engines.rules.shapes import (
    BracketShape,
    Hit,
    ParameterShape,
    RowShape,
    RulesShape,
    TableShape,
    VariableShape,
)
from doorstep.engines.rules.tables import Table, read_table, say_scalar
from doorstep.engines.rules.words import Piece, TableLine, Telling

__all__ = [
    "NO_DOUBTS",
    "BracketShape",
    "Branch",
    "CaseResult",
    "CasesRun",
    "CasesShape",
    "Change",
    "Coverage",
    "DatedParameter",
    "Decision",
    "Difference",
    "Doubts",
    "Entity",
    "Hit",
    "Nation",
    "One",
    "ParameterShape",
    "Person",
    "Piece",
    "Question",
    "RowShape",
    "RuleSet",
    "RulesShape",
    "Situation",
    "Step",
    "Table",
    "TableLine",
    "TableShape",
    "Telling",
    "Variable",
    "VariableShape",
    "ask_nation",
    "check_cases",
    "compile_one",
    "coverage_of",
    "every_doubt",
    "read_rules",
    "read_table",
    "run_cases",
    "say_scalar",
    "turning_day",
    "written",
]

"""The door of the rules engine."""

from doorstep.engines.rules.asking import Decision, One, RuleSet, compile_one, read_rules
from doorstep.engines.rules.cases import CasesShape, check_cases
from doorstep.engines.rules.explain import Step
from doorstep.engines.rules.nation import Nation, ask_nation
from doorstep.engines.rules.person import Person, Situation
from doorstep.engines.rules.plan import Question
from doorstep.engines.rules.ruleset import DatedParameter, Entity, Variable
from doorstep.engines.rules.shapes import Hit, ParameterShape, RowShape, RulesShape, TableShape, VariableShape
from doorstep.engines.rules.tables import Table, read_table, say_scalar
from doorstep.engines.rules.words import Piece, TableLine, Telling

__all__ = [
    "CasesShape",
    "DatedParameter",
    "Decision",
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
    "read_rules",
    "read_table",
    "say_scalar",
]

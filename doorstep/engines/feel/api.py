"""The door of the expression language."""

from doorstep.engines.feel.checker import Back, Field, Link, Model, as_collected, check, check_test, within_bounds
from doorstep.engines.feel.constants import list_type, number_type, parse_duration
from doorstep.engines.feel.kinds import Mistake, bounded_number
from doorstep.engines.feel.kinds import common as common_type
from doorstep.engines.feel.operators import FUNCTIONS, TABLE
from doorstep.engines.feel.primitives import EXACT
from doorstep.engines.feel.python import GLOBALS, PythonWriter, constant
from doorstep.engines.feel.sql import SqlWriter, sql_type
from doorstep.engines.feel.sql import constant as sql_constant
from doorstep.engines.feel.tree import (
    Call,
    Literal,
    Node,
    Over,
    Parameter,
    Ref,
    Scalar,
    Value,
    at,
    children,
    rewrite,
    walk,
    walk_row,
)
from doorstep.engines.feel.types import (
    BOOLEAN,
    COUNT,
    DATE,
    DAYS,
    MONEY,
    MONTHS,
    NULL,
    NUMBER,
    TEXT,
    Kind,
    Type,
    list_of,
    number,
)

__all__ = [
    "BOOLEAN",
    "COUNT",
    "DATE",
    "DAYS",
    "EXACT",
    "FUNCTIONS",
    "GLOBALS",
    "MONEY",
    "MONTHS",
    "NULL",
    "NUMBER",
    "TABLE",
    "TEXT",
    "Back",
    "Call",
    "Field",
    "Kind",
    "Link",
    "Literal",
    "Mistake",
    "Model",
    "Node",
    "Over",
    "Parameter",
    "PythonWriter",
    "Ref",
    "Scalar",
    "SqlWriter",
    "Type",
    "Value",
    "as_collected",
    "at",
    "bounded_number",
    "check",
    "check_test",
    "children",
    "common_type",
    "constant",
    "list_of",
    "list_type",
    "number",
    "number_type",
    "parse_duration",
    "rewrite",
    "sql_constant",
    "sql_type",
    "walk",
    "walk_row",
    "within_bounds",
]

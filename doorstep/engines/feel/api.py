"""The door of the expression language."""

from doorstep.engines.feel.checker import Back, Field, Link, Model, check, check_test
from doorstep.engines.feel.constants import list_type, number_type
from doorstep.engines.feel.operators import TABLE
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
    "at",
    "check",
    "check_test",
    "children",
    "constant",
    "list_of",
    "list_type",
    "number",
    "number_type",
    "rewrite",
    "sql_constant",
    "sql_type",
    "walk",
    "walk_row",
]

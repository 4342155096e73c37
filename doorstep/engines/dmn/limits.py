"""What of DMN and FEEL is left out, and why: what mistakes say, and ``docs/reference/dmn.md``."""

from __future__ import annotations

BOXES: dict[str, str] = {
    "list": "a drawn list is a formula here: [a, b]",
    "relation": "a table of written rows belongs into a register",
    "for": "a row is decided at a time; rows of a register are gathered with sum, count, some and every",
    "filter": "a row is decided at a time; rows of a register are filtered within a formula",
    "some": "a row is decided at a time; write it as a formula over a register's rows",
    "every": "a row is decided at a time; write it as a formula over a register's rows",
    "function": "a function is no value here: business knowledge is written into the formula that calls it",
}
"""Drawn boxes, by the element's name."""

TYPES: dict[str, str] = {
    "time": "a time of day: laws count days",
    "date and time": "a time of day: laws count days",
    "dateTime": "a time of day: laws count days",
    "Any": "a value of any type: types are known when rules are read",
    "context": "a context without named types",
    "function": "a function as a value",
    "list": "a list without a type of its items",
    "": "a value without a type: types are known when rules are read",
}
"""Types of inputs, by their names."""

_TIMES = "a time of day: laws count days"
_CONTEXTS = "contexts that are made while deciding: the parts of a context are known when rules are read"
_LISTS = "lists that are made anew: lists are collected by tables and told by sum, count, min and max"
_ENGINES = "engines disagree on it beyond a few digits"
_PATTERNS = "patterns: each engine has its own"
_RANGES = "ranges as values: a range is a test"
_CONVERT = "values that change their type while deciding: types are known when rules are read"

FUNCTIONS: dict[str, str] = {
    "time": _TIMES,
    "date and time": _TIMES,
    "now": _TIMES,
    "day of week": "its words belong to one language",
    "month of year": "its words belong to one language",
    "day of year": "not needed by a rule so far",
    "week of year": "not needed by a rule so far",
    "context": _CONTEXTS,
    "context put": _CONTEXTS,
    "context merge": _CONTEXTS,
    "get value": _CONTEXTS,
    "get entries": _CONTEXTS,
    "list contains": "written as: x in [a, b]",
    "list replace": _LISTS,
    "append": _LISTS,
    "concatenate": _LISTS,
    "insert before": _LISTS,
    "remove": _LISTS,
    "reverse": _LISTS,
    "index of": _LISTS,
    "union": _LISTS,
    "distinct values": _LISTS,
    "flatten": _LISTS,
    "sublist": _LISTS,
    "sort": _LISTS,
    "split": _LISTS,
    "string join": _LISTS,
    "duplicate values": _LISTS,
    "product": _LISTS,
    "mean": _LISTS,
    "median": _LISTS,
    "mode": _LISTS,
    "stddev": _ENGINES,
    "all": "written with and",
    "any": "written with or",
    "sqrt": _ENGINES,
    "exp": _ENGINES,
    "log": _ENGINES,
    "even": "written as: modulo(x, 2) = 0",
    "odd": "written as: modulo(x, 2) != 0",
    "matches": _PATTERNS,
    "replace": _PATTERNS,
    "number": _CONVERT,
    "string": _CONVERT,
    "is": "written with =",
    "range": _RANGES,
    "before": _RANGES,
    "after": _RANGES,
    "meets": _RANGES,
    "met by": _RANGES,
    "overlaps": _RANGES,
    "overlaps before": _RANGES,
    "overlaps after": _RANGES,
    "finishes": _RANGES,
    "finished by": _RANGES,
    "includes": _RANGES,
    "during": _RANGES,
    "starts": _RANGES,
    "started by": _RANGES,
    "coincides": _RANGES,
}
"""Functions of the standard, by their names."""

OTHERS: dict[str, str] = {
    "imported models": "a model is one file: copy what it imports into it",
    "decision services": "a decision is asked for by its own name",
    "other languages": "formulas are FEEL; scripts and JUEL are not run",
    "external functions": "no code of others is run",
    "functions within formulas": "a function is no value here",
    "instance of": "types are known when rules are read",
    "filters and indexes of lists": "[...] after a name filters the rows of a register",
    "mixed types": "comparing or adding values of different types is a mistake that is named, not a null",
    "priority of computed results": "PRIORITY and OUTPUT ORDER sort by written results, when the table is read",
}
"""Everything else."""

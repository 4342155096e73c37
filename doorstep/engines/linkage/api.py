"""The door of record linkage."""

from doorstep.engines.linkage.comparing import best_first, compare, prepare
from doorstep.engines.linkage.keys import block_keys, name_keys, search_keys
from doorstep.engines.linkage.kinds import first_chances, levels_of
from doorstep.engines.linkage.nation import Linked, dedupe, link
from doorstep.engines.linkage.types import Comparison, Field, Model, Pair, Prepared, Record

__all__ = [
    "Comparison",
    "Field",
    "Linked",
    "Model",
    "Pair",
    "Prepared",
    "Record",
    "best_first",
    "block_keys",
    "compare",
    "dedupe",
    "first_chances",
    "levels_of",
    "link",
    "name_keys",
    "prepare",
    "search_keys",
]

"""The door of record linkage."""

from doorstep.engines.linkage.comparing import best_first, compare, prepare
from doorstep.engines.linkage.files import FILE, LinkageFile, check_linkage, read_linkage
from doorstep.engines.linkage.keys import block_keys, name_keys, search_keys
from doorstep.engines.linkage.kinds import first_chances, levels_of
from doorstep.engines.linkage.nation import Linked, dedupe, link
from doorstep.engines.linkage.registers import Outcome, link_files
from doorstep.engines.linkage.types import Comparison, Field, LinkageError, Model, Pair, Prepared, Record

__all__ = [
    "FILE",
    "Comparison",
    "Field",
    "LinkageError",
    "LinkageFile",
    "Linked",
    "Model",
    "Outcome",
    "Pair",
    "Prepared",
    "Record",
    "best_first",
    "block_keys",
    "check_linkage",
    "compare",
    "dedupe",
    "first_chances",
    "levels_of",
    "link",
    "link_files",
    "name_keys",
    "prepare",
    "read_linkage",
    "search_keys",
]

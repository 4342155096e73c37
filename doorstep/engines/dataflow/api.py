"""The door of the dataflow engine."""

from doorstep.engines.dataflow.digest import Digest, digest
from doorstep.engines.dataflow.faults import FAULTS, Fault
from doorstep.engines.dataflow.progress import Progress
from doorstep.engines.dataflow.reading import Reading, SourceFile
from doorstep.engines.dataflow.spark import Spark
from doorstep.engines.dataflow.types import Column, Link, Register, read_register
from doorstep.engines.dataflow.workshop import Workshop

__all__ = [
    "FAULTS",
    "Column",
    "Digest",
    "Fault",
    "Link",
    "Progress",
    "Reading",
    "Register",
    "SourceFile",
    "Spark",
    "Workshop",
    "digest",
    "read_register",
]

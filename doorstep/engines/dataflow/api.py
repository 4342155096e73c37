"""The door of the dataflow engine."""

from doorstep.engines.dataflow.types import Column, Link, Register, read_register

__all__ = ["Column", "Link", "Register", "read_register"]

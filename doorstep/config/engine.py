"""Which engine decides everybody: what the settings say."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from doorstep.config import environment
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Spark

_MEMORY = re.compile(r"(\d{1,6})([mg])", re.IGNORECASE)
LEAST_MEMORY = 512
"""Megabytes. With less, Spark does not start."""


def spark(environ: Mapping[str, str] = os.environ) -> Spark | None:
    """Where Spark decides; ``None`` where DuckDB does. Raises ``DoorstepError`` for a setting that cannot be."""
    engine = environment.text("DOORSTEP_ENGINE", environ).lower()
    if engine not in ("duckdb", "spark"):
        raise DoorstepError(f"The setting DOORSTEP_ENGINE is {engine!r}.", mend="Give it duckdb or spark.")
    if engine == "duckdb":
        return None
    from doorstep.engines.dataflow.api import Spark

    master = environment.text("DOORSTEP_SPARK_MASTER", environ)
    folder = environment.text("DOORSTEP_SPARK_FOLDER", environ)
    if not folder and not master.startswith("local"):
        raise DoorstepError(
            "The setting DOORSTEP_SPARK_FOLDER is empty.",
            why=f"The machines of {master} must reach the registers.",
            mend="Give it a folder that this machine and all of them see under one name.",
        )
    return Spark(
        master=master,
        memory=_memory(environment.text("DOORSTEP_SPARK_MEMORY", environ)),
        folder=environment.folder("DOORSTEP_SPARK_FOLDER", environ) if folder else None,
    )


def _memory(text: str) -> str:
    found = _MEMORY.fullmatch(text)
    if not found or int(found[1]) * (1024 if found[2].lower() == "g" else 1) < LEAST_MEMORY:
        raise DoorstepError(
            f"The setting DOORSTEP_SPARK_MEMORY is {text!r}.", mend=f"Give it {LEAST_MEMORY}m or more, such as 4g."
        )
    return text.lower()

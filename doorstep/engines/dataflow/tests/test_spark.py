"""Where Spark or its Java is missing, the error says what to install; nothing of Spark is loaded unasked."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from doorstep.engines.dataflow.api import Spark, Workshop
from doorstep.kit.errors import Unavailable

STEPS = [("result", "SELECT 1 AS x")]


def refused(folder: Path) -> str:
    with Workshop(folder=folder, spark=Spark()) as workshop, pytest.raises(Unavailable) as raised:
        workshop.decide(STEPS, into="decided", reads={})
    assert [path for path in folder.iterdir() if path.name.startswith("spark-")] == []
    return str(raised.value)


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install 'doorstep[spark]'" in refused(tmp_path)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "Java 11 was found."),
        ('java version "1.8.0_292"', "Java 8 was found."),
        ("nothing that looks like one", "None was found."),
        (None, "None was found."),
    ],
)
def test_without_a_java_that_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str | None, words: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    if says is not None:
        java = tmp_path / "java" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
        java.chmod(0o755)
    told = refused(tmp_path)
    assert words in told
    assert "apt-get install default-jre-headless" in told


def test_spark_is_loaded_only_where_it_is_chosen() -> None:
    code = (
        "import sys; from doorstep.engines.dataflow.api import Workshop\n"
        "with Workshop() as w: w.decide([('result', 'SELECT 1 AS x')], into='decided', reads={})\n"
        "assert not any(name.split('.')[0] in ('pyspark', 'py4j') for name in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

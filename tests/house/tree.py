"""The files that belong to the project, for the tests about the whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", "node_modules", "var", "build", "dist", "__pycache__"}


def files(*patterns: str) -> Iterator[Path]:
    """Every file of the project that matches a pattern, what is made while running left out."""
    for pattern in patterns:
        for path in sorted(ROOT.rglob(pattern)):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not any(
                part in LEFT_OUT or part.endswith((".egg-info", "_cache")) or part == ".hypothesis" for part in parts
            ):
                yield path


def name(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a Python file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node

"""Stylesheets that travel inside a page: colours by mode, a file squeezed, and the hash for its policy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path


def stylesheet(modes: Mapping[str, Mapping[str, str]], file: Path) -> str:
    """The text of a stylesheet: the colours of ``light`` and ``dark`` in front, then the rules of a file."""
    light, dark = _variables(modes["light"]), _variables(modes["dark"])
    return (
        f":root{{color-scheme:light dark;{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"{rules(file)}"
    )


@lru_cache(maxsize=8)
def rules(file: Path) -> str:
    """A stylesheet's file, squeezed."""
    return squeeze(file.read_text(encoding="utf-8"))


def squeeze(css: str) -> str:
    """Stylesheet text without comments and without space that means nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    return css.replace(": ", ":").replace(";}", "}").strip()


@lru_cache(maxsize=64)
def csp_hash(text: str) -> str:
    """The source expression that allows exactly this text in a ``<style>`` element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())

"""Long lists, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a long list; ``number`` counts from 1."""

    items: tuple[T, ...]
    number: int
    pages: int
    total: int

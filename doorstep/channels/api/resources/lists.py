"""Long lists: one page at a time, with the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from django.http import HttpRequest
from pydantic import Field

from doorstep.channels.api.problems import Refusal
from doorstep.channels.api.shapes import Out

T = TypeVar("T")


class Listed(Out, Generic[T]):
    """A part of a long list."""

    items: list[T]
    page: int = Field(description="Which page this is, from 1.")
    pages: int = Field(description="How many pages there are: at least one.")
    total: int = Field(description="How many items there are on all pages.")
    next: str | None = Field(description="The address of the next page; null on the last.")
    previous: str | None = Field(description="The address of the page before; null on the first.")


def listed(request: HttpRequest, items: Sequence[object], *, page: int, pages: int, total: int) -> dict[str, object]:
    """A page that the domain gave. The addresses keep every other wish (language, size, search)."""
    return {
        "items": items,
        "page": page,
        "pages": pages,
        "total": total,
        "next": _address(request, page + 1) if page < pages else None,
        "previous": _address(request, page - 1) if page > 1 else None,
    }


def cut(request: HttpRequest, everything: Sequence[object], *, page: int, size: int) -> dict[str, object]:
    """One page of a list that is whole in memory. Raises ``Refusal`` past its end."""
    pages = max(1, -(-len(everything) // size))
    if page > pages:
        raise Refusal("not-found")
    part = everything[(page - 1) * size : page * size]
    return listed(request, part, page=page, pages=pages, total=len(everything))


def _address(request: HttpRequest, page: int) -> str:
    wishes = request.GET.copy()
    wishes["page"] = str(page)
    return f"{request.path}?{wishes.urlencode()}"

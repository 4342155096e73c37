"""Turns the pages of long lists, with the list's own query kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doorstep.channels.web.visit import Request, with_query
from doorstep.domains.benefits.types import Page


@dataclass(frozen=True)
class Turning:
    """The way to the neighbours of one page of a long list; an empty address: there is none."""

    number: int
    pages: int
    total: int
    earlier: str
    later: str


def turning(request: Request, found: Page[Any], **query: str) -> Turning:
    """Links to the page before and after, with the list's own ``query`` kept."""

    def link(number: int) -> str:
        return with_query(request.path, **query, page=str(number)) if 1 <= number <= found.pages else ""

    return Turning(found.number, found.pages, found.total, link(found.number - 1), link(found.number + 1))

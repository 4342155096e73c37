"""Who visits: the country, the language from the address, and what every page needs to know of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.http import urlencode

from doorstep.channels.web import look
from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import direction, own_name, preferred
from doorstep.kit.words import LANGUAGES

MAX_PAGE = 1_000_000


class NoCountry(DoorstepError):
    """The site has nothing to show yet."""


@dataclass(frozen=True)
class Tongue:
    """One link of the language switch."""

    code: str
    name: str
    direction: str
    url: str


@dataclass(frozen=True)
class Visit:
    """One request as the templates see it. ``loaded`` is None only where no country is (the page says so)."""

    loaded: Country | None
    language: str
    path: str
    """The address without its language, ``/programmes/energy-tariff/``."""
    query: str = ""

    @property
    def country(self) -> Country:
        """The country in force. Raises ``NoCountry``."""
        if self.loaded is None:
            raise NoCountry("No country is loaded.", mend="Run: doorstep load countries/demo")
        return self.loaded

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return direction(self.language)

    @cached_property
    def name(self) -> str:
        """What the site is called."""
        if not self.loaded:
            return "Doorstep"
        own = self.loaded.look.name
        return (own or self.loaded.name).in_(self.language)

    @property
    def help_phone(self) -> str:
        """The number that reaches a human being."""
        return self.loaded.help_phone if self.loaded else ""

    @cached_property
    def tongues(self) -> Sequence[Tongue]:
        """This page in every language of the country."""
        languages = self.loaded.languages if self.loaded else LANGUAGES
        query = f"?{self.query}" if self.query else ""
        return [Tongue(code, own_name(code), direction(code), f"/{code}{self.path}{query}") for code in languages]

    @cached_property
    def stylesheet(self) -> str:
        """The text of the ``<style>`` element."""
        chosen = self.loaded.look if self.loaded else countries.Look()
        return look.stylesheet(countries.colours_of(chosen))

    @cached_property
    def mark(self) -> str:
        """The path of the country's own mark, or nothing: the open door."""
        own = self.loaded.look.mark if self.loaded else None
        return own.text if own else ""


class Request(HttpRequest):
    """A request that the middleware has looked at."""

    visit: Visit


def visit_of(request: HttpRequest, country: Country | None) -> Visit:
    """The visit that a request makes: its language is that of the address, else what the browser asks for."""
    languages = country.languages if country else LANGUAGES
    first, _, rest = request.path_info.lstrip("/").partition("/")
    query = request.META.get("QUERY_STRING", "")
    if first in languages:
        return Visit(country, first, f"/{rest}", query)
    return Visit(country, preferred(request.headers.get("Accept-Language", ""), languages), "/")


def with_query(url: str, **values: str) -> str:
    """A URL with a query string; empty values are left out."""
    kept = {name: value for name, value in values.items() if value}
    return f"{url}?{urlencode(kept)}" if kept else url


def page_number(request: Request) -> int:
    """The page that is asked for; the first where it is no number."""
    given = request.GET.get("page", "")
    return max(1, min(int(given), MAX_PAGE)) if given.isascii() and given.isdecimal() and len(given) < 9 else 1

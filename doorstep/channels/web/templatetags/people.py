"""``{% load people %}``: what pages show of people's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from doorstep.channels.web.labels import birth_in_words
from doorstep.channels.web.visit import Visit
from doorstep.channels.web.words import say
from doorstep.domains.people.api import BirthDate
from doorstep.kit.languages import own_name, write_list

register = template.Library()


@register.simple_tag(takes_context=True)
def born(context: Context, value: BirthDate) -> SafeString:
    """A date of birth as far as it is known: a day, a month, a year, a guess."""
    return format_html("<bdi>{}</bdi>", birth_in_words(value, _visit(context).language))


@register.simple_tag(takes_context=True)
def titled(context: Context, known: Mapping[str, Any], code: str) -> SafeString:
    """What people call a code of ``people.yaml``; the code where it is not there any more."""
    return escape(known[code].title.in_(_visit(context).language) if code in known else code or "–")


@register.simple_tag
def tongue(code: str) -> SafeString:
    """A language by its own name."""
    return format_html('<span lang="{}">{}</span>', code, own_name(code))


@register.simple_tag(takes_context=True)
def categories(context: Context, codes: Sequence[str]) -> SafeString:
    """Categories of a record as the visitor's language lists them."""
    language = _visit(context).language
    return escape(write_list([say(f"category.{code}", language) for code in codes], language))


@register.simple_tag(takes_context=True)
def place(context: Context, code: str) -> SafeString:
    """An area by its name, or a place as it was written."""
    visit = _visit(context)
    found = visit.country.areas.get(code)
    return escape(found.name.in_(visit.language) if found else code)


def _visit(context: Context) -> Visit:
    visit: Visit = context["visit"]
    return visit

"""``{% load doorstep %}``: words, addresses, drawings and values in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from doorstep.channels.web import labels, words
from doorstep.channels.web.visit import Visit
from doorstep.domains.vouchers import api as vouchers
from doorstep.engines.rules.api import Piece
from doorstep.kit.languages import Text, own_name, write_list, write_money, write_share, write_time

register = template.Library()
MAX_INLINE = 40
"""A figure that takes more letters than this (a list of benefits) stands in the list of figures only."""
DRAWINGS = Path(__file__).parent.parent / "drawings"


def _visit(context: Context) -> Visit:
    visit: Visit = context["visit"]
    return visit


@register.simple_tag(takes_context=True)
def say(context: Context, key: str, **values: object) -> SafeString:
    """The words of a key: ``{% say "site.page_of" number=2 pages=9 %}``."""
    return escape(words.say(key, _visit(context).language, **values))


@register.simple_tag(takes_context=True)
def go(context: Context, name: str, *args: object) -> str:
    """The address of a page in the visitor's language: ``{% go "programme" programme.id %}``.

    Another channel's page has its name in front: ``{% go "desk:runs" %}``.
    """
    return reverse(name if ":" in name else f"web:{name}", args=[_visit(context).language, *args])


@register.simple_tag(takes_context=True)
def text(context: Context, value: Text) -> SafeString:
    """Words from the country's files."""
    return escape(value.in_(_visit(context).language))


@register.simple_tag(takes_context=True)
def write(context: Context, value: object) -> SafeString:
    """A date or a number as the visitor's language writes it."""
    return escape(words.write(value, _visit(context).language))


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime) -> SafeString:
    """A date with its time."""
    local = timezone.localtime(value)
    language = _visit(context).language
    return format_html("<span>{}, <bdi>{}</bdi></span>", words.write(local, language), write_time(local, language))


@register.simple_tag(takes_context=True)
def cents(context: Context, amount: int) -> SafeString:
    """An amount in the country's currency, from cents."""
    visit = _visit(context)
    return escape(write_money(Decimal(amount).scaleb(-2), visit.country.currency, visit.language))


@register.simple_tag(takes_context=True)
def minor(context: Context, amount: int, currency: str, digits: int) -> SafeString:
    """Minor units of a currency as money."""
    return escape(write_money(Decimal(amount).scaleb(-digits), currency, _visit(context).language))


@register.simple_tag(takes_context=True)
def share(context: Context, value: Decimal | float | None) -> SafeString:
    """A share of one as a percentage."""
    return escape(write_share(value, _visit(context).language)) if value is not None else mark_safe("")


@register.simple_tag(takes_context=True)
def worth(context: Context, amount: int, kind: str) -> SafeString:
    """An amount of a kind of voucher: money with its currency, goods with their unit."""
    visit = _visit(context)
    return escape(labels.voucher_amount(visit.country, kind, amount, visit.language))


@register.simple_tag(takes_context=True)
def kind_title(context: Context, kind: str) -> SafeString:
    """What people call a kind of voucher."""
    visit = _visit(context)
    return escape(labels.voucher_kind(visit.country, kind, visit.language))


@register.simple_tag(takes_context=True)
def agency_name(context: Context, code: str) -> SafeString:
    """What people call an agency or a shop of the voucher scheme; the code where the country no longer has it."""
    visit = _visit(context)
    return escape(labels.voucher_party(visit.country, code, visit.language))


@register.simple_tag(takes_context=True)
def agency_names(context: Context, codes: Sequence[str]) -> SafeString:
    """Several of them, as a list in words."""
    visit = _visit(context)
    names = [labels.voucher_party(visit.country, one, visit.language) for one in codes]
    return escape(write_list(names, visit.language))


@register.simple_tag(takes_context=True)
def refusal(context: Context, code: str) -> SafeString:
    """Why a redemption was refused; the code where no words say it."""
    key = f"refusal.{code}"
    return escape(words.say(key, _visit(context).language) if key in words.words() else code)


@register.simple_tag
def card_number(number: str) -> SafeString:
    """A card's number as it is printed."""
    return escape(vouchers.grouped(number))


@register.simple_tag(takes_context=True)
def purpose(context: Context, code: str) -> SafeString:
    """For what somebody read a person's data: the country's words for its purpose, ours for what needs none."""
    visit = _visit(context)
    known = visit.country.purposes.get(code)
    key = f"look.{code}"
    ours = words.say(key, visit.language) if key in words.words() else code
    return escape(known.title.in_(visit.language) if known else ours)


@register.simple_tag(takes_context=True)
def pieces(context: Context, said: Sequence[Piece]) -> SafeString:
    """A sentence of a rule. Each rule leads to its own words; a figure of the law shows its value of today.

    The page gives ``rules_at``, the address of the rules in words, and ``values``: figure -> value in force.
    """
    return format_html_join("", "{}", ((_piece(context, piece, alone=len(said) == 1),) for piece in said))


def _piece(context: Context, piece: Piece, *, alone: bool) -> SafeString:
    if piece.kind == "plain":
        return escape(piece.text)
    if piece.kind == "rule":
        return format_html('<a href="{}#{}">{}</a>', context["rules_at"], piece.name, piece.text)
    value = context["values"].get(piece.name) if piece.kind == "figure" else None
    label = piece.text if alone else piece.quoted
    return format_html("{} (<bdi>{}</bdi>)", label, value) if value and len(value) < MAX_INLINE else escape(label)


@register.simple_tag
def draw(name: str) -> SafeString:
    """A drawing, for the eye only: what it says always stands beside it in words."""
    return mark_safe(_drawing(name))  # noqa: S308 - our own files


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    svg = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8").strip().replace("\n", "")
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


@register.filter
def raw(value: str) -> SafeString:
    """Text that our own code made safe: a stylesheet, a chart, Markdown without HTML."""
    return mark_safe(value)  # noqa: S308 - never used on words of others


@register.filter
def machine(value: date) -> str:
    """A date for ``<time datetime>``."""
    return value.isoformat()


@register.filter
def tongue(code: str) -> str:
    """A language's own name."""
    return own_name(code)


@register.filter
def get(mapping: Any, key: object) -> Any:
    """One value of a mapping."""
    return mapping.get(key)


@register.filter
def title_of(id: str, titles: Mapping[str, Text]) -> Text:
    """A programme's title; its id where the country no longer has the programme."""
    return titles.get(id) or Text({"": id})


@register.filter
def short(version: str) -> str:
    """The first characters of a version's hash: enough to tell versions apart."""
    return version[:12]


@register.filter
def in_language(value: Text, language: str) -> str:
    """Words from the country's files, inside another tag."""
    return value.in_(language)

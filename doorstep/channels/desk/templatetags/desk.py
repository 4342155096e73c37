"""``{% load desk %}``: places and commands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import template
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from doorstep.channels.web.api import Visit, say, words
from doorstep.domains.payments.types import BatchView
from doorstep.kit.languages import direction as direction_of
from doorstep.kit.languages import isolated, write_money

register = template.Library()


@register.simple_tag(takes_context=True)
def area(context: Context, code: str) -> SafeString:
    """What people call a place; its code where the country has it no more."""
    visit: Visit = context["visit"]
    found = visit.country.areas.get(code)
    return escape(found.name.in_(visit.language) if found else code or say("site.unknown", visit.language))


@register.simple_tag
def command(programme: str, *, trial: bool = False, confirm: bool = False, as_of: date | None = None) -> SafeString:
    """The command that decides a programme, for the terminal of whoever runs the site."""
    parts = [f"doorstep decide {programme} --inputs FOLDER --as-of {as_of or 'YYYY-MM-DD'}"]
    parts += ["--trial"] if trial else ["--out FOLDER"]
    parts += ["--confirm-endings"] if confirm else []
    return format_html('<pre class="command" dir="ltr"><code>{}</code></pre>', " ".join(parts))


@register.simple_tag(takes_context=True)
def money(context: Context, amount: int, currency: str, digits: int) -> SafeString:
    """Minor units as money, in the visit's language."""
    return format_html("<bdi>{}</bdi>", _money(context, amount, currency, digits))


def _money(context: Context, amount: int, currency: str, digits: int) -> str:
    visit: Visit = context["visit"]
    return write_money(Decimal(amount).scaleb(-digits), currency, visit.language)


@register.simple_tag(takes_context=True)
def approve_text(context: Context, view: BatchView) -> SafeString:
    """What an officer says yes to."""
    visit: Visit = context["visit"]
    sum_ = _money(context, view.totals.amount, view.currency, view.digits)
    return escape(say("pay.approve_text", visit.language, count=view.totals.count, sum=isolated(sum_)))


@register.simple_tag(takes_context=True)
def pay_code(context: Context, code: str) -> SafeString:
    """Why a payment failed, in words where we have them; else the bank's or provider's own code."""
    visit: Visit = context["visit"]
    key = f"pay.code_{code}"
    return escape(say(key, visit.language)) if key in words() else format_html("<bdi>{}</bdi>", code)


@register.simple_tag(takes_context=True)
def ours(context: Context, held: str) -> SafeString:
    """What we hold of a payment: a state in words, or an amount as it is."""
    visit: Visit = context["visit"]
    key = f"pay.one_{held}"
    return escape(say(key, visit.language)) if key in words() else format_html("<bdi>{}</bdi>", held or "–")


@register.simple_tag
def pay_command(programme: str = "") -> SafeString:
    """The command that makes a batch."""
    shown = f"doorstep pay {programme or 'PROGRAMME'} --period YYYY-MM --list FILE.csv"
    return format_html('<pre class="command" dir="ltr"><code>{}</code></pre>', shown)


@register.filter
def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return direction_of(language)

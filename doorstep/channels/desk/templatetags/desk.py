"""``{% load desk %}``: places and commands."""

from __future__ import annotations

from datetime import date

from django import template
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from doorstep.channels.web.api import Visit, say
from doorstep.kit.languages import direction as direction_of

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


@register.filter
def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return direction_of(language)

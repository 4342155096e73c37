"""``{% load people_desk %}``: forms about people, and two records side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.http import QueryDict
from django.template import Context
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from doorstep.channels.web.api import Visit, birth_in_words, say, words
from doorstep.domains.people.api import BirthDate
from doorstep.domains.people.types import FieldLevel

register = template.Library()


@register.filter
def words_of(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.simple_tag(takes_context=True)
def put(context: Context, name: str, label: str, given: QueryDict, at: str = "") -> SafeString:
    """One line to write in, with its label."""
    return format_html(
        '<div><label for="{0}">{1}{2}</label><input id="{0}" name="{0}" value="{3}" autocomplete="off"{4}></div>',
        f"{name}{at}",
        say(label, _language(context)),
        f" {at}" if at else "",
        given.get(f"{name}{at}", ""),
        SafeString(_KINDS.get(name, ' dir="auto"')),
    )


_KINDS = {
    "day": ' inputmode="numeric" maxlength="2" dir="ltr"',
    "month": ' inputmode="numeric" maxlength="2" dir="ltr"',
    "year": ' inputmode="numeric" maxlength="4" dir="ltr"',
    "phone": ' type="tel" dir="ltr"',
    "email": ' type="email" dir="ltr"',
    "value": ' dir="ltr" maxlength="60"',
    "nationality": ' dir="ltr" maxlength="2"',
    "key": ' dir="ltr"',
}


@register.simple_tag
def chosen_in(given: QueryDict, name: str, at: str, code: str) -> SafeString:
    """``selected`` where it was chosen before."""
    return SafeString(" selected" if given.get(f"{name}{at}") == code else "")


@register.simple_tag(takes_context=True)
def ticks(
    context: Context, name: str, label: str, known: Mapping[str, Any], chosen: Sequence[str], *, hint: str = ""
) -> SafeString:
    """Boxes to tick, one for each code of ``people.yaml``."""
    language = _language(context)
    boxes = format_html_join(
        "",
        '<div class="choice"><input type="checkbox" id="{0}-{1}" name="{0}" value="{1}"{2}>'
        '<label for="{0}-{1}">{3}</label></div>',
        (
            (name, code, SafeString(" checked" if code in chosen else ""), one.title.in_(language))
            for code, one in known.items()
        ),
    )
    told = format_html('<span class="hint">{}</span>', say(hint, language)) if hint else ""
    return format_html(
        '<fieldset class="field"><legend><h2>{}</h2></legend>{}<div class="inline">{}</div></fieldset>',
        say(label, language), told, boxes,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def beside(context: Context, name: str, label: str, sides: Sequence[Any]) -> SafeString:
    """One row of two records; a mark in words where they differ."""
    language, visit = _language(context), context["visit"]
    values = [_texts(visit, name, getattr(side, name)) for side in sides]
    if not any(values):
        return SafeString("")
    differ = all(values) and set(values[0]) != set(values[1])
    mark = format_html(' <span class="small">({})</span>', say("doubles.differ", language)) if differ else ""
    columns = ("doubles.new" if context["pair"].enrolment else "doubles.first",
               "doubles.known" if context["pair"].enrolment else "doubles.second")  # fmt: skip
    cells = format_html_join(
        "",
        '<td data-label="{}"><span>{}</span></td>',
        (
            (
                say(column, language),
                format_html_join(SafeString("<br>"), "<bdi>{}</bdi>", ((one,) for one in texts))
                or say("people.unknown", language),
            )
            for column, texts in zip(columns, values, strict=True)
        ),
    )
    return format_html('<tr><th scope="row">{}{}</th>{}</tr>', say(label, language), mark, cells)


@register.simple_tag(takes_context=True)
def level_words(context: Context, level: FieldLevel) -> SafeString:
    """How a field compares, in words."""
    language = _language(context)
    field, key = f"field.{level.field}", f"level.{level.level}"
    told = [
        say(one, language) if one in words() else fallback
        for one, fallback in ((field, level.field), (key, level.level))
    ]
    return escape(": ".join(told))


def _texts(visit: Visit, name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, BirthDate):
        return (birth_in_words(value, visit.language),)
    if name == "sex":
        return (say(f"people.sex_{value}", visit.language),) if value else ()
    if name in ("area", "birth_place") and value in visit.country.areas:
        return (visit.country.areas[value].name.in_(visit.language),)
    return tuple(value) if isinstance(value, list) else (value,) if value else ()


def _language(context: Context) -> str:
    visit: Visit = context["visit"]
    return visit.language

"""The door of the web for channels that make pages of the same family: rendering, words, labels, and who visits."""

from __future__ import annotations

from doorstep.channels.web.charts import Bar, bar_chart
from doorstep.channels.web.labels import birth_in_words, fault_label, group_label, voucher_amount
from doorstep.channels.web.page import render
from doorstep.channels.web.pages.errors import error_page
from doorstep.channels.web.pages.wallet import cents, named, refusal
from doorstep.channels.web.turning import turning
from doorstep.channels.web.visit import Request, Visit, page_number, with_query
from doorstep.channels.web.words import say, words, write

__all__ = [
    "Bar",
    "Request",
    "Visit",
    "bar_chart",
    "birth_in_words",
    "cents",
    "error_page",
    "fault_label",
    "group_label",
    "named",
    "page_number",
    "refusal",
    "render",
    "say",
    "turning",
    "voucher_amount",
    "with_query",
    "words",
    "write",
]

"""Words that an officer writes to a person, and whether they can be used."""

from __future__ import annotations

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.web.api import say
from doorstep.domains.benefits import api as benefits


def written(request: DeskRequest, name: str = "words") -> tuple[str, str]:
    """(the words, what is wrong with them or nothing)."""
    text = request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        return "", say("desk.no_words", request.visit.language)
    if len(text) > benefits.MAX_WORDS:
        return text, say("desk.long", request.visit.language, most=benefits.MAX_WORDS)
    return text, ""

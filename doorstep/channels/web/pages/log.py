"""The evidence log: how it stands, a receipt checked for whoever has one, and the log's own files (C2SP tlog-tiles)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.channels.web.labels import receipt_label
from doorstep.channels.web.page import page
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import Policy

MOST_BYTES = 64 * 1024
TILE = re.compile(
    r"(?P<level>entries|\d|[1-5]\d|6[0-3])/(?P<number>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII
)
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Watcher:
    """A witness on the page: its name, and when it saw the newest checkpoint, if it has."""

    name: str
    at: datetime | None


@require_safe
def state(request: Request) -> HttpResponse:
    """How the log stands."""
    policy = _policy()
    found = evidence.state(policy=policy)
    seen = {cosigned.name: cosigned.at for cosigned in found.cosigned}
    watchers = [Watcher(witness.key.name, seen.get(witness.key.name)) for witness in policy.witnesses]
    context = {
        "log": found,
        "watchers": watchers,
        "seen": sum(bool(watcher.at) for watcher in watchers),
        "anchor": evidence.latest_anchor(),
        "explorer": settings.ANCHOR_EXPLORER,
    }
    return page(request, "log/state.html", context, keep=False)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Request) -> HttpResponse:
    """Check a receipt that is pasted or brought as a file. Nothing of it is kept."""
    if request.method != "POST":
        return page(request, "log/check.html", {}, keep=False)
    text, wrong = _given(request)
    if not wrong:
        keys = [witness.key.vkey for witness in _policy().witnesses]
        try:
            verdict = evidence.verify(text=text, at=timezone.now(), witnesses=keys)
        except evidence.Wrong as error:
            code = {"code": f"log.wrong_{error.code}"}
            return page(request, "log/refused.html", code, status=422, keep=False)
        context = {
            "verdict": verdict,
            "place": verdict.index + 1,
            "facts": [
                (receipt_label(name, request.visit.language), value) for name, value in sorted(verdict.content.items())
            ],
            "witnesses": [Watcher(name, datetime.fromtimestamp(at, UTC)) for name, at in verdict.cosigned_by],
        }
        return page(request, "log/proved.html", context, keep=False)
    return page(request, "log/check.html", {"wrong": wrong, "text": text}, status=422, keep=False)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint."""
    return _plain(evidence.checkpoint(), keep="public, max-age=1")


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """The keys of the log and its witnesses, for a verifier."""
    return _plain(evidence.policy_file(policy=_policy()), keep="public, max-age=60")


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier: one file that runs alone."""
    response = HttpResponse(evidence.verifier_file(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verifier.py"'
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """A tile or a bundle of entries; it never changes."""
    asked = TILE.fullmatch(rest)
    if asked is None or asked["number"].startswith("x000/") or int(asked["width"] or 1) > 255:
        raise Http404
    number, width = int(re.sub(r"\D", "", asked["number"])), int(asked["width"] or 256)
    if asked["level"] == "entries":
        data = evidence.entry_bundle(number=number, width=width)
    else:
        data = evidence.tile(level=int(asked["level"]), number=number, width=width)
    if not data:
        raise Http404
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Cache-Control"] = FOR_EVER
    return response


def _given(request: Request) -> tuple[str, str]:
    """The receipt's text, or what is wrong. A file counts before what was pasted."""
    file = request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > MOST_BYTES:
            return "", say("log.too_long", request.visit.language)
        return file.read().decode(errors="replace"), ""
    text = request.POST.get("text", "")
    if len(text) > MOST_BYTES:
        return "", say("log.too_long", request.visit.language)
    return text.strip() + "\n", "" if text.strip() else say("log.nothing", request.visit.language)


def _policy() -> Policy:
    found: Policy = settings.EVIDENCE
    return found


def _plain(text: str, *, keep: str) -> HttpResponse:
    if not text:
        raise Http404
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = keep
    return response

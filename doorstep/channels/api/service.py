"""The API as one object: every resource, one handler of errors, one reader of bodies."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from doorstep.channels.api import problems
from doorstep.channels.api.edge import JsonBody, PlainJson
from doorstep.channels.api.resources import check, country, decisions, programmes, rules, runs
from doorstep.channels.api.shapes import Out

VERSION = "1.0.0"
BASE = "/api/v1"

api = NinjaAPI(
    title="Doorstep",
    version=VERSION,
    urls_namespace="api-v1",
    openapi_url=None,
    docs_url=None,
    parser=JsonBody(),
    renderer=PlainJson(),
)
for _error in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(_error, problems.answer)


class IndexOut(Out):
    """Where to begin."""

    version: str = Field(description="The version of the API.")
    documentation: str
    openapi: str
    links: dict[str, str] = Field(description="Name -> address.")


entry = Router(tags=["Country"])


@entry.get("/", response=IndexOut, operation_id="getIndex", summary="Where to begin")
def get_index(request: HttpRequest) -> dict[str, object]:
    """The addresses of everything that needs no id."""
    links = {name: f"{BASE}/{name}" for name in ("country", "areas", "programmes", "rules", "runs")}
    return {"version": VERSION, "documentation": "/api/", "openapi": f"{BASE}/openapi.json", "links": links}


for _router in (entry, *(module.router for module in (country, programmes, rules, runs, check, decisions))):
    api.add_router("", _router)

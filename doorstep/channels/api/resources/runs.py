"""Public reports: what each run decided about everybody, without anybody in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from doorstep.channels.api.asked import Asked, Language, PageNumber, PageSize, asked
from doorstep.channels.api.problems import Refusal
from doorstep.channels.api.resources.lists import Listed, listed
from doorstep.channels.api.shapes import Out
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import RunReport, RunSummary

router = Router(tags=["Reports"])

CSV = "text/csv"
RunId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The run's number.")]


class CountsOut(Out):
    """What a run found and did, in contracts."""

    decided: int
    entitled: int
    not_entitled: int
    unknown: int = Field(description="The registers could not say: a person looks at each.")
    started: int
    continued: int
    ending: int = Field(description="Announced to end; they may object.")
    ended: int
    withdrawn: int = Field(description="An announced ending that does not happen.")
    held: int = Field(description="Held as they are while an objection or a review waits.")
    review: int = Field(description="Handed to a person.")
    untied: int = Field(description="Rows of registers that do not say to whom they belong.")
    refused: int = Field(description="Told no, with reasons, after they were told that it waits.")


class RunInShort(Out):
    """A run in a list."""

    id: int
    programme: str
    as_of: date = Field(description="The day on which the facts were looked at.")
    everyone: bool = Field(description="Whether every entitlement was renewed or ended.")
    version: str = Field(description="The version of the country whose rules decided.")
    started_at: datetime
    finished_at: datetime | None
    counts: CountsOut


class InputOut(Out):
    """A file that the run read."""

    register_name: str = Field(alias="register", description="The id of the register.")
    name: str
    sha256: str
    rows: int


class GroupOut(Out):
    """Contracts and entitlements of one group. Null: so few that the number is not published."""

    group: str = Field(description="An area's id, an age band, a sex; empty where it is not known.")
    name: str = Field(description="The group in words: an area's name, an age, women or men.")
    contracts: int | None
    before: int | None = Field(description="Entitled before the run.")
    after: int | None = Field(description="Entitled after the run.")
    unknown: int | None


class RunOut(RunInShort):
    """A run's public report."""

    inputs: list[InputOut]
    faults: dict[str, dict[str, int]] = Field(description="Register -> kind of fault -> rows.")
    groups: dict[str, list[GroupOut]] = Field(description="Grouping (`area`, `age`, `sex`) -> its groups.")


class GroupsOut(Out):
    """A run's groups alone."""

    run: int
    groups: dict[str, list[GroupOut]]


@router.get("/runs", response=Listed[RunInShort], operation_id="listRuns", summary="Every public run")
def list_runs(
    request: HttpRequest,
    programme: Annotated[str | None, Query(max_length=100, description="Only this programme's runs: its id.")] = None,
    number: PageNumber = 1,
    size: PageSize = 20,
) -> dict[str, object]:
    """Finished runs that decided for real, the newest first."""
    found = benefits.list_runs(programme=programme, number=number, size=size)
    if found.number != number:
        raise Refusal("not-found")
    return listed(request, found.items, page=found.number, pages=found.pages, total=found.total)


@router.get("/runs/{int:run}", response=RunOut, by_alias=True, operation_id="getRun", summary="One run's report")
def get_run(request: HttpRequest, run: RunId, language: Language = None) -> dict[str, object]:
    """Its numbers by place, age and sex, the files it read and the rules it used."""
    here = asked(request, language)
    report = benefits.run_report(run=run)
    return {**in_short(report.run), "inputs": report.inputs, "faults": report.faults, "groups": groups(here, report)}


@router.get(
    "/runs/{int:run}/groups", response=GroupsOut, operation_id="getRunGroups", summary="One run's groups, JSON or CSV",
    openapi_extra={"responses": {200: {"content": {CSV: {"schema": {"type": "string"}}}}}},
)  # fmt: skip
def get_groups(request: HttpRequest, run: RunId, language: Language = None) -> dict[str, object] | HttpResponse:
    """As JSON, or as CSV with `Accept: text/csv`. Small groups are left out."""
    here = asked(request, language)
    report = benefits.run_report(run=run)
    if request.get_preferred_type(["application/json", CSV]) == CSV:
        return table(here, report)
    return {"run": report.run.id, "groups": groups(here, report)}


@router.get(
    "/runs/{int:run}/groups.csv", operation_id="getRunGroupsCsv", summary="One run's groups as CSV",
    openapi_extra={"responses": {200: {"content": {CSV: {"schema": {"type": "string"}}}}}},
)  # fmt: skip
def get_groups_csv(request: HttpRequest, run: RunId, language: Language = None) -> HttpResponse:
    """One row a group, for spreadsheets: UTF-8 with its mark, commas. The report's page gives the same file.

    An empty number is one that is not published.
    """
    return table(asked(request, language), benefits.run_report(run=run))


def in_short(run: RunSummary) -> dict[str, object]:
    """A run as lists show it."""
    return {name: getattr(run, name) for name in RunInShort.model_fields}


def groups(here: Asked, report: RunReport) -> dict[str, list[dict[str, object]]]:
    """Every grouping with its rows."""
    return {
        grouping: [
            {
                "group": one.row.value,
                "name": one.name,
                "contracts": one.row.contracts,
                "before": one.row.before,
                "after": one.row.after,
                "unknown": one.row.unknown,
            }
            for one in benefits.named_groups(
                country=here.country, report=report, grouping=grouping, language=here.language
            )
        ]
        for grouping in report.groups
    }


def table(here: Asked, report: RunReport) -> HttpResponse:
    """The groups as one CSV file, the same that the report's page gives."""
    text = benefits.groups_csv(country=here.country, report=report, language=here.language)
    name = f"{report.run.programme}-{report.run.as_of}-{report.run.id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{CSV}; charset=utf-8", headers=headers)

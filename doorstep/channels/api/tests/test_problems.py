"""Every error is a problem (RFC 9457), in the language of the request, and says what to do."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.channels.api import problems
from doorstep.channels.api.tests.conftest import Post
from doorstep.channels.api.words import words
from doorstep.domains.benefits import api as benefits
from doorstep.domains.country.api import Country
from doorstep.kit.words import LANGUAGES

pytestmark = pytest.mark.django_db

CHECK = "/programmes/energy-tariff/check"


def assert_problem(response: Any, code: str) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert body["code"] == code
    assert response.status_code == body["status"] == problems.KINDS[code].status
    assert body["type"] == f"/api/#problem-{code}"
    assert body["title"]
    assert body["detail"]
    assert body["mend"]
    assert response["Cache-Control"] == "no-store"
    return body


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_here(client: Client, nadira: Country, language: str) -> None:
    for address in (
        "nothing",
        "v2/country",
        "v1/nothing",
        "v1/programmes/other",
        "v1/rules/other",
        "v1/runs/9",
        "v1/runs/x",
    ):
        response = client.get(f"/api/{address}", headers={"Accept-Language": language})
        body = assert_problem(response, "not-found")
        assert body["title"] == words()["problem.not-found"].in_(language)
        assert response["Content-Language"] == language


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_methods_that_an_address_does_not_take(client: Client, nadira: Country, method: str) -> None:
    response = getattr(client, method)("/api/v1/country")
    assert_problem(response, "wrong-method")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "body",
    [
        "{", "nonsense", b"\xff\xfe{}", '{"answers": {"energy": NaN}}', '{"answers": {"energy": "\\u0000"}}',
        '{"answers": {"\\ud800": "x"}}', "[" * 20_000, '{"a": ' + "9" * 5000 + "}",
    ],
)  # fmt: skip
def test_bodies_that_are_no_json(post: Post, nadira: Country, body: str | bytes) -> None:
    assert_problem(post(CHECK, body), "unreadable")


def test_zero_characters_in_addresses(client: Client, nadira: Country) -> None:
    for address in ("areas?search=%00", "areas?%00=x", "runs?programme=a%00", "programmes/%00", "rules/a%00b"):
        assert_problem(client.get(f"/api/v1/{address}"), "unreadable")


def test_too_large_and_not_json(client: Client, post: Post, nadira: Country) -> None:
    assert_problem(post(CHECK, '{"answers": {"energy": "' + "x" * 65536 + '"}}'), "too-large")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert_problem(client.post(f"/api/v1{CHECK}", b"{}", content_type=kind), "not-json")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("areas?page=0", "page"),
        ("areas?page=x", "page"),
        ("areas?size=101", "size"),
        ("areas?level=99", "level"),
        ("areas?language=xx", "language"),
        ("areas?language=", "language"),
        ("areas?search=" + "x" * 101, "search"),
        ("runs?page=99999999999999999999", "page"),
        ("runs/99999999999999999999", "run"),
        ("runs/0", "run"),
    ],
)
def test_wrong_values_in_addresses_are_named(client: Client, nadira: Country, query: str, parameter: str) -> None:
    body = assert_problem(client.get(f"/api/v1/{query}"), "invalid")
    assert [fault["parameter"] for fault in body["errors"]] == [parameter]


def test_wrong_bodies_are_named_by_pointer(post: Post, nadira: Country) -> None:
    body = assert_problem(post("/decisions", {"reference": 5, "more": 1}, language="pt"), "invalid")
    faults = {fault["pointer"]: fault["detail"] for fault in body["errors"]}
    assert set(faults) == {"#/reference", "#/contract_id", "#/more"}
    assert faults["#/contract_id"] == "Falta este valor."
    for empty in ("", []):
        body = assert_problem(post("/decisions", empty), "invalid")
        assert [fault["pointer"] for fault in body["errors"]] == ["#"]


def test_without_a_country_the_service_is_off(client: Client, db: None) -> None:
    response = client.get("/api/v1/country")
    assert_problem(response, "unavailable")
    assert response["Retry-After"]
    assert client.get("/api/").status_code == 200


def test_a_database_that_is_away_is_never_a_denial(
    client: Client, post: Post, nadira: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the value of a column")

    monkeypatch.setattr(connection, "cursor", away)
    letter = {"reference": "0000-0000-0000", "contract_id": "C1"}
    answers = [
        client.get("/api/v1/country"),
        client.get("/api/v1/runs"),
        post(CHECK, {}),
        post("/decisions", letter),
        post("/decisions/letters", letter),
        post("/decisions/objections", {**letter, "text": "No."}),
    ]
    for response in answers:
        body = assert_problem(response, "unavailable")
        assert "no denial" in body["detail"]
        assert "column" not in response.content.decode()
    assert client.get("/api/").status_code == 200


def test_what_nobody_foresaw_is_our_fault_and_tells_nothing(
    client: Client, nadira: Country, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(**_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(benefits, "list_runs", breaks)
    with caplog.at_level(logging.ERROR):
        response = client.get("/api/v1/runs")
    assert_problem(response, "broken")
    assert "secret" not in response.content.decode()
    assert [record.getMessage() for record in caplog.records if record.name.startswith("doorstep")] == [
        "broken: RuntimeError"
    ]


def test_every_word_is_there_in_every_language() -> None:
    assert {key: missing for key, text in words().items() if (missing := text.missing(LANGUAGES))} == {}
    for code in problems.KINDS:
        assert {f"problem.{code}", f"problem.{code}_text", f"problem.{code}_mend"} <= set(words())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ids = st.sampled_from(["energy", "use", "permanent_home", "power_kva", "annual_m3", "benefit", "members", "income"])
likely = st.sampled_from(["electricity", "gas", "domestic", "yes", "no", "none", "1", "2", "6.9", ""]) | st.text()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=anything | st.fixed_dictionaries({"answers": st.dictionaries(ids | st.text(), likely, max_size=9)}))
def test_whatever_is_sent_to_the_check_is_answered(post: Post, nadira: Country, body: Any) -> None:
    response = post(CHECK, body)
    assert response.status_code in (200, 400, 422)
    if response.status_code != 200:
        assert_problem(response, response.json()["code"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=anything | st.fixed_dictionaries({"reference": st.text(), "contract_id": st.text(), "text": st.text()}))
def test_whatever_is_sent_about_a_letter_is_answered(post: Post, nadira: Country, body: Any) -> None:
    for path in ("/decisions", "/decisions/letters", "/decisions/objections"):
        response = post(path, body)
        assert response.status_code in (400, 404, 422, 429)
        assert_problem(response, response.json()["code"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(
        st.sampled_from(["page", "size", "search", "level", "within", "language", "programme"]), st.text(), max_size=4
    ),
    path=st.sampled_from(["areas", "runs", "programmes", "country"]),
)
def test_whatever_is_asked_in_an_address_is_answered(
    client: Client, nadira: Country, query: dict[str, str], path: str
) -> None:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code in (200, 400, 404, 422)

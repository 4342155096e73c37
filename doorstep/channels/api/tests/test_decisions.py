"""A decision, its letters and an objection, with the code on a letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from doorstep.channels.api.tests.conftest import Post, Town
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.world import CLERK

pytestmark = pytest.mark.django_db

WRONG = {"reference": "0000-0000-0000", "contract_id": "C1"}


def table(name: str) -> Any:
    """The rows of a table that no door shows."""
    return apps.get_model("benefits", name)._default_manager.all()


def looks() -> int:
    """How often somebody with a letter has looked."""
    return int(table("Look").filter(who__startswith="person:").count())


def rows(name: str) -> int:
    return int(table(name).count())


def test_a_decision_has_its_reasons_and_the_look_is_recorded(post: Post, town: Town) -> None:
    found = post("/decisions", town.letter("C1"), language="pt").json()
    assert (found["kind"], found["state"], found["rate"]) == ("grant", "active", "0.338")
    assert found["version"] == town.world.country.hash
    assert found["run"] == town.run
    assert "rendimento" in found["reason"]
    assert {"household_income", "ceiling"} <= {fact["name"] for fact in found["facts"]}
    assert found["may_object"]
    assert {step["variable"] for step in found["steps"]} >= {"domestic_use", "low_income"}
    (change,) = found["changes"]
    assert (change["variable"], change["outcome"]) == ("household_income", False)
    assert change["words"].endswith("não teria direito.")
    assert next((look["who"], look["purpose"]) for look in found["looks"]) == ("person", "own-data")
    assert looks() == 1


def test_no_cache_keeps_a_decision_and_no_address_names_it(post: Post, client: Client, town: Town) -> None:
    for path in ("/decisions", "/decisions/letters"):
        response = post(path, town.letter("C1"))
        assert response["Cache-Control"] == "no-store"
        assert "ETag" not in response
        assert client.get(f"/api/v1{path}", town.letter("C1")).status_code == 405


def test_a_sloppily_typed_code_is_read(post: Post, town: Town) -> None:
    letter = town.letter("C1")
    assert post("/decisions", {**letter, "reference": letter["reference"].lower().replace("-", " ")}).status_code == 200


@pytest.mark.parametrize("path", ["/decisions", "/decisions/letters", "/decisions/objections"])
def test_another_contracts_code_opens_nothing(post: Post, town: Town, path: str) -> None:
    body = {**town.letter("C1"), "contract_id": "C2"}
    response = post(path, {**body, "text": "No."} if path.endswith("objections") else body)
    assert (response.status_code, response.json()["code"]) == (404, "no-such-letter")
    assert looks() == 0
    assert rows("FailedTry") == 2


def test_guessers_wait_and_the_web_counts_with_the_api(post: Post, client: Client, town: Town) -> None:
    for _ in range(5):
        assert post("/decisions", WRONG).status_code == 404
    for _ in range(5):
        client.post("/en/decision/", {"reference": WRONG["reference"], "contract": "C1"})
    stopped = post("/decisions", town.letter("C1"))
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "3600")
    assert stopped.json()["code"] == "too-many-tries"
    assert len(set(table("FailedTry").values_list("subject"))) == 2, "one contract, one visitor on both channels"


def test_letters_are_read_as_sent_or_in_another_language(post: Post, town: Town) -> None:
    (letter,) = post("/decisions/letters", town.letter("C2")).json()
    assert (letter["language"], letter["kind"], letter["state"]) == ("pt", "granted", "sent")
    assert town.letter("C2")["reference"] in letter["body"]
    (again,) = post("/decisions/letters", town.letter("C2"), language="bn").json()
    assert again["language"] == "bn"
    assert looks() == 2


def test_an_objection_sent_twice_is_one_objection(post: Post, town: Town) -> None:
    body = {**town.letter("C1"), "text": " I earn less. \n"}
    first, second = post("/decisions/objections", body), post("/decisions/objections", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["text"] == "I earn less."
    assert first.json()["due"] == str(timezone.now().date() + timedelta(days=30))
    assert benefits.open_objections(officer=CLERK, language="en").total == 1
    assert table("Notice").filter(kind="objection_received").count() == 1
    other = post("/decisions/objections", {**body, "text": "Something else."})
    assert (other.status_code, other.json()["code"]) == (409, "already-objected")
    assert post("/decisions", town.letter("C1")).json()["objection"]["state"] == "pending"


def test_an_objection_after_the_time_is_refused_with_the_way_out(post: Post, old_town: Town) -> None:
    late = post("/decisions/objections", {**old_town.letter("C1"), "text": "No."}, language="ar")
    assert (late.status_code, late.json()["code"]) == (409, "too-late")
    assert late["Content-Language"] == "ar"
    assert rows("Objection") == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_an_objection_needs_words_and_not_a_book(post: Post, town: Town, text: str) -> None:
    response = post("/decisions/objections", {**town.letter("C1"), "text": text})
    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json()["errors"]] == ["#/text"]
    assert rows("Objection") == 0


def test_behind_a_proxy_one_guesser_stops_nobody_else(post: Post, town: Town, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(30):
        wrong = {"reference": "0000-0000-0000", "contract_id": f"X{number}"}
        post("/decisions", wrong, **{"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.1"})
    letter = town.letter("C1")
    assert post("/decisions", letter, **{"X-Forwarded-For": "192.0.2.1"}).status_code == 429
    assert post("/decisions", letter, **{"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}).status_code == 200

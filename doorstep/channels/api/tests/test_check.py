"""Would I get it? Step by step or all at once; nothing is stored."""

from __future__ import annotations

import pytest
from django.apps import apps

from doorstep.channels.api.tests.conftest import Post
from doorstep.domains.country.api import Country

pytestmark = pytest.mark.django_db

CHECK = "/programmes/energy-tariff/check"
HOME = {"energy": "electricity", "use": "domestic", "permanent_home": "yes", "power_kva": "6.9", "benefit": "none"}


@pytest.mark.parametrize(
    ("members", "without", "income", "entitled"),
    [
        ("1", "0", "6272.64", True),
        ("1", "0", "6272.65", False),
        ("2", "1", "9408.96", True),
        ("11", "10", "37635.84", True),
        ("11", "10", "37635.85", False),
        ("2", "0", "", None),
    ],
)
def test_the_laws_own_examples_all_at_once(
    post: Post, nadira: Country, members: str, without: str, income: str, entitled: bool | None
) -> None:
    answers = {**HOME, "members": members, "without_income": without, "income": income}
    found = post(CHECK, {"answers": answers}).json()
    assert found["next"] is None
    assert found["outcome"]["entitled"] is entitled
    assert found["version"] == nadira.hash
    assert found["outcome"]["reason"]
    assert found["outcome"]["steps"]
    assert bool(found["outcome"]["gives"]) is (entitled is True)


def test_one_question_at_a_time_leads_to_the_same_outcome(post: Post, nadira: Country) -> None:
    given = {**HOME, "members": "2", "without_income": "1", "income": "9408.96"}
    answers: dict[str, str] = {}
    for _ in range(20):
        found = post(CHECK, {"answers": answers}, language="ar").json()
        if found["outcome"]:
            break
        assert found["asked"][-1] == found["next"]
        answers[found["next"]["id"]] = given[found["next"]["id"]]
    assert answers == given
    assert found["outcome"] == post(CHECK, {"answers": given}, language="ar").json()["outcome"]


def test_a_wrong_answer_is_said_in_the_language_of_the_visitor(post: Post, nadira: Country) -> None:
    response = post(CHECK, {"answers": {**HOME, "members": "0"}}, language="pt")
    assert response.status_code == 422
    (fault,) = response.json()["errors"]
    assert fault == {"pointer": "#/answers/members", "detail": "Escreva um número de 1 a 50."}


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"energy": "coal"}, "#/answers/energy"),
        ({"use": "domestic"}, "#/answers/use"),
        ({"energy": "gas", "use": "business", "annual_m3": "5"}, "#/answers/annual_m3"),
        ({"a/b~c": "1"}, "#/answers/a~1b~0c"),
        ({"energy": 5}, "#/answers/energy"),
        ({"energy": "x" * 201}, "#/answers/energy"),
    ],
)
def test_an_answer_that_fits_no_question_is_named(
    post: Post, nadira: Country, answers: dict[str, object], pointer: str
) -> None:
    response = post(CHECK, {"answers": answers})
    assert response.status_code == 422
    assert pointer in [fault["pointer"] for fault in response.json()["errors"]]


def test_nothing_is_stored(post: Post, nadira: Country) -> None:
    def rows() -> dict[str, int]:
        return {model._meta.label: model._default_manager.count() for model in apps.get_models()}

    before = rows()
    response = post(CHECK, {"answers": {**HOME, "members": "1", "without_income": "0", "income": "1"}})
    assert response.json()["outcome"]["entitled"] is True
    assert rows() == before
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_a_programme_that_is_not_there_asks_nothing(post: Post, nadira: Country) -> None:
    assert post("/programmes/other/check", {}).status_code == 404

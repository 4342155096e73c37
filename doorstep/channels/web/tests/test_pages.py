"""Every public page, in every language, as a visitor without a script or a cookie meets it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from doorstep.channels.web.look import CONTRASTS
from doorstep.channels.web.words import words
from doorstep.domains.country import api as countries
from doorstep.kit.words import LANGUAGES

PAGES = (
    "",
    "programmes/energy-tariff/",
    "programmes/energy-tariff/check/",
    "decision/",
    "reports/",
    "rules/",
    "rules/energy-tariff/",
    "about/about/",
    "about/help/",
    "about/privacy/",
    "about/accessibility/",
)
FIRST_RESPONSE = 14_336

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nadira(db: None) -> None:
    countries.load_country(Path("countries/demo"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_says_its_language_and_has_one_heading(client: Client, language: str, page: str) -> None:
    response = client.get(f"/{language}/{page}")
    html = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert re.search(r"<title>[^<]+ – [^<]+</title>|<title>[^<]+</title>", html)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "<script" not in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES[:3])
def test_the_first_response_fits_into_the_first_round_trip(client: Client, language: str, page: str) -> None:
    assert len(gzip.compress(client.get(f"/{language}/{page}").content)) <= FIRST_RESPONSE


def test_the_bare_address_leads_to_the_language_of_the_browser(client: Client) -> None:
    assert client.get("/", headers={"Accept-Language": "ar-EG,pt;q=0.5"})["Location"] == "/ar/"
    assert client.get("/", headers={"Accept-Language": "xx"})["Location"] == "/en/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_there_is_said_in_words(client: Client, language: str) -> None:
    response = client.get(f"/{language}/programmes/no-such-thing/")
    assert response.status_code == 404
    assert f'lang="{language}"' in response.content.decode()


def answer(client: Client, **answers: str) -> str:
    """Answer every question of the check, one page at a time; returns the page of the result."""
    address = "/en/programmes/energy-tariff/check/"
    html = client.get(address).content.decode()
    for _ in range(20):
        question = re.search(r'name="q" value="([^"]+)"', html)
        if question is None:
            break
        token = re.search(r'name="a" value="([^"]*)"', html)
        sent = {"q": question[1], "a": token[1] if token else "", "answer": answers.get(question[1], "")}
        response = client.post(address, sent, follow=True)
        assert response.status_code == 200, (question[1], response.content.decode())
        html = response.content.decode()
    result = re.search(r'href="([^"]+/check/result/[^"]+)"', html)
    assert result is not None, html
    return client.get(result[1].replace("&amp;", "&")).content.decode()


HOME = {"energy": "electricity", "use": "domestic", "permanent_home": "yes", "power_kva": "6.9", "benefit": "none"}


@pytest.mark.parametrize(
    ("members", "without", "income", "verdict"),
    [
        ("1", "0", "6272.64", "yes"),
        ("1", "0", "6272.65", "no"),
        ("2", "1", "9408.96", "yes"),
        ("3", "2", "12545.28", "yes"),
        ("11", "10", "37635.84", "yes"),
        ("11", "10", "37635.85", "no"),
    ],
)
def test_would_i_get_it_answers_the_laws_own_examples(
    client: Client, members: str, without: str, income: str, verdict: str
) -> None:
    html = answer(client, **HOME, members=members, without_income=without, income=income)
    assert f'class="verdict {verdict}"' in html
    assert "Your household&#x27;s income of EUR" in html


def test_what_a_visitor_does_not_know_is_not_a_no(client: Client) -> None:
    html = answer(client, **HOME, members="2", without_income="0", income="")
    assert 'class="verdict open"' in html


def test_a_question_without_an_answer_is_asked_again_with_the_problem_first(client: Client) -> None:
    address = "/en/programmes/energy-tariff/check/"
    question = re.search(r'name="q" value="([^"]+)"', client.get(address).content.decode())
    assert question is not None
    response = client.post(address, {"q": question[1], "a": ""})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_a_letter_that_is_not_there_is_a_plain_problem(client: Client) -> None:
    response = client.post("/en/decision/", {"reference": "XXXX", "contract": "c1"})
    assert response.status_code == 422
    assert "We find no letter" in response.content.decode()


def test_every_word_is_there_in_every_language() -> None:
    assert {key: missing for key, text in words().items() if (missing := text.missing(LANGUAGES))} == {}


def test_templates_hold_no_words_of_their_own() -> None:
    folder = Path("doorstep/channels/web/templates")
    bare = {}
    for path in folder.rglob("*.html"):
        plain = re.sub(r"{% block wrong_field %}[\w-]+{% endblock %}", " ", path.read_text())  # the id of a field
        text = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", " ", plain, flags=re.DOTALL)
        if found := re.findall(r"[A-Za-z]{3,}", text):
            bare[path.name] = found
    assert bare == {}


def test_every_pair_of_colours_that_meet_has_its_contrast() -> None:
    painted = countries.tokens_of(countries.colours_of(countries.Look()))
    short = [
        (mode, text, ground)
        for mode, colours in painted.items()
        for text, ground, least in CONTRASTS
        if countries.contrast(colours[text], colours[ground]) < least
    ]
    assert short == []

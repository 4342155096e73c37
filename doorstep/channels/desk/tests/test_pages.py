"""Every page of the desk: in each language, small, with one heading, without a script, for those who may."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from doorstep.channels.desk.tests.conftest import APRIL
from doorstep.channels.desk.tests.test_objections import object_to
from doorstep.channels.desk.urls import pages
from doorstep.domains.benefits.tests.stored import Notice, Review, Run, reference_of
from doorstep.domains.benefits.tests.world import at
from doorstep.domains.benefits.types import Role, RunKind
from doorstep.kit.words import LANGUAGES

FIRST_RESPONSE = 14_336

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def busy(unclear, clock):
    """A month with cases, an objection, letters, a trial: the addresses of a page of each kind."""
    unclear.earns("C1", "80000.00")
    unclear.run(APRIL)
    clock(at(APRIL))
    objection = object_to("C1", APRIL)
    unclear.run(APRIL, kind=RunKind.TRIAL)
    return [
        "", "password/", "purpose/cases/", "cases/", f"cases/{Review.objects.latest('id').pk}/", "objections/",
        f"objections/{objection.pk}/", "letters/", f"letters/{Notice.objects.latest('id').pk}/", "runs/",
        f"runs/{Run.objects.latest('id').pk}/", f"runs/{Run.objects.earliest('id').pk}/", "switch/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_says_its_language_and_fits_into_the_first_round_trip(busy, desk, language):
    client = desk("sana", Role.SUPERVISOR)
    for address in ["sign-in/", *busy]:
        response = (Client() if address == "sign-in/" else client).get(f"/{language}/desk/{address}")
        html = response.content.decode()
        assert response.status_code == 200, address
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
        assert len(re.findall(r"<h1[ >]", html)) == 1, address
        assert "<script" not in html
        assert len(gzip.compress(response.content)) <= FIRST_RESPONSE, address
        assert "no-store" in response["Cache-Control"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        if language != "en":
            assert not re.search(r">(Overview|Letters|Runs|Since|Who)<", html), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_with_a_problem_say_it_in_the_language(unclear, desk, language):
    client, review = desk(), Review.objects.get()
    seen = {"seen": review.digest}
    response = client.post(f"/{language}/desk/cases/{review.pk}/decide/", {"sure": "yes", **seen})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    sure = client.post(f"/{language}/desk/cases/{review.pk}/decide/", {"verdict": "waiting", "words": "x", **seen})
    assert sure.status_code == 200


def test_labels_lead_to_fields_and_fields_have_names(busy, desk):
    client = desk("sana", Role.SUPERVISOR)
    for address in busy:
        html = client.get(f"/en/desk/{address}").content.decode()
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), address
        assert set(re.findall(r'<label for="([^"]+)"', html)) <= set(ids), address
        shown = re.findall(r"<(?:input(?! type=\"hidden\")|select|textarea)(?![^>]*hidden)[^>]*id=\"([^\"]+)\"", html)
        assert set(shown) <= set(re.findall(r'<label for="([^"]+)"', html)), address


def test_the_overview_counts_and_leads_on(busy, desk):
    html = desk().get("/en/desk/").content.decode()
    assert re.search(r'href="/en/desk/cases/"><b>1</b>', html)
    assert re.search(r'href="/en/desk/objections/"><b>1</b>', html)
    assert "The first is due on 5 May 2026" in html
    assert "The oldest since 5 March 2026" in html


def test_an_empty_desk_says_so(loaded, desk):
    client = desk()
    assert client.get("/en/desk/").content.decode().count("Nothing waits") == 4
    assert "No case waits" in client.get("/en/desk/cases/").content.decode()
    assert "No objection waits" in client.get("/en/desk/objections/").content.decode()
    assert "No letter waits" in client.get("/en/desk/letters/").content.decode()
    assert "Nobody has ever turned it" in client.get("/en/desk/switch/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_but_signing_in_refuses_strangers_and_those_without_a_role(loaded, desk, method):
    client = desk("ghost")
    User.objects.get(username="ghost").groups.clear()
    for page in pages:
        address = "/en/desk/" + re.sub(
            r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "cases", re.sub(r"<uuid:\w+>", NOBODY, str(page.pattern)))
        )
        if page.name == "sign_in":
            continue
        assert getattr(Client(), method)(address).status_code == 302, address
        assert getattr(client, method)(address).status_code == 403, address


def test_a_person_sees_who_looked_and_for_what(unclear, desk):
    decision = Notice.objects.get(decision__entitlement__contract="C1").decision
    desk().get(f"/en/desk/letters/{Notice.objects.get(decision=decision).pk}/")
    person = Client()
    person.post("/pt/decision/", {"reference": reference_of(decision.pk), "contract": "C1"})
    html = person.get("/pt/decision/letter/").content.decode()
    assert "Rui Clerk (rui)" in html
    assert "Para corrigir dados seus que faltam" in html
    assert "Para ler a sua própria decisão" in html


def test_templates_hold_no_words_of_their_own():
    bare = {}
    for path in (Path(__file__).parents[1] / "templates").rglob("*.html"):
        plain = re.sub(r"<code>.*?</code>|\.xml\b", " ", path.read_text(), flags=re.DOTALL)  # a command has no language
        text = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", " ", plain, flags=re.DOTALL)
        if found := re.findall(r"[A-Za-z]{3,}", text):
            bare[path.name] = found
    assert bare == {}


def test_the_runs_of_a_programme_that_is_gone_keep_their_name(busy, desk):
    apps.get_model("benefits", "Run").objects.update(programme="young-family")
    for address in ("", "runs/"):
        page = desk().get(f"/en/desk/{address}")
        assert page.status_code == 200
        assert "young-family" in page.content.decode()

"""Signing in and out, failing to, and one's own password."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from doorstep.channels.desk import api
from doorstep.channels.desk.models import FailedSignIn
from doorstep.channels.desk.tests.conftest import MARCH, PASSWORD
from doorstep.channels.desk.types import BadAccount, BadPassword, NoSuchOfficer
from doorstep.domains.benefits.tests.world import at
from doorstep.domains.benefits.types import Role

SIGN_IN = "/en/desk/sign-in/"

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("loaded")]


@pytest.fixture(autouse=True)
def rui(db):
    return api.add_officer(name="rui", full_name="Rui Clerk", roles=[Role.OFFICER], password=PASSWORD)


def sign_in(client, password=PASSWORD, name="rui", **more):
    return client.post(SIGN_IN, {"name": name, "password": password, **more.pop("data", {})}, **more)


def test_a_stranger_signs_in_and_lands_where_they_wanted_to_go(client):
    response = client.get("/en/desk/cases/?reason=low_income")
    assert response.status_code == 302
    assert response["Location"].startswith(SIGN_IN)
    page = client.get(response["Location"])
    assert page.status_code == 200
    response = sign_in(client, name=" RUI ", data={"next": page.context["onward"]})
    assert response["Location"] == "/en/desk/cases/?reason=low_income"
    assert client.get(response["Location"]).status_code == 200
    assert client.get(SIGN_IN)["Location"] == "/en/desk/"


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/en/desk/", "//elsewhere.example", "/en/", "/en/reports/", "javascript:1", ""]
)
def test_signing_in_never_leads_away_from_the_desk(client, onward):
    assert sign_in(client, data={"next": onward})["Location"] == "/en/desk/"


def test_the_bare_address_leads_to_the_desk(client):
    assert client.get("/desk/", headers={"Accept-Language": "bn"})["Location"] == "/bn/desk/"


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(client):
    wrong = [sign_in(client, "no"), sign_in(client, PASSWORD, name="nobody"), sign_in(client, "x" * 500)]
    assert {response.status_code for response in wrong} == {422}
    assert {response.context["wrong"]["password"] for response in wrong} == {
        "Name and password do not fit together. Write both again."
    }
    assert sign_in(client, "").status_code == 422
    assert sign_in(client, "a\0b", name="r\0ui").status_code == 422


def test_guessing_is_slowed_down_for_one_name_from_one_address(client, clock):
    for _ in range(5):
        assert sign_in(client, "guess").status_code == 422
    assert sign_in(client).status_code == 429, "even the right password must wait"
    assert sign_in(client, REMOTE_ADDR="192.0.2.9").status_code == 302, "the officer elsewhere is not locked out"
    clock(at(MARCH) + timedelta(minutes=16))
    assert sign_in(client).status_code == 302
    assert "rui" not in "".join(FailedSignIn.objects.values_list("subject", flat=True))


def test_the_right_password_starts_afresh_and_old_tries_are_forgotten(client, clock):
    for _ in range(4):
        sign_in(client, "guess")
    assert sign_in(client).status_code == 302
    for _ in range(4):
        assert sign_in(client, "guess").status_code == 422
    clock(at(MARCH) + timedelta(days=2))
    sign_in(client, "guess")
    assert FailedSignIn.objects.count() == 3


def test_an_address_that_tries_many_names_must_wait(client, monkeypatch):
    monkeypatch.setattr("doorstep.channels.desk.tries.OF_ADDRESS", 3)
    for number in range(3):
        sign_in(client, "guess", name=f"name{number}")
    assert sign_in(client).status_code == 429


def test_behind_our_proxy_the_visitor_is_whom_it_appended(client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(5):
        sign_in(client, "guess", headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"})
    assert sign_in(client, headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.1"}).status_code == 429
    assert sign_in(client, headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}).status_code == 302


def test_signing_in_changes_the_session_and_its_cookie_is_kept_from_scripts(client):
    sign_in(client)
    cookie = client.cookies["doorstep_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    before = cookie.value
    client.post("/en/desk/sign-out/")
    sign_in(client)
    assert client.cookies["doorstep_session"].value != before


def test_sessions_that_ended_are_forgotten(client, clock):
    sign_in(client)
    clock(at(MARCH) + timedelta(hours=9))
    assert client.get("/en/desk/").status_code == 302
    sign_in(Client())
    assert Session.objects.count() == 1


def test_signing_out_is_a_deed_not_a_link(client):
    sign_in(client)
    assert client.get("/en/desk/sign-out/").status_code == 405
    assert client.post("/en/desk/sign-out/")["Location"] == f"{SIGN_IN}?out=1"
    assert client.get("/en/desk/").status_code == 302


def test_a_closed_account_is_out_at_once(client):
    sign_in(client)
    api.set_active(name="rui", active=False)
    assert client.get("/en/desk/").status_code == 302
    assert sign_in(client).status_code == 422
    api.set_active(name="rui", active=True)
    assert sign_in(client).status_code == 302


def test_an_account_without_a_role_opens_nothing(client):
    User.objects.get(username="rui").groups.clear()
    sign_in(client)
    response = client.get("/en/desk/")
    assert response.status_code == 403
    assert "does not have the role" in response.content.decode()


def test_forms_need_their_token():
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    client.force_login(User.objects.get(username="rui"))
    for address in ("sign-out/", "password/", "cases/1/decide/", "objections/1/answer/", "letters/export/"):
        assert client.post(f"/en/desk/{address}").status_code == 403, address


def change(client, old=PASSWORD, new="three quiet lamps", again=None):
    return client.post("/en/desk/password/", {"old": old, "new": new, "again": new if again is None else again})


def test_an_officer_changes_their_password_and_is_out_everywhere_else(client):
    sign_in(client)
    elsewhere = Client()
    sign_in(elsewhere)
    assert change(client, old="no").context["wrong"].keys() == {"old"}
    assert change(client, again="other").context["wrong"].keys() == {"again"}
    assert change(client, new="short").context["wrong"]["new"] == "The new password is too short."
    assert change(client, new="password12345").status_code == 422
    assert change(client).status_code == 302
    assert client.get("/en/desk/").status_code == 200
    assert elsewhere.get("/en/desk/").status_code == 302
    assert sign_in(elsewhere).status_code == 422
    assert sign_in(elsewhere, "three quiet lamps").status_code == 302


def test_whoever_sits_at_an_open_desk_cannot_guess_its_password(client):
    sign_in(client)
    for _ in range(5):
        assert change(client, old="guess").status_code == 422
    refused = change(client)
    assert refused.status_code == 422
    assert "too many tries" in refused.content.decode()
    assert User.objects.get(username="rui").check_password(PASSWORD), "the right password came too late"


def test_accounts_are_made_changed_and_listed():
    api.add_officer(name="sana", full_name="", roles=[Role.SUPERVISOR], password=PASSWORD)
    api.change_officer(name="rui", full_name="Rui  Novo ", roles=[Role.SUPERVISOR])
    assert [(row.name, row.full_name, *row.roles) for row in api.list_officers()] == [
        ("rui", "Rui Novo", Role.SUPERVISOR), ("sana", "", Role.SUPERVISOR),
    ]  # fmt: skip
    with pytest.raises(BadAccount, match="already"):
        api.add_officer(name="rui", full_name="", roles=[Role.OFFICER], password=PASSWORD)
    with pytest.raises(BadAccount, match="cannot be"):
        api.add_officer(name="Rui Clerk", full_name="", roles=[Role.OFFICER], password=PASSWORD)
    with pytest.raises(BadPassword):
        api.set_password(name="rui", password="12345678901234")
    with pytest.raises(NoSuchOfficer):
        api.set_active(name="ghost", active=False)


def test_the_tables_fit_the_code():
    found = StringIO()
    call_command("makemigrations", "--check", "--dry-run", verbosity=1, stdout=found)
    assert found.getvalue().strip() == "No changes detected"

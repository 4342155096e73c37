"""A card's code is read by zbar, and what stands in it by MOSIP's PixelPass."""

from datetime import UTC, datetime, timedelta

import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.types import BirthDate, CardClaims, Gender, StatusRef, Verified

ISSUER = "https://services.nadira.example"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAMES = {1: "id", 3: "language", 4: "full_name", 8: "born", 9: "gender", 19: "second_name", 20: "second_language"}
PEOPLE = {
    "eng": ("Amina Rahman", "আমিনা রহমান", "ben"),
    "por": ("Maria da Conceição de Vasconcelos", "ماريا دا كونسيساو", "ara"),
    "ben": ("মোসাম্মৎ আমিনা রহমান", "Mosammat Amina Rahman", "eng"),
    "ara": ("أمينة بنت عبد الرحمن", "Amina bint Abdulrahman", "eng"),
}


@pytest.fixture(params=[api.ED25519, api.ES256])
def signer(request):
    return api.new_signer(issuer=ISSUER, kind=request.param)


def card(signer, language):
    name, second, second_language = PEOPLE[language]
    claims = CardClaims(
        id="4821730655", language=language, full_name=name, born=BirthDate(1961, 5, 9), gender=Gender.FEMALE,
        second_name=second, second_language=second_language,
    )  # fmt: skip
    end, status = AT + timedelta(days=3650), StatusRef(f"{ISSUER}/states/1", 412_731)
    return api.issue_card(claims=claims, signer=signer, issued_at=AT, expires_at=end, status=status)


@pytest.mark.parametrize("scale", [3, 8])
@pytest.mark.parametrize("language", PEOPLE)
def test_the_picture_is_read(zbar, signer, language, scale, tmp_path):
    text = card(signer, language)
    seen = zbar(api.qr_png(text, scale=scale), tmp_path / "card.png")
    assert seen == text
    assert isinstance(api.verify_card(text=seen, keys=[signer.key], at=AT), Verified)


def test_the_largest_card_is_read(zbar, tmp_path):
    text = "".join("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[n * n % 45] for n in range(api.MOST_LETTERS))
    assert zbar(api.qr_png(text, scale=4), tmp_path / "card.png") == text


@pytest.mark.parametrize("language", PEOPLE)
def test_what_stands_in_it_is_read(node, signer, language):
    found = node(work="card", text=card(signer, language), names=NAMES)
    name, second, second_language = PEOPLE[language]
    assert (found["tag"], found["issuer"]) == (18, ISSUER)
    assert found["identity"] == {
        "id": "4821730655", "language": language, "full_name": name, "born": "19610509", "gender": 2,
        "second_name": second, "second_language": second_language,
    }  # fmt: skip

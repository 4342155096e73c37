"""The printed card: what stands on it, in both scripts, and nothing else than words."""

import re
from html.parser import HTMLParser

import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.tests.conftest import issued

WORDS = api.CardWords(
    language="en", is_rtl=False, title="Resident's card", number="Number", born="Born", until="Good until",
    scan="Any office can check this card.", found="Found it?", phone="+999 800 100 200", fold="Cut and fold.",
)  # fmt: skip


class Text(HTMLParser):
    """The words of a page, and the names of its tags."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def face(text, **more):
    parts = {"name": "Amina Rahman", "second_name": "আমিনা রহমান", "second_language": "bn", "born": "9 May 1961"}
    return api.CardFace(WORDS, "Republic of Nadira", number="4821730655", text=text, **(parts | more))


def test_a_card_says_who_it_is_in_both_scripts_and_whom_to_call(card):
    page = api.cards_page(cards=[face(card, until="24 November 2036")])
    words = Text(page).words
    for said in ("Amina Rahman", "আমিনা রহমান", "4821 730 655", "9 May 1961", "24 November 2036", "+999 800 100 200"):
        assert said in words
    assert 'lang="bn"' in page
    assert page.count("<h1") == 1


def test_names_are_words_not_markup(card):
    page = api.cards_page(cards=[face(card, name="<script>x</script>", second_language='"><b>')])
    assert "script" not in Text(page).tags
    assert "b" not in Text(page).tags
    assert "<script>x</script>" in Text(page).words


def test_a_large_card_says_less_and_a_notch_is_a_line_to_cut(card):
    plain, large = (api.card_html(face(card, large=large)) for large in (False, True))
    assert ("9 May 1961" in plain, "9 May 1961" in large) == (True, False)
    assert "card--large" in large
    assert "card__notch" in api.card_html(face(card, notch=True))
    assert "card__notch" not in plain


@pytest.mark.parametrize(("length", "size"), [(26, ""), (27, " card__name--long"), (49, " card__name--longer")])
def test_long_names_are_set_smaller(card, length, size):
    assert f'class="card__name{size}" lang="en"' in api.card_html(face(card, name="n" * length))


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("4821730655", "4821 730 655"),
        ("12345", "123 45"),
        ("123", "123"),
        ("1234-5678-9012", "1234 5678 9012"),
        ("", ""),
    ],
)
def test_numbers_are_grouped_to_be_read_out(number, read):
    assert api.grouped(number) == read


def test_the_code_is_large_enough_for_an_old_camera(card):
    """46 mm for the code with its white border: a square of half a millimetre and more."""
    assert 46 / api.qr_squares(card) > 0.5
    assert 46 / api.qr_squares("A" * api.MOST_LETTERS) > 0.5
    assert re.match(r'<svg .*viewBox="0 0 (\d+) \1"', api.qr_svg(card, title="Code")).group(1) == str(
        api.qr_squares(card)
    )
    assert api.qr_png(card).startswith(b"\x89PNG")


def test_cards_of_every_language_fit(signer, amina):
    assert len(issued(signer, amina, index=63_999_999)) <= api.MOST_LETTERS

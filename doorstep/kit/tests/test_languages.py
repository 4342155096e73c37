"""Words, dates and amounts as people of each language write them."""

from datetime import date
from decimal import Decimal

import pytest

from doorstep.kit.languages import (
    Text,
    direction,
    is_known,
    own_name,
    preferred,
    write_date,
    write_list,
    write_money,
    write_number,
    write_share,
)

DAY = date(2026, 9, 30)
AMOUNT = Decimal("6272.64")


def plain(text):
    """Without the marks of direction and with plain spaces."""
    return "".join(" " if letter.isspace() else letter for letter in text if letter not in "\u200e\u200f\u061c")


def test_words_fall_back_to_the_first_language():
    text = Text({"pt": "Casa", "bn": "বাড়ি"})
    assert (text.in_("bn"), text.in_("ar")) == ("বাড়ি", "Casa")
    assert text.missing(("pt", "bn", "ar")) == ["ar"]
    assert Text({}).in_("en") == ""


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"), ("xx", "en"), ("pt-PT", "pt"), ("bn;q=0.4, ar;q=0.9", "ar"), ("pt;q=0, bn;q=0.1", "bn"),
        ("pt;q=nan, ar ; q=0.2", "ar"), ("PT", "pt"), ("ar;q=high,pt;q=0.1", "pt"), ("*", "en"), ("pt;q=7", "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_likes_best(accept, language):
    assert preferred(accept, ("en", "pt", "bn", "ar")) == language


def test_known_languages():
    assert all(map(is_known, ("en", "pt", "bn", "ar", "zh_Hans")))
    assert not any(map(is_known, ("", "xx", "not a language")))


@pytest.mark.parametrize(
    ("language", "way"), [("en", "ltr"), ("pt", "ltr"), ("bn", "ltr"), ("ar", "rtl"), ("ur", "rtl")]
)
def test_direction(language, way):
    assert direction(language) == way


def test_own_names():
    assert [own_name(code) for code in ("en", "pt", "bn", "ar")] == ["English", "Português", "বাংলা", "العربية"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "30 September 2026"),
        ("pt", "30 de setembro de 2026"),
        ("bn", "৩০ সেপ্টেম্বর, ২০২৬"),
    ],
)
def test_dates(language, written):
    assert plain(write_date(DAY, language)) == written


def test_arabic_dates_name_the_month():
    assert "سبتمبر" in write_date(DAY, "ar")


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "EUR 6,272.64"), ("pt", "EUR 6.272,64"), ("bn", "EUR ৬,২৭২.৬৪")],
)
def test_money(language, written):
    assert plain(write_money(AMOUNT, "EUR", language)) == written


def test_digits_and_separators_belong_together():
    assert plain(write_money(AMOUNT, "EUR", "ar")) == "EUR 6,272.64"
    assert plain(write_money(AMOUNT, "EUR", "ar_EG")) == "EUR ٦٬٢٧٢٫٦٤"


def test_numbers():
    assert write_number(Decimal("1234567.5"), "en") == "1,234,567.5"
    assert write_number(1234567, "bn") == "১,২৩৪,৫৬৭"


def test_shares():
    assert write_share(Decimal("0.338"), "en") == "33.8%"
    assert plain(write_share(Decimal("0.338"), "bn")) == "৩৩.৮%"


def test_lists():
    assert write_list(["a", "b", "c"], "en") in ("a, b, and c", "a, b and c")
    assert write_list(["a"], "pt") == "a"

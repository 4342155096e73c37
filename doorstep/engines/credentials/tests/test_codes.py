"""Codes open once, for whom they were made, and not after too many wrong ones."""

from datetime import timedelta

import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.tests.conftest import NOW

KEY = b"k" * 32
ABOUT = "person 7: sign in"


def attempt(codes, given, *, at=NOW, about=ABOUT, key=KEY):
    return api.try_code(codes=codes, key=key, about=about, given=given, at=at)


def test_a_sheet_has_ten_codes_and_each_opens_once():
    printed, codes = api.new_sheet(key=KEY, about=ABOUT)
    assert len(set(printed)) == 10
    assert all(len(code) == 9 and code[4] == " " for code in printed)
    for code in printed:
        outcome, codes = attempt(codes, code)
        assert outcome is api.Outcome.RIGHT
        outcome, codes = attempt(codes, code)
        assert outcome is api.Outcome.USED
    assert (len(codes.open), len(codes.used)) == (0, 10)


def test_what_is_stored_says_nothing_and_fits_one_person_and_purpose():
    printed, codes = api.new_sheet(key=KEY, about=ABOUT)
    assert not any(code.replace(" ", "").encode() in mark for code in printed for mark in codes.open)
    assert attempt(codes, printed[0], about="person 8: sign in")[0] is api.Outcome.WRONG
    assert attempt(codes, printed[0], key=b"other")[0] is api.Outcome.WRONG


def test_after_five_wrong_ones_nothing_is_taken():
    printed, codes = api.new_sheet(key=KEY, about=ABOUT)
    for _ in range(4):
        outcome, codes = attempt(codes, "nothing")
        assert outcome is api.Outcome.WRONG
    outcome, codes = attempt(codes, printed[3])
    assert (outcome, codes.wrong) == (api.Outcome.RIGHT, 0)
    for _ in range(5):
        _, codes = attempt(codes, printed[3])
    assert attempt(codes, printed[4]) == (api.Outcome.LOCKED, codes)


def test_a_phones_code_is_good_for_ten_minutes():
    code, codes = api.new_phone_code(key=KEY, about=ABOUT, at=NOW)
    assert (len(code), code.isdecimal()) == (6, True)
    assert attempt(codes, code, at=NOW + timedelta(minutes=10)) == (api.Outcome.EXPIRED, codes)
    assert attempt(codes, code, at=NOW + timedelta(minutes=9))[0] is api.Outcome.RIGHT


@pytest.mark.parametrize("typed", ["0001 2345", "00012345", " 0001-2345 ", "٠٠٠١ ٢٣٤٥", "০০০১২৩৪৫", "0001\u20112345"])
def test_codes_may_be_typed_in_any_script(typed):
    printed, codes = api.new_sheet(key=KEY, about=ABOUT, count=1, draw=lambda _: 12_345)
    assert printed == ("0001 2345",)
    assert attempt(codes, typed)[0] is api.Outcome.RIGHT


@pytest.mark.parametrize("typed", ["", "x" * 1000, "0001234", "000123456", "0001 2345x", "²0001234", "\ud800"])
def test_what_is_no_code_is_wrong(typed):
    _, codes = api.new_sheet(key=KEY, about=ABOUT, count=1, draw=lambda _: 12_345)
    assert attempt(codes, typed)[0] is api.Outcome.WRONG

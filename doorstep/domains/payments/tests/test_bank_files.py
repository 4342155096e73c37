"""What banks get and answer: letters, accounts, pain.001 and pain.002, against the published schemas where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from doorstep.domains.payments.iso.accounts import is_bic, is_iban, is_phone, tidied
from doorstep.domains.payments.iso.letters import ALLOWED, plain
from doorstep.domains.payments.iso.orders import VERSIONS, Credit, Head, write_order
from doorstep.domains.payments.iso.statuses import About, Part, Told, read_statuses
from doorstep.domains.payments.tests.banks import status_file
from doorstep.domains.payments.types import BadOrder, BadStatus, Debtor

SCHEMAS = Path(__file__).resolve().parents[5] / "shared/data/iso20022"
IBANS = ("PT50000201231234567890154", "DE89370400440532013000", "FR1420041010050500013M02606", "GB29NWBK60161331926819")
HEAD = Head(
    message_id="4be1c0ffee-M1",
    made_at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    due_date=date(2026, 11, 5),
    debtor=Debtor("Ministério da Energia & Água", IBANS[0], "BESCPTPL"),
    currency="EUR",
    digits=2,
    count=3,
    total=100_000_05,
)
CREDITS = (
    Credit("4be1c0ffee-1-1", 5, "Müßiggang, Jörg", IBANS[1], text="Tarifa social / novembro"),
    Credit("4be1c0ffee-2-1", 99_999_99, "আব্দুল রহিম", IBANS[2], "AGRIFRPP", "عون الطاقة"),
    Credit("4be1c0ffee-3-1", 1, "<script>&\"'", IBANS[3]),
)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("João Gonçalves", "Joao Goncalves"),
        ("Łukasz Øvergård", "Lukasz Overgard"),
        ("Straße & Söhne", "Strasse + Sohne"),
        ("আব্দুল রহিম", "Abdul Rahim"),
        ("محمد علي", "Mhmd Aly"),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoylos"),
        ("Иван Щербаков", "Ivan Shterbakov"),
        ("//twice//slashed/", "twice/slashed"),
        ("\u202eturned\x00 round\n", "turned round"),
        ("٣٤ ৫৬", "34 56"),
        ("你好", ""),
    ],
)
def test_names_are_written_in_the_letters_that_every_bank_takes(written, found):
    assert plain(written, 70) == found


@given(st.text(max_size=80), st.integers(min_value=1, max_value=70))
def test_whatever_comes_only_allowed_letters_leave(text, length):
    found = plain(text, length)
    assert ALLOWED.fullmatch(found)
    assert len(found) <= length
    assert not found.startswith("/")
    assert not found.endswith("/")
    assert "//" not in found


def test_numbers_of_accounts_are_checked():
    assert all(is_iban(number) for number in IBANS)
    assert is_iban(tidied("pt50 0002 0123 1234 5678 9015 4"))
    assert not is_iban("PT50000201231234567890155"), "a wrong digit"
    assert not is_iban("PT5000020123123456789015"), "a digit too few"
    assert not is_iban("")
    assert is_bic("BESCPTPL")
    assert is_bic("BESCPTPLXXX")
    assert not is_bic("BESCPTP")
    assert is_phone("+351912345678")
    assert not is_phone("912345678")


@given(st.sampled_from(IBANS), st.data())
def test_one_digit_that_is_wrong_is_always_found(number, data):
    place = data.draw(st.integers(min_value=2, max_value=len(number) - 1))
    if number[place].isdigit():
        other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
        assert not is_iban(number[:place] + other + number[place + 1 :])


if SCHEMAS.is_dir():  # what the standard's own schemas say is asked where they lie beside the checkout

    @pytest.mark.parametrize("version", VERSIONS)
    def test_an_order_is_valid_by_the_published_schema(version):
        schema = SCHEMAS / f"{VERSIONS[version].name}.xsd"
        xmlschema.XMLSchema(schema).validate("".join(write_order(replace(HEAD, version=version), CREDITS)))

    def test_the_answers_of_the_tests_are_valid_by_the_published_schema():
        schema = SCHEMAS / "pain.002.001.12.xsd"
        told = [("e-1", "ACSC", ""), ("e-2", "RJCT", "AC04")]
        xmlschema.XMLSchema(schema).validate(status_file("m-1", told, amounts={"e-2": ("EUR", "12.50")}))
        xmlschema.XMLSchema(schema).validate(status_file("m-1", [], group=("RJCT", "AM04")))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_order_says_what_it_should(version):
    document = ElementTree.fromstring("".join(write_order(replace(HEAD, version=version), CREDITS)))
    space = {"p": f"urn:iso:std:iso:20022:tech:xsd:{VERSIONS[version].name}"}

    def texts(path):
        return [found.text for found in document.iterfind(path, space)]

    assert texts(".//p:GrpHdr/p:CtrlSum") == texts(".//p:PmtInf/p:CtrlSum") == ["100000.05"]
    assert texts(".//p:NbOfTxs") == ["3", "3"]
    assert texts(".//p:InstdAmt") == ["0.05", "99999.99", "0.01"]
    assert [found.get("Ccy") for found in document.iterfind(".//p:InstdAmt", space)] == ["EUR"] * 3
    assert texts(".//p:EndToEndId") == ["4be1c0ffee-1-1", "4be1c0ffee-2-1", "4be1c0ffee-3-1"]
    assert texts(".//p:Cdtr/p:Nm") == ["Mussiggang, Jorg", "Abdul Rahim", "script+''"]
    assert texts(".//p:Dbtr/p:Nm") == ["Ministerio da Energia + Agua"]
    assert texts(f".//p:CdtrAgt//p:{VERSIONS[version].bic}") == ["AGRIFRPP"]
    assert texts(".//p:Ustrd") == ["Tarifa social / novembro", "Awn Altaqa"]
    day = ".//p:ReqdExctnDt/p:Dt" if version == "09" else ".//p:ReqdExctnDt"
    assert texts(day) == ["2026-11-05"]


def test_a_currency_without_decimals_is_written_without():
    head = replace(HEAD, currency="XOF", digits=0, count=1, total=2500)
    written = "".join(write_order(head, [Credit("k-1-1", 2500, "Awa", IBANS[0])]))
    assert '<InstdAmt Ccy="XOF">2500</InstdAmt>' in written
    assert "SEPA" not in written


@pytest.mark.parametrize(
    ("head", "credits"),
    [
        (replace(HEAD, total=100_000_06), CREDITS),
        (replace(HEAD, count=2), CREDITS),
        (HEAD, CREDITS[:2]),
        (replace(HEAD, debtor=Debtor("Ministry", "PT00")), CREDITS),
        (HEAD, (replace(CREDITS[0], amount=0), *CREDITS[1:])),
        (HEAD, (replace(CREDITS[0], iban="+351912345678"), *CREDITS[1:])),
    ],
)
def test_an_order_that_does_not_add_up_or_pays_nobody_is_never_whole(head, credits):
    with pytest.raises(BadOrder):
        "".join(write_order(head, credits))


def test_an_answer_is_read_part_by_part():
    content = status_file(
        "4be1c0ffee-M1", [("e-1", "ACSC", ""), ("e-2", "RJCT", "AC04")], amounts={"e-2": ("EUR", "12.50")}
    ).encode()
    for size in (1, 7, 4096):
        blocks = (content[at : at + size] for at in range(0, len(content), size))
        assert list(read_statuses(blocks)) == [
            About("BANK-1", "4be1c0ffee-M1", "pain.001.001.09", 2, None, "", ""),
            Part("4be1c0ffee-M1", "", ""),
            Told("e-1", "ACSC", "", "", None, ""),
            Told("e-2", "RJCT", "AC04", "", Decimal("12.50"), "EUR"),
        ]


def test_only_the_order_s_own_amount_says_the_currency():
    file = status_file("m", [("e-1", "RJCT", "AC04")], amounts={"e-1": ("EUR", "12.50")})
    charges = '<ChrgsInf><Amt Ccy="USD">1</Amt></ChrgsInf><OrgnlTxRef>'
    account = '</Amt><DbtrAcct><Ccy>USD</Ccy></DbtrAcct><RmtInf><DuePyblAmt Ccy="USD">1</DuePyblAmt></RmtInf>'
    file = file.replace("<OrgnlTxRef>", charges).replace("</Amt></OrgnlTxRef>", f"{account}</OrgnlTxRef>")
    told = list(read_statuses([file.encode()]))[-1]
    assert (told.amount, told.currency) == (Decimal("12.50"), "EUR")


@pytest.mark.parametrize("amount", ["1E1000000", "-1", "+1", "1_0", "١", "1.", "9" * 19])
def test_an_amount_that_is_none_is_refused_at_once(amount):
    file = status_file("m", [("e-1", "RJCT", "AC04")], amounts={"e-1": ("EUR", amount)})
    with pytest.raises(BadStatus):
        list(read_statuses([file.encode()]))


BOMB = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml at all",
        status_file("m", [("e", "ACSC", "")])[:-30].encode(),
        status_file("m", [("e", "ACSC", "")]).replace("<Document", BOMB + "<Document").encode(),
        status_file("m", [("e", "ACSC", "")]).replace("<Document", OUTSIDE + "<Document").encode(),
        status_file("m", [("e", "ACSC", "")]).replace("pain.002.", "pain.008.").encode(),
        status_file("m", [("e", "ACSC", "")]).replace("<OrgnlNbOfTxs>1", "<OrgnlNbOfTxs>many").encode(),
        status_file("m", [("e", "A" * 5000, "")]).encode(),
        status_file("m", [("e", "ACSC", "")]).replace('encoding="UTF-8"', 'encoding="x-evil"').encode(),
        status_file("m", [("e", "ACSC", "")]).replace('encoding="UTF-8"', 'encoding="shift_jis"').encode(),
        status_file("m", [("e", "ACSC", "")]).replace("<TxSts>", "<TxInfAndSts><TxSts>").encode(),
        status_file("m", [("e", "ACSC", "")]).replace("<TxSts>", "<a>" * 50).encode(),
        status_file("m", [("e", "ACSC", "")], amounts={"e": ("EUR", "Infinity")}).encode(),
        b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.12'/>",
        b"\xff\xfe<\x00",
    ],
)
def test_what_is_no_answer_of_a_bank_is_refused(content):
    with pytest.raises(BadStatus):
        list(read_statuses([content]))

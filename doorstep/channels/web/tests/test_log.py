"""The public log: how it stands in every language, its files, and receipts that anybody checks."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from doorstep.domains.country import api as countries
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import cosignature, make_signer
from doorstep.engines.evidence.types import Policy, WitnessAt
from doorstep.engines.evidence.verifier import LOG_KEY, WITNESS_KEY, read_note
from doorstep.kit.words import LANGUAGES

pytestmark = pytest.mark.django_db
NAME = "services.test/log"
AT = datetime.now(UTC) - timedelta(minutes=1)


class Log:
    """A log with two witnesses, of which one may be away."""

    def __init__(self):
        self.signers = [make_signer(f"agency{n}.test", WITNESS_KEY, bytes([n]) * 32) for n in (1, 2)]
        places = tuple(WitnessAt(signer.key, f"http://{signer.key.name}") for signer in self.signers)
        self.policy = Policy(NAME, (make_signer(NAME, LOG_KEY, b"L" * 32),), places, need=1)
        self.away = {"agency2.test"}

    def send(self, url, body):
        name = url.split("/")[2]
        if name in self.away:
            raise OSError("away")
        signer = next(signer for signer in self.signers if signer.key.name == name)
        return 200, cosignature(read_note(body.split("\n\n", 1)[1]).text, signer, int(AT.timestamp()))

    def act(self, **content):
        with transaction.atomic():
            return evidence.append(kind="test", content=content).id

    def run(self):
        return evidence.run_pass(self.policy, at=AT, send=self.send)

    def receipt(self, leaf, **content):
        return evidence.receipt(leaf=leaf, kind="test", content=content)


@pytest.fixture
def log(settings):
    countries.load_country(Path("countries/demo"))
    made = Log()
    settings.EVIDENCE = made.policy
    return made


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def check(client, text="", language="en", **more):
    return client.post(f"/{language}/log/check/", {"text": text, **more})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_the_log_stands(client, log, language):
    empty = client.get(f"/{language}/log/")
    assert empty.status_code == 200
    for n in range(3):
        log.act(n=str(n))
    log.run()
    page = client.get(f"/{language}/log/")
    shown = page.content.decode()
    assert words_of(empty) != words_of(page)
    assert all(part in shown for part in (NAME, "agency1.test", "agency2.test", log.policy.signers[0].key.vkey))


def test_what_waits_and_a_log_that_stands_still_are_said_plainly(client, log):
    log.act(n="1")
    log.run()
    assert "Everything that was decided stands in the log" in words_of(client.get("/en/log/"))
    assert "1 of 2 have signed the newest checkpoint; 1 must" in words_of(client.get("/en/log/"))
    log.act(n="2")
    assert "Waiting for their place: 1" in words_of(client.get("/en/log/"))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_halt (why, since) VALUES ('x', now())")
    assert "The log stands still" in words_of(client.get("/en/log/"))


def test_without_witnesses_only_the_office_vouches(client, settings):
    countries.load_country(Path("countries/demo"))
    settings.EVIDENCE = Policy(NAME, ())
    assert "only this office vouches" in words_of(client.get("/en/log/"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_is_checked_as_text_as_code_and_as_a_file(client, log, language):
    leaf = log.act(what="a tariff begins")
    log.run()
    found = log.receipt(leaf, what="a tariff begins")
    file = SimpleUploadedFile("receipt.tlog-proof", found.text.encode())
    answers = [
        check(client, found.text, language),
        check(client, found.qr, language),
        check(client, "", language, file=file),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "a tariff begins" in words_of(answer)
        assert "agency1.test" in words_of(answer)
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_that_proves_nothing_says_why(client, log, language):
    leaf = log.act(what="a tariff begins")
    log.run()
    text = log.receipt(leaf, what="a tariff begins").text
    other = text.replace(NAME, "elsewhere.test/log")
    stranger = make_signer(NAME, LOG_KEY, b"S" * 32)
    body = read_note(text.split("\n\n", 1)[1]).text
    unsigned = text.split("\n\n", 1)[0] + f"\n\n{body}\n" + signature(stranger, body)
    forged = text.replace("\n1\n", "\n2\n")
    told = [words_of(check(client, given, language)) for given in (text[:-30], other, unsigned, forged, "no receipt")]
    assert len(set(told)) == 4  # what was cut off and what is none are one reason
    for given in (text[:-30], other, unsigned, forged, "x", "\0", "c2sp.org/tlog-proof@v1\nextra W1tb\n"):
        assert check(client, given, language).status_code == 422
    empty = check(client, " ", language)
    assert (empty.status_code, 'role="alert"' in empty.content.decode()) == (422, True)
    assert check(client, "x" * 70_000, language).status_code == 422
    big = SimpleUploadedFile("big", b"x" * 70_000)
    assert check(client, "", language, file=big).status_code == 422


def signature(signer, body):
    from doorstep.engines.evidence.signing import signature_line

    return signature_line(signer.key, signer.sign(body.encode()))


def test_the_words_of_a_receipt_are_never_markup(client, log):
    leaf = log.act(what="<b>bold</b>")
    log.run()
    assert "<b>bold" not in check(client, log.receipt(leaf, what="<b>bold</b>").text).content.decode()


def test_the_log_is_served_as_plain_files(client, log):
    assert client.get("/log/checkpoint").status_code == 404
    with transaction.atomic():
        evidence.append_many(kind="test", contents=[{"n": str(n)} for n in range(300)])
    log.run()
    answer = client.get("/log/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith(f"{NAME}\n300\n")
    assert answer.content.decode().count("— ") == 2
    sizes = {
        "0/000": 8192,
        "0/001.p/44": 44 * 32,
        "1/000.p/1": 32,
        "entries/000": 256 * 34,
        "entries/001.p/44": 44 * 34,
    }
    for name, size in sizes.items():
        found = client.get(f"/log/tile/{name}")
        assert (found.status_code, len(found.content)) == (200, size), name
        assert "immutable" in found["Cache-Control"]
    assert client.get("/log/tile/0/001.p/3").content == client.get("/log/tile/0/001.p/44").content[:96]
    for name in (
        "0/001",
        "0/001.p/45",
        "0/000.p/0",
        "0/000.p/256",
        "00/000",
        "64/000",
        "0/x000/000",
        "0/0",
        "x",
        "0/٠٠٠",
    ):
        assert client.get(f"/log/tile/{name}").status_code == 404, name


def test_the_verifier_and_the_keys_are_all_that_a_stranger_needs(client, log, tmp_path):
    leaf = log.act(what="a tariff begins")
    log.run()
    (tmp_path / "verifier.py").write_bytes(client.get("/log/verifier.py").content)
    (tmp_path / "policy").write_bytes(client.get("/log/policy").content)
    (tmp_path / "receipt").write_text(log.receipt(leaf, what="a tariff begins").qr)
    command = [sys.executable, "-I", "verifier.py", "receipt", "--policy", "policy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "PROVED" in done.stdout, "agency1.test" in done.stdout) == (0, True, True), done.stderr
    both = (tmp_path / "policy").read_text().replace("enough 1", "enough 2")
    (tmp_path / "policy").write_text(both)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "1 of your witnesses" in done.stderr) == (1, True)

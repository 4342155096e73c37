"""``doorstep card`` and the reader that it hands out: a card is checked with three files and no connection."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from doorstep.config.cli import main
from doorstep.engines.credentials import api
from doorstep.engines.credentials.types import BirthDate, CardClaims, Gender, State, StatusRef

ISSUER = "https://services.nadira.example"
LIST = f"{ISSUER}/states/1"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = int(AT.timestamp())


@pytest.fixture
def desk(tmp_path, capsys):
    """An office that made its key by the command and issued a card; what a reader carries lies in files."""
    assert main(["card", "make-key", str(tmp_path / "secret"), "--issuer", ISSUER]) == 0
    (tmp_path / "keys.json").write_text(capsys.readouterr().out)
    (signer,) = api.read_signers((tmp_path / "secret").read_text())
    claims = CardClaims(id="4821730655", full_name="Amina\u202e Rahman", born=BirthDate(1961), gender=Gender.FEMALE)
    text = api.issue_card(
        claims=claims, signer=signer, issued_at=AT, expires_at=AT + timedelta(days=365), status=StatusRef(LIST, 3)
    )
    (tmp_path / "card.txt").write_text(text + "\n")
    for name, states in (("fine", {}), ("lost", {3: State.SUSPENDED})):
        raw = api.write_list(uri=LIST, states=states, size=64, signer=signer, issued_at=SECOND,
                             good_until=SECOND + 86_400, as_jwt=False)  # fmt: skip
        (tmp_path / f"{name}.cwt").write_bytes(raw)
    return tmp_path


def options(desk, *lists, at="2026-11-24T10:00"):
    return ["--keys", str(desk / "keys.json"), "--at", at, *(f"--list={desk / name}" for name in lists)]


def test_a_card_is_checked_from_its_text_and_from_a_file(desk, capsys):
    for given in (str(desk / "card.txt"), (desk / "card.txt").read_text()):
        assert main(["card", "verify", given, *options(desk, "fine.cwt")]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"GOOD. Signed by {ISSUER} with the key ")
        assert "number: 4821730655" in shown
        assert "name: Amina<202e> Rahman" in shown
        assert "born: 1961\n" in shown
        assert "It was not taken back.\nThe list is 0 days old." in shown


def test_a_suspended_card_is_refused_and_an_old_list_makes_it_unknown(desk, capsys):
    assert main(["card", "verify", str(desk / "card.txt"), *options(desk, "lost.cwt")]) == 1
    assert "REFUSED. The card is suspended" in capsys.readouterr().out
    assert main(["card", "verify", str(desk / "card.txt"), *options(desk, "lost.cwt", at="2026-12-24")]) == 0
    assert "UNKNOWN whether it was taken back: the list on this device is too old" in capsys.readouterr().out


def test_programs_get_json(desk, capsys):
    assert main(["card", "verify", str(desk / "card.txt"), "--json", *options(desk)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["good"], found["standing"], found["list_age_seconds"]) == (True, "no-list-here", None)
    assert found["claims"]["born"] == "1961"
    assert found["claims"]["gender"] == "female"
    assert main(["card", "verify", "NONSENSE", "--json", *options(desk)]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "unreadable"


def test_keys_are_made_once_and_given_out_without_their_secret(desk, capsys):
    secret = desk / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    before = secret.read_text()
    assert main(["card", "make-key", str(secret), "--issuer", ISSUER]) == 1
    assert (secret.read_text(), "there already" in capsys.readouterr().err) == (before, True)
    assert main(["card", "public-keys", str(secret)]) == 0
    assert capsys.readouterr().out == (desk / "keys.json").read_text()
    assert '"d"' not in (desk / "keys.json").read_text()
    assert sorted(file.name for file in desk.iterdir()) == ["card.txt", "fine.cwt", "keys.json", "lost.cwt", "secret"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "x"], "Without keys no card can be checked"),
        (["verify", "x", "--keys", "{desk}/secret"], "holds a secret key"),
        (["verify", "x", "--keys", "{desk}/card.txt"], "JSON Web Key Set"),
        (["verify", "x", "--keys", "{desk}/keys.json", "--list", "{desk}/card.txt"], "list of states cannot be used"),
        (["verify", "x", "--keys", "{desk}/keys.json", "--at", "today"], "is no day"),
        (["make-key", "{desk}/other"], "A key belongs to an issuer"),
        (["public-keys", "{desk}/card.txt"], "holds no keys that sign cards"),
    ],
)
def test_mistakes_are_told_in_words(desk, capsys, words, said):
    assert main(["card", *(word.format(desk=desk) for word in words)]) == 1
    assert said in capsys.readouterr().err


def test_a_missing_file_is_told(desk, capsys):
    assert main(["card", "verify", "x", "--keys", str(desk / "none")]) == 3
    assert "none" in capsys.readouterr().err


def test_the_reader_runs_alone(desk):
    """In a folder of its own, without the paths of this checkout: Python and ``cryptography`` are all it has."""
    reader = desk / "card-reader.pyz"
    assert main(["card", "reader", str(reader)]) == 0

    def run(*words):
        command = [sys.executable, "-E", reader.name, *words]
        return subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)

    good = run("card.txt", *options(desk, "fine.cwt"))
    assert (good.returncode, good.stderr) == (0, "")
    assert "GOOD." in good.stdout
    assert "It was not taken back." in good.stdout
    bad = run("card.txt", *options(desk, "lost.cwt"))
    assert (bad.returncode, "REFUSED." in bad.stdout) == (1, True)
    broken = run("card.txt", "--keys", "card.txt")
    assert (broken.returncode, "Cannot check: " in broken.stderr) == (2, True)
    where = "import sys; sys.path.insert(0, 'card-reader.pyz'); import doorstep.engines.credentials.reader as r; "
    where += "print(r.__file__); print('django' in sys.modules, 'segno' in sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-E", "-c", where], cwd=desk, capture_output=True, text=True, check=True
    ).stdout
    assert "card-reader.pyz" in loaded
    assert "False False" in loaded

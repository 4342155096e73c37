"""The log, its witnesses and its receipts, each as its own agency runs it: processes that speak HTTP."""

from __future__ import annotations

import re
import stat
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

NAME = "services.test/log"


class Site:
    """A site with its log, and three agencies that witness it."""

    def __init__(self, door):
        self.door, self.vkeys, self.urls = door, [], []
        door.env["DOORSTEP_LOG_NAME"] = NAME
        self.key = door("log", "--keys").out.strip()

    def make_witnesses(self):
        for n in (1, 2, 3):
            made = self.door("witness", "--make-key", f"agency{n}.test", "--key", f"key{n}")
            self.vkeys.append(made.out.strip())

    @contextmanager
    def witness(self, n, *more, keys=()):
        logs = [word for key in (keys or [self.key]) for word in ("--log", key)]
        process = self.door.start("witness", "--key", f"key{n}", "--state", f"seen{n}", "--port", 0, *logs, *more)
        try:
            self.urls.append(f"http://127.0.0.1:{re.search(r'port ([0-9]+)', process.stdout.readline())[1]}")
            yield
        finally:
            process.terminate()
            process.communicate(timeout=20)

    def name_witnesses(self, needed=2):
        pairs = zip(self.vkeys, self.urls, strict=True)
        self.door.env["DOORSTEP_WITNESSES"] = " ".join(f"{vkey}@{url}" for vkey, url in pairs)
        self.door.env["DOORSTEP_WITNESSES_NEEDED"] = str(needed)

    def act(self, text='{"kind":"test","what":"a tariff begins"}'):
        with psycopg.connect(self.door.env["DATABASE_URL"]) as connection:
            return connection.execute("SELECT evidence_append(%s)", [text]).fetchone()[0]

    def receipt(self, leaf, file, what="a tariff begins"):
        code = (
            "import sys; from doorstep.config.cli.shared import site\n"
            "with site():\n"
            "    from doorstep.engines.evidence import api\n"
            f"    print(api.receipt(leaf={leaf}, kind='test', content={{'what': {what!r}}}).text, end='')"
        )
        import subprocess
        import sys
        from os import environ

        env = {**environ, "PYTHONPATH": str(self.door_root()), **self.door.env}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        (self.door.folder / file).write_text(done.stdout)

    @staticmethod
    def door_root():
        from doorstep.config.tests.door import ROOT

        return ROOT


@pytest.fixture
def site(door):
    return Site(door)


@pytest.mark.slow
def test_three_agencies_witness_a_receipt_that_is_checked_offline(site):
    site.make_witnesses()
    with ExitStack() as agencies:
        for n in (1, 2, 3):
            agencies.enter_context(site.witness(n, "--begin"))
        site.name_witnesses()
        leaf = site.act()
        assert site.door("log", "--once", "--json").json == {"taken": 1, "size": 1, "published": True, "missing": {}}
        site.receipt(leaf, "receipt")
        witnesses = [word for vkey in site.vkeys for word in ("--witness", vkey)]
        said = site.door("verify", "receipt", "--key", site.key, *witnesses)
        assert (said.code, "what: a tariff begins" in said.out, said.out.count("Seen by")) == (0, True, 3)
        assert site.door("verify", "receipt").code == 0  # by the keys that the site's own database names
        rotated(site, agencies)
    site.act()
    away = site.door("log", "--once", "--json").json
    assert (away["published"], len(away["missing"])) == (False, 3)


def rotated(site, agencies):
    """A second key signs beside the first; witnesses learn it; the first is retired; old receipts stay good."""
    old = site.key
    new = site.door("log", "--rotate", "--json").json["keys"][1]
    site.act()
    assert site.door("log", "--once", "--json").json["published"]
    number = old.split("+")[1]
    assert site.door("log", "--retire", number, "--json").json["keys"] == [new]
    leaf = site.act()
    refused = site.door("log", "--once").out
    assert "not published yet" in refused
    assert "answered 403" in refused  # the witnesses do not know the new key yet
    agencies.close()
    site.urls.clear()
    for n in (1, 2, 3):
        agencies.enter_context(site.witness(n, keys=[old, new]))
    site.name_witnesses()
    assert site.door("log", "--once", "--json").json["published"]
    site.receipt(leaf, "newer")
    assert site.door("verify", "newer", "--key", new).code == 0
    told = site.door("verify", "newer", "--key", old)
    assert (told.code, "NOT PROVED" in told.err) == (1, True)
    assert site.door("verify", "receipt", "--key", old).code == 0


def test_the_key_is_made_once_and_for_its_owner_alone(site):
    file = site.door.folder / "var/log_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert site.door("log", "--keys").out.strip() == site.key
    assert site.key.startswith(f"{NAME}+")
    assert "PRIVATE" not in site.key
    site.door.env["DOORSTEP_LOG_NAME"] = "other.test/log"
    told = site.door("log", "--keys")
    assert (told.code, "is of the log services.test/log" in told.err) == (1, True)


def test_the_only_key_is_not_retired(site):
    told = site.door("log", "--retire", site.key.split("+")[1])
    assert (told.code, "only key" in told.err) == (1, True)
    assert site.door("log", "--retire", "00000000").code == 1


def test_a_witness_without_its_memory_does_not_begin_by_itself(site):
    site.door("witness", "--make-key", "agency1.test", "--key", "key1")
    assert site.door("witness", "--make-key", "agency1.test", "--key", "key1").code == 1
    told = site.door("witness", "--key", "key1", "--state", "seen1", "--log", site.key)
    assert (told.code, "could sign two histories" in told.err) == (1, True)
    told = site.door("witness", "--key", "key1", "--state", "seen1", "--begin", "--log", "no key")
    assert (told.code, "no public key" in told.err) == (1, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOORSTEP_WITNESSES", "no key"),
        ("DOORSTEP_WITNESSES_NEEDED", "1"),
        ("DOORSTEP_WITNESSES_NEEDED", "many"),
        ("DOORSTEP_WITHOUT_WITNESSES", "perhaps"),
        ("DOORSTEP_WITNESS_PATIENCE", "0"),
    ],
)
def test_settings_that_make_no_sense_are_told(site, name, value):
    site.door.env[name] = value
    told = site.door("log", "--keys")
    assert (told.code, "Traceback" in told.err) == (1, False)
    assert name in told.err or "public key" in told.err


def test_a_log_without_witnesses_says_so_and_a_receipt_that_is_none_proves_nothing(site):
    leaf = site.act()
    assert site.door("log", "--once").out == "New leaves: 1; in all: 1; published.\n"
    site.receipt(leaf, "receipt")
    assert site.door("verify", "receipt", "--need", "0").code == 0
    (site.door.folder / "bad").write_bytes(b"\xff\x00 nothing")
    told = site.door("verify", "bad", "--json")
    assert (told.code, told.json["error"]["what"]) == (1, "NOT PROVED.")

"""Anchors as people meet them: the command, and the page of the log."""

from __future__ import annotations

import stat

import psycopg
import pytest

from doorstep.config.tests.conftest import door, server, template  # noqa: F401 - fixtures
from doorstep.domains.country import api as countries
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.evm import Evm
from tests.anchor.conftest import KEY, ORIGIN
from tests.anchor.test_anchors import AT
from tests.house.tree import ROOT


@pytest.fixture
def office(door, node):  # noqa: F811
    """An office whose log has one entry, and a chain in its settings."""
    named = {"DOORSTEP_ANCHOR_URL": node.url, "DOORSTEP_ANCHOR_CHAIN": str(node.chain), "DOORSTEP_LOG_NAME": ORIGIN}
    door.env.update(named)
    with psycopg.connect(door.env["DATABASE_URL"]) as connection:
        connection.execute("""SELECT evidence_append('{"kind":"test"}')""")
    assert door("log", "--once").code == 0
    return door


@pytest.mark.slow
def test_the_command_anchors_and_checks(office, node):
    told = office("log", "anchor")
    assert (told.code, "cannot pay" in told.err) == (1, True)
    key = office.folder / "var/anchor_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    node.give(to=told.err.split()[2])
    assert office("log", "check-anchor").code == 1
    done = office("log", "anchor", "--json").json
    assert (done["newest"]["size"], done["newest"]["block"], done["waiting"]) == (1, 2, 0)
    checked = office("log", "check-anchor")
    assert (checked.code, "the log of 1 entries is what was anchored" in checked.out) == (0, True)
    office.env["DOORSTEP_ANCHOR_CHAIN"] = "1"
    told = office("log", "anchor")
    assert (told.code, "DOORSTEP_ANCHOR_CHAIN" in told.err) == (1, True)
    office.env["DOORSTEP_ANCHOR_CHAIN"] = str(node.chain)
    node.close()
    told = office("log", "check-anchor", "--json")
    assert (told.code, told.json["error"]["what"]) == (3, "The chain's node does not answer.")
    assert office("log", "--once").code == 0


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("DOORSTEP_ANCHOR_URL", "http://node.example", "anchor"),
        ("DOORSTEP_ANCHOR_CHAIN", "mainnet", "anchor"),
        ("DOORSTEP_ANCHOR_KEY", "pyproject.toml", "check-anchor"),
        ("DOORSTEP_ANCHOR_EXPLORER", "javascript:alert(1)", "anchor"),
    ],
)
def test_settings_that_make_no_sense_are_told(office, name, value, command):
    office.env[name] = value
    told = office("log", command)
    assert told.code == 1
    assert name in told.err or "holds no key" in told.err


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_the_page_of_the_log_shows_the_newest_anchor_and_how_to_check_it(log, node, client, settings, language):
    countries.load_country(ROOT / "countries/demo")
    settings.EVIDENCE, settings.ANCHOR_EXPLORER = log.policy, "https://explorer.example/tx/"
    log.grow(AT)
    before = client.get(f"/{language}/log/").content.decode()
    node.give()
    evidence.anchor(chain=Evm(url=node.url, chain=node.chain, key=KEY), at=AT)
    log.grow(AT)
    page = client.get(f"/{language}/log/").content.decode()
    there = evidence.latest_anchor()
    assert (there.transaction in before, page.count(there.transaction)) == (False, 2)
    assert f'href="https://explorer.example/tx/{there.transaction}"' in page
    root = there.text.splitlines()[2]
    assert root.replace("+", "&#x2B;") in page or root in page
    assert f">{there.chain}<" in page

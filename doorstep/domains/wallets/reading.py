"""Reads ``wallets.yaml`` and checks what must be true of it beyond its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from doorstep.domains.country.api import Country, missing_translations
from doorstep.domains.wallets.shapes import AgentShape, Recovery, WalletsFile
from doorstep.domains.wallets.types import NoWallet
from doorstep.engines.pins.types import PinRules
from doorstep.kit import files
from doorstep.kit.errors import Findings, Problem, Problems
from doorstep.kit.files import Written
from doorstep.kit.languages import Text

FILE = "wallets.yaml"
MINOR = 2
"""Decimals of the currency: amounts are whole cents."""


@dataclass(frozen=True)
class Limits:
    """A level's limits in cents."""

    title: Text
    holds_at_most: int
    pays_a_day: int
    pays_at_once: int


@dataclass(frozen=True)
class Rules:
    """What the country lets wallets do."""

    levels: Mapping[str, Limits]
    agents: Mapping[str, AgentShape]
    pin: PinRules
    recovery: Recovery

    @property
    def first_level(self) -> str:
        """The level of a wallet opened without papers."""
        return next(iter(self.levels))


@lru_cache(maxsize=8)
def rules_of(country: Country) -> Rules:
    """The country's wallets. Raises ``NoWallet`` where it has none, and ``Problems`` for mistakes."""
    if FILE not in country.files:
        raise NoWallet("This country has no wallets.", mend=f"Write {FILE} in its folder.")
    findings = Findings()
    found = _read(country, findings)
    findings.raise_if_any()
    assert found is not None
    return found


def check_wallets(country: Country) -> list[Problem]:
    """Every mistake in the country's ``wallets.yaml``; none where it has no such file."""
    findings = Findings()
    if FILE in country.files:
        try:
            _read(country, findings)
        except Problems as error:
            findings.extend(error)
    return findings.problems


def _read(country: Country, findings: Findings) -> Rules | None:
    node = files.read_yaml(country.text(FILE), file=FILE)
    shape: WalletsFile | None = files.decode(node, WalletsFile, findings=findings)
    if shape is None:
        return None
    findings.problems.extend(missing_translations(shape, languages=country.languages))
    for agent in shape.agents.values():
        if agent.area.text not in country.smallest_areas:
            mend = files.nearest(agent.area.text, list(country.smallest_areas))
            findings.add(agent.area.place, f"unknown area {agent.area.text!r}", mend=mend)
    if not 4 <= shape.pin.digits <= 8 or not 2 <= shape.pin.tries <= 10 or shape.pin.wait_minutes < 1:
        findings.add(shape.place, "the PIN's rules guard nothing", expected="4 to 8 digits, 2 to 10 tries, a wait")
    if shape.recovery.confidants < 2 or shape.recovery.within_hours < 1:
        findings.add(shape.place, "one person alone must not open a wallet", expected="2 confidants or more")
    if not shape.levels:
        findings.add(shape.place, "there is no level", mend="Write one under 'levels'.")
    levels = {
        name: Limits(
            level.title,
            _amount(level.holds_at_most, findings),
            _amount(level.pays_a_day, findings),
            _amount(level.pays_at_once, findings),
        )
        for name, level in shape.levels.items()
    }
    pin = PinRules(shape.pin.digits, shape.pin.tries, shape.pin.wait_minutes)
    return Rules(levels, shape.agents, pin, shape.recovery)


def _amount(written: Written, findings: Findings) -> int:
    try:
        value = Decimal(written.text).scaleb(MINOR)
        if value == int(value) and 0 < value < 10**15:
            return int(value)
    except (InvalidOperation, ValueError):
        pass
    findings.add(written.place, "this is no amount", expected="such as 300.00", found=repr(written.text))
    return 1

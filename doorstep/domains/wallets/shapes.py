"""What ``wallets.yaml`` may say: levels with their limits, the PIN, how a lost one comes back, and the agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorstep.kit.errors import Place
from doorstep.kit.files import Written, key
from doorstep.kit.languages import Text


@dataclass(frozen=True)
class Level:
    """How much a wallet may hold and move. Amounts are in the country's currency, as ``300.00``."""

    title: Text = key("What people call it.")
    holds_at_most: Written = key("The most that may lie in it.")
    pays_a_day: Written = key("The most that may leave it in a day, to people and as cash.")
    pays_at_once: Written = key("The most of one payment.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class PinRules:
    """How a PIN is made and guarded."""

    digits: int = key("How many digits it has: 4 to 8.", default=4)
    tries: int = key("After so many wrong ones in a row the wallet waits.", default=3)
    wait_minutes: int = key("How long it waits; each further time twice as long.", default=30)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Recovery:
    """How a lost PIN comes back without a phone number or papers."""

    confidants: int = key("So many people known to the owner must confirm.", default=2)
    within_hours: int = key("For so long a recovery is open.", default=72)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class AgentShape:
    """A shop, post office or centre that gives and takes cash."""

    name: Text = key("What stands over its door.")
    area: Written = key("Where it is: an id from the areas file.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class WalletsFile:
    """``wallets.yaml``: what wallets may do in this country."""

    levels: Mapping[str, Level] = key("The levels, by id; the first is that of a wallet opened without papers.")
    agents: Mapping[str, AgentShape] = key("The agents, by code: small letters, digits and hyphens.")
    pin: PinRules = key("The PIN.", default=PinRules())
    recovery: Recovery = key("A lost PIN.", default=Recovery())
    place: Place = field(default=Place(""), compare=False)

"""The demo country's wallets: two people with some money and an agent with float. Doing it twice changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from doorstep.domains.country.api import Country
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import WalletError

AGENT_FLOAT, FIRST = 200_000, 5_000
PEOPLE = 2


def open_wallets(persons: list[str], *, country: Country, at: datetime) -> Iterator[str]:
    """A wallet and a new PIN for the first of ``persons``, and a new PIN for an agent, told in lines."""
    agent, digits = next(iter(wallets.agent_names(country=country))), wallets.pin_digits(country=country)
    agent_pin = new_pin(digits)
    wallets.fill_agent(country=country, code=agent, amount=AGENT_FLOAT, key="demo", at=at, pin=agent_pin)
    for person in persons[:PEOPLE]:
        made = wallets.open_wallet(
            country=country, holder=f"demo {person}", language=country.default_language, by="demo", at=at
        )
        pin = new_pin(digits)
        wallets.new_pin_at_a_centre(country=country, number=made.number, pin=pin, by="demo", at=at)
        act = wallets.Act(f"demo {made.number}", FIRST, at)
        wallets.cash_in(country=country, agent=agent, pin=agent_pin, number=made.number, act=act)
        yield f"  wallet {wallets.shown_number(made.number)}  PIN {pin}"
    yield f"  agent {agent}  PIN {agent_pin}"


def new_pin(digits: int) -> str:
    """A PIN that nobody guesses first."""
    while True:
        pin = f"{secrets.randbelow(10**digits):0{digits}}"
        try:
            wallets.check_pin(pin=pin, digits=digits)
        except WalletError:
            continue
        return pin

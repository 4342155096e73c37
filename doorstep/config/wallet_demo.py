"""The demo country's wallets: two people with some money and an agent with float. Doing it twice changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from django.utils.crypto import salted_hmac

from doorstep.domains.country.api import Country
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import Asked, Recognised, WalletError, WalletView

AGENT_FLOAT, FIRST = 200_000, 5_000
PEOPLE = 2


def open_wallets(persons: list[str], *, country: Country, at: datetime) -> Iterator[str]:
    """A wallet and a new PIN for the first of ``persons``, and a new PIN for an agent, told in lines."""
    agent = next(iter(wallets.agent_names(country=country)))
    agent_pin = new_pin(wallets.pin_digits(country=country))
    wallets.fill_agent(country=country, code=agent, amount=AGENT_FLOAT, key="demo", at=at, pin=agent_pin)
    for person in persons[:PEOPLE]:
        made = wallets.open_wallet(
            country=country, holder=f"demo {person}", language=country.default_language, by="demo", at=at
        )
        pin = _pin_of(made, country=country, at=at)
        act = wallets.Act(f"demo {made.number}", FIRST, at)
        wallets.cash_in(country=country, agent=agent, pin=agent_pin, number=made.number, act=act)
        yield f"  wallet {wallets.shown_number(made.number)}  PIN {pin}"
    yield f"  agent {agent}  PIN {agent_pin}"


def _pin_of(made: WalletView, *, country: Country, at: datetime) -> str:
    """The demo's PIN of a wallet, the same in each run; set where it is not the PIN already."""
    digits = wallets.pin_digits(country=country)
    pin = _drawn(digits, (_digits_of(f"{made.number} {turn}", digits) for turn in count()))
    try:
        if made.has_pin:
            wallets.sign_in(country=country, number=made.number, pin=pin, at=at)
            return pin
    except WalletError:
        pass  # somebody tried the pages and chose another
    wallets.new_pin_at_a_centre(
        country=country, page=wallets.find_wallet(number=made.number), pin=pin, asked=Asked.OWNER,
        recognised=Recognised.PAPERS, by="demo", at=at,
    )  # fmt: skip
    return pin


def _digits_of(name: str, digits: int) -> str:
    made = salted_hmac("doorstep.demo.pin", name, algorithm="sha256").hexdigest()
    return f"{int(made, 16) % 10**digits:0{digits}}"


def new_pin(digits: int) -> str:
    """A PIN that nobody guesses first."""
    return _drawn(digits, (f"{secrets.randbelow(10**digits):0{digits}}" for _ in count()))


def _drawn(digits: int, offered: Iterator[str]) -> str:
    """The first that may be chosen."""
    for pin in offered:
        try:
            wallets.check_pin(pin=pin, digits=digits)
        except WalletError:
            continue
        return pin
    raise AssertionError("there is always another")

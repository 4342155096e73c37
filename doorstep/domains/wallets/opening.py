"""Opening a wallet, its PIN, its people, its end; and who works with cash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.wallets import numbers
from doorstep.domains.wallets.models import Agent, Confidant, Wallet
from doorstep.domains.wallets.reading import MINOR, Rules
from doorstep.domains.wallets.types import (
    BadPin,
    NoRecovery,
    NotYours,
    NoWallet,
    State,
    TooManyTries,
    Waiting,
    WalletError,
    WrongPin,
)
from doorstep.engines.ledger import api as ledger
from doorstep.engines.pins import api as pins

MOST_CONFIDANTS = 5
MOST_FROM_ONE_PLACE = 100
"""Wrong PINs in an hour from one address: a whole centre may sit behind one."""
TRIES = 20
"""Numbers are drawn until one is free; one in millions is taken."""


def open_wallet(
    rules: Rules, *, holder: str, level: str, unit: str, language: str, by: str, at: datetime,
    draw: Callable[[], str] = numbers.new_number,
) -> Wallet:  # fmt: skip
    """A wallet for somebody who has none; the one that is there for somebody who has. ``holder`` is a pseudonym."""
    if level not in rules.levels:
        raise WalletError(f"There is no level {level!r}.", mend=f"Known here: {', '.join(rules.levels)}.")
    with transaction.atomic():
        found = Wallet.objects.filter(holder=holder).exclude(state=State.CLOSED).first()
        if found is not None:
            return found
        number = _free(draw)
        account = ledger.open_account(holder=f"wallet:{number}", unit=unit, kind="wallet", floor=0, at=at)
        return Wallet.objects.create(
            number=number, holder=holder, level=level, language=language, account=account, opened_at=at, opened_by=by
        )


def define(country: Country) -> None:
    """Make the country's currency known to the ledger."""
    ledger.define_unit(code=country.currency, kind="currency", digits=MINOR)


def _free(draw: Callable[[], str]) -> str:
    for _ in range(TRIES):
        number = draw()
        if not Wallet.objects.filter(number=number).exists():
            return number
    raise WalletError("No free number was found.", mend="Try again.")


def open_agent(code: str, *, unit: str, at: datetime) -> Agent:
    """The agent of that code, with an account for its float; the one that is there."""
    with transaction.atomic():
        account = ledger.open_account(holder=f"agent:{code}", unit=unit, kind="agent", floor=0, at=at)
        agent, _ = Agent.objects.get_or_create(code=code, defaults={"account": account})
        return agent


def set_pin(holder: Wallet | Agent, pin: str, rules: Rules) -> None:
    """Give a PIN to somebody whom an officer, or a recovery, has recognised. Raises ``BadPin``."""
    with _in_our_words():
        pins.set_pin(holder, pin, rules.pin)


def change_pin(number: str, old: str, new: str, rules: Rules, at: datetime) -> None:
    """Another PIN, by whoever knows the old one. Raises ``WrongPin``, ``Waiting``, ``BadPin``."""
    check_new_pin(new, rules.pin)
    set_pin(owner(number, old, rules, at), new, rules)


def owner(number: str, pin: str, rules: Rules, at: datetime) -> Wallet:
    """The wallet whose number and PIN these are. Raises ``WrongPin``, ``Waiting``, ``NoWallet``."""
    name = numbers.tidied(number) or f"none {number[:40]!a}"  # each wrong number is counted for itself
    with _in_our_words():
        wallet = pins.check(Wallet, {"number": name}, pin, rules.pin, at)
    if wallet.state == State.CLOSED:
        raise NoWallet("This wallet was closed.", mend="Ask at a centre.")
    return wallet


def agent(code: str, pin: str, rules: Rules, at: datetime) -> Agent:
    """The agent whose code and PIN these are. Raises ``WrongPin``, ``Waiting``."""
    with _in_our_words():
        return pins.check(Agent, {"code": code.strip().lower().replace("\0", "")[:40]}, pin, rules.pin, at)


def check_new_pin(pin: str, rules: pins.PinRules) -> None:
    """Raise ``BadPin`` for a PIN that cannot be chosen."""
    with _in_our_words():
        pins.check_new(pin, rules)


@contextmanager
def guarding(address: str, at: datetime) -> Iterator[None]:
    """Counts the wrong PINs and codes that come from one address. Raises ``TooManyTries`` instead of trying more."""
    who = f"tries PINs of wallets from {address}"
    with _in_our_words():
        pins.check_misses(who=who, most=MOST_FROM_ONE_PLACE, at=at)
    try:
        yield
    except (WrongPin, Waiting, NoRecovery):
        pins.note_miss(who=who, at=at)
        raise


def count_beginning(address: str, at: datetime) -> None:
    """Counts recoveries that are begun from one address. Raises ``TooManyTries``."""
    who = f"begins recoveries of wallets from {address}"
    with _in_our_words():
        pins.check_misses(who=who, most=MOST_FROM_ONE_PLACE, at=at)
    pins.note_miss(who=who, at=at)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """What is wrong with a PIN, as the errors that wallets raise."""
    try:
        yield
    except pins.WrongPin as error:
        raise WrongPin(error.left) from error
    except pins.Waiting as error:
        raise Waiting(error.until) from error
    except pins.BadPin as error:
        raise BadPin(error.what, why=error.why, mend=error.mend) from error
    except pins.TooManyMisses as error:
        raise TooManyTries("Too many wrong PINs came from here.", mend="Wait an hour, or call for help.") from error


def name_confidant(wallet: Wallet, number: str, at: datetime) -> None:
    """Name somebody whom the owner trusts, by the number of their wallet. Raises ``NoWallet``, ``NotYours``."""
    other = Wallet.objects.filter(number=numbers.tidied(number)).exclude(state=State.CLOSED).first()
    if other is None:
        raise NoWallet("There is no wallet with this number.", mend="Ask the person for their number.")
    if other.pk == wallet.pk:
        raise NotYours("You cannot be your own confidant.", mend="Name somebody else.")
    with transaction.atomic():
        Wallet.objects.select_for_update().get(pk=wallet.pk)
        if wallet.confidants.exclude(confidant=other).count() >= MOST_CONFIDANTS:
            raise WalletError(f"More than {MOST_CONFIDANTS} people are not needed.", mend="Take one away first.")
        Confidant.objects.get_or_create(wallet=wallet, confidant=other, defaults={"named_at": at})


def drop_confidant(wallet: Wallet, number: str) -> None:
    """Take somebody off the list."""
    Confidant.objects.filter(wallet=wallet, confidant__number=numbers.tidied(number)).delete()

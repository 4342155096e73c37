"""What the files of a voucher scheme may say. The checker, the reference page and the errors come from these shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from doorstep.kit.errors import Place
from doorstep.kit.files import Written, key
from doorstep.kit.languages import Text

MONEY_DIGITS = 2


@dataclass(frozen=True)
class Agency:
    """Who gives vouchers. It sees people of the scheme by their pseudonym alone."""

    name: Text = key("The agency's name.")
    phone: str = key("The number that people call.", default="")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Shop:
    """Where vouchers are redeemed."""

    name: Text = key("The shop's name.")
    area: Written = key("The area where its door is: an id from the areas file.")
    groups: tuple[Written, ...] = key("What it sells, in the scheme's own words: food, seed.")
    language: Written = key("The language of its first page.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Scheme:
    """``vouchers/scheme.yaml``: the agencies and the shops that share one way of giving."""

    title: Text = key("What people call it.")
    agencies: Mapping[str, Agency] = key("The agencies, by id.")
    shops: Mapping[str, Shop] = key("The shops, by id.")
    undo_minutes: int = key("How long a shop may undo what it redeemed.", default=10)
    pin_tries: int = key("After so many wrong PINs in a row a card is locked.", default=5)
    contest_days: int = key("How soon a person who contests gets an answer.", default=10)
    settle_days: int = key("How many days after a period's end a shop is paid.", default=5)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Good:
    """One thing that a voucher may buy."""

    label: Text = key("Its plain name.")


@dataclass(frozen=True)
class Cap:
    """How much of it one person may get in a month from all agencies together: the rule against double giving."""

    amount: Decimal = key("The most in a month, in the kind's own measure.")
    together: Written = key("Kinds that name the same word here count together. Without it, this kind counts alone.",
                            default=Written(""))  # fmt: skip


@dataclass(frozen=True)
class Bounded:
    """Redeeming offline without a reservation: how much may go wrong, and who pays then."""

    person: Decimal = key("The most that one device gives one person on one permit.")
    device: Decimal = key("The most that one device gives all people together on one permit.")
    days: int = key("How many days a permit is valid.")
    sync_days: int = key("How many days after its end the device must have told what it gave.")
    loss: Literal["agency", "shop"] = key("Who bears what turns out not to be covered.")


@dataclass(frozen=True)
class Reserved:
    """Redeeming offline what was set aside for one device beforehand."""

    person: Decimal = key("The most that may be set aside for one person on one device.")
    days: int = key("How many days it stays set aside.")
    sync_days: int = key("How many days after its end the device must have told what it gave.")


@dataclass(frozen=True)
class VoucherKind:
    """``vouchers/kinds/*.yaml``: one kind of voucher."""

    kind: Written = key("Its id: small letters, digits and hyphens.")
    title: Text = key("Its name.")
    summary: Text = key("What it is for, in a sentence or two.")
    measure: Literal["money", "goods"] = key("money: the country's currency. goods: pieces or a weight.")
    goods: tuple[Good, ...] = key("What it buys.")
    shops: tuple[Written, ...] = key("Where: ids of shops, or groups of shops.")
    agencies: tuple[Written, ...] = key("Who may give it.")
    expires_days: int = key("How many days after it is given it can be redeemed.")
    cap: Cap = key("The rule against double giving.")
    unit: Text | None = key("For goods: what is counted, such as kg.", default=None)
    digits: int = key("For goods: how many decimals are counted.", default=0)
    partial: bool = key("Whether it may be redeemed in parts.", default=True)
    prove: tuple[Literal["pin", "fingerprint", "card"], ...] = key(
        "How the person proves to be the holder: one of these is enough. card: holding it is enough.",
        default=("pin",),
    )
    reserved: Reserved | None = key("Offline, from what was set aside for the device.", default=None)
    bounded: Bounded | None = key("Offline, up to a cap.", default=None)
    place: Place = field(default=Place(""), compare=False)

    @property
    def id(self) -> str:
        """The kind's id."""
        return self.kind.text

    @property
    def places(self) -> int:
        """How many decimals an amount has."""
        return MONEY_DIGITS if self.measure == "money" else self.digits

    @property
    def unit_code(self) -> str:
        """The unit of account on the ledger."""
        return f"voucher:{self.id}"

    @property
    def counted_with(self) -> str:
        """The word under which its cap is counted."""
        return self.cap.together.text or self.id

    def minor(self, amount: Decimal) -> int:
        """An amount in whole minor units. Raises ``ValueError`` where it has more decimals than are counted."""
        scaled = amount.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than {self.places} decimals")
        return int(scaled)

    def amount(self, minor: int) -> Decimal:
        """Minor units as people write them."""
        return Decimal(minor).scaleb(-self.places)

"""The door of vouchers. Amounts are whole minor units of the kind; ``at`` is now, with a time zone.

Whoever acts is a ``Clerk`` (an officer) or a shop's id that the caller has signed in. Every function that writes does
so in one transaction of its own. Refusals are ``VoucherError``s with a ``code``.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country
from doorstep.domains.vouchers import (
    book,
    cards,
    contesting,
    issuing,
    keys,
    looking,
    permitting,
    redeeming,
    settling,
    shops,
    showing,
    syncing,
)
from doorstep.domains.vouchers.contesting import MAX_WORDS
from doorstep.domains.vouchers.keys import pseudonym_of
from doorstep.domains.vouchers.offline.device import Device
from doorstep.domains.vouchers.offline.entries import Entry, sign_hello
from doorstep.domains.vouchers.offline.permits import Pass, read_pass
from doorstep.domains.vouchers.offline.storing import read_entries
from doorstep.domains.vouchers.reading import Vouchers, check_vouchers, vouchers_of
from doorstep.domains.vouchers.shapes import Scheme, VoucherKind
from doorstep.domains.vouchers.syncing import Request
from doorstep.domains.vouchers.tokens import grouped
from doorstep.domains.vouchers.types import (
    BatchView,
    Clerk,
    ConflictView,
    ContestView,
    DeviceDetail,
    DeviceView,
    Due,
    FundView,
    HolderView,
    NoSuch,
    NotAllowed,
    Printed,
    Receipt,
    Reconciled,
    RefusalView,
    Refused,
    SettlementView,
    Shown,
    Synced,
)
from doorstep.engines.evidence.types import ReceiptView
from doorstep.engines.looks import api as looks

__all__ = [
    "MAX_WORDS",
    "Device",
    "Entry",
    "Pass",
    "Request",
    "Scheme",
    "VoucherKind",
    "Vouchers",
    "check_vouchers",
    "grouped",
    "pseudonym_of",
    "read_entries",
    "read_pass",
    "sign_hello",
    "vouchers_of",
]


def scheme(*, country: Country | None = None) -> Vouchers:
    """The scheme of a country, else of that in force. Raises ``NoSuch`` where it has none."""
    found = vouchers_of(country or countries.current())
    if found is None:
        raise NoSuch("This country gives no vouchers.", mend="Write vouchers/scheme.yaml.")
    return found


@transaction.atomic
def set_up(*, at: datetime) -> None:
    """Make the scheme's units and accounts known to the ledger. Again after every change of its files."""
    book.set_up(scheme(), at=at)


@transaction.atomic
def fund(*, agency: str, kind: str, amount: int, key: str, clerk: Clerk, at: datetime) -> int:
    """An agency pays in what it may give; gives what its fund then holds. The same ``key`` pays once."""
    book.fund(_of(kind, agency, clerk), agency, amount, key=key, at=at)
    return book.fund_left(scheme().kind(kind), agency, at=at)


@transaction.atomic
def fund_left(*, agency: str, kind: str, at: datetime) -> int:
    """What an agency can still give of a kind."""
    return book.fund_left(scheme().kind(kind), agency, at=at)


def funds(*, at: datetime) -> list[FundView]:
    """Each agency's fund of each kind: what is left, what waiting lists would take, what vouchers hold."""
    with transaction.atomic():
        return showing.funds(scheme(), at=at)


def check_list(*, data: bytes, agency: str, kind: str, month: date, clerk: Clerk, at: datetime) -> int:
    """Read an agency's list (CSV: person, amount, language) and judge each line; gives the list's number.

    Nothing is given yet. Raises ``BadInput``, ``NotAllowed``, ``Refused`` (``list_twice``).
    """
    country = countries.current()
    return issuing.check_list(
        data,
        scheme=scheme(country=country),
        languages=country.languages,
        agency=agency,
        kind=kind,
        month=month,
        clerk=clerk,
        at=at,
    )


def release(*, batch: int, clerk: Clerk, at: datetime) -> int:
    """A second person releases a list; gives how many vouchers were made.

    Raises ``NotAllowed`` (four eyes), ``Refused``: ``fund_empty``, or ``list_changed`` where other lists were released
    meanwhile: then the list shows what has become double, and can be released again.
    """
    try:
        return issuing.release(batch, scheme=scheme(), clerk=clerk, at=at)
    except Refused as error:
        if error.code == "list_changed":
            issuing.judge_again(batch, scheme=scheme())
        raise


def cancel(*, batch: int, clerk: Clerk, at: datetime) -> None:
    """A list that was not released goes no further."""
    issuing.cancel(batch, clerk=clerk, at=at)


def batches() -> list[BatchView]:
    """Lists, the newest first."""
    return looking.batches()


def batch(*, id: int, only: str = "", page: int = 1) -> BatchView:
    """One list with a page of 100 of its lines. ``only``: ``double``, ``wrong`` or everything."""
    return looking.batch(id, only=only, page=page)


def redeem(*, key: str, shop: str, kind: str, amount: int, shown: Shown, at: datetime) -> Receipt:
    """Redeem at a shop that signed in. The same key gives the same receipt. Raises ``Refused``, and writes it down."""
    wish = redeeming.Wish(key, shop, kind, amount)
    return redeeming.redeem(wish, shown, scheme=scheme(), at=at)


def undo(*, number: str, shop: str, at: datetime) -> Receipt:
    """Take a redemption back, within the scheme's minutes."""
    return redeeming.undo(number, shop=shop, scheme=scheme(), at=at)


def give_shop_access(*, shop: str, clerk: Clerk) -> str:
    """A new PIN of six digits for a shop, told once."""
    return shops.give_access(shop, scheme=scheme(), clerk=clerk, draw=secrets.randbelow)


def sign_in_shop(*, shop: str, pin: str, who: str, at: datetime) -> tuple[str, int]:
    """The shop's id where code and PIN fit, and the PIN's version.

    ``who``: an address, by which guessing is slowed down. Raises ``Refused`` and ``TooManyTries``.
    """
    access = shops.sign_in(shop, pin, who=who, scheme=scheme(), at=at)
    return access.shop, access.pin_version


def is_shop_open(*, shop: str, version: int) -> bool:
    """Whether what was opened with a PIN of this version is still open: a newer PIN closes it."""
    return shops.is_open(shop, version)


def today(*, shop: str, at: datetime) -> list[Receipt]:
    """What a shop redeemed today."""
    return shops.today(shop, scheme=scheme(), at=at)


def receipt(*, number: str, shop: str, at: datetime) -> Receipt:
    """One receipt of a shop. Raises ``NoSuch``."""
    found = shops.receipt(number, shop=shop, scheme=scheme(), at=at)
    if found is None:
        raise NoSuch("There is no such receipt here.", mend="Look at today's list.")
    return found


def due(*, shop: str) -> Sequence[Due]:
    """What a shop will be paid."""
    return settling.due(shop)


def open_card(*, shown: Shown, who: str, at: datetime) -> str:
    """The pseudonym of the holder whose card and PIN these are."""
    return looking.open_card(shown, who=who, scheme=scheme(), at=at)


def holder(*, pseudonym: str) -> HolderView:
    """One person's cards, vouchers, what was set aside, statement."""
    return looking.holder(pseudonym)


def look_at_holder(*, pseudonym: str, who: str, purpose: str, at: datetime) -> HolderView:
    """The same for an officer, whose look the person sees. Raises ``NoSuch``."""
    return showing.look_at_holder(pseudonym, who=who, purpose=purpose, at=at)


def looks_at_holder(*, pseudonym: str) -> tuple[looks.Look, ...]:
    """Who looked at a person's vouchers, the newest first."""
    return looks.looks_at(subject=showing.subject_of(pseudonym))


def proof_of(*, pseudonym: str, what: str) -> ReceiptView:
    """The receipt of a line of a person's statement, by its ``proof``. Raises ``NoSuch``, ``NoReceipt``."""
    return showing.receipt(pseudonym, what)


def proof_of_sale(*, shop: str, number: str, undone: bool) -> ReceiptView:
    """The receipt of a redemption at a shop, or of its undoing. Raises ``NoSuch``, ``NoReceipt``."""
    return showing.receipt_of_shop(shop, number, undone=undone)


def find_holder(*, number: str = "", person: str = "") -> str:
    """A pseudonym, by a card's number or by a person's number in a register, which is not kept."""
    return looking.find_holder(number=number, person=person)


def give_card(*, holder: str, clerk: Clerk, at: datetime, reason: str = "") -> Printed:
    """A new card with a new PIN; the one before is replaced."""
    return cards.give_card(holder, clerk=clerk, draw=secrets.randbelow, at=at, reason=reason)


def block_card(*, number: str, clerk: Clerk, reason: str, at: datetime) -> None:
    """A lost or stolen card redeems no more."""
    cards.block_card(number, clerk=clerk, reason=reason, at=at)


def unlock_card(*, number: str, clerk: Clerk, at: datetime) -> Printed:
    """A card that wrong PINs have locked works again, with a new PIN."""
    return cards.unlock_card(number, clerk=clerk, draw=secrets.randbelow, at=at)


def name_proxy(*, holder: str, kinds: Sequence[str], until: date, clerk: Clerk, at: datetime) -> Printed:
    """Somebody may collect for a holder, with a card of their own."""
    return cards.name_proxy(
        holder, scheme=scheme(), kinds=kinds, until=until, clerk=clerk, draw=secrets.randbelow, at=at
    )  # fmt: skip


def revoke_proxy(*, proxy: int, by: str, at: datetime, holder: str | None = None) -> None:
    """Take a proxy back; ``holder`` where the person does it themselves."""
    cards.revoke_proxy(proxy, by=by, at=at, holder=holder)


def contest(*, line: int, holder: str, text: str, at: datetime) -> int:
    """Contest what was set aside as double."""
    return contesting.contest(line, holder=holder, text=text, scheme=scheme(), at=at)


def contests(*, only_pending: bool = True) -> list[ContestView]:
    """Contests, those due first."""
    return contesting.contests(only_pending=only_pending)


def contest_of(*, id: int) -> ContestView:
    """One contest."""
    return contesting.contest_of(id)


def answer_contest(*, id: int, upheld: bool, words: str, clerk: Clerk, at: datetime) -> None:
    """Answer a contest with words; where it is right, what was set aside is given."""
    contesting.answer(id, upheld=upheld, words=words, scheme=scheme(), clerk=clerk, at=at)


def settle(*, shop: str, until: date, clerk: Clerk, at: datetime) -> int:
    """Close a shop's account to a day; gives the settlement's number."""
    return settling.settle(shop, until=until, scheme=scheme(), clerk=clerk, at=at)


def settlements(*, shop: str | None = None) -> list[SettlementView]:
    """Settlements, the newest first."""
    return settling.settlements(shop=shop)


def settlement(*, id: int) -> SettlementView:
    """One settlement."""
    return settling.settlement(id)


def expire(*, at: datetime) -> int:
    """End vouchers whose last day is past; gives how many."""
    return settling.expire(scheme=scheme(), at=at)


def reconcile() -> list[Reconciled]:
    """The books of every kind and agency."""
    return settling.reconcile(scheme=scheme())


def refusals(*, since: datetime) -> list[RefusalView]:
    """Attempts that were refused, the newest first."""
    return looking.refusals(since=since)


def counts(*, at: datetime) -> dict[str, int]:
    """Holders, lists that wait, contests that wait, refusals of a day."""
    return looking.counts(at=at)


def enrol_device(*, code: str, shop: str, public_key: bytes, clerk: Clerk, at: datetime) -> str:
    """Make a shop's phone or tablet known by its public key (Ed25519, 32 bytes); gives its code."""
    return permitting.enrol(code, shop=shop, public_key=public_key, scheme=scheme(), clerk=clerk, at=at)


def close_device(*, code: str, clerk: Clerk, at: datetime) -> None:
    """A device that is lost or broken gives no more once it has synced, and gets no new permit."""
    permitting.close(code, clerk=clerk, at=at)


def permit_bounded(*, code: str, kind: str, clerk: Clerk, at: datetime) -> int:
    """Permit a device to give a kind to anybody up to the kind's caps; gives the permit's number."""
    return permitting.permit_bounded(code, kind=kind, scheme=scheme(), clerk=clerk, at=at)


def reserve(*, code: str, card: str, kind: str, amount: int, clerk: Clerk, at: datetime) -> int:
    """Set a part of somebody's vouchers aside for one device; gives the permit's number."""
    return permitting.reserve(code, card=card, kind=kind, amount=amount, scheme=scheme(), clerk=clerk, at=at)


def end_permits(*, at: datetime) -> int:
    """Free what was reserved for devices that can no longer tell anything; gives how many permits ended."""
    return permitting.end_permits(at=at)


def devices() -> list[DeviceView]:
    """Every device, the newest first."""
    return permitting.devices()


def worst_loss(*, at: datetime) -> dict[tuple[str, str], int]:
    """The most that can go wrong offline now: (kind, who bears it) -> amount."""
    return permitting.worst_loss(scheme=scheme(), at=at)


def device(*, code: str) -> DeviceDetail:
    """One device with its permits, what it told last and what was not covered. Raises ``NoSuch``."""
    return showing.device(code)


def sync(*, request: syncing.Request, at: datetime) -> tuple[Synced, Pass]:
    """Take what a device gave offline; gives what became of it, and the device's new pass."""
    return syncing.sync(request, scheme=scheme(), at=at)


def conflicts() -> list[ConflictView]:
    """What was given offline and no voucher covered: how much, and who bears it."""
    return syncing.conflicts()


def public_keys() -> dict[bytes, bytes]:
    """The scheme's public keys by their id: what a device needs to read cards and passes on its own."""
    return dict(keys.public_keys())


def _of(kind: str, agency: str, clerk: Clerk) -> VoucherKind:
    """A kind that this agency gives; only supervisors pay into funds."""
    found = scheme().kind(kind)
    if agency not in {written.text for written in found.agencies}:
        raise NoSuch(f"{agency} does not give this voucher.", mend="Choose another kind.")
    if not clerk.supervises:
        raise NotAllowed("This needs the role of supervisor.", code="not_supervisor", mend="Ask one.")
    return found

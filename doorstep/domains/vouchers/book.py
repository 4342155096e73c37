"""Where vouchers stand on the ledger, and every way in which they move. Nothing else here touches the ledger.

issuer -> agency's fund -> a voucher -> a shop's till -> paid        (expired: voucher -> fund)
agency's loss -> a shop's till        what was given offline beyond vouchers, where the agency bears it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from doorstep.domains.vouchers.models import Till, Voucher
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.shapes import VoucherKind
from doorstep.domains.vouchers.types import Refused
from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.api import Leg, Move
from doorstep.engines.ledger.types import InsufficientFunds


def set_up(scheme: Vouchers, *, at: datetime) -> None:
    """Make units, funds and tills known. The same again changes nothing."""
    for kind in scheme.kinds.values():
        unit_kind = "voucher" if kind.measure == "money" else "goods"
        ledger.define_unit(code=kind.unit_code, kind=unit_kind, digits=kind.places)
        for agency in (written.text for written in kind.agencies):
            fund_of(kind, agency, at=at)
            for shop in scheme.scheme.shops:
                if scheme.takes(shop, kind.id):
                    open_till(kind, shop, agency, at=at)


def fund_of(kind: VoucherKind, agency: str, *, at: datetime) -> int:
    """The account from which an agency gives."""
    return ledger.open_account(holder=f"agency:{agency}", unit=kind.unit_code, kind="fund", at=at)


def open_till(kind: VoucherKind, shop: str, agency: str, *, at: datetime) -> int:
    """A shop's account for one kind of one agency."""
    holder = f"shop:{shop}"
    account = ledger.open_account(holder=holder, unit=kind.unit_code, kind=f"due {agency}", floor=None, at=at)
    Till.objects.get_or_create(shop=shop, kind=kind.id, agency=agency, defaults={"account": account})
    return account


def tills(shop: str, kind: str) -> Mapping[str, int]:
    """A shop's accounts for a kind, by agency."""
    return dict(Till.objects.filter(shop=shop, kind=kind).values_list("agency", "account"))


def fund(kind: VoucherKind, agency: str, amount: int, *, key: str, at: datetime) -> int:
    """An agency pays in what it may give; gives the transfer's number."""
    issuer = ledger.open_account(holder="vouchers", unit=kind.unit_code, kind="issuer", floor=None, at=at)
    legs = [Leg(issuer, -amount), Leg(fund_of(kind, agency, at=at), amount)]
    return ledger.transfer(key=f"fund:{key}", legs=legs, reason="paid into a fund", at=at).id


def fund_left(kind: VoucherKind, agency: str, *, at: datetime) -> int:
    """What an agency can still give."""
    return ledger.balance(account=fund_of(kind, agency, at=at)).available


def give(kind: VoucherKind, agency: str, vouchers: Sequence[Voucher], *, at: datetime) -> None:
    """Fill new vouchers from the agency's fund, all or none. Raises ``Refused`` where the fund is too small."""
    fund_account = fund_of(kind, agency, at=at)
    for voucher in vouchers:
        voucher.account = ledger.open_account(
            holder=_holder(kind.id, agency), unit=kind.unit_code, kind=str(voucher.pk), at=at
        )
    Voucher.objects.bulk_update(vouchers, ["account"], batch_size=2_000)
    moves = [Move(f"voucher:{one.pk}", fund_account, one.account or 0, one.amount) for one in vouchers]
    moved = ledger.transfer_many(rows=moves, reason="given", at=at)
    if moved.refused:
        raise Refused(
            "The agency's fund does not hold enough for this list.",
            code="fund_empty",
            mend="Pay into the fund first, or make a smaller list.",
        )


def left(vouchers: Iterable[Voucher]) -> list[tuple[Voucher, ledger.Balance]]:
    """What is on each voucher, by the ledger."""
    return [(one, ledger.balance(account=one.account)) for one in vouchers if one.account is not None]


def pay(parts: Mapping[int, int], into: Mapping[int, int], *, key: str, at: datetime) -> int:
    """Draw ``parts`` (account -> amount) and pay ``into`` tills, in one act. Raises ``Refused``."""
    legs = [Leg(account, -amount) for account, amount in parts.items()]
    legs += [Leg(account, amount) for account, amount in into.items()]
    try:
        return ledger.transfer(key=f"redeem:{key}", legs=legs, reason="redeemed", at=at).id
    except InsufficientFunds as error:
        raise Refused("There is not enough on the voucher.", code="too_little", mend="Take less.") from error


def take_back(transfer: int, *, key: str, at: datetime) -> int:
    """Undo a redemption with a new transfer that names the old one."""
    return ledger.reverse(key=f"undo:{key}", transfer=transfer, reason="undone by the shop", at=at).id


def hold(voucher: Voucher, till: int, amount: int, *, key: str, at: datetime, expires_at: datetime) -> int:
    """Set a part of a voucher aside for one shop's till."""
    legs = [Leg(voucher.account or 0, -amount), Leg(till, amount)]
    return ledger.hold(key=f"reserve:{key}", legs=legs, reason="reserved", at=at, expires_at=expires_at).id


def free(hold_: int, *, key: str, at: datetime) -> None:
    """Let go what was set aside."""
    ledger.void_hold(key=f"free:{key}", hold=hold_, at=at, reason="freed")


def loss_of(kind: VoucherKind, agency: str, *, at: datetime) -> int:
    """The account from which an agency pays what no voucher covers."""
    return ledger.open_account(holder=f"agency:{agency}", unit=kind.unit_code, kind="loss", floor=None, at=at)


def expire(kind: VoucherKind, voucher: Voucher, amount: int, *, at: datetime) -> int:
    """What is left goes back to the agency."""
    legs = [Leg(voucher.account or 0, -amount), Leg(fund_of(kind, voucher.agency, at=at), amount)]
    return ledger.transfer(key=f"expire:{voucher.pk}", legs=legs, reason="expired", at=at).id


def settle(kind: VoucherKind, shop: str, agency: str, amount: int, *, key: str, at: datetime) -> int:
    """A shop's till is paid out."""
    paid = ledger.open_account(holder=f"shop:{shop}", unit=kind.unit_code, kind=f"paid {agency}", floor=None, at=at)
    till = Till.objects.get(shop=shop, kind=kind.id, agency=agency).account
    legs = [Leg(till, -amount), Leg(paid, amount)]
    return ledger.transfer(key=f"settle:{key}", legs=legs, reason="settled", at=at).id


def on_vouchers(kind: str, agency: str) -> int:
    """What all vouchers of a kind and an agency hold together, by the ledger."""
    return sum(one.posted for one in ledger.balances(holder=_holder(kind, agency)).values())


def at_shops(kind: VoucherKind, agency: str, shops: Iterable[str]) -> int:
    """What shops have taken of a kind and an agency, paid or not, by the ledger."""
    total = 0
    for shop in shops:
        for name, balance in ledger.balances(holder=f"shop:{shop}").items():
            if name in (f"{kind.unit_code} due {agency}", f"{kind.unit_code} paid {agency}"):
                total += balance.posted
    return total


def _holder(kind: str, agency: str) -> str:
    return f"vouchers:{kind}:{agency}"

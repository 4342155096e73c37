"""What vouchers stores. A person is a pseudonym; worth stands on the ledger, whose account numbers are kept here."""

from doorstep.domains.vouchers.models.giving import Batch, Contest, Expiry, Line, Voucher
from doorstep.domains.vouchers.models.offline import Conflict, Device, Entry, Permit, Reserve
from doorstep.domains.vouchers.models.people import Card, Holder, Proxy
from doorstep.domains.vouchers.models.redeeming import (
    Part,
    Redemption,
    Refusal,
    Settlement,
    SettlementRow,
    ShopAccess,
    Till,
)

__all__ = [
    "Batch",
    "Card",
    "Conflict",
    "Contest",
    "Device",
    "Entry",
    "Expiry",
    "Holder",
    "Line",
    "Part",
    "Permit",
    "Proxy",
    "Redemption",
    "Refusal",
    "Reserve",
    "Settlement",
    "SettlementRow",
    "ShopAccess",
    "Till",
    "Voucher",
]

"""The door of vouchers."""

from __future__ import annotations

from doorstep.domains.vouchers.reading import Vouchers, check_vouchers, vouchers_of
from doorstep.domains.vouchers.shapes import Scheme, VoucherKind

__all__ = ["Scheme", "VoucherKind", "Vouchers", "check_vouchers", "vouchers_of"]

"""The door to the country's files of vouchers. It needs neither Django nor a database: ``doorstep check`` uses it."""

from __future__ import annotations

from doorstep.domains.vouchers.reading import Vouchers, check_vouchers, vouchers_of
from doorstep.domains.vouchers.shapes import Scheme, VoucherKind

__all__ = ["Scheme", "VoucherKind", "Vouchers", "check_vouchers", "vouchers_of"]

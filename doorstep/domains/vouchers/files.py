"""The door to what needs neither Django nor a database: the country's files of vouchers, and a device's own side."""

from __future__ import annotations

from doorstep.domains.vouchers.offline.device import Device
from doorstep.domains.vouchers.offline.entries import sign_hello
from doorstep.domains.vouchers.offline.permits import read_pass
from doorstep.domains.vouchers.offline.storing import new_device, read_device, write_device
from doorstep.domains.vouchers.reading import Vouchers, check_vouchers, vouchers_of
from doorstep.domains.vouchers.shapes import Scheme, VoucherKind

__all__ = [
    "Device",
    "Scheme",
    "VoucherKind",
    "Vouchers",
    "check_vouchers",
    "new_device",
    "read_device",
    "read_pass",
    "sign_hello",
    "vouchers_of",
    "write_device",
]

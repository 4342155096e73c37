"""Numbers of wallets: eight digits and one to check, so that a slip of the finger reaches nobody else.

The check digit is Damm's (H. M. Damm, 2004): every wrong digit and every swap of neighbours is caught.
"""

from __future__ import annotations

import secrets

_QUASIGROUP = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
DIGITS = 8


def new_number() -> str:
    """A number that nobody could have foreseen. The caller sees whether it is free."""
    plain = f"{secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)}"
    return plain + check_digit(plain)


def check_digit(plain: str) -> str:
    """The digit that makes the whole number come out at nought."""
    state = 0
    for digit in plain:
        state = int(_QUASIGROUP[state][int(digit)])
    return str(state)


def tidied(written: str) -> str:
    """The number as it is stored; nothing where it cannot be one. Digits of any script count."""
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in written if not sign.isspace())
    plain = plain.replace("-", "")
    fits = len(plain) == DIGITS + 1 and plain.isascii() and plain.isdigit() and check_digit(plain) == "0"
    return plain if fits else ""


def shown(number: str) -> str:
    """The number in three groups."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"

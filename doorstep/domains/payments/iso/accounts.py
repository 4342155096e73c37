"""What a bank account's number and a bank's code look like (ISO 13616, ISO 9362), and a telephone number (E.164)."""

from __future__ import annotations

import re

LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
    "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
"""Letters and digits of an IBAN, by country, from SWIFT's register. A country that is not here is judged by its check
digits alone."""
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_VALUES = {ord(letter): str(ord(letter) - 55) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def tidied(number: str) -> str:
    """A number without the blanks, dots and hyphens that people put between its parts, in capitals."""
    return re.sub(r"[\s.\-()\u2000-\u200f\u2060]", "", number).upper()


def is_iban(number: str) -> bool:
    """True for an IBAN whose form, length and check digits are right (``number`` without blanks)."""
    if not _IBAN.fullmatch(number) or LENGTHS.get(number[:2], len(number)) != len(number):
        return False
    return int((number[4:] + number[:4]).translate(_VALUES)) % 97 == 1


def is_bic(code: str) -> bool:
    """True for a BIC of 8 or 11 letters and digits."""
    return _BIC.fullmatch(code) is not None


def is_phone(number: str) -> bool:
    """True for a telephone number in the international form: ``+351912345678``."""
    return _PHONE.fullmatch(number) is not None


def masked(number: str) -> str:
    """A number as it may stand on a page: its last four signs, the others as dots."""
    return f"••••{number[-4:]}" if len(number) > 4 else "••••"

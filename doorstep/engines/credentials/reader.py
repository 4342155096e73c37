"""The reader of cards as a command that needs no more than Python and ``cryptography``: ``api.reader_file`` packs it.

    python card-reader.pyz CARD --keys KEYS [--list LIST ...] [--at 2026-11-24]

CARD is what a QR reader gives: the text, or a file that holds it. KEYS is the issuer's JSON Web Key Set, LIST a list
of states as the issuer publishes it. Both are carried along: fetch them from a place you trust, never from the card.
It does not say that whoever holds the card is the person on it: look at the person, and ask.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from doorstep.engines.credentials.keys import Key, read_keys
from doorstep.engines.credentials.packing import MAX_TEXT
from doorstep.engines.credentials.status import StatusList, read_list
from doorstep.engines.credentials.types import CardClaims, Refused, Verified
from doorstep.engines.credentials.verifying import verify_card

GOOD, REFUSED, UNUSABLE = 0, 1, 2
_JOINERS = "\u200c\u200d"
"""Signs without a width that names in Bangla and Persian need."""


def in_words(found: Verified | Refused) -> str:
    """The answer in lines."""
    if isinstance(found, Refused):
        return f"REFUSED. {found.words}" + (f"\n  ({found.detail})" if found.detail else "")
    issuer = found.issuer or "somebody who is not named"
    lines = [f"GOOD. Signed by {issuer} with the key {found.key_id or 'without a name'}:"]
    lines += [f"  {name}: {value}" for name, value in shown(found.claims).items()]
    lines += [f"  {words}: {day:%Y-%m-%d}" for words, day in
              (("issued on", found.issued_at), ("good until", found.expires_at)) if day]  # fmt: skip
    lines.append(found.standing.words)
    if found.list_age is not None:
        lines.append(f"The list is {found.list_age.days} days old.")
    return "\n".join(lines)


def shown(claims: CardClaims) -> dict[str, str]:
    """What an official needs to see of a card, in words; signs that steer a screen are made visible."""
    found = {
        "number": claims.id,
        "name": claims.full_name,
        "name in another language": claims.second_name,
        "born": claims.born.iso if claims.born else None,
        "nationality": claims.nationality,
        "issued in": claims.country,
    }
    return {name: _printable(value) for name, value in found.items() if value}


def load(keys: Sequence[str], lists: Sequence[str]) -> tuple[list[Key], list[StatusList]]:
    """The keys and lists in these files. Raises ``OSError`` and ``ValueError``."""
    found = [key for file in keys for key in read_keys(Path(file).read_text(encoding="utf-8"))]
    return found, [read_list(Path(file).read_bytes(), found) for file in lists]


def card_text(given: str) -> str:
    """What was given as a card: a pipe, a file or the text itself. Raises ``OSError``."""
    if given == "-":
        return sys.stdin.read(MAX_TEXT + 2)
    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):
        is_file = False
    return Path(given).read_bytes()[: MAX_TEXT + 2].decode(errors="replace") if is_file else given


def moment(given: str) -> datetime:
    """The moment to check for: a day or a time of day, without a zone in UTC; now where nothing is given."""
    at = datetime.fromisoformat(given) if given else datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def main(argv: Sequence[str] | None = None) -> int:
    """0 when the card is good, 1 when it is refused, 2 when a file cannot be used."""
    parser = argparse.ArgumentParser(description="Check a signed card without a connection.")
    parser.add_argument("card", help="the text of the QR code, or a file that holds it; - reads a pipe")
    parser.add_argument("--keys", action="append", required=True, help="a file of the issuer's public keys")
    parser.add_argument("--list", action="append", default=[], help="a list of states, as the issuer publishes it")
    parser.add_argument("--at", default="", help="the day to check for, such as 2026-11-24 (now)")
    given = parser.parse_args(argv)
    try:
        keys, lists = load(given.keys, given.list)
        at, text = moment(given.at), card_text(given.card)
    except (OSError, ValueError) as error:
        print(f"Cannot check: {error}", file=sys.stderr)
        return UNUSABLE
    found = verify_card(text=text, keys=keys, at=at, status=lists)
    print(in_words(found))
    return REFUSED if isinstance(found, Refused) else GOOD


def _printable(text: str) -> str:
    """A card's text may come from anybody: nothing in it may move the cursor or turn the direction of a line."""
    return "".join(sign if sign.isprintable() or sign in _JOINERS else f"<{ord(sign):04x}>" for sign in text)

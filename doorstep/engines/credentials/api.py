"""The door of credentials: issuing, reading and verifying what a person carries. Keeps nothing, asks nobody."""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Sequence
from pathlib import Path

from doorstep.engines.credentials.card import CARD_STYLE, CardFace, CardWords, card_html, cards_page, grouped
from doorstep.engines.credentials.issuing import MOST_LETTERS, issue_card
from doorstep.engines.credentials.keys import (
    ED25519,
    ES256,
    key_set,
    make_signer,
    public_jwk,
    read_key,
    read_keys,
    read_signers,
    secret_set,
)
from doorstep.engines.credentials.otp import Codes, Outcome, new_phone_code, new_sheet, try_code
from doorstep.engines.credentials.qr import qr_png, qr_squares, qr_svg
from doorstep.engines.credentials.reader import card_text, in_words, moment
from doorstep.engines.credentials.reasons import Wrong
from doorstep.engines.credentials.sdjwt import Question, issue_sd_jwt, present_sd_jwt, verify_sd_jwt
from doorstep.engines.credentials.status import draw_index, read_list, write_list
from doorstep.engines.credentials.types import Key, Signer, StatusList
from doorstep.engines.credentials.verifying import read_card, verify_card
from doorstep.kit.errors import DoorstepError

__all__ = [
    "CARD_STYLE",
    "ED25519",
    "ES256",
    "MOST_LETTERS",
    "CardFace",
    "CardWords",
    "Codes",
    "Outcome",
    "Question",
    "Wrong",
    "card_html",
    "card_text",
    "cards_page",
    "draw_index",
    "grouped",
    "in_words",
    "issue_card",
    "issue_sd_jwt",
    "key_set",
    "make_signer",
    "moment",
    "new_phone_code",
    "new_sheet",
    "new_signer",
    "present_sd_jwt",
    "public_jwk",
    "qr_png",
    "qr_squares",
    "qr_svg",
    "read_card",
    "read_key",
    "read_keys",
    "read_signers",
    "read_status_list",
    "reader_file",
    "secret_set",
    "try_code",
    "verify_card",
    "verify_sd_jwt",
    "write_list",
]

_READER = (
    "__init__.py", "engines/__init__.py", "kit/__init__.py", "kit/errors.py", "engines/credentials/__init__.py",
    *(f"engines/credentials/{name}.py" for name in (
        "cbor", "claim169", "cose", "jose", "keys", "packing", "reader", "reasons", "status", "types", "verifying",
    )),
)  # fmt: skip


def new_signer(*, issuer: str, kind: str = ED25519, since: int | None = None, until: int | None = None) -> Signer:
    """A key that nobody else has. ``since`` and ``until``: the seconds since 1970 between which it signs."""
    return make_signer(secrets.token_bytes(32), kind, issuer=issuer, since=since, until=until)


def read_status_list(*, raw: bytes, keys: Sequence[Key]) -> StatusList:
    """A list of states from its CWT or JWT. Raises ``DoorstepError`` where it is not the issuer's."""
    try:
        return read_list(raw, keys)
    except Wrong as error:
        raise DoorstepError("The list of states cannot be used.", why=str(error), mend="Fetch it again.") from error


def reader_file() -> bytes:
    """The reader of cards as one file that runs alone, with Python and ``cryptography``: this package's own modules."""
    root, out = Path(__file__).parents[2], io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in _READER:
            made.writestr(zipfile.ZipInfo(f"doorstep/{name}"), (root / name).read_bytes())
        start = "from doorstep.engines.credentials.reader import main\n\nraise SystemExit(main())\n"
        made.writestr(zipfile.ZipInfo("__main__.py"), start)
    return b"#!/usr/bin/env python3\n" + out.getvalue()

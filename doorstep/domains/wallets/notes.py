"""What officers did with a wallet: written down with the act and its leaf in the log, read by the owner."""

from __future__ import annotations

from datetime import datetime

from doorstep.domains.wallets.models import Note, Wallet
from doorstep.domains.wallets.types import NoteKind, NoteView, NoWords
from doorstep.engines.evidence import api as evidence

LEAF = "wallet note"
MAX_WORDS = 1_000
SHOWN = 50


def keep(
    wallet: Wallet, kind: NoteKind, *, by: str, at: datetime, words: str = "", asked: str = "", recognised: str = ""
) -> None:
    """In the transaction of the act: none stands without the other."""
    row = Note(wallet=wallet, kind=kind, by=by, at=at, words=words, asked=asked, recognised=recognised)
    row.leaf = evidence.append(kind=LEAF, content=proved(row)).id
    row.save(force_insert=True)


def proved(row: Note) -> dict[str, str]:
    """What the log's leaf of a note is about."""
    return {
        "act": row.kind,
        "asked": row.asked,
        "at": row.at.isoformat(),
        "by": row.by,
        "recognised": row.recognised,
        "wallet": row.wallet.number,
        "words": row.words,
    }


def of(wallet: Wallet) -> tuple[NoteView, ...]:
    """What officers did with a wallet, the newest first."""
    return tuple(
        NoteView(NoteKind(row.kind), row.by, row.asked, row.recognised, row.words, row.at)
        for row in wallet.notes.order_by("-id")[:SHOWN]
    )


def checked_words(words: str) -> str:
    """An officer's reason, tidied. Raises ``NoWords``."""
    tidy = words.replace("\0", "").strip()
    if not tidy or len(tidy) > MAX_WORDS:
        raise NoWords("Say why, for the owner to read.", mend=f"At most {MAX_WORDS} letters.")
    return tidy

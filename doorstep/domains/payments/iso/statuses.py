"""pain.002: what the bank answers, read as it comes. Any version of the message; entities and DTDs are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from xml.parsers import expat

from doorstep.domains.payments.types import BadStatus

MAX_DEPTH = 40
MAX_TEXT = 1_000
"""Letters of one value: what is longer is no value of this message."""


class Outcome(StrEnum):
    """What a status of ISO 20022 means for the person who waits for the money."""

    PAID = "paid"
    PENDING = "pending"
    FAILED = "failed"


OUTCOMES = {
    "ACCC": Outcome.PAID,  # settled on the creditor's account
    "ACSC": Outcome.PAID,  # settled on the debtor's account
    "ACCP": Outcome.PENDING,
    "ACFC": Outcome.PENDING,
    "ACSP": Outcome.PENDING,
    "ACTC": Outcome.PENDING,
    "ACWC": Outcome.PENDING,
    "ACWP": Outcome.PENDING,
    "PART": Outcome.PENDING,
    "PATC": Outcome.PENDING,
    "PDNG": Outcome.PENDING,
    "RCVD": Outcome.PENDING,
    "CANC": Outcome.FAILED,
    "RJCT": Outcome.FAILED,
}


@dataclass(frozen=True, slots=True)
class About:
    """Which file of ours the answer is about. ``status`` holds for all of it; empty where each payment has its own."""

    message_id: str
    answers: str
    name: str
    count: int | None
    total: Decimal | None
    status: str
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of a whole group of payments within the file."""

    id: str
    status: str
    code: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one payment. ``amount`` and ``currency`` only where the bank repeats them."""

    end_to_end: str
    status: str
    code: str
    words: str
    amount: Decimal | None
    currency: str


def read_statuses(blocks: Iterable[bytes]) -> Iterator[About | Part | Told]:
    """``About`` first, then every ``Part`` and ``Told`` in the order of the file.

    Raises ``BadStatus`` for what is no pain.002, for broken XML, and for any DTD or entity: none is ever resolved.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.buffer_text = reader.text, True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        for block in blocks:
            parser.Parse(block, False)
            yield from reader.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadStatus(
            "The status file is broken XML.",
            why=f"Line {error.lineno}, column {error.offset}: {expat.ErrorString(error.code)}.",
            mend="Fetch the file from the bank again.",
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or one that expat cannot read
        raise BadStatus("The status file has an encoding that is not read.", mend="Ask the bank for UTF-8.") from error
    yield from reader.taken()
    if not reader.has_head:
        raise BadStatus(
            "The status file does not say which file it answers.", mend="Ask the bank for a whole pain.002."
        )


def _refuse(*_: object) -> None:
    raise BadStatus(
        "The status file holds a document type or an entity.",
        why="No bank needs them, and they can be made to harm; nothing of the file was read.",
        mend="Ask the bank where the file comes from.",
    )


class _Reader:
    """Follows the elements; keeps the text of each leaf until the block that it belongs to has ended."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._letters: list[str] = []
        self._length = 0
        self._found: list[About | Part | Told] = []
        self._message_id = ""
        self._blocks: dict[str, dict[str, str]] = {}
        self._told_part = False
        self._part: dict[str, str] = {}
        self.has_head = False

    def taken(self) -> list[About | Part | Told]:
        found, self._found = self._found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, plain = name.rpartition(" ")
        if not self._path and (plain != "Document" or ":pain.002." not in space):
            raise BadStatus(
                "This is no status file of ISO 20022 (pain.002).",
                why=f"It begins with {plain[:40]!r}.",
                mend="Give the file with which the bank answers a pain.001.",
            )
        if len(self._path) >= MAX_DEPTH:
            raise BadStatus("The status file is nested too deeply.", mend="Ask the bank where the file comes from.")
        if plain in _BLOCKS and plain in self._path:
            raise BadStatus(
                "The status file holds a part within itself.", mend="Ask the bank where the file comes from."
            )
        self._path.append(plain)
        self._letters, self._length = [], 0
        if plain in _BLOCKS:
            self._blocks[plain] = {}
            if plain == "TxInfAndSts":
                self._tell_part()
        # Charges, remittances and accounts have currencies of their own: only that of the order's amount is meant.
        if self._path[-2:] == ["Amt", "InstdAmt"] and "TxInfAndSts" in self._path:
            self._blocks["TxInfAndSts"].setdefault("@Ccy", attributes.get("Ccy", ""))

    def text(self, letters: str) -> None:
        self._length += len(letters)
        if self._length > MAX_TEXT and letters.strip():
            raise BadStatus("A value of the status file is too long.", mend="Ask the bank where the file comes from.")
        if self._length <= MAX_TEXT:  # of white space between elements no more is kept either
            self._letters.append(letters)

    def end(self, name: str) -> None:
        plain, value = self._path.pop(), "".join(self._letters).strip()
        self._letters, self._length = [], 0
        block = next((name for name in reversed(self._path) if name in _BLOCKS), "")
        if value and block:
            key = f"{self._path[-1]}/{plain}" if plain in _AMBIGUOUS else plain
            self._blocks[block].setdefault(key, value)
        if plain in _BLOCKS:
            self._close(plain)

    def _close(self, block: str) -> None:
        held = self._blocks.pop(block)
        if block == "GrpHdr":
            self._message_id = held.get("MsgId", "")
        elif block == "OrgnlGrpInfAndSts":
            self.has_head = True
            self._found.append(_about(self._message_id, held))
        elif block == "TxInfAndSts":
            self._found.append(_told(held))
        else:
            self._blocks[block] = held
            self._tell_part()
            self._blocks.pop(block)
            self._told_part = False

    def _tell_part(self) -> None:
        """A group's own status stands before its payments: it is told when the first of them begins."""
        held = self._blocks.get("OrgnlPmtInfAndSts")
        if held is not None and not self._told_part:
            self._told_part = True
            self._found.append(Part(held.get("OrgnlPmtInfId", ""), held.get("PmtInfSts", ""), _code(held)))


_BLOCKS = {"GrpHdr", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts"}
_AMBIGUOUS = {"Cd", "Prtry", "InstdAmt"}
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,17})?", re.ASCII)
"""As the schema has it: 18 digits in all, no signs, no exponents."""


def _code(held: dict[str, str]) -> str:
    return held.get("Rsn/Cd") or held.get("Rsn/Prtry") or ""


def _about(message_id: str, held: dict[str, str]) -> About:
    count = held.get("OrgnlNbOfTxs", "")
    if count and not (count.isascii() and count.isdigit()):
        raise BadStatus("The status file's number of payments is no number.")
    return About(
        message_id=message_id,
        answers=held.get("OrgnlMsgId", ""),
        name=held.get("OrgnlMsgNmId", ""),
        count=int(count) if count else None,
        total=_decimal(held.get("OrgnlCtrlSum")),
        status=held.get("GrpSts", ""),
        code=_code(held),
    )


def _told(held: dict[str, str]) -> Told:
    return Told(
        end_to_end=held.get("OrgnlEndToEndId", ""),
        status=held.get("TxSts", ""),
        code=_code(held)[:35],
        words=held.get("AddtlInf", "")[:105],
        amount=_decimal(held.get("Amt/InstdAmt")),
        currency=held.get("@Ccy", ""),
    )


def _decimal(text: str | None) -> Decimal | None:
    if text is None:
        return None
    if not _AMOUNT.fullmatch(text) or len(text.replace(".", "")) > 18:
        raise BadStatus("An amount of the status file is no number.", mend="Ask the bank for the file again.")
    return Decimal(text)

"""pain.001: the order to a bank to pay many people, as the versions 03 and 09 of the message want it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from doorstep.domains.payments.iso.accounts import is_bic, is_iban
from doorstep.domains.payments.iso.letters import plain
from doorstep.domains.payments.types import BadOrder, Debtor

MAX_NAME = 70
MAX_TEXT = 140


@dataclass(frozen=True)
class Version:
    """What differs between the versions of the message."""

    name: str
    bic: str
    day: str
    """How the day of execution is written, with ``{}`` for the date."""


VERSIONS = {
    "09": Version("pain.001.001.09", "BICFI", "<Dt>{}</Dt>"),
    "03": Version("pain.001.001.03", "BIC", "{}"),
}


@dataclass(frozen=True)
class Head:
    """What one file says of itself. ``total`` in minor units of ``currency``, which has ``digits`` decimals."""

    message_id: str
    made_at: datetime
    due_date: date
    debtor: Debtor
    currency: str
    digits: int
    count: int
    total: int
    purpose: str = "SSBE"
    """The category of ISO 20022's external code list; SSBE: a social security benefit."""
    version: str = "09"


@dataclass(frozen=True, slots=True)
class Credit:
    """One payment. ``end_to_end`` comes back in the bank's answer and is ours alone."""

    end_to_end: str
    amount: int
    name: str
    iban: str
    bic: str = ""
    text: str = ""


def money(amount: int, digits: int) -> str:
    """Minor units as the message writes them: 12345 with two digits is ``123.45``."""
    if not digits:
        return str(amount)
    return f"{amount // 10**digits}.{amount % 10**digits:0{digits}d}"


def write_order(head: Head, credits: Iterable[Credit]) -> Iterator[str]:
    """The file, part by part. Raises ``BadOrder`` for an account that is none, or where the totals do not agree.

    The totals stand in the head and are counted again: a file that does not add up never ends.
    """
    yield _opening(head)
    count = total = 0
    for credit in credits:
        count, total = count + 1, total + credit.amount
        yield _credit(head, credit)
    if (count, total) != (head.count, head.total):
        raise BadOrder(
            f"The file {head.message_id} does not add up.",
            why=f"It should hold {head.count} payments of {money(head.total, head.digits)} in all; "
            f"{count} of {money(total, head.digits)} were found.",
            mend="Do not hand it to the bank; look at the batch.",
        )
    yield "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n"


def _opening(head: Head) -> str:
    version = VERSIONS[head.version]
    debtor = head.debtor
    if not is_iban(debtor.iban) or (debtor.bic and not is_bic(debtor.bic)):
        raise BadOrder(
            "The account that pays is no IBAN with a BIC.", mend="Correct `account` and `bic` in the country's file."
        )
    name, total = _name(debtor.name), money(head.total, head.digits)
    bank = f"<{version.bic}>{debtor.bic}</{version.bic}>" if debtor.bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    level = "<SvcLvl><Cd>SEPA</Cd></SvcLvl>" if head.currency == "EUR" else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version.name}">\n<CstmrCdtTrfInitn>\n'
        f"<GrpHdr><MsgId>{head.message_id}</MsgId><CreDtTm>{head.made_at:%Y-%m-%dT%H:%M:%S}</CreDtTm>"
        f"<NbOfTxs>{head.count}</NbOfTxs><CtrlSum>{total}</CtrlSum><InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>\n"
        f"<PmtInf><PmtInfId>{head.message_id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>"
        f"<NbOfTxs>{head.count}</NbOfTxs><CtrlSum>{total}</CtrlSum>"
        f"<PmtTpInf>{level}<CtgyPurp><Cd>{head.purpose}</Cd></CtgyPurp></PmtTpInf>"
        f"<ReqdExctnDt>{version.day.format(head.due_date.isoformat())}</ReqdExctnDt>"
        f"<Dbtr><Nm>{name}</Nm></Dbtr><DbtrAcct><Id><IBAN>{debtor.iban}</IBAN></Id><Ccy>{head.currency}</Ccy></DbtrAcct>"
        f"<DbtrAgt><FinInstnId>{bank}</FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>\n"
    )


def _credit(head: Head, credit: Credit) -> str:
    if credit.amount <= 0 or not is_iban(credit.iban) or (credit.bic and not is_bic(credit.bic)):
        raise BadOrder(
            f"The payment {credit.end_to_end} cannot be written for a bank.",
            why="Its amount is not above zero, or its account is no IBAN.",
            mend="Give it another account at the desk, or give it up with a reason.",
        )
    bic = VERSIONS[head.version].bic
    bank = f"<CdtrAgt><FinInstnId><{bic}>{credit.bic}</{bic}></FinInstnId></CdtrAgt>" if credit.bic else ""
    text = plain(credit.text, MAX_TEXT)
    told = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>{credit.end_to_end}</InstrId><EndToEndId>{credit.end_to_end}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{head.currency}">{money(credit.amount, head.digits)}</InstdAmt></Amt>{bank}'
        f"<Cdtr><Nm>{_name(credit.name)}</Nm></Cdtr><CdtrAcct><Id><IBAN>{credit.iban}</IBAN></Id></CdtrAcct>"
        f"{told}</CdtTrfTxInf>\n"
    )


def _name(name: str) -> str:
    """A name that no letter of SEPA can write is told as such: the account's number decides, not the name."""
    return plain(name, MAX_NAME) or "NOTPROVIDED"

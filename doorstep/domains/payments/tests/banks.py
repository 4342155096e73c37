"""A bank that answers: makes pain.002 files, and whole worlds of payments, for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def status_file(
    answers: str,
    told: Sequence[tuple[str, str, str]],
    *,
    amounts: Mapping[str, tuple[str, str]] | None = None,
    group: tuple[str, str] | None = None,
    message_id: str = "BANK-1",
    count: int | None = None,
    total: str = "",
) -> str:
    """A pain.002 about our file ``answers``: (end-to-end key, status, reason) for each payment that it tells of."""
    status = f"<GrpSts>{group[0]}</GrpSts>{_reason(group[1])}" if group else ""
    number = len(told) if count is None else count
    sums = f"<OrgnlCtrlSum>{total}</OrgnlCtrlSum>" if total else ""
    payments = "".join(_one(key, state, code, (amounts or {}).get(key)) for key, state, code in told)
    part = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{answers}</OrgnlPmtInfId>{payments}</OrgnlPmtInfAndSts>" if told else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-05T12:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{answers}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"<OrgnlNbOfTxs>{number}</OrgnlNbOfTxs>{sums}{status}</OrgnlGrpInfAndSts>{part}</CstmrPmtStsRpt></Document>"
    )


def _one(key: str, state: str, code: str, amount: tuple[str, str] | None) -> str:
    told = f'<OrgnlTxRef><Amt><InstdAmt Ccy="{amount[0]}">{amount[1]}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    known = f"<OrgnlEndToEndId>{key}</OrgnlEndToEndId>"
    return f"<TxInfAndSts>{known}<TxSts>{state}</TxSts>{_reason(code)}{told}</TxInfAndSts>"


def _reason(code: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""

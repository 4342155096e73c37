"""What of vouchers goes into the witnessed log: contents that the same rows always say again. No name, no card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from doorstep.domains.vouchers.models import Contest, Redemption, Settlement, Voucher
from doorstep.engines.evidence import api as evidence


def of_voucher(voucher: Voucher) -> Mapping[str, str]:
    """Somebody was given a voucher."""
    return {
        "holder": voucher.holder.pseudonym,
        "voucher": voucher.kind,
        "agency": voucher.agency,
        "month": voucher.month.isoformat(),
        "amount": str(voucher.amount),
        "at": _moment(voucher.issued_at),
    }


def of_redemption(made: Redemption) -> Mapping[str, str]:
    """Something was bought."""
    return {
        "number": made.number,
        "shop": made.shop,
        "voucher": made.kind,
        "amount": str(made.amount),
        "how": made.how,
        "at": _moment(made.at),
    }


def of_undo(made: Redemption) -> Mapping[str, str]:
    """It was taken back."""
    assert made.undone_at is not None
    return {"number": made.number, "shop": made.shop, "amount": str(made.amount), "at": _moment(made.undone_at)}


def of_contest(contest: Contest) -> Mapping[str, str]:
    """Somebody contested what was set aside."""
    return {"line": str(contest.line_id), "text": contest.text, "at": _moment(contest.received_at)}


def of_answer(contest: Contest) -> Mapping[str, str]:
    """They got an answer."""
    assert contest.decided_at is not None
    return {
        "line": str(contest.line_id),
        "state": contest.state,
        "words": contest.words,
        "at": _moment(contest.decided_at),
    }


def of_settlement(made: Settlement) -> Mapping[str, str]:
    """A shop's account was closed to a day."""
    return {
        "shop": made.shop,
        "from": made.from_date.isoformat(),
        "until": made.until_date.isoformat(),
        "by": made.made_by,
        "at": _moment(made.made_at),
    }


def append(kind: str, content: Mapping[str, str]) -> int:
    """A leaf in the caller's transaction; gives its number."""
    return evidence.append(kind=f"voucher.{kind}", content=content).id


def append_many(kind: str, contents: Sequence[Mapping[str, str]]) -> list[int]:
    """A leaf for each, in their order."""
    return [leaf.id for leaf in evidence.append_many(kind=f"voucher.{kind}", contents=contents)] if contents else []


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()

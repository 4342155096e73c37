"""The GSMA Mobile Money API (1.2): what many providers speak, and what GovStack's payments building block expects.

Addresses that are used, below the provider's base address:

- ``POST /transactions/type/disbursement`` sends an order, with our key as ``X-CorrelationID``;
- ``GET /requeststates/{serverCorrelationId}`` asks for one that was taken;
- ``GET /responses/{clientCorrelationId}`` asks for one of which no answer came.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from doorstep.domains.payments.mobile.transport import (
    Answer,
    Callback,
    MoneyOrder,
    MoneyState,
    TransportError,
    check_signature,
)
from doorstep.domains.payments.types import BadCallback

MAX_ANSWER = 1_000_000
SIGNATURE = "x-signature"
_STATES = {
    "pending": MoneyState.PENDING,
    "completed": MoneyState.PAID,
    "failed": MoneyState.FAILED,
    "reversed": MoneyState.RETURNED,
}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: an order and the key that signs it are for the provider that was named."""

    def redirect_request(self, *_: object) -> None:
        """Nowhere."""


_OPENER = urllib.request.build_opener(_Stay)


class Gsma:
    """A provider that speaks the GSMA's interface. ``secrets`` are shared with it for the signature of callbacks."""

    def __init__(
        self, *, url: str, key: str, secrets: tuple[str, ...], callback_url: str = "", seconds: float = 20
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise TransportError("The provider's address is no http address.", permanent=True)
        self._url, self._key, self._secrets = url.rstrip("/"), key, secrets
        self._callback_url, self._seconds = callback_url, seconds

    def pay(self, order: MoneyOrder) -> Answer:
        """See ``Transport.pay``."""
        body = {
            "amount": order.amount,
            "currency": order.currency,
            "creditParty": [{"key": "msisdn", "value": order.phone}],
            "type": "disbursement",
            "subType": "government-to-person",
            "descriptionText": order.text,
            "requestingOrganisationTransactionReference": order.end_to_end,
        }
        told = self._call("POST", "/transactions/type/disbursement", order.correlation, body)
        if told is None:
            raise TransportError("The provider does not know this way of paying.", permanent=False)
        return _answer(told)

    def ask(self, order: MoneyOrder) -> Answer | None:
        """See ``Transport.ask``: by our key, which the provider knows even where its answer was lost."""
        told = self._call("GET", f"/responses/{order.correlation}", order.correlation)
        if told is None:
            return None
        link = str(told.get("link", ""))
        if link.startswith("/"):
            told = self._call("GET", quote(link, safe="/"), order.correlation) or told
        return _answer(told)

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        """See ``Transport.read_callback``."""
        given = {name.lower(): value for name, value in headers.items()}
        check_signature(body, given.get(SIGNATURE, ""), self._secrets)
        try:
            told = json.loads(body)
            end_to_end = told["requestingOrganisationTransactionReference"]
            if not isinstance(end_to_end, str):
                raise TypeError
            return Callback(_answer(told), end_to_end)
        except (ValueError, KeyError, TypeError, RecursionError, TransportError) as error:
            raise BadCallback("The callback's content cannot be read.", mend="See what the provider sends.") from error

    def _call(
        self, method: str, path: str, correlation: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """The provider's answer as JSON; None for "not found"."""
        headers = {"X-CorrelationID": correlation, "X-API-Key": self._key, "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json"}
            headers |= {"X-Callback-URL": self._callback_url} if self._callback_url else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with _OPENER.open(request, timeout=self._seconds) as reply:
                return _decoded(reply.read(MAX_ANSWER))
        except urllib.error.HTTPError as error:
            return _refused(error)
        except (OSError, http.client.HTTPException) as error:
            raise TransportError(f"No answer: {type(error).__name__}.", permanent=False) from error


def _refused(error: urllib.error.HTTPError) -> dict[str, Any] | None:
    """What an answer that is no success means. Only a plain refusal of the order itself is final."""
    try:
        with error:
            content = error.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException) as broken:
        raise TransportError(f"Half an answer: {type(broken).__name__}.", permanent=False) from broken
    if error.code == 404:
        return None
    if error.code in (400, 422):
        told = _decoded(content)
        if "duplicate" in str(told.get("errorCode", "")).lower():  # only asking tells how the first one went
            raise TransportError("The provider had this order already.", permanent=False)
        if told.get("errorCategory") in ("validation", "businessRule", "identification"):
            raise TransportError(str(told.get("errorCode", "refused"))[:35], permanent=True)
    raise TransportError(f"The provider answered {error.code}.", permanent=False)


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise TransportError("The provider's answer is no JSON.", permanent=False) from error
    if not isinstance(told, dict):
        raise TransportError("The provider's answer is no object.", permanent=False)
    return told


def _answer(told: Mapping[str, Any]) -> Answer:
    """A request's state or a transaction, in our words."""
    state = _STATES.get(str(told.get("transactionStatus") or told.get("status") or ""))
    if state is None:
        raise TransportError("The provider's answer has no state that we know.", permanent=False)
    error = told.get("error") or {}
    code = error.get("errorCode", "") if isinstance(error, Mapping) else ""
    return Answer(
        state=state,
        reference=str(told.get("transactionReference") or told.get("objectReference") or "")[:80],
        code=str(code)[:35],
        amount=str(told.get("amount", "")),
        currency=str(told.get("currency", "")),
    )

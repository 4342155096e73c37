"""A person's wallet: what is in it, sending, a payment that was wrong, people who help, a lost PIN. No script needed.

Number and PIN open it for half an hour on one device; money that leaves asks for the PIN again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal
from functools import wraps

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.proof import proof_file, proof_page
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import (
    BadAmount,
    Kind,
    MovementView,
    NoteKind,
    NoWallet,
    OverLimit,
    TooManyTries,
    Waiting,
    WalletError,
    WalletView,
    WrongPin,
)
from doorstep.engines.evidence.types import NoReceipt, ReceiptView
from doorstep.kit.languages import Text, write_money, write_time

COOKIE = "doorstep_wallet"
SALT = "doorstep.web.wallet"
LIVES_SECONDS = 30 * 60
ROWS = 20
MAX_TEXT = 5_000


def is_amount(plain: str, decimals: int) -> bool:
    """Whether a text is an amount with at most so many decimals.

    There is one mark at most: one between thousands would make a thousand of one, or one of a thousand.
    """
    return re.fullmatch(rf"[0-9]{{1,10}}(\.[0-9]{{1,{max(decimals, 1)}}})?", plain, re.ASCII) is not None


class WalletRequest(Request):
    """A request of somebody who opened their wallet."""

    number: str


View = Callable[..., HttpResponse]


def for_owners(view: View) -> View:
    """Whoever has not opened a wallet is sent to do so."""

    @wraps(view)
    def guarded(request: WalletRequest, **values: object) -> HttpResponse:
        number = _held(request)
        if number is None:
            return HttpResponseRedirect(address(request, "wallet"))
        request.number = number
        return view(request, **values)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: WalletRequest) -> HttpResponse:
    """Open the wallet; or, where that is done, see it."""
    number = _held(request)
    if number is not None and request.method != "POST":
        request.number = number
        return _home(request)
    if request.method != "POST":
        return page(request, "wallet/door.html", {"closed": "closed" in request.GET}, keep=False)
    written, pin = request.POST.get("number", "").strip()[:40], request.POST.get("pin", "")[:20]
    try:
        with guarded(request):
            found = wallets.sign_in(country=request.visit.country, number=written, pin=pin, at=timezone.now())
    except WalletError as error:
        context = {"number": written, "wrong": refusal(request, error)}
        return page(request, "wallet/door.html", context, status=status_of(error), keep=False)
    return _opened(HttpResponseRedirect(address(request, "wallet")), found)


@require_POST
def close(request: WalletRequest) -> HttpResponse:
    """Forget the wallet on this device."""
    response = HttpResponseRedirect(f"{address(request, 'wallet')}?closed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def send(request: WalletRequest) -> HttpResponse:
    """To whom and how much; then, with the PIN, off it goes. The key in the form makes a second press harmless."""
    context: dict[str, object] = {"key": secrets.token_hex(16)}
    if request.method != "POST":
        return _page(request, "send.html", context)
    given = {name: request.POST.get(name, "").strip()[:40] for name in ("to", "amount", "pin", "key")}
    context |= given
    try:
        amount = cents(given["amount"])
        if not wallets.tidied_number(given["to"]):
            raise NoWallet("There is no wallet with this number.")
        context |= {"cents": amount, "shown": wallets.shown_number(wallets.tidied_number(given["to"]))}
        if "pin" not in request.POST:
            return _page(request, "send_check.html", context)
        act = wallets.Act(f"web {given['key']}", amount, timezone.now())
        with guarded(request):
            made = wallets.send(
                country=request.visit.country, number=request.number, pin=given["pin"], to=given["to"], act=act
            )
    except WalletError as error:
        template = "send_check.html" if isinstance(error, WrongPin) else "send.html"
        return _page(request, template, {**context, "wrong": refusal(request, error)}, status=status_of(error))
    return HttpResponseRedirect(f"{address(request, 'wallet')}?sent={made.id}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def dispute(request: WalletRequest, movement: int) -> HttpResponse:
    """Say that a payment was wrong; where somebody has, both sides, the answer, and the receiver's form."""
    found = _row(request, movement)
    if found is None or not (found.may_dispute or found.dispute or request.method == "POST"):
        return HttpResponseRedirect(address(request, "wallet"))
    if found.dispute is not None:
        return _quarrel(request, found)
    text, wrong = request.POST.get("text", "").strip()[: MAX_TEXT + 1], ""
    if request.method == "POST":
        try:
            wallets.open_dispute(number=request.number, movement=movement, text=text, at=timezone.now())
            return HttpResponseRedirect(f"{address(request, 'wallet')}?disputed")
        except WalletError:
            wrong = say("wallet.dispute_not" if text else "wallet.text_empty", request.visit.language)
    context = {"row": found, "other": wallets.shown_number(found.other), "text": text, "wrong": wrong}
    return _page(request, "dispute.html", context, status=422 if wrong else 200)


def _quarrel(request: WalletRequest, row: MovementView) -> HttpResponse:
    text, wrong = request.POST.get("text", "").strip()[: MAX_TEXT + 1], ""
    if request.method == "POST" and row.may_reply:
        try:
            wallets.reply_to_dispute(number=request.number, movement=row.id, text=text, at=timezone.now())
            return HttpResponseRedirect(f"{address(request, 'wallet')}?replied")
        except WalletError:
            wrong = say("wallet.text_empty", request.visit.language)
    context = {
        "item": wallets.dispute_of(number=request.number, movement=row.id),
        "other": wallets.shown_number(row.other),
        "may_reply": row.may_reply,
        "text": text,
        "wrong": wrong,
    }
    return _page(request, "quarrel.html", context, status=422 if wrong else 200)


@require_safe
@for_owners
def receipt(request: WalletRequest, movement: int) -> HttpResponse:
    """The proof of a movement: what it says, as a square code and to take away."""
    if _row(request, movement) is None:
        return HttpResponseRedirect(address(request, "wallet"))
    return proof_page(
        request,
        _receipt(request, movement),
        back=address(request, "wallet"),
        file=address(request, "wallet_receipt_file", movement),
    )


@require_safe
@for_owners
def receipt_file(request: WalletRequest, movement: int) -> HttpResponse:
    """The proof as a file that anybody can check without us."""
    found = _receipt(request, movement) if _row(request, movement) else None
    return proof_file(found, f"wallet-{movement}") or HttpResponseRedirect(address(request, "wallet"))


@require_safe
@for_owners
def looks(request: WalletRequest) -> HttpResponse:
    """Who looked at the wallet and why, and what officers did with it."""
    context = {
        "looks": wallets.looks_at_wallet(number=request.number),
        "notes": wallets.notes_of_wallet(number=request.number),
    }
    return _page(request, "looks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def people(request: WalletRequest) -> HttpResponse:
    """Who may help to bring a lost PIN back."""
    written, wrong, status = request.POST.get("confidant", "").strip()[:40], "", 200
    if request.method == "POST":
        try:
            if "drop" in request.POST:
                wallets.drop_confidant(number=request.number, confidant=request.POST["drop"][:40])
            else:
                secret = request.POST.get("pin", "")[:20]
                with guarded(request):
                    wallets.name_confidant(
                        country=request.visit.country,
                        number=request.number,
                        pin=secret,
                        confidant=written,
                        at=timezone.now(),
                    )
            return HttpResponseRedirect(address(request, "wallet_people"))
        except WalletError as error:
            wrong, status = refusal(request, error), status_of(error)
    return _page(request, "people.html", {"confidant": written, "wrong": wrong}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def pin(request: WalletRequest) -> HttpResponse:
    """Another PIN, by whoever knows the old one."""
    wrong, status, country, now = "", 200, request.visit.country, timezone.now()
    if request.method == "POST":
        old, new = (request.POST.get(name, "")[:20] for name in ("old", "new"))
        try:
            with guarded(request):
                wallets.change_pin(country=country, number=request.number, old=old, new=new, at=now)
            found = wallets.wallet(country=country, number=request.number, at=now)
            return _opened(HttpResponseRedirect(f"{address(request, 'wallet')}?pin"), found)
        except WalletError as error:
            wrong, status = refusal(request, error), status_of(error)
    return _page(request, "pin.html", {"wrong": wrong}, status=status)


# ---------------------------------------------------------------------- a lost PIN


@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: Request) -> HttpResponse:
    """Begin: a number in, a code out, once."""
    if request.method != "POST":
        return page(request, "wallet/recover.html", {}, keep=False)
    number = request.POST.get("number", "").strip()[:40]
    try:
        code = wallets.open_recovery(
            country=request.visit.country, number=number, address=_from(request), at=timezone.now()
        )
    except WalletError as error:
        context = {"number": number, "wrong": refusal(request, error)}
        return page(request, "wallet/recover.html", context, status=status_of(error), keep=False)
    return page(request, "wallet/recover_code.html", {"code": f"{code[:5]}-{code[5:]}"}, keep=False)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request) -> HttpResponse:
    """Somebody whom the owner named confirms a code with their own number and PIN."""
    context: dict[str, object] = {"code": request.GET.get("code", "")[:20]}
    if request.method != "POST":
        return page(request, "wallet/confirm.html", context, keep=False)
    code, number, secret = (request.POST.get(name, "").strip()[:40] for name in ("code", "number", "pin"))
    context |= {"code": code, "number": number}
    try:
        with guarded(request):
            context["missing"] = wallets.confirm_recovery(
                country=request.visit.country, code=code, number=number, pin=secret, at=timezone.now()
            )
    except WalletError as error:
        context["wrong"] = refusal(request, error)
        return page(request, "wallet/confirm.html", context, status=status_of(error), keep=False)
    return page(request, "wallet/confirm.html", context, keep=False)


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: Request) -> HttpResponse:
    """A new PIN for whoever holds a code that was confirmed."""
    context: dict[str, object] = {}
    if request.method == "POST":
        code, secret = (request.POST.get(name, "").strip()[:40] for name in ("code", "pin"))
        context["code"] = code
        try:
            with guarded(request):
                wallets.finish_recovery(country=request.visit.country, code=code, pin=secret, at=timezone.now())
            return HttpResponseRedirect(f"{address(request, 'wallet')}?renewed")
        except WalletError as error:
            context["wrong"] = refusal(request, error)
            return page(request, "wallet/renew.html", context, status=status_of(error), keep=False)
    return page(request, "wallet/renew.html", context, keep=False)


# ---------------------------------------------------------------------- small pieces


def guarded(request: Request) -> AbstractContextManager[None]:
    """Around whatever takes a PIN: wrong ones are counted by the visitor's address. Raises ``TooManyTries``."""
    return wallets.guarding(address=_from(request), at=timezone.now())


def status_of(error: WalletError) -> int:
    """The HTTP status of a refusal: 429 where it is time to wait."""
    return 429 if isinstance(error, Waiting | TooManyTries) else 422


def _from(request: Request) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _opened(response: HttpResponse, found: WalletView) -> HttpResponse:
    """The answer that lets this device see the wallet until it is closed, time is over or the PIN is another."""
    value = signing.dumps([found.number, found.pin_version], salt=SALT)
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(COOKIE, value, max_age=LIVES_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response


def cents(written: str) -> int:
    """An amount as people write it, in cents. Raises ``WalletError`` (``bad_amount``)."""
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in written if not sign.isspace())
    plain = plain.replace("٫", ".").replace("€", "").removesuffix("EUR").replace(",", ".")
    if is_amount(plain, 2) and (value := int(Decimal(plain).scaleb(2))):
        return value
    raise BadAmount("This is no amount.", mend="Write it like 12.50.")


def refusal(request: Request, error: WalletError) -> str:
    """Why an act was refused, in the visitor's language, and what to do."""
    language = request.visit.language
    if isinstance(error, Waiting):
        return say("wallet.no_waiting", language, until=write_time(timezone.localtime(error.until), language))
    if isinstance(error, OverLimit):
        limit = write_money(Decimal(error.limit).scaleb(-2), request.visit.country.currency, language)
        return say(f"wallet.no_{error.rule}", language, limit=limit)
    return say(f"wallet.no_{error.code}", language)


def _home(request: WalletRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = _rows(request, int(before) if before.isascii() and before.isdigit() and len(before) < 15 else None, ROWS + 1)
    told = next((name for name in ("sent", "disputed", "replied", "pin", "renewed") if name in request.GET), "")
    names = wallets.agent_names(country=request.visit.country)
    told_rows = [named(row, names, request.visit.language) for row in rows[:ROWS]]
    notes = wallets.notes_of_wallet(number=request.number)
    frozen = next((note.words for note in notes if note.kind is NoteKind.FROZEN), "")
    older = rows[ROWS - 1].id if len(rows) > ROWS else None
    context = {"rows": told_rows, "older": older, "told": told, "frozen": frozen}
    return _page(request, "home.html", context)


def named(row: MovementView, names: Mapping[str, Text], language: str) -> MovementView:
    """The movement with its other end as people know it: an agent's name, or a number in groups."""
    if row.kind in (Kind.CASH_IN, Kind.CASH_OUT):
        return replace(row, other=names[row.other].in_(language) if row.other in names else row.other)
    shown = wallets.shown_number(row.other) if row.other.isdecimal() else row.other
    return replace(row, other=shown.replace(" ", "\u00a0"))


def _row(request: WalletRequest, movement: int) -> MovementView | None:
    return next((row for row in _rows(request, movement + 1, 1) if row.id == movement), None)


def _receipt(request: WalletRequest, movement: int) -> ReceiptView | None:
    try:
        return wallets.receipt(number=request.number, movement=movement)
    except NoReceipt:
        return None


def _rows(request: WalletRequest, before: int | None, size: int) -> tuple[MovementView, ...]:
    return wallets.movements(number=request.number, at=timezone.now(), before=before, size=size)


def _page(request: WalletRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    country = request.visit.country
    found = wallets.wallet(country=country, number=request.number, at=timezone.now())
    filled = {"wallet": found, "shown_number": wallets.shown_number(found.number), **context}
    return page(request, f"wallet/{template}", filled, status=status, keep=False)


def _held(request: Request) -> str | None:
    """The number that was opened on this device, if the wallet is still there and its PIN the same."""
    try:
        number, version = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return str(number) if wallets.is_open(number=number, version=version) else None

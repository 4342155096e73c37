"""What people see of their own vouchers, and officers of lists, holders and refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from doorstep.domains.vouchers import book, keys, proving, tokens
from doorstep.domains.vouchers.models import Batch, Card, Contest, Expiry, Holder, Line, Proxy, Redemption, Refusal
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.types import (
    BatchState,
    BatchView,
    CardState,
    CardView,
    HolderView,
    LineView,
    Movement,
    NoSuch,
    ProxyView,
    RefusalView,
    Refused,
    SetAside,
    Shown,
    VoucherView,
)

PAGE = 100
MAX_MOVEMENTS = 200


def open_card(shown: Shown, *, who: str, scheme: Vouchers, at: datetime) -> str:
    """The pseudonym of the holder whose card and PIN these are. A proxy's card opens nothing. Raises ``Refused``."""
    proving.slow_down(who, at=at)
    try:
        card = proving.card_of(shown, at=at)
        proving.check_pin(shown.pin, card, most_tries=scheme.scheme.pin_tries)
    except Refused as error:
        proving.note_try(who, at=at)
        if error.code == "no_card":
            proving.fits(shown.pin, None)
            raise Refused("Card and PIN do not fit.", code="pin_wrong", mend="Try again.") from error
        raise
    if card.proxy_id is not None:
        raise Refused("A proxy's card shows no vouchers.", code="proxy_card", mend="Use the holder's card.")
    return card.holder.pseudonym


def find_holder(*, number: str = "", person: str = "") -> str:
    """A pseudonym by a card's number, or by a person's number in a register, which is not kept. Raises ``NoSuch``."""
    tidy = tokens.tidied(number) if number else None
    found: str | None = None
    if tidy:
        found = Card.objects.filter(number=tidy).values_list("holder__pseudonym", flat=True).first()
    elif person.strip():
        rows = Holder.objects.filter(pseudonym=keys.pseudonym_of(person))
        found = rows.values_list("pseudonym", flat=True).first()
    if found is None:
        raise NoSuch("Nobody in the scheme has this number.", mend="Look at the number again.")
    return found


def holder(pseudonym: str) -> HolderView:
    """Everything that the scheme knows of one person. Raises ``NoSuch``."""
    one = Holder.objects.filter(pseudonym=pseudonym).first()
    if one is None:
        raise NoSuch("Nobody in the scheme has this number.", mend="Look at the number again.")
    vouchers = [
        VoucherView(
            voucher.pk,
            voucher.kind,
            voucher.agency,
            voucher.amount,
            balance.available,
            balance.held,
            voucher.issued_at.date(),
            voucher.expires_on,
        )
        for voucher, balance in book.left(one.vouchers.order_by("expires_on", "id"))
    ]
    return HolderView(
        holder=keys.short(pseudonym),
        language=one.language,
        cards=[_card(card) for card in one.cards.order_by("-id")],
        proxies=[_proxy(proxy) for proxy in one.proxies.order_by("-id").prefetch_related("cards")],
        vouchers=vouchers,
        set_aside=_set_aside(pseudonym),
        statement=_statement(one),
    )


def batches(*, size: int = PAGE) -> list[BatchView]:
    """Lists, the newest first, without their lines."""
    return [_batch(one) for one in Batch.objects.order_by("-id")[:size]]


def batch(number: int, *, only: str = "", page: int = 1) -> BatchView:
    """One list with a page of its lines. ``only``: ``double``, ``wrong`` or everything. Raises ``NoSuch``."""
    one = Batch.objects.filter(pk=number).first()
    if one is None:
        raise NoSuch("There is no such list.", mend="Look at the lists again.")
    lines = one.lines.order_by("row")
    if only == "double":
        lines = lines.filter(set_aside__gt=0)
    elif only == "wrong":
        lines = lines.exclude(problem="")
    start = (page - 1) * PAGE
    return _batch(one, [_line(line) for line in lines[start : start + PAGE]])


def refusals(*, since: datetime, size: int = PAGE) -> list[RefusalView]:
    """Attempts that were refused, the newest first."""
    rows = Refusal.objects.filter(at__gte=since).order_by("-at", "-id")[:size]
    return [RefusalView(r.at, r.code, r.shop, r.device, r.kind, r.amount, tokens.grouped(r.card)) for r in rows]


def counts(*, at: datetime) -> dict[str, int]:
    """How much there is of what officers look after."""
    return {
        "holders": Holder.objects.count(),
        "lists": Batch.objects.filter(state=BatchState.CHECKED).count(),
        "contests": Contest.objects.filter(state="pending").count(),
        "refusals": Refusal.objects.filter(at__gte=at - timedelta(days=1)).count(),
    }


def _card(card: Card) -> CardView:
    return CardView(
        tokens.grouped(card.number),
        keys.short(card.holder.pseudonym),
        CardState(card.state),
        card.issued_at,
        card.until,
        card.proxy_id is not None,
        card.reason,
    )


def _proxy(proxy: Proxy) -> ProxyView:
    number = next((card.number for card in proxy.cards.all()), "")
    return ProxyView(
        proxy.pk,
        tokens.grouped(number),
        tuple(proxy.kinds),
        proxy.until,
        proxy.named_by,
        proxy.named_at,
        proxy.revoked_at,
    )


def _set_aside(pseudonym: str) -> list[SetAside]:
    rows = Line.objects.filter(pseudonym=pseudonym, set_aside__gt=0, batch__state=BatchState.RELEASED)
    found = []
    for line in rows.select_related("batch").prefetch_related("contests").order_by("-id"):
        contest = next(iter(line.contests.all()), None)
        batch_ = line.batch
        assert batch_.released_at is not None
        found.append(
            SetAside(
                line.pk,
                batch_.kind,
                batch_.agency,
                batch_.month,
                line.set_aside,
                line.had,
                tuple(line.agencies),
                batch_.released_at,
                contest.state if contest else "",
                contest.words if contest else "",
            )
        )
    return found


def _statement(one: Holder) -> list[Movement]:
    moves = [
        Movement(voucher.issued_at, voucher.kind, voucher.amount, "given", voucher.agency, "", f"given-{voucher.pk}")
        for voucher in one.vouchers.order_by("-id")[:MAX_MOVEMENTS]
    ]
    for made in Redemption.objects.filter(holder=one).order_by("-id")[:MAX_MOVEMENTS]:
        drawn = made.parts.filter(voucher__isnull=False).aggregate(sum=Sum("amount"))["sum"] or 0
        if drawn:
            moves.append(
                Movement(made.at, made.kind, -drawn, "redeemed", made.shop, made.number, f"redeemed-{made.number}")
            )
        if drawn and made.undone_at is not None:
            moves.append(
                Movement(made.undone_at, made.kind, drawn, "undone", made.shop, made.number, f"undone-{made.number}")
            )
    for ended in Expiry.objects.filter(voucher__holder=one).select_related("voucher"):
        moves.append(Movement(ended.at, ended.voucher.kind, -ended.amount, "expired", ended.voucher.agency, ""))
    return sorted(moves, key=lambda move: move.at, reverse=True)[:MAX_MOVEMENTS]


def _batch(one: Batch, lines: list[LineView] | None = None) -> BatchView:
    sums = one.lines.aggregate(
        all_people=Count("pseudonym", distinct=True, filter=Q(problem="")),
        all_wanted=Sum("wanted", default=0),
        all_given=Sum("given", default=0),
        all_aside=Sum("set_aside", default=0),
        doubles=Count("id", filter=Q(set_aside__gt=0)),
    )
    return BatchView(
        id=one.pk,
        agency=one.agency,
        kind=one.kind,
        month=one.month,
        state=BatchState(one.state),
        made_by=one.made_by,
        made_at=one.made_at,
        released_by=one.released_by,
        released_at=one.released_at,
        lines=lines or [],
        people=sums["all_people"],
        wanted=sums["all_wanted"],
        given=sums["all_given"],
        set_aside=sums["all_aside"],
        duplicates=sums["doubles"],
    )


def _line(line: Line) -> LineView:
    return LineView(
        line.row,
        keys.short(line.pseudonym) if line.pseudonym else "",
        line.wanted,
        line.given,
        line.set_aside,
        line.had,
        tuple(line.agencies),
        line.problem,
    )

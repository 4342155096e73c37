"""What officers see: reviews, objections, notices and numbers. Lists show codes; opening one person leaves a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from doorstep.domains.benefits import grounds, guards, persons, policies, queries, reading
from doorstep.domains.benefits.missing import About, missing_of
from doorstep.domains.benefits.models import Decision, Entitlement, Notice, Objection, Review
from doorstep.domains.benefits.notices import Setting, write_notice
from doorstep.domains.benefits.types import (
    Batch,
    DecisionKind,
    DecisionView,
    EntitlementState,
    NotFound,
    NoticeKind,
    NoticeText,
    ObjectionView,
    Officer,
    Overview,
    Page,
    ReviewFilter,
    ReviewItem,
    Verdict,
)
from doorstep.domains.country.api import Country


def overview(country: Country, officer: Officer) -> tuple[Overview, ...]:
    """See ``api.overview``."""
    policies.check_review(officer)
    return tuple(_overview(id_) for id_ in reading.programmes_of(country))


def _overview(programme: str) -> Overview:
    states = Entitlement.objects.filter(programme=programme, state__in=("active", "ending"))
    counted = dict(states.values_list("state").annotate(Count("id")))
    return Overview(
        programme=programme,
        on=guards.is_on(programme),
        active=counted.get("active", 0),
        ending=counted.get("ending", 0),
        open_reviews=Review.objects.filter(programme=programme, state="open").count(),
        open_objections=Objection.objects.filter(decision__entitlement__programme=programme, state="pending").count(),
        queued_notices=Notice.objects.filter(decision__entitlement__programme=programme, state="queued").count(),
    )


def open_reviews(officer: Officer, language: str, wanted: ReviewFilter, number: int, size: int) -> Page[ReviewItem]:
    """See ``api.open_reviews``."""
    policies.check_review(officer)
    rows = Review.objects.filter(state="open").order_by("opened_at", "id")
    for field, value in (
        ("programme", wanted.programme), ("contract__startswith", wanted.search), ("reason", wanted.reason),
        ("area", wanted.area),
    ):  # fmt: skip
        if value:
            rows = rows.filter(**{field: value})
    page: Page[ReviewItem] = queries.paged(rows, number, size, lambda row: review_view(row, language, whole=False))
    return page


def review_reasons(officer: Officer, programme: str | None) -> Mapping[str, int]:
    """See ``api.review_reasons``."""
    policies.check_review(officer)
    rows = Review.objects.filter(state="open")
    if programme is not None:
        rows = rows.filter(programme=programme)
    return dict(rows.values_list("reason").annotate(number=Count("id")).order_by("-number", "reason"))


def review(id_: int, officer: Officer, purpose: str, language: str, now: datetime) -> ReviewItem:
    """See ``api.review``."""
    policies.check_review(officer)
    row = Review.objects.filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no review {id_}.")
    with transaction.atomic():
        persons.look_at(row.programme, row.contract, officer.name, purpose, now)
        return review_view(row, language, whole=True)


def review_view(row: Review, language: str, *, whole: bool) -> ReviewItem:
    """A review; the list leaves the person, the facts and the history out."""
    setting = persons.setting_of(row.version, row.programme)
    item = ReviewItem(
        id=row.pk,
        programme=row.programme,
        contract_id=row.contract,
        person=row.person if whole else "",
        supplier=grounds.deliverer_name(setting.programme, setting.country, row.supplier, language),
        area=row.area,
        reason_code=row.reason,
        reason=grounds.reason_words(
            setting.programme, setting.country, code=row.reason, outcome=None, facts=row.facts, words="",
            language=language,
        ),
        facts=(),
        opened_at=row.opened_at,
        state=row.state,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        verdict=Verdict(row.verdict) if row.verdict else None,
        words=row.words,
        language=row.language,
    )  # fmt: skip
    return _with_case(item, row, setting, language) if whole else item


def _with_case(item: ReviewItem, row: Review, setting: Setting, language: str) -> ReviewItem:
    """A review with everything that whoever settles it must know."""
    entitlement = standing_of(row.programme, row.contract)
    decisions = Decision.objects.filter(entitlement__programme=row.programme, entitlement__contract=row.contract)
    others = Review.objects.filter(programme=row.programme, contract=row.contract).exclude(pk=row.pk)
    return replace(
        item,
        mark=row.digest,
        missing=missing_of(setting.programme, setting.country, About(row.facts, row.supplier, row.person), language),
        told=is_told(row, entitlement),
        facts=persons.facts(row.facts, setting, language),
        standing=EntitlementState(entitlement.state) if entitlement else None,
        history=persons.history(decisions, setting, language),
        earlier=tuple(review_view(other, language, whole=False) for other in others.order_by("-id")[:20]),
        looks=persons.looks_of(row.programme, row.contract),
    )


def is_told(row: Review, entitlement: Entitlement | None) -> bool:
    """Whether the person has a letter that it waits for these very facts. After a no, that letter no longer holds."""
    if entitlement is None or entitlement.state == EntitlementState.REFUSED:
        return False
    return entitlement.decisions.filter(kind=DecisionKind.WAITING, digest=row.digest).exists()


def standing_of(programme: str, contract: str) -> Entitlement | None:
    """The entitlement that has not ended, if there is one."""
    return Entitlement.objects.filter(programme=programme, contract=contract).exclude(state="ended").first()


def open_objections(
    officer: Officer, language: str, wanted: ReviewFilter, number: int, size: int
) -> Page[ObjectionView]:
    """See ``api.open_objections``."""
    policies.check_review(officer)
    rows = Objection.objects.filter(state="pending").select_related("decision__entitlement").order_by("due", "id")
    if wanted.programme:
        rows = rows.filter(decision__entitlement__programme=wanted.programme)
    if wanted.search:
        rows = rows.filter(decision__entitlement__contract__startswith=wanted.search)
    page: Page[ObjectionView] = queries.paged(rows, number, size, lambda row: persons.objection_view(row, language))
    return page


def objection(id_: int, officer: Officer, purpose: str, language: str, now: datetime) -> ObjectionView:
    """See ``api.objection``."""
    policies.check_review(officer)
    row = Objection.objects.select_related("decision__entitlement").filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no objection {id_}.")
    with transaction.atomic():
        persons.look(row.decision.entitlement, officer.name, purpose, now)
        about = persons.view(row.decision, language, now)
        return replace(persons.objection_view(row, language, whole=True), about=about)


def decision(id_: int, officer: Officer, purpose: str, language: str, now: datetime) -> DecisionView:
    """See ``api.decision``."""
    policies.check_review(officer)
    row = Decision.objects.select_related("entitlement").filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no decision {id_}.")
    with transaction.atomic():
        persons.look(row.entitlement, officer.name, purpose, now)
        return persons.view(row, language, now)


def queue(officer: Officer, state: str, search: str, number: int, size: int) -> Page[NoticeText]:
    """See ``api.queue``."""
    policies.check_review(officer)
    rows = Notice.objects.filter(state=state).select_related("decision__entitlement").order_by("id")
    if search:
        rows = rows.filter(decision__entitlement__contract__startswith=search)
    page: Page[NoticeText] = queries.paged(rows, number, size, _listed)
    return page


def batches(officer: Officer, number: int, size: int) -> Page[Batch]:
    """See ``api.batches``."""
    policies.check_review(officer)
    sent = Notice.objects.filter(state="sent").values("sent_at").annotate(letters=Count("id")).order_by("-sent_at")
    page: Page[Batch] = queries.paged(sent, number, size, lambda row: Batch(row["sent_at"], row["letters"]))
    return page


def notice(id_: int, officer: Officer, purpose: str, language: str | None, now: datetime) -> NoticeText:
    """See ``api.notice``."""
    policies.check_review(officer)
    row = Notice.objects.select_related("decision__entitlement", "objection").filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no letter {id_}.")
    entitlement = row.decision.entitlement
    with transaction.atomic():
        persons.look(entitlement, officer.name, purpose, now)
        return write_notice(row, persons.setting_of(row.decision.version, entitlement.programme), language)


def _listed(row: Notice) -> NoticeText:
    return NoticeText(
        id=row.pk,
        kind=NoticeKind(row.kind),
        language=row.language,
        reference="",
        subject="",
        body="",
        state=row.state,
        queued_at=row.queued_at,
        contract_id=row.decision.entitlement.contract,
        supplier=row.decision.entitlement.supplier,
    )

"""Seals everything anew under the key in use, so that an old key can be thrown away. Safe to stop and to run again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from doorstep.domains.people import access, numbers, searching, vaulting
from doorstep.domains.people.models import Change, Contact, Enrolment, Identifier, Person, RightsRequest
from doorstep.domains.people.record import CODECS

SIZE = 500
_LABELLED: tuple[tuple[type[models.Model], str, str, tuple[str, ...]], ...] = (
    (Person, "person", "pk", (*CODECS, "number", "died")),
    (Contact, "contact", "uid", ("value",)),
    (Identifier, "identifier", "uid", ("value",)),
    (Enrolment, "enrolment", "pk", ("form",)),
    (RightsRequest, "request", "uid", ("text", "answer")),
)


def reseal() -> int:
    """Every sealed value and every keyed hash under the key in use; how many rows changed."""
    count = 0
    for model, table, key, columns in _LABELLED:
        for row in _all(model):
            count += _reseal_row(row, table, str(getattr(row, key)), columns)
    for row in _all(Change):
        count += _reseal_change(row)
    return count


def _all(model: type[Any]) -> Iterator[Any]:
    """Rows by their key, some hundred a transaction, each locked while it is changed."""
    last = None
    while True:
        with transaction.atomic():
            rows = model.objects.select_for_update().order_by("pk")
            found = list((rows if last is None else rows.filter(pk__gt=last))[:SIZE])
            yield from found
        if not found:
            return
        last = found[-1].pk


def _reseal_row(row: Any, table: str, key: str, columns: tuple[str, ...]) -> int:
    vault, changed = vaulting.vault(), []
    for column in columns:
        sealed = getattr(row, column)
        if sealed is not None and not vault.is_current(bytes(sealed)):
            label = vaulting.label(table, column, key)  # type: ignore[arg-type]
            setattr(row, column, vault.seal(vault.open(bytes(sealed), label), label))
            changed.append(column)
    if not changed:
        return 0
    changed += _rehash(row)
    row.save(update_fields=changed)
    return 1


def _rehash(row: Any) -> list[str]:
    vault = vaulting.vault()
    if isinstance(row, Person):
        number = vaulting.opened_text(row.number, "person", "number", row.pk)
        row.number_hash = vault.hash(numbers.tidied(number), "person number")
        row.tokens = searching.tokens(access.whole(row))
        return ["number_hash", "tokens"]
    if isinstance(row, Contact):
        row.hash = vault.hash(vaulting.opened_text(row.value, "contact", "value", row.uid), f"contact {row.kind}")
        return ["hash"]
    if isinstance(row, Identifier):
        value = vaulting.opened_text(row.value, "identifier", "value", row.uid)
        row.hash = vault.hash(value, f"identifier {row.scheme}")
        return ["hash"]
    return []


def _reseal_change(row: Change) -> int:
    """What stood before a change keeps the label of the column that it came from."""
    if row.before is None or vaulting.vault().is_current(bytes(row.before)):
        return 0
    value = vaulting.opened_category(row.category, row.before, row.person_id)
    row.before = vaulting.sealed_category(row.category, value, row.person_id)
    row.save(update_fields=["before"])
    return 1

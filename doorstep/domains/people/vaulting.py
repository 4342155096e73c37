"""Seals what is personal before it is stored. Opening is for ``access`` alone: a test holds that."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.conf import settings

from doorstep.domains.people import record
from doorstep.engines.vault.api import Vault


def vault() -> Vault:
    """The vault with the keys of the settings."""
    return _made((settings.DATA_KEY, *settings.OLD_DATA_KEYS))


@lru_cache(maxsize=4)
def _made(secrets: tuple[str, ...]) -> Vault:
    return Vault(secrets)


def label(table: str, column: str, row: UUID | int) -> str:
    """Where a sealed value stands. It opens nowhere else."""
    return f"people.{table}.{column} {row}"


def sealed_category(category: str, value: object, person: UUID) -> bytes:
    """A category of a person's own row, sealed."""
    return vault().seal(record.written(category, value), label("person", category, person))


def sealed_text(text: str, table: str, column: str, row: UUID | int) -> bytes:
    """A text, sealed."""
    return vault().seal(text.encode(), label(table, column, row))


def opened_category(category: str, sealed: bytes | memoryview, person: UUID) -> object:
    """What ``sealed_category`` sealed."""
    return record.read(category, vault().open(bytes(sealed), label("person", category, person)))


def opened_text(sealed: bytes | memoryview, table: str, column: str, row: UUID | int) -> str:
    """What ``sealed_text`` sealed."""
    return vault().open(bytes(sealed), label(table, column, row)).decode()

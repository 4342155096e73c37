"""Loads a country into the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from doorstep.domains.country.checking import Part, check_country
from doorstep.domains.country.models import CountryLoad, CountryVersion
from doorstep.domains.country.reading import read_country
from doorstep.domains.country.types import Country
from doorstep.kit.errors import Problems

_ONE_AT_A_TIME = 0x636F756E747279  # "country": the key of the lock that loadings share


def load_country(folder: Path, *, at: datetime, parts: Iterable[Part] = ()) -> Country:
    """Check the folder, keep its version and put it in force from now on.

    A version that is in force already is not loaded again. Raises ``Problems`` and changes nothing when the
    folder has a mistake.
    """
    problems = check_country(folder, parts=parts)
    if problems:
        raise Problems(problems)
    country = read_country(folder)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        version, _ = CountryVersion.objects.get_or_create(
            hash=country.hash,
            defaults={
                "name": country.name.in_(country.default_language),
                "loaded_at": at,
                "files": dict(country.files),
            },
        )
        newest = CountryLoad.objects.order_by("-id").first()
        if newest is None or newest.version_id != version.hash:
            CountryLoad.objects.create(version=version, loaded_at=at)
    return country

"""Gives back the versions of the country that were loaded."""

from __future__ import annotations

from functools import lru_cache

from doorstep.domains.country.folder import hash_files
from doorstep.domains.country.models import CountryLoad, CountryVersion
from doorstep.domains.country.reading import country_of
from doorstep.domains.country.types import Country
from doorstep.kit.errors import DoorstepError, Findings


class NoSuchVersion(DoorstepError):
    """No such version of the country was ever loaded here."""


class DamagedVersion(DoorstepError):
    """The stored files are not those that the hash names."""


def current() -> Country:
    """The version in force: the one loaded last. Raises ``NoSuchVersion`` where none was."""
    newest = CountryLoad.objects.order_by("-id").values_list("version_id", flat=True).first()
    if newest is None:
        raise NoSuchVersion("No country is loaded.", mend="Run: doorstep load countries/demo")
    return version(newest)


@lru_cache(maxsize=8)
def version(hash_: str) -> Country:
    """The version with this hash, as it was. Raises ``NoSuchVersion``. Kept in memory once read."""
    row = CountryVersion.objects.filter(hash=hash_).first()
    if row is None:
        raise NoSuchVersion(f"The version {hash_[:12]} of the country was never loaded here.")
    files = dict(sorted(row.files.items()))
    if hash_files(files) != row.hash:
        raise DamagedVersion(
            f"The stored version {hash_[:12]} of the country is damaged.",
            why="Its files no longer give its hash.",
            mend="Restore the table country_countryversion from a backup.",
        )
    findings = Findings()
    country = country_of(files, findings=findings)
    findings.raise_if_any()
    if country is None:
        raise DamagedVersion(f"The stored version {hash_[:12]} of the country cannot be read.")
    return country

"""What was loaded stays as it was, and the newest loading says what is in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from django.db import DatabaseError, transaction

from doorstep.domains.country import queries
from doorstep.domains.country.api import current, load_country, read_country, version
from doorstep.domains.country.models import CountryLoad, CountryVersion
from doorstep.domains.country.queries import DamagedVersion, NoSuchVersion
from doorstep.kit.errors import Problems

DEMO = Path(__file__).parents[4] / "countries" / "demo"
AT = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept_in_memory() -> Iterator[None]:
    queries.version.cache_clear()
    yield
    queries.version.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo country without what other domains add to it."""
    (tmp_path / "demo").mkdir()
    for name in ("country.yaml",):
        (tmp_path / "demo" / name).write_bytes((DEMO / name).read_bytes())
    for name in ("areas", "registers", "content"):
        copytree(DEMO / name, tmp_path / "demo" / name)
    return tmp_path / "demo"


def _add_page(folder: Path, name: str) -> None:
    for language in ("en", "pt", "bn", "ar"):
        (folder / "content" / language / name).write_text("# More\n")


def test_a_loaded_country_comes_back_as_it_was(folder: Path) -> None:
    loaded = load_country(folder, at=AT)
    assert loaded.hash == read_country(folder).hash
    stored = current()
    assert (stored.hash, stored.files) == (loaded.hash, loaded.files)
    assert set(stored.registers) == set(loaded.registers)
    assert current() is stored


def test_the_country_loaded_last_is_in_force(folder: Path) -> None:
    first = load_country(folder, at=AT)
    load_country(folder, at=AT)
    assert CountryLoad.objects.count() == 1
    _add_page(folder, "more.md")
    second = load_country(folder, at=AT)
    assert current().hash == second.hash
    assert version(first.hash).files == first.files
    for language in ("en", "pt", "bn", "ar"):
        (folder / "content" / language / "more.md").unlink()
    load_country(folder, at=AT)
    assert current().hash == first.hash
    assert (CountryVersion.objects.count(), CountryLoad.objects.count()) == (2, 3)


def test_a_mistake_changes_nothing(folder: Path) -> None:
    load_country(folder, at=AT)
    (folder / "content/ar/help.md").unlink()
    with pytest.raises(Problems, match=r"missing in 'ar'"):
        load_country(folder, at=AT)
    assert CountryVersion.objects.count() == 1


def test_a_version_is_never_changed_or_deleted(folder: Path) -> None:
    load_country(folder, at=AT)
    row = CountryVersion.objects.get()
    for change in (
        lambda: CountryVersion.objects.update(name="Elsewhere"),
        lambda: CountryVersion.objects.filter(hash=row.hash)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_unknown_and_damaged_versions(folder: Path) -> None:
    with pytest.raises(NoSuchVersion, match="doorstep load"):
        current()
    with pytest.raises(NoSuchVersion):
        version("0" * 64)
    CountryVersion.objects.create(hash="1" * 64, name="x", loaded_at=AT, files={"country.yaml": "a: 1"})
    with pytest.raises(DamagedVersion):
        version("1" * 64)

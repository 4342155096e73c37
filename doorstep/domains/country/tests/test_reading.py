"""A folder is read whole, hashed by its content, and refused with places where something is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.domains.country.api import Country, check_country, read_country
from doorstep.kit.errors import Problem, Problems

Change = Callable[[Path], None]

COUNTRY = """\
country: hollow
name: {en: Hollow, ar: هولو}
languages: [en, ar]
currency: EUR
help_phone: "+999 1"
areas: areas.yaml
offices:
  desk: {name: {en: Desk, ar: مكتب}, area: a1}
purposes:
  decide: {title: {en: To decide, ar: للتقرير}, law: {en: Act 1, ar: القانون ١}}
"""
AREAS = """\
levels: [{en: District, ar: محافظة}, {en: Commune, ar: بلدية}]
map: map.geojson
areas:
  a: {name: {en: A, ar: ا}}
  a1: {in: a, people: 10, name: {en: A1, ar: ا١}}
"""
MAP = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a1"},'
    '"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A very small country without mistakes."""
    (tmp_path / "country.yaml").write_text(COUNTRY)
    (tmp_path / "areas.yaml").write_text(AREAS)
    (tmp_path / "map.geojson").write_text(MAP)
    for language in ("en", "ar"):
        page = tmp_path / "content" / language / "about.md"
        page.parent.mkdir(parents=True)
        page.write_text("# About\n")
    return tmp_path


def test_a_country_without_mistakes(folder: Path) -> None:
    assert check_country(folder) == []
    country = read_country(folder)
    assert (country.code, country.default_language, country.direction("ar")) == ("hollow", "en", "rtl")
    assert list(country.smallest_areas) == ["a1"]
    assert list(country.areas_above("a1")) == ["a"]
    assert list(country.files) == sorted(country.files)


def test_the_hash_follows_content_and_names_alone(folder: Path) -> None:
    first = read_country(folder).hash
    assert len(first) == 64
    os.utime(folder / "map.geojson", (1, 1))
    assert read_country(folder).hash == first
    (folder / "content/en/about.md").write_text("# About us\n")
    second = read_country(folder).hash
    assert second != first
    for language in ("en", "ar"):
        (folder / f"content/{language}/about.md").rename(folder / f"content/{language}/us.md")
    assert read_country(folder).hash not in (first, second)


def test_a_country_cannot_be_changed(folder: Path) -> None:
    country = read_country(folder)
    for change in (
        lambda: setattr(country, "code", "x"),
        lambda: country.files.__setitem__("a", "b"),  # type: ignore[attr-defined]
        lambda: country.areas.pop("a"),  # type: ignore[attr-defined]
    ):
        with pytest.raises((AttributeError, TypeError)):
            change()


def _replace(file: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))

    return change


def _write(file: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        (_replace("country.yaml", "currency: EUR", "currency: EURO"), "country.yaml:4:11", "no such currency"),
        (_replace("country.yaml", "[en, ar]", "[en, ar, xx]"), "country.yaml:3:21", "no such language"),
        (_replace("country.yaml", "[en, ar]", "[en, ar, en]"), "country.yaml:3:21", "stands twice"),
        (_replace("country.yaml", "[en, ar]", "[]"), "country.yaml:1", "names no language"),
        (_replace("country.yaml", "currency:", "curency:"), "country.yaml:4:10", "Did you mean 'currency'?"),
        (_replace("country.yaml", '"+999 1"', "call us"), "country.yaml:5:13", "not a phone number"),
        (_replace("country.yaml", "areas.yaml", "aeras.yaml"), "country.yaml:6:8", "no file 'aeras.yaml'"),
        (_replace("country.yaml", "area: a1", "area: b1"), "country.yaml:8:44", "no such area: 'b1'"),
        (_replace("country.yaml", "country: hollow", "country: Hol low"), "country.yaml:1:10", "not a code"),
        (_replace("country.yaml", "Hollow, ar: هولو", "Hollow"), "country.yaml:2:7", "no words in 'ar'"),
        (
            _replace("country.yaml", "name: {en: Hollow", "name: {fr: Vide, en: Hollow"),
            "country.yaml:2:7",
            "'fr' is no",
        ),
        (_replace("areas.yaml", "A1, ar: ا١", "A1"), "areas.yaml:5:33", "no words in 'ar'"),
        (_replace("areas.yaml", "in: a,", "in: b,"), "areas.yaml:5:12", "no such area: 'b'"),
        (_replace("areas.yaml", "a: {name", "a: {in: a1, name"), "areas.yaml:4:6", "or in itself"),
        (_replace("areas.yaml", "people: 10, ", ""), "areas.yaml:5:7", "how many people"),
        (_replace("areas.yaml", "people: 10", "people: ten"), "areas.yaml:5:23", "a whole number"),
        (_replace("map.geojson", '"a1"', '"a2"'), "map.geojson", "does not show 'a1'"),
        (_replace("map.geojson", "[0,0]]]", "[0,1]]]"), "map.geojson", "not a closed polygon"),
        (_write("map.geojson", b"{\n,"), "map.geojson:2:1", "not JSON"),
        (_write("map.geojson", b"[]"), "map.geojson", "not a map"),
        (_write("rules/a.py", b"print()"), "rules/a.py", "holds no programs"),
        (_write("rules/a.yml", b"a: 1"), "rules/a.yml", "Name it a.yaml"),
        (_write("notes.docx", b"?"), "notes.docx", "not read"),
        (_write("content/en/about.md", b"# A\n\xe9t\xe9"), "content/en/about.md:2", "not UTF-8"),
        (_write("content/en/about.md", b"# A\n\0"), "content/en/about.md:2", "zero byte"),
        (_write("content/en/about.md", b"# A\n" + b"x" * 4_000_001), "content/en/about.md", "larger than"),
        (_write("content/en/about.md", b"About"), "content/en/about.md:1", "starts with its heading"),
        (_write("content/en/more.md", b"# More"), "content/ar/more.md", "missing in 'ar'"),
        (_write("content/fr/about.md", b"# Sur"), "content/fr/about.md", "no language's folder"),
        (_write("registers/a.yaml", b"register: ["), "registers/a.yaml:1", "not YAML"),
        (_write("registers/a.yaml", b"register: a"), "registers/a.yaml:1:1", "lacks the key"),
    ],
)
def test_each_mistake_names_file_line_and_mend(folder: Path, change: Change, where: str, says: str) -> None:
    change(folder)
    problems = check_country(folder)
    assert any(str(problem.place).startswith(where) and says in str(problem) for problem in problems), problems


def test_every_mistake_is_reported_at_once(folder: Path) -> None:
    _replace("country.yaml", "EUR", "EURO")(folder)
    _replace("country.yaml", "[en, ar]", "[en, ar, xx]")(folder)
    _write("rules/a.py", b"")(folder)
    _write("rules/a.yaml", b"a: [")(folder)
    assert len(check_country(folder)) == 4
    with pytest.raises(Problems) as caught:
        read_country(folder)
    assert len(caught.value.problems) == 3


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.md"
    secret.write_text("# Secret")
    (folder / "content/en/secret.md").symlink_to(secret)
    (folder / "elsewhere").symlink_to(secret.parent)
    (folder / "content/en/pipe.md").symlink_to("/dev/zero")
    places = {str(problem.place) for problem in check_country(folder) if "leads out" in problem.what}
    assert places == {"content/en/secret.md", "elsewhere", "content/en/pipe.md"}


def test_a_register_lacks_a_translation(folder: Path) -> None:
    text = (
        "register: r\ntitle: {en: R, ar: ر}\nprovider: p\nentity: e\ncolumns:\n"
        "  id: {type: text, label: {en: Id}}\n  place: {type: code, of: areas, label: {en: P, ar: م}}\n"
    )
    _write("registers/r.yaml", text.encode())(folder)
    assert [str(problem.place) for problem in check_country(folder)] == ["registers/r.yaml:6:27"]
    assert read_country(folder).registers["r"].columns["place"].codes == ("a1",)


def test_other_domains_add_their_checks(folder: Path) -> None:
    def part(country: Country) -> list[Problem]:
        return [Problem(office.place, "an office too many") for office in country.offices.values()]

    assert [problem.what for problem in check_country(folder, parts=[part])] == ["an office too many"]


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    assert "not a folder" in check_country(tmp_path / "nowhere")[0].what
    assert check_country(tmp_path)
    with pytest.raises(Problems):
        read_country(tmp_path)

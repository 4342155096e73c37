"""The JSON Schemas: they accept what the checker accepts, and refuse what it refuses about a file by itself."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from doorstep.config import schemas
from doorstep.config.parts import COUNTRY_PARTS
from doorstep.config.shapes import FileShape
from doorstep.config.tests.door import ROOT, Door
from doorstep.domains.country.api import check_country
from doorstep.kit.errors import Findings
from doorstep.kit.files import Node, decode, read_yaml

DEMO = ROOT / "countries/demo"
KINDS = schemas.kinds()
LANGUAGES = ("en", "pt", "bn", "ar")
WRITTEN = [(kind, path) for kind, file in KINDS.items() for path in sorted(DEMO.glob(file.path))]


def as_editors_read(node: Node) -> Any:
    """A file's value as an editor sees it: plain words become numbers and truth values as in YAML 1.2."""
    if isinstance(node.value, dict):
        return {key: as_editors_read(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [as_editors_read(child) for child in node.value]
    if node.quoted:
        return node.value
    if node.value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return node.value.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", node.value):
        return int(node.value)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", node.value):
        return float(node.value)
    return None if node.value == "" else node.value


def refused(file: FileShape, node: Node, languages: tuple[str, ...] = ()) -> list[str]:
    """What the schema has against a value."""
    validator = Draft202012Validator(schemas.schema_of(file, languages=languages))
    return [error.message for error in validator.iter_errors(as_editors_read(node))]


def read(path: Path) -> Node:
    return read_yaml(path.read_text(), file=path.name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema(kind: str) -> None:
    schema = schemas.schema_of(KINDS[kind], languages=LANGUAGES)
    Draft202012Validator.check_schema(schema)
    written = json.dumps(schema)
    named = set(re.findall(r'"\$ref": "#/\$defs/([\w-]+)"', written))
    assert named == set(schema["$defs"])
    assert not re.search(r"https?://(?!json-schema\.org/draft/)", written)


@pytest.mark.parametrize(("kind", "path"), WRITTEN, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("languages", [(), LANGUAGES])
def test_every_file_of_the_demo_is_accepted(kind: str, path: Path, languages: tuple[str, ...]) -> None:
    assert refused(KINDS[kind], read(path), languages) == []


def test_every_file_of_the_demo_has_a_schema() -> None:
    assert {path for _, path in WRITTEN} == set(DEMO.rglob("*.yaml"))
    folder = ROOT / "docs/reference/schemas"
    assert {path.name for path in folder.iterdir()} == {f"{kind}.json" for kind in KINDS}


def test_the_editor_of_this_repository_finds_every_schema() -> None:
    told = json.loads((ROOT / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert told == {f"docs/reference/schemas/{kind}.json": f"countries/*/{file.path}" for kind, file in KINDS.items()}


BROKEN = [
    ("country", "currency: EUR\n", ""),
    ("country", "currency: EUR\n", "curency: EUR\n"),
    ("country", "languages: [en, pt, bn, ar]", "languages: en"),
    ("areas", "people: ", "people: about "),
    ("registers", "type: text", "type: words"),
    ("registers", "dates: iso", "dates: year-first"),
    ("registers", "columns:\n", "columns: []\nothers:\n"),
    ("rules", "    formula: household_income <= ceiling", "    formulae: household_income <= ceiling"),
    ("rules", "inputs: [energy]", "inputs: energy"),
    ("rules", "values: {2016-07-01: 0.5}", "values: 0.5"),
    ("rules", "label: {en: Low income,", 'label: {en: "",'),
    ("rules", "label: {en: Low income,", "label: {en: [Low income],"),
    ("tests", "as_of: 2026-09-01", "as_of: 1 September"),
    ("tests", "  - case: One cent above the ceiling does not\n", "  - kase: One cent above\n"),
    ("tests", "expect: {eligible: no, eligible.reason: low_income}", "expect: eligible"),
    ("programmes", "everyone: september", "everyone: sept"),
    ("programmes", "days: 30", "days: thirty"),
    ("population", "alike: ", "alike: very # "),
    ("population", "partner: true", "partner: perhaps"),
]


@pytest.mark.parametrize(("kind", "old", "new"), BROKEN)
def test_what_is_broken_is_refused_by_both(tmp_path: Path, kind: str, old: str, new: str) -> None:
    country = Path(shutil.copytree(DEMO, tmp_path / "demo"))
    path = next(path for path in sorted(country.glob(KINDS[kind].path)) if old in path.read_text())
    assert not refused(KINDS[kind], read(path))
    path.write_text(path.read_text().replace(old, new, 1))
    assert refused(KINDS[kind], read(path))
    relative = path.relative_to(country).as_posix()
    assert relative in {problem.place.file for problem in check_country(country, parts=COUNTRY_PARTS)}


@pytest.mark.parametrize(("old", "new"), [("pt: Baixo rendimento, ", ""), ("pt: Baixo", "fr: Bas, pt: Baixo")])
def test_a_schema_for_one_country_knows_its_languages(old: str, new: str) -> None:
    path = DEMO / "rules/energy-tariff.yaml"
    node = read_yaml(path.read_text().replace(old, new, 1), file="rules.yaml")
    assert not refused(KINDS["rules"], node)
    assert refused(KINDS["rules"], node, LANGUAGES)


# ---------------------------------------------------------------------- the schema and the checker agree


def places(
    node: Node, put: Callable[[Node], Node] = lambda node: node
) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """Every value in a file, each with what puts another in its place and gives the whole file."""
    yield node, put
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from places(child, lambda new, key=key: put(replace(node, value={**node.value, key: new})))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            before, after = node.value[:index], node.value[index + 1 :]
            yield from places(child, lambda new, b=before, a=after: put(replace(node, value=[*b, new, *a])))


# JSON Schema calls 1000.0 a whole number, the checker does not; so no 1e3 is among the slips.
SCALARS = ("", "12", "1.5", "-3", "true", "yes", "word", "two words", "2026-09-30", "1.5e-1", ".5", " ", "1_000")


def mistakes(node: Node, chance: random.Random) -> Node:
    """The value with a slip of the pen in it."""
    other = replace(node, value=chance.choice(SCALARS), quoted=chance.random() < 0.3)
    if isinstance(node.value, dict) and node.value and chance.random() < 0.7:
        left_out = chance.choice(list(node.value))
        return replace(node, value={key: child for key, child in node.value.items() if key != left_out} | {
            chance.choice(["kind", "pt", "label", "zz"]): other
        })  # fmt: skip
    if isinstance(node.value, list) and chance.random() < 0.5:
        return replace(node, value=[*node.value, other])
    return chance.choice([other, replace(node, value=[other]), replace(node, value={"en": other})])


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "path"), WRITTEN, ids=lambda value: getattr(value, "name", value))
def test_schema_and_checker_agree_about_slips_of_the_pen(kind: str, path: Path) -> None:
    chance = random.Random(path.name)
    validator = Draft202012Validator(schemas.schema_of(KINDS[kind]))
    whole = list(places(read(path)))
    seen = {True: 0, False: 0}
    for node, put in chance.sample(whole, min(len(whole), 300)):
        changed = put(mistakes(node, chance))
        findings = Findings()
        decode(changed, KINDS[kind].shape, findings=findings)
        accepted = validator.is_valid(as_editors_read(changed))
        assert accepted == (not findings.problems), findings.problems or as_editors_read(changed)
        seen[accepted] += 1
    assert min(seen.values()) > 5, seen


# ---------------------------------------------------------------------- the command


@pytest.mark.slow
def test_the_command_lists_prints_and_writes(tmp_path: Path) -> None:
    door = Door(tmp_path)
    listed = door("schema", "--json").json
    assert [one["kind"] for one in listed] == list(KINDS)
    assert all(one["path"] in door("schema").out for one in listed)
    assert door("schema", "rules").json == schemas.schema_of(KINDS["rules"])
    shutil.copytree(DEMO, tmp_path / "demo")
    said = door("schema", "--write", "out/schemas", "--country", "demo", "--json")
    assert said.code == 0
    assert said.json["yaml.schemas"]["out/schemas/rules.json"] == "demo/rules/*.yaml"
    for kind, file in KINDS.items():
        assert json.loads((tmp_path / f"out/schemas/{kind}.json").read_text()) == schemas.schema_of(
            file, languages=LANGUAGES
        )


def test_an_unknown_kind_is_told(tmp_path: Path) -> None:
    said = Door(tmp_path)("schema", "rule")
    assert said.code == 1
    assert "There is no kind of file 'rule'. Did you mean 'rules'?" in said.err

"""Every setting, command and key is documented, and links lead somewhere."""

import dataclasses
import importlib
import pkgutil
import re

import pytest

import doorstep
from doorstep.config import cli, environment, reference
from doorstep.config.shapes import FILES
from tests.house.tree import ROOT, files, name


@pytest.mark.parametrize("page", sorted(reference.pages()))
def test_the_reference_is_up_to_date(page):
    written = (reference.FOLDER / page).read_text()
    assert written == reference.pages()[page], "Write it anew: make reference"


def test_every_command_is_listed():
    here = ROOT / "doorstep/config/cli"
    modules = {path.stem for path in here.glob("*.py")} - {"__init__", "__main__", "exits", "shared"}
    commands = {stem for stem in modules if "\nNAME = " in (here / f"{stem}.py").read_text()}
    assert set(cli.COMMANDS) == commands


def test_every_option_has_words():
    page = reference.commands_page()
    assert "| .|" not in page.replace(" ", "")


def test_no_setting_is_read_past_the_table():
    declared = {setting.name for setting in environment.SETTINGS}
    pattern = re.compile(r"""["'](DOORSTEP_[A-Z_]+|DATABASE_URL)["']""")
    read = {found for path in files("*.py") for found in pattern.findall(path.read_text())}
    assert read <= declared
    own = ROOT / "doorstep/config/environment.py"
    outside = [
        name(path)
        for path in files("*.py")
        if name(path).startswith("doorstep/") and "/tests/" not in name(path) and path != own
        if re.search(r"os\.getenv|os\.environ\.get\(|os\.environ\[\"(?!DOORSTEP_COUNTRY\"\] = )", path.read_text())
    ]
    assert set(outside) <= {"doorstep/config/postgres.py"}, "Declare it in environment.py."


def test_every_shape_is_on_the_page():
    """A dataclass whose fields were made by ``files.key`` is something that people write."""
    written = {shape for file in FILES for shape in reference.shapes_within(file.shape)}
    forgotten = {
        f"{shape.__module__}.{shape.__name__}"
        for module in modules()
        for shape in vars(module).values()
        if isinstance(shape, type) and shape.__module__ == module.__name__ and dataclasses.is_dataclass(shape)
        if any("doc" in field.metadata for field in dataclasses.fields(shape)) and shape not in written
    }
    assert not forgotten, "Add them to doorstep/config/shapes.py."


def modules():
    for found in pkgutil.walk_packages(doorstep.__path__, "doorstep."):
        if not re.search(r"\.(tests|migrations|__main__|wsgi|asgi)\b", found.name):
            yield importlib.import_module(found.name)


def test_links_between_documents_lead_somewhere():
    broken = []
    for path in files("*.md"):
        for link in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
            if not re.match(r"[a-z]+:", link) and not link.startswith("/") and not (path.parent / link).exists():
                broken.append(f"{name(path)}: {link}")
    assert not [line for line in broken if not line.startswith("countries/")]


def test_every_decision_record_is_in_the_index():
    index = (ROOT / "docs/adr/README.md").read_text()
    assert not [path.name for path in (ROOT / "docs/adr").glob("0*.md") if path.name not in index]

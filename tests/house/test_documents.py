"""Every setting, command and key is documented, and links lead somewhere."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import shlex

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
        if any("doc" in field.metadata for field in own_fields(shape)) and shape not in written
    }
    assert not forgotten, "Add them to doorstep/config/shapes.py."


def own_fields(shape):
    """The fields that a shape adds to those it inherits."""
    return [field for field in dataclasses.fields(shape) if field.name in inspect.get_annotations(shape)]


def modules():
    for found in pkgutil.walk_packages(doorstep.__path__, "doorstep."):
        if not re.search(r"\.(tests|migrations|__main__|wsgi|asgi)\b", found.name):
            yield importlib.import_module(found.name)


def test_links_between_documents_lead_somewhere():
    broken = []
    for path in files("*.md"):
        for link, anchor in re.findall(r"\]\(([^)#\s]*)(#[^)\s]+)?\)", path.read_text()):
            if re.match(r"[a-z]+:", link) or link.startswith("/"):
                continue
            target = path.parent / link if link else path
            if not target.exists() or (anchor and anchor[1:] not in anchors(target)):
                broken.append(f"{name(path)}: {link}{anchor}")
    assert not [line for line in broken if not line.startswith("countries/")]


def anchors(path):
    """The anchors of a page's headings, as they are made from the words."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_page_can_be_reached_from_the_index():
    reached, todo = set(), [ROOT / "docs/README.md"]
    while todo:
        page = todo.pop()
        if page not in reached:
            reached.add(page)
            links = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text())
            todo += [(page.parent / link).resolve() for link in links if not re.match(r"[a-z]+:", link)]
    pages = {path for path in files("*.md") if name(path).startswith("docs/")}
    assert not [name(page) for page in sorted(pages - reached)]


def shown_commands():
    """Every command line in a block of code, and every one written within a sentence: (page, words)."""
    for path in files("*.md"):
        if name(path).startswith("countries/"):
            continue
        text = path.read_text().replace("\\\n", " ")
        blocks = "\n".join(re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL))
        for line in blocks.splitlines():
            if found := re.match(r"\s*(?:[A-Z_]+=\S+ )?(?:\.venv/bin/)?(doorstep|make) (.+)", line):
                yield name(path), found[1], found[2]
        for found in re.findall(r"`(?:\.venv/bin/)?(doorstep|make) ([^`]+)`", text):
            yield name(path), *found


def arguments(words):
    """A shown command's words, up to a pipe, a comment or the next command; what a shell fills in becomes a word."""
    words = words.replace('"$2"', "2026-09-01")
    plain = re.sub(r"\$\([^()]*\([^()]*\)[^()]*\)|\$\([^()]*\)|\"?\$\w+\"?", "WORD", words)
    return shlex.split(re.split(r"\s+(?:#|<|>|\||&&|\|\||;)|\s{2,}", plain)[0])


def test_every_command_that_is_shown_exists(capsys):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wrong = []
    for page, program, shown in shown_commands():
        words = arguments(shown)
        if program == "make":
            wrong += [] if words[0] in targets else [f"{page}: make {words[0]}"]
        elif words[0] != "COMMAND" and words[:1] != [shown.strip()]:  # a command's bare name is no use of it
            try:
                cli.build_parser().parse_args(words)
            except SystemExit as ended:
                wrong += [f"{page}: doorstep {shown}"] if ended.code else []
        elif words[0] not in (*cli.COMMANDS, "COMMAND", "--help", "--version"):
            wrong.append(f"{page}: doorstep {shown}")
    capsys.readouterr()
    assert not wrong

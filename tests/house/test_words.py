"""What must not stand in the project: other places' addresses, other people's code, secrets."""

import re

from tests.house.tree import ROOT, files, name

# Written apart, so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": re.compile("|".join(("/wo" + "rk/", "/ho" + "me/[a-z]", "/ro" + "ot/", "/Us" + "ers/"))),
    "a package registry's address": re.compile(
        "|".join(("files.python" + "hosted", "pypi" + r"\.org/simple", "registry.npm" + "js"))
    ),
    "a private key": re.compile("BEGIN [A-Z ]*PRIVATE " + "KEY"),
    "an unfinished thought": re.compile(r"\b(FIX" + r"ME|XX" + r"X|TO" + r"DO)\b"),
}
TEXT = ("*.py", "*.md", "*.toml", "*.in", "*.txt", "*.json", "*.yaml", "*.yml", "*.html", "*.css", "*.sql", "*.lark")
PLAIN = ("Makefile", "run", "install", "browser", "clean")


def test_forbidden_words():
    found = [
        f"{name(path)}:{number}: {what}"
        for path in files(*TEXT, *PLAIN)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    assert not found


def test_nothing_is_vendored():
    assert not [name(path) for path in files("*.min.js", "*.min.css", "*.whl", "*.jar", "*.so")]


def test_requirements_are_pinned_with_hashes():
    for path in (ROOT / "requirements").glob("*.txt"):
        pinned = re.findall(r"^([a-z0-9-]+(?:\[[a-z,]+\])?)==\S+ (.*)$", path.read_text(), re.MULTILINE)
        assert pinned, path.name
        assert all(rest == "\\" for _, rest in pinned), path.name
        assert "://" not in path.read_text()


def test_pins_agree():
    def pins(name_):
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / name_).read_text(), re.MULTILINE))

    assert pins("runtime.txt").items() <= pins("dev.txt").items()


def test_the_npm_lock_names_no_address():
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    assert not (ROOT / "uv.lock").exists()

"""Nothing grows out of hand."""

from tests.house.tree import files, functions, name

MAX_FILE = 500
MAX_FUNCTION = 70
MAX_POSITIONAL = 5
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}


def test_files_are_short():
    long = {name(path): lines for path in files("*.py") if (lines := len(path.read_text().splitlines())) > MAX_FILE}
    assert not long


def test_functions_are_short():
    long = {
        f"{name(path)}:{function.lineno} {function.name}": lines
        for path in files("*.py")
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION
    }
    assert not long


def test_names_say_something():
    empty = [name(path) for path in files("*.py") if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES]
    assert not empty


def test_packages_say_what_they_are():
    silent = [
        name(path)
        for path in files("__init__.py")
        if name(path).startswith("doorstep/")
        and not {"tests", "migrations", "management", "templatetags"} & set(path.parts)
        and not path.read_text().lstrip().startswith('"""')
    ]
    assert not silent


def test_no_code_in_a_country():
    assert not [name(path) for path in files("*.py") if name(path).startswith("countries/")]

"""The command line: exit codes, plain errors, and what happens when it is interrupted."""

import argparse
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from doorstep import __version__
from doorstep.config import cli
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json
from doorstep.config.tests.door import COMMAND
from doorstep.kit.errors import DoorstepError, Unavailable


@pytest.fixture
def command(monkeypatch):
    """A command line whose only command does what the test says."""

    def install(action, *more):
        module = SimpleNamespace(
            NAME="try", HELP="Try.", EXAMPLES=("doorstep try",), add_arguments=add_json, run=lambda _: action()
        )
        monkeypatch.setattr(cli, "commands", lambda: [module])
        return cli.main(["try", *more])

    return install


def failing(error):
    def action():
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (DoorstepError("It is wrong.", why="A comma.", mend="Use a point."), 1, "It is wrong. A comma. Use a point."),
        (Unavailable("No database."), 3, "No database."),
        (OSError(28, "No space left on device"), 3, "No space left on device"),
        (KeyboardInterrupt(), 130, "Stopped."),
    ],
)
def test_an_error_is_told_plainly(command, capsys, error, code, says):
    assert command(failing(error)) == code
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


def test_a_database_error_quotes_no_values(command, capsys):
    error = type("OperationalError", (Exception,), {})("connection refused\nDETAIL: Key (tax_id)=(T-1)")
    assert command(failing(error)) == Exit.UNAVAILABLE
    assert "T-1" not in capsys.readouterr().err


def test_a_mistake_of_ours_keeps_its_traceback(command):
    with pytest.raises(ZeroDivisionError):
        command(failing(ZeroDivisionError()))


def test_the_result_is_the_exit_code(command):
    assert command(lambda: 1) == 1


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["check", "--unknown"], ["generate"]])
def test_a_command_that_is_not_understood(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == Exit.USAGE
    assert "usage: doorstep" in capsys.readouterr().err


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: doorstep {name}" in capsys.readouterr().out


def test_every_command_has_the_same_anatomy():
    for name, module in zip(cli.COMMANDS, cli.commands(), strict=True):
        assert name == module.NAME
        assert module.HELP.endswith(".")
        module.add_arguments(argparse.ArgumentParser())
        assert callable(module.run)


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"doorstep {__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from doorstep.config import cli; cli.build_parser()\n"
        "print([module for module in ('django', 'duckdb', 'numpy', 'yaml', 'babel') if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_reader_may_go():
    """As in ``doorstep check | head -0``: no traceback, no complaint."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*COMMAND, "check", "no-such-folder", "--json"],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert done.returncode in (Exit.PROBLEMS, Exit.PIPE_CLOSED)


def test_check_needs_no_database_and_no_django(tmp_path):
    code = (
        "import sys; sys.modules['django'] = None; sys.modules['psycopg'] = None\n"
        "from doorstep.config.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    (tmp_path / "country.yaml").write_text("country: [\n")
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == Exit.PROBLEMS, done.stderr
    assert "country.yaml:" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr

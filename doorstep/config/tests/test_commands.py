"""Every command from file to file, as a person at a terminal or a script uses it."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import shlex
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from doorstep.config import cli
from doorstep.config.cli.exits import Exit
from doorstep.config.tests.conftest import AS_OF
from doorstep.config.tests.door import COMMAND, ROOT, TARIFF, Door, may_not_pass_over_rights, small_disk, small_files

FILES = ["decide", TARIFF, "--no-database", "--as-of", AS_OF]


@pytest.fixture
def say(capsys, monkeypatch, tmp_path):
    """Run a command in this process, in an empty folder: (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def inputs(registers, tmp_path):
    """A copy of the registers that a test may spoil, in the folder where it runs."""
    return Path(shutil.copytree(registers, tmp_path / "people"))


# --- help


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_help_has_examples_that_are_understood(say, name):
    code, out, _ = say(name, "--help")
    assert code == Exit.FINE
    examples = [line.strip() for line in out.split("examples:")[1].splitlines() if line.strip()]
    for example in examples:
        first, *words = shlex.split(example)
        assert first == "doorstep"
        cli.build_parser().parse_args(words)
    assert any(example.startswith(f"doorstep {name}") for example in examples)


def test_the_help_lists_every_exit_code(say):
    _, out, _ = say("--help")
    for code in Exit:
        assert f"{code.value:>3}  {code.meaning}" in out


@pytest.mark.parametrize(
    "words",
    [
        ["decide"],
        ["decide", TARIFF],
        ["decide", TARIFF, "--inputs", "people", "--as-of", "31/12/2026"],
        ["generate", "--people", "many", "--out", "x"],
        ["generate", "--format", "xlsx", "--out", "x"],
        ["explain", TARIFF, "--inputs", "people"],
        ["answer", TARIFF, "low_income", "--inputs", "people", "--keys", "k.csv"],
        ["answer", TARIFF, "low_income", "--inputs", "people", "--keys", "k.csv", "--ask", "--out", "a.csv"],
        ["serve", "--port", "eighty"],
        ["run", "--people"],
    ],
)
def test_words_that_are_not_understood(say, words):
    code, out, err = say(*words)
    assert (code, out) == (Exit.USAGE, "")
    assert err.startswith(f"usage: doorstep {words[0]}")


# --- check


def test_check_takes_relative_and_absolute_folders(say, tmp_path):
    assert say("check")[:2] == (0, f"{ROOT / 'countries/demo'}: no problems.\n")
    shutil.copytree(ROOT / "countries/demo", tmp_path / "here")
    assert say("check", "here")[:2] == (0, "here: no problems.\n")
    assert say("check", tmp_path / "here")[0] == 0
    assert say("check", "./here/../here/")[0] == 0


def test_check_names_the_place_for_people_and_for_programs(say, tmp_path):
    rules = Path(shutil.copytree(ROOT / "countries/demo", tmp_path / "here")) / "rules/energy-tariff.yaml"
    rules.write_text(rules.read_text().replace("household_income <= ceiling", "household_incom <= ceiling"))
    code, out, _ = say("check", "here")
    assert code == Exit.PROBLEMS
    assert "rules/energy-tariff.yaml:" in out
    assert "Did you mean 'household_income'?" in out
    code, out, _ = say("check", "here", "--json")
    assert code == Exit.PROBLEMS
    first = json.loads(out)["problems"][0]
    assert first["file"] == "rules/energy-tariff.yaml"
    assert first["line"] > 1


@pytest.mark.parametrize("place", ["nowhere", "file.txt", "empty"])
def test_check_of_no_country(say, tmp_path, place):
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    code, out, _ = say("check", place)
    assert code == Exit.PROBLEMS
    assert out.rstrip().endswith("1 problem.")


# --- generate


def test_generate_again_with_another_folder_gives_the_same_bytes(say, tmp_path):
    for folder in ("one", "two"):
        code, out, err = say("generate", "--people", 50, "--seed", 4, "--as-of", AS_OF, "--out", folder, "--json")
        assert (code, err) == (0, "")
        assert json.loads(out)["people"] == 50
    for path in (tmp_path / "one").rglob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_generate_takes_away_nothing_of_yours(say, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = say("generate", "--people", 10, "--out", ".")
    assert code == Exit.PROBLEMS
    assert "holds other files" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# --- decide, explain


def test_decide_from_files_to_files(say, inputs):
    code, out, err = say(*FILES, "--inputs", "people", "--out", "out/march")
    assert (code, err) == (0, "")
    assert "decided." in out
    code, again, _ = say(*FILES, "--inputs", inputs, "--out", Path.cwd() / "again", "--json")
    summary = json.loads(again)
    assert code == 0
    assert summary["counts"]["entitled"] == sum(summary["files"].values())
    for name in summary["files"]:
        assert Path("out/march", name).read_bytes() == Path("again", name).read_bytes()
    report = json.loads(Path("out/march/report.json").read_text())
    assert report["counts"] == summary["counts"]
    faults = Path("out/march/faults.csv").read_text().splitlines()
    assert faults[0] == "register,file,line,column,reason,what,mend,value"
    assert len(list(csv.reader(faults))) - 1 == sum(sum(kinds.values()) for kinds in report["faults"].values()) > 0


def test_explain_agrees_with_the_run(say, inputs):
    say(*FILES, "--inputs", "people", "--out", "out")
    contract = Path("out/luz-do-vale.csv").read_text().splitlines()[1].split(",")[0]
    words = ["explain", TARIFF, contract, "--inputs", "people", "--as-of", AS_OF]
    code, out, _ = say(*words)
    assert code == 0
    assert out.startswith(f"{TARIFF}, {contract}, {AS_OF}: yes\n")
    assert "33.8% off what you pay" in out or "31.2% off what you pay" in out
    code, out, _ = say(*words, "--json", "--language", "ar")
    assert json.loads(out)["outcome"]["entitled"] is True
    assert any("\u0600" < letter < "\u06ff" for letter in json.loads(out)["outcome"]["reason"])


def test_an_error_is_one_json_document_too(say, inputs):
    code, out, err = say("decide", "energy-tarif", "--inputs", "people", "--no-database", "--json")
    assert code == Exit.PROBLEMS
    told = json.loads(out)["error"]
    assert told["exit"] == 1
    assert told["mend"] in err
    (inputs / "income.csv").unlink()
    code, out, _ = say(*FILES, "--inputs", "people", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (Exit.REFUSED, "missing_register")
    code, out, _ = say("explain", TARIFF, "x", "--inputs", "people", "--country", "nowhere", "--json")
    assert (code, json.loads(out)["error"]["problems"][0]["file"]) == (Exit.PROBLEMS, "nowhere")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([*FILES, "--inputs", "nowhere"], 1, "There is no folder nowhere."),
        ([*FILES, "--inputs", "people/income.csv"], 1, "There is no folder"),
        ([*FILES, "--inputs", "people", "--out", "people/income.csv"], 3, "Name a folder, not a file."),
        ([*FILES, "--inputs", "people", "--out", "/sys/doorstep"], 3, "cannot be used"),
        ([*FILES, "--inputs", "people", "--answers", "nowhere.csv"], 1, "nowhere.csv cannot be read"),
        ([*FILES, "--inputs", "people", "--country", "nowhere"], 1, "this is not a folder"),
        (["explain", TARIFF, "nobody", "--inputs", "people"], 1, "There is no contract 'nobody'"),
        (["explain", TARIFF, "x", "--inputs", "people", "--language", "xx"], 1, "no words in 'xx'"),
        (["explain", "nothing", "x", "--inputs", "people"], 1, "Known here: energy-tariff."),
        (["answer", TARIFF, "hair", "--inputs", "people", "--keys", "k", "--ask"], 1, "No provider is asked 'hair'"),
        (
            ["answer", TARIFF, "low_income", "--inputs", "people", "--keys", "k", "--out", "a.csv"],
            1,
            "k cannot be",
        ),
        (["generate", "--people", "0", "--out", "x"], 1, "A population has 1 to"),
        (["generate", "--out", "/sys/doorstep"], 3, "cannot be used"),
        (["serve", "--port", "70000"], 3, "No port"),
    ],
)
def test_what_is_wrong_is_said_plainly(say, inputs, words, code, says):
    found, out, err = say(*words)
    assert (found, out) == (code, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert err.rstrip().endswith(".")


# --- rows that belong to nobody


def soil_households(income: Path) -> None:
    """Take the household from every second row."""
    with income.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows[::2]:
        row["household"] = ""
    with income.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_many_rows_that_belong_to_nobody_stop_files_alone_and_a_providers_answers(say, inputs, tmp_path):
    soil_households(inputs / "income.csv")
    keys = tmp_path / "keys.csv"
    keys.write_text("key\n1\n")
    answers = ["answer", TARIFF, "low_income", "--as-of", AS_OF, "--keys", keys, "--out", "answers.csv"]
    for words in (FILES, answers):
        code, out, _ = say(*words, "--inputs", inputs, "--json")
        assert (code, json.loads(out)["error"]["code"]) == (4, "too_many_untied")
        assert say(*words, "--inputs", inputs, "--confirm-untied")[0] == 0


# --- registers kept apart


def test_registers_kept_apart_give_the_same_files(say, inputs, tmp_path):
    """Three machines: the office has the contracts, each provider its own register, and only yes or no travels."""
    office, answers = tmp_path / "office", []
    shutil.copytree(inputs / "contract", office / "contract")
    for question, register in (("low_income", "income"), ("qualifying_benefit", "benefit")):
        machine = tmp_path / register
        machine.mkdir()
        shutil.copy(inputs / f"{register}.csv", machine)
        keys, out = machine / "keys.csv", machine / f"{question}.csv"
        ask = ["answer", TARIFF, question, "--as-of", AS_OF, "--keys", keys]
        assert say(*ask, "--inputs", office, "--ask")[0] == 0
        code, told, _ = say(*ask, "--inputs", machine, "--out", out, "--json")
        asked = len(keys.read_text().splitlines()) - 1
        summary = json.loads(told)
        assert (code, summary["asked"]) == (0, asked)
        assert summary["yes"] > 0
        answers.append(out)
    together = json.loads(say(*FILES, "--inputs", inputs, "--out", "together", "--json")[1])
    apart = json.loads(say(*FILES, "--inputs", office, "--answers", *answers, "--out", "apart", "--json")[1])
    untied = {"untied": 0}  # what a provider's rows leave open is its own to count
    assert apart["counts"] | untied == together["counts"] | untied
    assert set(apart["files"]) == set(together["files"])
    for name in together["files"]:
        assert Path("apart", name).read_bytes() == Path("together", name).read_bytes()


# --- terminals, pipes, interruptions, disks


def shown(terminal):
    """Everything that was written to a terminal."""
    found = b""
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        try:
            while part := screen.read(65536):
                found += part
        except OSError:  # how Linux says that the other end is closed
            pass
    return found.decode()


def test_progress_is_shown_to_people_only(registers, tmp_path):
    words = [*COMMAND, *FILES, "--inputs", str(registers)]
    piped = subprocess.run(words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)  # noqa: PLW1510
    assert (piped.returncode, piped.stderr) == (0, b"")
    primary, secondary = os.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with Door(tmp_path).start(*FILES, "--inputs", registers, stderr=secondary) as process:
        out, _ = process.communicate(timeout=60)
    os.close(secondary)
    assert "100%" in shown(primary)
    assert out == piped.stdout.decode()


def test_the_reader_of_a_long_output_may_go(registers, tmp_path):
    door = Door(tmp_path)
    door(*FILES, "--inputs", registers, "--out", "out")
    contract = (tmp_path / "out/luz-do-vale.csv").read_text().splitlines()[1].split(",")[0]
    reader, writer = os.pipe()
    os.close(reader)
    with door.start("explain", TARIFF, contract, "--inputs", registers, stdout=writer) as process:
        _, err = process.communicate(timeout=60)
    os.close(writer)
    assert (process.returncode, err) == (Exit.PIPE_CLOSED, "")


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_at_any_time_ends_plainly_and_leaves_nothing_half_done(tmp_path, how):
    door = Door(tmp_path, {"TMPDIR": str(tmp_path / "scratch")})
    (tmp_path / "scratch").mkdir()
    assert door("generate", "--people", 300_000, "--as-of", AS_OF, "--format", "csv", "--out", "people").code == 0
    ended = set()
    for wait in (0, 0.2, 0.4, 0.6, 0.8):
        with door.start(*FILES, "--inputs", "people", "--out", f"out-{wait}") as process:
            while process.poll() is None and not list((tmp_path / "scratch").iterdir()):
                time.sleep(0.01)
            time.sleep(wait)
            process.send_signal(how)
            _, err = process.communicate(timeout=60)
        ended.add(process.returncode)
        assert "Traceback" not in err
        # The last: everything was done and Python itself on its way out when the signal came.
        assert process.returncode in (0, Exit.STOPPED, -how)
        assert not list(tmp_path.rglob("*.part"))
        assert not list((tmp_path / "scratch").iterdir())
    assert Exit.STOPPED in ended


def test_a_file_without_rights_is_told(registers, tmp_path):
    shutil.copytree(registers, tmp_path / "people")
    (tmp_path / "people/income.csv").chmod(0)
    (tmp_path / "shut").mkdir(mode=0o500)
    door = Door(tmp_path)
    for words in (
        [*FILES, "--inputs", "people"],
        [*FILES, "--inputs", registers, "--out", "shut/out"],
        ["generate", "--people", 10, "--out", "shut/out"],
    ):
        said = door(*words, preexec_fn=may_not_pass_over_rights)
        assert (said.code, said.out) == (Exit.UNAVAILABLE, "")
        assert "Permission denied. Give your user the right to it, or name another place." in said.err


@pytest.mark.parametrize("how", ["disk", "limit"])
@pytest.mark.parametrize("command", ["generate", "decide", "answer"])
def test_a_full_disk_is_told_and_leaves_no_half_file(registers, tmp_path, how, command):
    """A real disk of one megabyte where the kernel lets us make one, else files that may not grow: told alike."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = {
        "generate": ["generate", "--people", 60_000, "--out", "disk/people"],
        "decide": [*FILES, "--inputs", registers, "--out", "disk/out"],
        "answer": ["answer", TARIFF, "low_income", "--inputs", registers, "--keys", "disk/keys.csv", "--ask"],
    }[command]
    filled = 'dd if=/dev/zero of=disk/filler bs=1024 2>/dev/null; rm -f disk/probe; exec "$@"'
    before = small_disk(disk, 1) if how == "disk" else []
    if before and command != "generate":
        before += ["sh", "-c", filled, "fill"]
    said = Door(tmp_path)(*words, before=before, preexec_fn=None if before else small_files(512))
    assert said.code == Exit.UNAVAILABLE, said
    assert said.err.rstrip().endswith("Make room and try again.") or "Make room on the disk" in said.err
    assert len(said.err.splitlines()) == 1
    assert {path.name for path in disk.rglob("*") if path.is_file()} <= {".generating.json"}  # by which it clears up

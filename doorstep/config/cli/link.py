"""``doorstep link``: finds the records of one person in a file, or between two, and writes the pairs with reasons."""

from __future__ import annotations

import argparse
from pathlib import Path

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, country_folder, print_json
from doorstep.kit.errors import DoorstepError, unavailable

NAME = "link"
HELP = "Find the records of one person in a file, or between two files, without labels; a human decides on the pairs."
EXAMPLES = (
    "doorstep link var/people.csv --out var/doubles.csv",
    "doorstep link clinics.parquet register.csv --out pairs.csv --id number --column given=first_name",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add = parser.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="one file to look for doubles in, or two to link")
    add("--out", type=Path, required=True, metavar="FILE", help="the file of pairs to write, .csv or .parquet")
    add("--model", type=Path, metavar="FILE", help="what is compared and how (linkage.yaml of the country)")
    add("--country", metavar="FOLDER", type=Path, help="the country's folder (countries/demo)")
    add("--id", default="id", metavar="COLUMN", help="the column that names each record (id)")
    column = "the column that holds a field of the model, where it has another name; may be repeated"
    add("--column", action="append", default=[], metavar="FIELD=COLUMN", help=column)
    add("--replace", action="store_true", help="write over a file that is there")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Link, write the pairs, and say how many there are and how sure."""
    from doorstep.engines.dataflow.api import Workshop
    from doorstep.engines.linkage.api import link_files, read_linkage

    files, out = tuple(arguments.files), arguments.out
    if len(files) > 2:
        raise DoorstepError(f"{len(files)} files are too many.", mend="Name one, or two to be linked.")
    if out.exists() and not arguments.replace:
        raise DoorstepError(f"{out} is there already.", mend="Choose another name, or write over it with --replace.")
    if not out.resolve().parent.is_dir():
        raise DoorstepError(f"There is no folder {out.parent}.", mend="Make it first.")
    path = arguments.model or country_folder(arguments) / "linkage.yaml"
    try:
        model = read_linkage(path.read_text(encoding="utf-8"), file=str(path))
    except OSError as error:
        raise unavailable(error, doing=f"The model {path} cannot be read.") from error
    unfinished = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        with Workshop(memory="3GB") as workshop:
            found = link_files(
                workshop.connection,
                files,
                model=model,
                columns=dict(_renamed(arguments.column)),
                id=arguments.id,
                out=unfinished,
            )
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    linked = found.linked
    expected = sum(chance for _, _, chance in linked.pairs)
    result = {
        "written": str(out),
        "records": list(found.rows),
        "candidates": linked.candidates,
        "pairs": len(linked.pairs),
        "expected_right": round(expected, 1),
        "threshold": round(linked.model.threshold, 6),
        "not_compared": list(found.absent),
    }
    print_json(result) if arguments.json else print("\n".join(_told(result)))
    return Exit.FINE


def _renamed(words: list[str]) -> list[tuple[str, str]]:
    found = []
    for word in words:
        name, sign, column = word.partition("=")
        if not sign or not name.strip() or not column.strip():
            raise DoorstepError(f"{word!r} names no column.", mend="--column given=first_name")
        found.append((name.strip(), column.strip()))
    return found


def _told(result: dict[str, object]) -> list[str]:
    records = " and ".join(f"{count:,}" for count in result["records"])  # type: ignore[attr-defined]
    lines = [
        f"{records} records, {result['candidates']:,} pairs compared.",
        f"{result['written']}: {result['pairs']:,} pairs; by the model's own estimate {result['expected_right']:,} are"
        " right.",
    ]
    if result["not_compared"]:
        lines.append(f"Not compared, for want of a column: {', '.join(result['not_compared'])}.")  # type: ignore[arg-type]
    return lines

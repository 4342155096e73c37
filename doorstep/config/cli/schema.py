"""``doorstep schema``: the JSON Schema of each kind of country file, so that editors complete and check."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, print_json
from doorstep.kit.errors import DoorstepError

NAME = "schema"
HELP = "Write the JSON Schema of the country files, for editors."
EXAMPLES = (
    "doorstep schema",
    "doorstep schema rules",
    "doorstep schema --write var/schemas --country countries/demo",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("kind", nargs="?", help="the kind of file, such as rules; without it, all kinds are listed")
    parser.add_argument("--write", metavar="FOLDER", type=Path, help="write the schemas as files into this folder")
    country = "a country's folder: texts must then stand in each of its languages, and in no other"
    parser.add_argument("--country", metavar="FOLDER", type=Path, help=country)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """List, print or write."""
    from doorstep.config import schemas
    from doorstep.domains.country import api as countries
    from doorstep.kit.files import nearest

    kinds = schemas.kinds()
    if arguments.kind is not None and arguments.kind not in kinds:
        mend = nearest(arguments.kind, list(kinds))
        raise DoorstepError(f"There is no kind of file {arguments.kind!r}.", mend=mend)
    languages = countries.read_country(arguments.country).languages if arguments.country else ()
    chosen = {name: file for name, file in kinds.items() if arguments.kind in (None, name)}
    made = {name: schemas.schema_of(file, languages=languages) for name, file in chosen.items()}
    if arguments.write:
        return _write(arguments, made)
    if arguments.kind:
        print_json(made[arguments.kind])
    elif arguments.json:
        print_json([{"kind": name, "path": file.path, "purpose": file.purpose} for name, file in kinds.items()])
    else:
        width = max(map(len, kinds))
        for name, file in kinds.items():
            print(f"{name:<{width}}  {file.path:<18}  {file.purpose}")
    return Exit.FINE


def _write(arguments: argparse.Namespace, made: dict[str, dict[str, Any]]) -> int:
    from doorstep.config import schemas

    arguments.write.mkdir(parents=True, exist_ok=True)
    paths = {name: arguments.write / f"{name}.json" for name in made}
    for name, schema in made.items():
        paths[name].write_text(schemas.as_text(schema), encoding="utf-8")
    country = (arguments.country or Path("countries/*")).as_posix()
    mapping = {path.as_posix(): f"{country}/{schemas.kinds()[name].path}" for name, path in paths.items()}
    if arguments.json:
        print_json({"yaml.schemas": mapping})
        return Exit.FINE
    print(f"{len(made)} schemas in {arguments.write}. In an editor's settings, such as .vscode/settings.json:")
    print(json.dumps({"yaml.schemas": mapping}, ensure_ascii=False, indent=2))
    return Exit.FINE

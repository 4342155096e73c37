"""``doorstep witness``: what another agency runs, so that this office cannot change its past unseen. No database."""

from __future__ import annotations

import argparse
from pathlib import Path

from doorstep.config.cli.exits import Exit
from doorstep.kit.errors import DoorstepError

NAME = "witness"
HELP = "Be a witness of another agency's evidence log."
EXAMPLES = (
    "doorstep witness --make-key audit.example --key witness_key",
    "doorstep witness --key witness_key --state seen.json --begin --log 'services.gov.example/log+1a2b3c4d+AQ...'",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--key", metavar="FILE", type=Path, required=True, help="the file of this witness's secret key")
    parser.add_argument("--make-key", metavar="NAME", help="make the key for a witness of this name, say it, and stop")
    parser.add_argument("--state", metavar="FILE", type=Path, help="the file in which the witness keeps what it saw")
    parser.add_argument(
        "--begin", action="store_true", help="the witness is new: it has cosigned nothing yet, and the file is made"
    )
    parser.add_argument("--log", metavar="KEY", action="append", default=[], help="a key of a log to watch; repeatable")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8100, help="the port to listen on (8100); 0 takes a free one")


def run(arguments: argparse.Namespace) -> int:
    """Cosign until asked to stop."""
    from doorstep.engines.evidence.signing import new_signer, write_signers
    from doorstep.engines.evidence.verifier import WITNESS_KEY

    if not arguments.make_key:
        return _serve(arguments)
    if arguments.key.exists():
        raise DoorstepError(f"{arguments.key} is there already.", mend="Name another file, or use this key.")
    signer = new_signer(arguments.make_key, WITNESS_KEY)
    write_signers(arguments.key, [signer])
    print(signer.key.vkey)
    return Exit.FINE


def _serve(arguments: argparse.Namespace) -> int:
    from doorstep.engines.evidence.signing import public_key, read_signers
    from doorstep.engines.evidence.verifier import LOG_KEY, WITNESS_KEY
    from doorstep.engines.evidence.witness import Witness, serve

    if arguments.state is None or not arguments.log:
        raise DoorstepError("A witness needs --state and --log.", mend="See: doorstep witness --help")
    _check_memory(arguments.state, begin=arguments.begin)
    logs = [public_key(line, LOG_KEY) for line in arguments.log]
    witness = Witness(arguments.state, read_signers(arguments.key, WITNESS_KEY)[0], logs)
    try:
        server = serve(witness, arguments.host, arguments.port)
        names = ", ".join(sorted({key.name for key in logs}))
        print(f"{witness.signer.key.name} watches {names} on port {server.server_port}.", flush=True)
        server.serve_forever()
    finally:
        witness.close()
    return Exit.FINE


def _check_memory(file: Path, *, begin: bool) -> None:
    """A witness without its memory would sign two histories; so it never begins anew by itself."""
    if not file.exists() and not begin:
        raise DoorstepError(
            f"{file} is not there, and with it what this witness saw.",
            why="A witness that forgets could sign two histories.",
            mend="Put the file back from its backup. Only a new witness, with a new key, may begin: add --begin.",
        )

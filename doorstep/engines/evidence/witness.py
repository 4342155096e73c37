"""A witness: a small process of another agency that cosigns a log's checkpoints, and only those that follow the last.

It needs no database and nothing of the log but its public key. What it saw last stands in one file, written whole and
synced before any cosignature leaves the house: a witness that forgets would sign two histories.
HTTP as c2sp.org/tlog-witness: ``POST /add-checkpoint``.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from doorstep.engines.evidence.signing import Signer, cosignature
from doorstep.engines.evidence.verifier import (
    EMPTY_ROOT,
    Checkpoint,
    Key,
    Wrong,
    check_consistency,
    read_checkpoint,
    read_note,
    signed_by,
)
from doorstep.kit.errors import DoorstepError, unavailable

MAX_BODY = 64 * 1024
MAX_PATH = 63


class Refused(Exception):
    """An answer other than a cosignature: an HTTP status and a line."""

    def __init__(self, status: int, line: str, *, kind: str = "text/plain; charset=utf-8") -> None:
        self.status, self.line, self.kind = status, line, kind
        super().__init__(line)


class Witness:
    """What one witness knows: for each log the largest tree it has seen. One process at a time may use its file."""

    def __init__(
        self, file: Path, signer: Signer, logs: Sequence[Key], *, clock: Callable[[], float] = time.time
    ) -> None:
        self.file, self.signer, self.logs, self.clock = file, signer, tuple(logs), clock
        self._lock = threading.Lock()
        self._alone = self._claim()
        self._seen = self._load()

    def close(self) -> None:
        """Let another process have the file."""
        os.close(self._alone)

    def add_checkpoint(self, body: str) -> str:
        """The cosignature for a checkpoint that follows what was seen. Raises ``Refused``."""
        old, path, note_text = _request(body)
        try:
            note = read_note(note_text)
            checkpoint = read_checkpoint(note.text)
        except Wrong as error:
            raise Refused(400, str(error)) from error
        self._check_signature(note, checkpoint)
        if old > checkpoint.size:
            raise Refused(400, "The old size is larger than the checkpoint's.")
        with self._lock:
            size, root = self._seen.get(checkpoint.origin, (0, EMPTY_ROOT))
            if old != size:
                raise Refused(409, f"{size}\n", kind="text/x.tlog.size")
            try:
                check_consistency(old, checkpoint.size, root, checkpoint.root, path)
            except Wrong as error:
                raise Refused(422, str(error)) from error
            self._keep(checkpoint)
            return cosignature(note.text, self.signer, int(self.clock()))

    def seen(self, origin: str) -> tuple[int, bytes]:
        """Size and root of the largest tree of a log that was cosigned."""
        return self._seen.get(origin, (0, EMPTY_ROOT))

    def _check_signature(self, note: Any, checkpoint: Checkpoint) -> None:
        known = [key for key in self.logs if key.name == checkpoint.origin]
        if not known:
            raise Refused(404, "This witness does not know that log.")
        try:
            signed = [signed_by(note, key) for key in known]  # each of them: one forged line is enough to refuse
            if not any(signed):
                raise Refused(403, "The log has not signed this.")
        except Wrong as error:
            raise Refused(403, str(error)) from error

    def _keep(self, checkpoint: Checkpoint) -> None:
        """Write down what was seen, before anybody hears of it."""
        seen = {**self._seen, checkpoint.origin: (checkpoint.size, checkpoint.root)}
        data = {name: [size, base64.b64encode(root).decode()] for name, (size, root) in seen.items()}
        beside = self.file.with_name(f".{self.file.name}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as out:
                json.dump(data, out)
                out.flush()
                os.fsync(out.fileno())
            os.replace(beside, self.file)
            folder = os.open(self.file.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        except OSError as error:
            raise Refused(500, "The witness cannot write down what it saw, so it signs nothing.") from error
        self._seen = seen

    def _load(self) -> dict[str, tuple[int, bytes]]:
        if not self.file.exists():
            return {}
        try:
            data = json.loads(self.file.read_text())
            return {str(name): (int(size), base64.b64decode(root)) for name, (size, root) in data.items()}
        except (ValueError, TypeError, OSError) as error:
            raise DoorstepError(
                f"What this witness saw cannot be read from {self.file.name}.",
                why="A witness that forgets could sign two histories.",
                mend="Put the file back from its backup. Without one, begin as a new witness with a new key.",
            ) from error

    def _claim(self) -> int:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(f"{self.file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DoorstepError("Another witness uses this file.", mend="Stop it first, or name another.") from error
        except OSError as error:
            raise unavailable(error, doing="The witness cannot keep what it sees.") from error
        return descriptor


def _request(body: str) -> tuple[int, list[bytes], str]:
    """The old size, the path and the checkpoint of a request. Raises ``Refused``."""
    head, cut, note = body.partition("\n\n")
    lines = head.split("\n")
    size = lines[0].removeprefix("old ")
    is_number = size.isascii() and size.isdigit() and len(size) < 20 and str(int(size)) == size
    fits = cut and lines[0].startswith("old ") and is_number
    if not fits or len(lines) - 1 > MAX_PATH:
        raise Refused(400, "This is no request to add a checkpoint.")
    try:
        path = [base64.b64decode(line, validate=True) for line in lines[1:]]
    except ValueError as error:
        raise Refused(400, "The path is not written in base 64.") from error
    if any(len(step) != 32 for step in path):
        raise Refused(400, "A hash has the wrong length.")
    return int(size), path, note


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that listens already; ``serve_forever`` answers until ``shutdown``."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "doorstep-witness", ""
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            try:
                self._answer(200, "text/plain; charset=utf-8", witness.add_checkpoint(self._body()))
            except Refused as refused:
                self._answer(refused.status, refused.kind, refused.line)

        def do_GET(self) -> None:
            is_key, key = self.path == "/", f"{witness.signer.key.vkey}\n"
            self._answer(200 if is_key else 404, "text/plain; charset=utf-8", key if is_key else "")

        def _body(self) -> str:
            length = self.headers.get("Content-Length", "")
            self.close_connection = True  # unless everything that was sent is read
            if self.path != "/add-checkpoint":
                raise Refused(404, "There is only /add-checkpoint.")
            if not (length.isascii() and length.isdigit() and len(length) < 9) or int(length) > MAX_BODY:
                raise Refused(413, "The request is too long, or does not say how long it is.")
            raw = self.rfile.read(int(length))
            self.close_connection = False
            try:
                return raw.decode()
            except UnicodeDecodeError as error:
                raise Refused(400, "This is no text.") from error

        def _answer(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: whoever runs a witness sees it in what it keeps."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    return server

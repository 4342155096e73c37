"""``doorstep serve``: the web site, with as many processes and threads as the settings say."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from typing import Any

from doorstep.config import environment
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import site
from doorstep.kit.errors import Unavailable

NAME = "serve"
HELP = "Serve the web site."
EXAMPLES = ("doorstep serve --port 8080",)
PORTS_TO_TRY = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--host", default=None, help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="the port to listen on (8000, or the next free one)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until asked to stop."""
    host = arguments.host or environment.text("DOORSTEP_HOST")
    port = arguments.port or environment.number("DOORSTEP_PORT")
    with site():
        listener = listen(host, port)
        public = environment.text("DOORSTEP_URL")
        address = public or f"http://{_shown(host)}:{listener.getsockname()[1]}"
        address = address.rstrip("/")
        print(f"\nOpen {address}/\nOfficers: {address}/desk/\nPress Ctrl-C to stop.", flush=True)
        _serve(listener)
    return Exit.FINE


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or the next free one after it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reason: OSError | None = None
    for candidate in range(port, min(port + PORTS_TO_TRY, 65536)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(512)
        except OSError as error:
            listener.close()
            reason = error
        else:
            if candidate != port:
                print(f"Port {port} is taken; this one listens on {candidate}.", file=sys.stderr)
            return listener
    raise Unavailable(
        f"No port from {port} to {port + PORTS_TO_TRY - 1} could be taken on {host}.",
        why=f"{reason.strerror}." if reason and reason.strerror else "",
        mend="Choose another with --port or DOORSTEP_PORT.",
    )


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _serve(listener: socket.socket) -> None:
    """Hand the socket to gunicorn, which runs until it is asked to stop and then ends with ``SystemExit``."""
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter

    options = {
        "bind": f"fd://{os.dup(listener.fileno())}",
        "workers": environment.number("DOORSTEP_WORKERS"),
        "threads": environment.number("DOORSTEP_THREADS"),
        "worker_class": "gthread",
        "preload_app": True,
        "control_socket_disable": True,
        "loglevel": "warning",
        "accesslog": None,
        "graceful_timeout": 10,
        "timeout": 60,
        "max_requests": 10_000,
        "max_requests_jitter": 1_000,
    }
    listener.close()

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from doorstep.config.wsgi import application

            return application

        def run(self) -> None:
            _Arbiter(self).run()

    class _Arbiter(Arbiter):
        def handle_hup(self) -> None:
            """The terminal was closed. Elsewhere gunicorn would load the same code once more, which helps nobody."""
            if not outlives_terminal:
                self.handle_term()

    outlives_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # nohup
    try:
        Server().run()
    except SystemExit as ended:
        if ended.code:
            raise Unavailable("The web server stopped by itself.", mend="See what it said above.") from ended

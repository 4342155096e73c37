"""The web server as people start it: it answers, and it stops cleanly."""

import http.client
import os
import re
import signal
import socket
import subprocess

import pytest

from doorstep.config.cli.serve import PORTS_TO_TRY, listen
from doorstep.config.tests.door import COMMAND
from doorstep.kit.errors import Unavailable


def test_a_taken_port_gives_the_next_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port) as listener:
            assert port < listener.getsockname()[1] < port + PORTS_TO_TRY


def test_no_port_at_all_is_told():
    with pytest.raises(Unavailable, match="No port"):
        listen("192.0.2.1", 8000)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_answers_and_stops(how):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DOORSTEP_WORKERS": "1"},
    )
    try:
        line = next(line for line in server.stdout if line.startswith("Open"))
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        connection = http.client.HTTPConnection("127.0.0.1", int(address.group(1)), timeout=20)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        connection.close()
    finally:
        server.send_signal(how)
        _, said = server.communicate(timeout=30)
    assert server.returncode == 0, said
    assert "Traceback" not in said

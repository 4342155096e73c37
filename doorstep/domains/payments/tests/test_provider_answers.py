"""A provider's server may be anything: nobody is followed elsewhere with the key, and half an answer is no answer."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from doorstep.domains.payments.mobile.gsma import Gsma
from doorstep.domains.payments.mobile.transport import MoneyOrder, TransportError

ORDER = MoneyOrder(end_to_end="E1", phone="+9991234", amount="5.00", currency="EUR", text="Test")


@pytest.fixture
def server():
    """Servers that answer as a test says, and what each was asked."""
    running = []

    def serve(answer):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(dict(self.headers))
                answer(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=made.serve_forever, daemon=True).start()
        running.append(made)
        return f"http://127.0.0.1:{made.server_address[1]}", asked

    yield serve
    for one in running:
        one.shutdown()
        one.server_close()


def test_the_key_is_not_taken_to_where_a_provider_points(server):
    def elsewhere(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"{}")

    thief, asked = server(elsewhere)

    def away(handler):
        handler.send_response(302)
        handler.send_header("Location", f"{thief}/here")
        handler.end_headers()

    address, _ = server(away)
    with pytest.raises(TransportError, match="302") as told:
        Gsma(url=address, key="secret key", secrets=("shared",)).ask(ORDER)
    assert not told.value.permanent
    assert asked == []


def test_a_refusal_that_breaks_off_is_asked_about_again(server):
    def half(handler):
        handler.send_response(400)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"errorCategory": "valid')
        handler.wfile.flush()
        handler.connection.close()

    address, _ = server(half)
    with pytest.raises(TransportError) as told:
        Gsma(url=address, key="secret key", secrets=("shared",), seconds=3).pay(ORDER)
    assert not told.value.permanent

"""``doorstep outbox``: messages leave by folder and by web, and dead letters come back to life."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import transaction

from doorstep.config import cli, transports
from doorstep.config.cli import outbox as command
from doorstep.config.cli.exits import Exit
from doorstep.config.tests.test_officer import nothing
from doorstep.engines.outbox import api as outbox
from doorstep.engines.outbox.api import Message, TransportError
from doorstep.kit.errors import DoorstepError

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def run(monkeypatch, capsys, db):
    monkeypatch.setattr(command, "site", nothing)
    monkeypatch.setattr(command, "migrate", lambda: None)

    def run(*words):
        code = cli.main(["outbox", *words])
        return code, capsys.readouterr()

    return run


def write(*keys, lane="events"):
    with transaction.atomic():
        for key in keys:
            outbox.enqueue(lane=lane, topic="born", payload={"name": "নদী"}, key=key, at=AT, group="g")


def message(key="k"):
    return Message(1, key, "events", "born", {"n": 1}, "", 1, AT + timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_messages_go_into_a_folder_once_and_in_order(run, tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_OUTBOX", f"events={tmp_path}/sent")
    write("a", "b")
    write("c", lane="other")
    code, said = run("send", "--once")
    assert (code, said.out.splitlines()[0]) == (Exit.FINE, "events: 2 sent, 0 failed, 0 dead")
    assert "other: messages wait" in said.out
    lines = [json.loads(line) for line in (tmp_path / "sent/events.jsonl").read_text().splitlines()]
    assert [line["key"] for line in lines] == ["a", "b"]
    assert lines[0] == {"key": "a", "topic": "born", "group": "g", "payload": {"name": "নদী"}}
    assert json.loads(run("send", "--once", "--json")[1].out)["events"]["sent"] == 0
    listed = json.loads(run("list", "--json")[1].out)
    assert [(one["lane"], one["sent"], one["waiting"]) for one in listed] == [("events", 2, 0), ("other", 0, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_dead_letter_is_listed_tried_again_and_given_up(run, monkeypatch):
    def refuse(message):
        raise TransportError("No such address.", permanent=True)

    monkeypatch.setattr(transports, "transports", lambda: {"events": refuse})
    write("a", "b")
    assert "1 dead" in run("send", "--once")[1].out
    (letter,) = json.loads(run("dead", "--json")[1].out)
    assert (letter["key"], letter["error"]) == ("a", "No such address.")
    assert "payload" not in letter
    assert "1 will be tried again" in run("requeue", "--all")[1].out
    assert "1 dead" in run("send", "--once")[1].out
    assert "1 given up" in run("drop", str(letter["id"]), "--reason", "gone")[1].out
    assert "There are no dead letters" in run("dead")[1].out
    monkeypatch.setattr(transports, "transports", lambda: {"events": lambda message: ""})
    assert "1 sent" in run("send", "--once")[1].out
    assert "content of 1 messages" in run("erase", "--days", "0")[1].out


@pytest.mark.parametrize(
    "words", [("requeue",), ("requeue", "1", "--all"), ("drop", "1"), ("send", "--once"), ("erase", "--days", "-1")]
)
def test_a_command_that_is_not_whole_says_what_is_missing(run, words, monkeypatch):
    monkeypatch.delenv("DOORSTEP_OUTBOX", raising=False)
    code, said = run(*words)
    assert code == Exit.PROBLEMS
    assert said.err


def test_an_empty_outbox_says_so(run):
    assert run()[1].out == "The outbox is empty.\n"


@pytest.mark.parametrize(
    "text", ["events", "=x", "Events=x", "a=x a=y", "a=http://elsewhere.example/in", "a=ftp://x/y"]
)
def test_a_setting_that_is_none_is_refused(text):
    with pytest.raises(DoorstepError, match="DOORSTEP_OUTBOX"):
        transports.transports(text)


def test_a_line_that_was_cut_short_is_ended_first(tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_text('{"key": "ha')
    transports.append(file, message())
    assert json.loads(file.read_text().splitlines()[1])["key"] == "k"
    with pytest.raises(TransportError):
        transports.append(file / "no folder", message())


@pytest.fixture
def receiver():
    """A web address that answers with the status in its path, and keeps what it got."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.headers["Idempotency-Key"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(int(self.path[1:]))
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()
        thread.join()


def test_messages_go_to_a_web_address(receiver):
    address, got = receiver
    assert transports.transports(f"events={address}/201")["events"](message("k 1")) == "201 /elsewhere"
    ((key, body),) = got
    assert (key, json.loads(body)["payload"]) == ("k 1", {"n": 1})


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (404, True), (307, True), (429, False), (503, False)])
def test_what_a_receiver_refuses_for_good_is_not_tried_again(receiver, status, permanent):
    address, got = receiver
    with pytest.raises(TransportError) as caught:
        transports.post(f"{address}/{status}", message())
    assert caught.value.permanent is permanent
    assert len(got) == 1


def test_a_receiver_that_is_away_is_tried_again():
    with pytest.raises(TransportError) as caught:
        transports.post("http://127.0.0.1:9/", message())
    assert not caught.value.permanent

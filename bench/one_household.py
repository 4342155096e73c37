"""One household with every step, beside OpenFisca: in process, and over HTTP as both are served in production.

    python bench/one_household.py [--repeats 2000] [--requests 400] [--folder FOLDER] [--no-peer] [--no-http]

In process both answer the country template's couple (``bench/openfisca/country``) with a trace. Over HTTP ours answers
"would I get it?" of the demo country's energy tariff, in words and with every step, served by ``doorstep serve``;
theirs answers ``/trace`` for the couple, served by ``openfisca serve``. Two processes each, one request after another,
a connection for each request. The laws differ over HTTP: ours has the larger answer.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.openfisca import environment as beside  # noqa: E402 - found from the checkout, wherever it stands

MONTH = "2017-01"
THEIRS = {
    "persons": {
        "one": {"birth": {"ETERNITY": "1980-01-01"}, "salary": {MONTH: 4000}},
        "two": {"birth": {"ETERNITY": "1984-01-01"}, "salary": {MONTH: 2500}},
    },
    "households": {"home": {"adults": ["one", "two"], "accommodation_size": {MONTH: 80}}},
}
OURS: dict[str, list[dict[str, Any]]] = {
    "persons": [
        {"id": "one", "household": "home", "role": "adult", "birth": date(1980, 1, 1), "salary": Decimal(4000),
         "capital_returns": Decimal(0)},
        {"id": "two", "household": "home", "role": "adult", "birth": date(1984, 1, 1), "salary": Decimal(2500),
         "capital_returns": Decimal(0)},
    ],
    "households": [
        {"id": "home", "accommodation_size": Decimal(80), "rent": Decimal(0), "housing_occupancy_status": "tenant"}
    ],
}  # fmt: skip
GOAL = "disposable_income"


def in_process(repeats: int) -> dict[str, Any]:
    """Ours: every value and the whole tree of steps, microseconds of each."""
    from bench.openfisca import rules
    from doorstep.engines.rules.api import compile_one

    one = compile_one(rules.country(), entity="household", goal=GOAL, as_of=date(2017, 1, 1))
    spent = []
    for _ in range(repeats):
        start = time.perf_counter_ns()
        found = one.decide(OURS, key="home")
        spent.append((time.perf_counter_ns() - start) / 1000)
    value: Any = found.outcome
    return {"p50_microseconds": round(statistics.median(spent), 1), "value": float(value)}


# ---------------------------------------------------------------------- over HTTP


@contextlib.contextmanager
def served(command: list[str], port: int, environment: dict[str, str], log: Path) -> Iterator[int]:
    """A server in a process group of its own, whose number it gives, until the block ends."""
    with log.open("w") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
        try:
            wait_for(port, server, log)
            yield server.pid
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers at all."""
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit(f"The server ended by itself:\n{log.read_text()[-2000:]}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        time.sleep(0.2)
    raise SystemExit("The server did not answer within two minutes.")


def processor(group: int) -> float:
    """Processor milliseconds that the processes of a group have used so far; a database is none of them."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, fields[11:13])) if int(fields[2]) == group else 0
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def asked(port: int, path: str, body: dict[str, Any], requests: int, group: int) -> dict[str, Any]:
    """Milliseconds of a request, one after another, and what the server's processes spent on each."""
    spent, size = [], 0
    text = json.dumps(body)
    before = 0.0
    for number in range(-20, requests):
        before = processor(group) if number == 0 else before
        start = time.perf_counter_ns()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {read[:500]!r}")
        spent.append((time.perf_counter_ns() - start) / 1e6)
        size = len(read)
    worked = (processor(group) - before) / requests
    p50 = statistics.median(spent[20:])
    return {
        "p50_milliseconds": round(p50, 2),
        "processor_milliseconds": round(worked, 2),
        "answer_bytes": size,
    }


def answers(port: int, path: str) -> dict[str, str]:
    """An answer to each question, asked as a person would be: whatever makes the household entitled, or the first."""
    given: dict[str, str] = {}
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", path, json.dumps({"answers": given}), {"Content-Type": "application/json"})
        found = json.loads(connection.getresponse().read())
        connection.close()
        question = found["next"]
        if question is None:
            return given
        first = question["choices"][0]["value"] if question["choices"] else "1"
        given[question["id"]] = {"yes_no": "yes", "date": "1950-01-01"}.get(question["type"], first)


def ours_served(folder: Path, port: int, requests: int) -> dict[str, Any]:
    """The demo country under ``doorstep serve``."""
    place = {"DOORSTEP_VAR": str(folder / "served"), "DOORSTEP_WORKERS": "2", "PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **place, "DOORSTEP_COUNTRY": str(ROOT / "countries" / "demo")}
    doorstep = [sys.executable, "-m", "doorstep.config.cli"]
    subprocess.run(
        [*doorstep, "load", str(ROOT / "countries" / "demo")], env=environment, check=True, capture_output=True
    )
    path = "/api/v1/programmes/energy-tariff/check"
    with served([*doorstep, "serve", "--port", str(port)], port, environment, folder / "doorstep.log") as group:
        return asked(port, path, {"answers": answers(port, path)}, requests, group)


def theirs_served(folder: Path, port: int, requests: int) -> dict[str, Any]:
    """The country template under ``openfisca serve``."""
    command = [str(beside.peer_python(folder).with_name("openfisca")), "serve"]
    command += ["--country-package", "openfisca_country_template", "--port", str(port), "--workers", "2"]
    body = json.loads(json.dumps(THEIRS))
    body["households"]["home"][GOAL] = {MONTH: None}
    with served(command, port, dict(os.environ), folder / "openfisca.log") as group:
        return asked(port, "/trace", body, requests, group)


def main() -> int:
    """Measure and print."""
    parser = beside.options("One household with every step.", repeats=2_000, requests=400, port=8531)
    parser.add_argument("--no-http", action="store_true", help="leave the servers out")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.only:
        print(json.dumps(in_process(json.loads(chosen.only)["repeats"])))
        return 0
    result: dict[str, Any] = {"doorstep": beside.ours(__file__, {"repeats": chosen.repeats})}
    print(f"in process: half of ours take {result['doorstep']['p50_microseconds']} microseconds or less")
    if not chosen.no_peer:
        task = {"job": "household", "situation": THEIRS, "asked": [GOAL], "month": MONTH}
        result["openfisca"] = beside.theirs(chosen.folder, {**task, "repeats": max(chosen.repeats // 10, 1)})
        apart = result["openfisca"]["values"][GOAL][0] - result["doorstep"]["value"]
        print(f"            theirs {result['openfisca']['p50_microseconds']}; the answers differ by {apart:.4f}")
    if not chosen.no_http:
        result["doorstep_http"] = ours_served(chosen.folder, chosen.port, chosen.requests)
        print(f"over HTTP:  {result['doorstep_http']}")
        if not chosen.no_peer:
            result["openfisca_http"] = theirs_served(chosen.folder, chosen.port + 1, chosen.requests)
            print(f"            theirs {result['openfisca_http']}")
    beside.report("one_household", result, chosen)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Leaves a second with a log that is signed and seen by three witnesses meanwhile, and proofs in a tree of a billion.

    python bench/evidence.py [--clients 32] [--seconds 10] [--acts 1 20] [--folder var/bench/evidence]

``pgbench`` appends to one embedded server, each transaction durable before it is answered, with so many acts in each.
``doorstep log`` and three ``doorstep witness`` run beside it as processes of their own and speak HTTP. From act to
receipt: a marker is appended five times a second, and the time counts until a published checkpoint holds it.
The tree of 2^30 leaves is made of equal subtrees but for one leaf, so that it need not be kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
COMMAND = [sys.executable, "-m", "doorstep.config.cli"]
APPEND = (
    """SELECT count(*) FROM evidence_append_many(ARRAY(SELECT '{"kind":"bench","n":"' || n || '"}' """
    "FROM generate_series(1, :acts) n));\n"
)
MARKER = """SELECT evidence_append('{"kind":"marker"}')"""
PUBLISHED = """
    SELECT EXISTS (SELECT FROM evidence_entry WHERE leaf = %s AND place < (
        SELECT max(size) FROM evidence_checkpoint WHERE published_at IS NOT NULL))
"""


@contextlib.contextmanager
def witnesses(folder: Path, env: dict[str, str]) -> Iterator[str]:
    """Three witnesses at work; gives the setting that names them."""
    log = subprocess.check_output([*COMMAND, "log", "--keys"], env=env, text=True).strip()
    running, places = [], []
    try:
        for n in (1, 2, 3):
            key, state = folder / f"key{n}", folder / f"seen{n}"
            for old in (key, state):
                old.unlink(missing_ok=True)
            words = [*COMMAND, "witness", "--key", str(key)]
            vkey = subprocess.check_output([*words, "--make-key", f"witness{n}.example"], env=env, text=True).strip()
            words += ["--state", str(state), "--begin", "--port", "0", "--log", log]
            running.append(subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True))
            port = re.search(r"port (\d+)", running[-1].stdout.readline())[1]
            places.append(f"{vkey}@http://127.0.0.1:{port}")
        yield " ".join(places)
    finally:
        for process in running:
            process.terminate()
            process.wait()


def appended(home: Any, script: Path, chosen: argparse.Namespace, acts: int, rate: int) -> float:
    """Leaves a second. ``rate``: no more than so many; 0 takes all that come."""
    from doorstep.config.postgres_home import binaries

    command = [
        str(binaries(home) / "bin" / "pgbench"),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={chosen.clients}",
    ]
    command += ["--jobs=2", f"--time={chosen.seconds}", f"--file={script}", f"--define=acts={acts}", "--host"]
    command += [str(home.socket), "--username", "doorstep", "doorstep"]
    command += [f"--rate={rate // acts}"] if rate else []
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"tps = ([\d.]+)", run.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", run.stdout)
    if match is None or (failed and int(failed[1])):
        raise SystemExit(f"pgbench did not run:\n{run.stdout[-500:]}\n{run.stderr[-1500:]}")
    return float(match[1]) * acts


def waited(home: Any, stop: threading.Event, found: list[float]) -> None:
    """Seconds from a marker's commit until a published checkpoint holds it, five markers a second."""
    import psycopg

    open_markers: dict[int, float] = {}
    with psycopg.connect(host=str(home.socket), user="doorstep", dbname="doorstep", autocommit=True) as connection:
        while not stop.is_set() or open_markers:
            if not stop.is_set():
                leaf = connection.execute(MARKER).fetchone()[0]
                open_markers[leaf] = time.perf_counter()
            for leaf, since in list(open_markers.items()):
                if connection.execute(PUBLISHED, [leaf]).fetchone()[0]:
                    found.append(time.perf_counter() - since)
                    del open_markers[leaf]
            time.sleep(0.2 if not stop.is_set() else 0.02)


def under_load(chosen: argparse.Namespace, home: Any, acts: int, rate: int) -> dict[str, Any]:
    """Appends while the log is kept."""
    script = chosen.folder / "append.sql"
    script.write_text(APPEND)
    stop, seconds = threading.Event(), []
    watch = threading.Thread(target=waited, args=(home, stop, seconds))
    watch.start()
    reached = appended(home, script, chosen, acts, rate)
    stop.set()
    watch.join()
    ordered = sorted(seconds)
    return {
        "acts_in_a_transaction": acts,
        "at_most_a_second": rate or None,
        "leaves_a_second": round(reached),
        "to_a_published_checkpoint": {
            "median": round(statistics.median(ordered), 2),
            "p95": round(ordered[int(len(ordered) * 0.95)], 2),
            "longest": round(ordered[-1], 2),
        },
    }


def in_a_billion() -> dict[str, Any]:
    """Size of a path among 2^30 leaves, and how long checking takes."""
    from doorstep.engines.evidence.tiles import Tree, root
    from doorstep.engines.evidence.verifier import leaf_hash, root_of

    size, index, mine = 2**30, 123_456_789, leaf_hash(b"mine")
    same = [leaf_hash(b"other")]
    for _ in range(4):
        same.append(root([same[-1]] * 256))

    def read(level: int, number: int, width: int) -> bytes:
        tile, at = [same[level]] * width, index >> 8 * level
        if at // 256 == number:
            below = read(level - 1, at, 256) if level else b""
            tile[at % 256] = root([below[n : n + 32] for n in range(0, 8192, 32)]) if level else mine
        return b"".join(tile)

    tree = Tree(size, read)
    whole, path = tree.root(), tree.inclusion(index)
    times = []
    for _ in range(1000):
        start = time.perf_counter()
        assert root_of(mine, index, size, path) == whole
        times.append(time.perf_counter() - start)
    path_alone = statistics.median(times)
    return {
        "bytes": len(b"".join(path)),
        "path_in_milliseconds": round(path_alone * 1000, 4),
        "receipt_in_milliseconds": round(whole_receipt() * 1000, 3),
    }


def whole_receipt() -> float:
    """Seconds to check a whole receipt: words, path of 30 hashes, the log's signature and three cosignatures."""
    from doorstep.engines.evidence.signing import checkpoint_text, cosignature, make_signer, signed
    from doorstep.engines.evidence.verifier import (
        LOG_KEY,
        WITNESS_KEY,
        Receipt,
        canonical,
        check,
        entry_of,
        leaf_hash,
        read_receipt,
        root_of,
        write_receipt,
    )

    content, salt, path = {"kind": "bench"}, b"s" * 16, tuple(bytes([n]) * 32 for n in range(30))
    root = root_of(leaf_hash(entry_of(canonical(content), salt)), 123_456_789, 2**30, path)
    log = make_signer("bench.example/log", LOG_KEY, b"L" * 32)
    seen = [make_signer(f"witness{n}.example", WITNESS_KEY, bytes([n]) * 32) for n in (1, 2, 3)]
    text = checkpoint_text(log.key.name, 2**30, root)
    note = signed(text, [log]) + "".join(cosignature(text, signer, 1) for signer in seen)
    written = write_receipt(Receipt(content, salt, 123_456_789, path, note))
    times = []
    for _ in range(300):
        start = time.perf_counter()
        check(read_receipt(written), [log.key], [signer.key for signer in seen], 3)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Leaves a second with three witnesses, and proofs in a billion.")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--acts", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--rates", type=int, nargs="+", default=[0, 20_000], help="leaves a second; 0: all that come")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "evidence")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    var = str((chosen.folder / "server").resolve())
    os.environ |= {"DJANGO_SETTINGS_MODULE": "doorstep.config.settings", "DOORSTEP_VAR": var}

    import django

    from doorstep.config import postgres

    postgres.OPTIONS["max_connections"] = str(chosen.clients + 20)
    with postgres.Embedded(Path(var)) as server:
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from doorstep.engines.evidence import api

        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        env = dict(os.environ)
        with witnesses(chosen.folder, env) as places:
            env |= {"DOORSTEP_WITNESSES": places, "DOORSTEP_WITNESSES_NEEDED": "3"}
            log = subprocess.Popen([*COMMAND, "log"], env=env, stdout=subprocess.DEVNULL)
            time.sleep(3)
            try:
                runs = [under_load(chosen, server.home, acts, rate) for acts in chosen.acts for rate in chosen.rates]
            finally:
                log.terminate()
                log.wait()
        checkpoint = api.checkpoint()
        connection.close()
    load = os.getloadavg()[0]
    size, signatures = int(checkpoint.split("\n")[1]), checkpoint.count("\u2014")
    result = {
        "appending": runs,
        "leaves": size,
        "signatures": signatures,
        "proof": in_a_billion(),
        "load": round(load, 1),
    }
    (chosen.folder / "result.json").write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

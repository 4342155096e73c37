"""Tells how far a running query is, from a thread that only looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

Progress = Callable[[float, str], None]
_EVERY = 0.2


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, progress: Progress | None, what: str) -> Iterator[None]:
    """Call ``progress(fraction, what)`` a few times a second while the body runs a query."""
    if progress is None:
        yield
        return
    done = threading.Event()

    def look() -> None:
        while not done.wait(_EVERY):
            percent = connection.query_progress()
            if percent >= 0:
                progress(min(percent / 100, 1.0), what)

    progress(0.0, what)
    watcher = threading.Thread(target=look, name="progress", daemon=True)
    watcher.start()
    try:
        yield
        progress(1.0, what)
    finally:
        done.set()
        watcher.join()

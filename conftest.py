"""What every test stands on: the embedded PostgreSQL, started once when a test first needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Run the embedded server while tests use the database (unless DATABASE_URL names another).

    Side by side (``pytest -n 2``) each process has a database of its own in the same server.
    """
    from django.conf import settings

    from doorstep.config.postgres import database

    with database(settings.VAR):
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI runs, a test that was skipped was not run, and that is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("CI") and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} tests were skipped, which CI does not allow.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

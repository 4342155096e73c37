"""What every test stands on: the embedded PostgreSQL, started once when a test first needs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Run the embedded server while tests use the database (unless DATABASE_URL names another)."""
    from django.conf import settings

    from doorstep.config.postgres import database

    with database(settings.VAR):
        yield

"""The tests themselves run on PostgreSQL."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('listen_addresses')")
        version, addresses = cursor.fetchone()
    assert version >= 160000
    assert addresses == ""

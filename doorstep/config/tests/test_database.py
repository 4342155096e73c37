"""The tests themselves run on PostgreSQL."""

import pytest
from django.db import connection

from doorstep.engines.dataflow.api import Workshop


@pytest.mark.django_db
def test_the_database_is_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('listen_addresses')")
        version, addresses = cursor.fetchone()
    assert version >= 160000
    assert addresses == ""


@pytest.mark.django_db
def test_rows_cross_to_postgresql_and_back_unchanged() -> None:
    texts = [None, "", "\\N", "\\.", 'a "quoted" word', "two\nlines", "comma, and \\ more", " ", "শক্তি", "0"]
    connection.ensure_connection()
    with Workshop() as workshop, connection.cursor() as cursor:
        workshop.connection.execute(
            "CREATE TABLE words AS SELECT unnest(?) AS word, unnest(range(?)) AS n", [texts, 10]
        )
        cursor.execute("CREATE TEMPORARY TABLE kept (n integer, word text)")
        stored = workshop.to_postgres(
            "SELECT n, word FROM words", table="kept", columns=("n", "word"), connection=connection.connection
        )
        cursor.execute("SELECT word FROM kept ORDER BY n")
        assert [word for (word,) in cursor.fetchall()] == texts
        workshop.from_postgres(
            "SELECT n, word FROM kept", into="back", columns=("n", "word"), connection=connection.connection
        )
        assert [word for (word,) in workshop.rows("SELECT word FROM back ORDER BY n::INTEGER")] == texts
        assert stored == len(texts)

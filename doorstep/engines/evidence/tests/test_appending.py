"""Leaves: appended with the act, in SQL and in Python alike."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.evidence import api
from doorstep.engines.evidence.types import Act, BadContent, LogStopped

AT = datetime(2026, 9, 1, 10, 0, 5, 250_000, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def rows(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.mark.django_db
def test_a_leaf_is_a_commitment_to_its_content_and_its_salt():
    leaf = api.append(kind="benefits.decision", content={"ação": "não", "q": 'a "b" \\ \n'}, at=AT)
    ((commitment, salt),) = rows("SELECT commitment, salt FROM evidence_pending JOIN evidence_salt ON leaf = id")
    text = api.content_text(kind="benefits.decision", content={"ação": "não", "q": 'a "b" \\ \n'}, at=AT)
    assert hashlib.sha256(b"\x01" + salt.bytes + text.encode()).digest() == bytes(commitment)
    assert rows("SELECT id FROM evidence_pending") == [(leaf.id,)]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.dictionaries(TEXTS, TEXTS, max_size=5))
def test_python_and_sql_write_the_same_text(content):
    content = {key: value for key, value in content.items() if key not in ("kind", "at")}
    text = api.content_text(kind="k", content=content, at=AT)
    assert rows("SELECT %s::jsonb::text", text) == [(text,)]
    pairs = [part for pair in content.items() for part in pair]
    made = "jsonb_build_object('kind', 'k', 'at', evidence_time(%s)) || jsonb_object(%s::text[])"
    assert rows(f"SELECT ({made})::text", AT, pairs) == [(text,)]


@pytest.mark.django_db
def test_many_leaves_in_order_and_as_a_set():
    leaves = api.append_many(acts=[Act("k", {"n": str(n)}) for n in range(3)], at=AT)
    assert [leaf.id for leaf in leaves] == sorted(leaf.id for leaf in leaves)
    query = (
        "SELECT nextval('evidence_leaf_id'), jsonb_build_object('kind', 'k', 'at', evidence_time(%s), 'n', n::text) "
        "FROM generate_series(1, 1000) n"
    )
    assert api.append_from(query=query, params=[AT]) == 1000
    assert rows("SELECT count(DISTINCT id), count(DISTINCT commitment) FROM evidence_pending") == [(1003, 1003)]
    assert rows("SELECT count(*) FROM evidence_salt") == [(1003,)]


@pytest.mark.django_db
def test_the_same_content_twice_gives_two_commitments():
    api.append_many(acts=[Act("k", {"a": "b"})] * 2, at=AT)
    assert rows("SELECT count(DISTINCT commitment) FROM evidence_pending") == [(2,)]


@pytest.mark.django_db
@pytest.mark.parametrize("content", [{"a": 1}, {"a": None}, {1: "a"}, {"a": "\0"}, {"kind": "x"}, {"at": "x"}])
def test_what_is_no_text_is_refused(content):
    with pytest.raises(BadContent):
        api.append(kind="k", content=content, at=AT)


@transaction.atomic
def an_act_that_fails():
    api.append(kind="k", content={}, at=AT)
    rows("INSERT INTO evidence_salt (leaf, salt) VALUES (1, NULL) RETURNING 1")


@pytest.mark.django_db(transaction=True)
def test_a_leaf_goes_back_with_its_act_and_is_never_without_one():
    with pytest.raises(AssertionError):
        api.append(kind="k", content={}, at=AT)
    with pytest.raises(IntegrityError):
        an_act_that_fails()
    assert rows("SELECT count(*) FROM evidence_pending") == [(0,)]


@pytest.mark.django_db
def test_nothing_is_appended_while_the_log_stands_still():
    rows("INSERT INTO evidence_standstill (since, why) VALUES (now(), 'x') RETURNING 1")
    with pytest.raises(LogStopped, match="Too few witnesses"), transaction.atomic():
        api.append(kind="k", content={}, at=AT)


@pytest.mark.django_db
def test_forgetting_erases_the_salt_and_nothing_else():
    kept, gone = api.append_many(acts=[Act("k", {"a": "b"})] * 2, at=AT)
    assert api.forget(leaves=[gone.id]) == 1
    assert rows("SELECT leaf FROM evidence_salt") == [(kept.id,)]
    assert rows("SELECT count(*) FROM evidence_pending") == [(2,)]

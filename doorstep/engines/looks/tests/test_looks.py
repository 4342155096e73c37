"""A look leaves a record, once for each quarter of an hour, and none without somebody and a purpose."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from doorstep.engines.looks import api as looks

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def look(minutes=0, **other):
    given = {"subject": "wallet:1", "who": "Rui", "purpose": "help", **other}
    looks.record(**given, at=AT + timedelta(minutes=minutes))


def test_a_look_is_told_with_who_when_and_why():
    look()
    look(14)
    look(16)
    look(16, who="Ana")
    look(16, purpose="mend")
    look(16, subject="wallet:2")
    found = [(one.who, one.purpose, (one.at - AT).seconds // 60) for one in looks.looks_at(subject="wallet:1")]
    assert found == [("Rui", "mend", 16), ("Ana", "help", 16), ("Rui", "help", 16), ("Rui", "help", 0)]


@pytest.mark.parametrize("missing", ["subject", "who", "purpose"])
def test_nobody_looks_without_a_name_and_a_purpose(missing):
    with pytest.raises(IntegrityError), transaction.atomic():
        look(**{missing: ""})


@pytest.mark.django_db(transaction=True)
def test_a_look_belongs_to_the_transaction_that_reads():
    with pytest.raises(AssertionError, match="no reading"):
        look()

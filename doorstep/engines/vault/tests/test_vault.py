"""What is sealed opens where it was written and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.engines.vault.api import Vault
from doorstep.engines.vault.types import BadKey, CannotOpen

OLD, NEW = "an old secret of thirty-two characters", "a new secret of thirty-two characters"
PLACE = "people.person.names 1"


@given(st.binary(max_size=500))
def test_what_is_sealed_opens(value):
    vault = Vault([NEW])
    sealed = vault.seal(value, PLACE)
    assert vault.open(sealed, PLACE) == value
    assert value not in sealed or len(value) < 4


def test_the_same_value_is_never_sealed_alike():
    vault = Vault([NEW])
    assert vault.seal(b"Amina", PLACE) != vault.seal(b"Amina", PLACE)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_an_altered_value_does_not_open(place, flip):
    vault = Vault([NEW])
    sealed = bytearray(vault.seal(b"Amina", PLACE))
    sealed[place % len(sealed)] ^= flip
    with pytest.raises(CannotOpen) as told:
        vault.open(bytes(sealed), PLACE)
    assert "Amina" not in str(told.value)


def test_a_value_moved_to_another_row_does_not_open_and_the_row_is_not_named():
    vault = Vault([NEW])
    with pytest.raises(CannotOpen, match=r"people\.person\.names does not fit") as told:
        vault.open(vault.seal(b"Amina", PLACE), "people.person.names 4711")
    assert "4711" not in str(told.value)


@pytest.mark.parametrize("cut", [0, 1, 5, 16, 32])
def test_a_cut_value_does_not_open(cut):
    vault = Vault([NEW])
    with pytest.raises(CannotOpen):
        vault.open(vault.seal(b"", PLACE)[:cut], PLACE)


def test_a_key_is_changed_without_losing_what_was_sealed():
    before = Vault([OLD]).seal(b"Amina", PLACE)
    vault = Vault([NEW, OLD])
    assert vault.open(before, PLACE) == b"Amina"
    assert not vault.is_current(before)
    after = vault.seal(b"Amina", PLACE)
    assert vault.is_current(after)
    with pytest.raises(CannotOpen, match=r"people\.person\.names cannot be opened"):
        Vault([OLD]).open(after, PLACE)


def test_a_hash_depends_on_the_key_the_use_and_the_value():
    vault = Vault([NEW, OLD])
    made = {
        vault.hash("+999 1", "phone"),
        vault.hash("+999 2", "phone"),
        vault.hash("+999 1", "email"),
        Vault([OLD]).hash("+999 1", "phone"),
    }
    assert len(made) == 4
    assert vault.hashes("+999 1", "phone") == [vault.hash("+999 1", "phone"), Vault([OLD]).hash("+999 1", "phone")]


def test_tokens_are_numbers_that_postgresql_can_keep_and_are_found_under_an_old_key():
    tokens = Vault([OLD]).tokens(["amina", "rahman", "amina"], "name")
    assert len(tokens) == 2
    assert all(-(2**63) <= token < 2**63 for token in tokens)
    assert set(tokens) < set(Vault([NEW, OLD]).all_tokens(["amina", "rahman"], "name"))


@pytest.mark.parametrize("secrets", [[], ["short"]])
def test_a_vault_needs_a_key_that_nobody_guesses(secrets):
    with pytest.raises(BadKey):
        Vault(secrets)

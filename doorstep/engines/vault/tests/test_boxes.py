"""A box is opened by its server alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.engines.vault.api import box_key, put_in, take_out
from doorstep.engines.vault.types import CannotOpen

SECRET, OTHER = "the secret of this server, long enough", "the secret of another one, long enough"
PUBLIC = box_key(SECRET).public_key().public_bytes_raw()


@given(st.binary(max_size=300))
def test_what_was_put_in_is_taken_out_under_an_old_key_too(value):
    box = put_in(value, PUBLIC)
    assert take_out(box, [SECRET]) == take_out(box, [OTHER, SECRET]) == value


def test_two_boxes_of_the_same_are_not_alike():
    assert put_in(b"Amina", PUBLIC) != put_in(b"Amina", PUBLIC)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_an_altered_box_does_not_open(place, flip):
    box = bytearray(put_in(b"Amina", PUBLIC))
    box[place % len(box)] ^= flip
    with pytest.raises(CannotOpen):
        take_out(bytes(box), [SECRET])


@given(st.binary(max_size=80))
def test_rubbish_and_other_servers_boxes_do_not_open(rubbish):
    for box in (rubbish, b"\x01" + rubbish, put_in(b"x", box_key(OTHER).public_key().public_bytes_raw())):
        with pytest.raises(CannotOpen):
            take_out(box, [SECRET])

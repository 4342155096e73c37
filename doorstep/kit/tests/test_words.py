"""The words that Doorstep says itself."""

from __future__ import annotations

import pytest

from doorstep.kit.errors import Problems
from doorstep.kit.words import read_words


def test_words_of_several_files(tmp_path):
    (tmp_path / "a.yaml").write_text("yes: {en: Yes, pt: Sim}\n")
    (tmp_path / "b.yaml").write_text("no: {en: No, pt: Não}\n", encoding="utf-8")
    found = read_words(tmp_path.glob("*.yaml"))
    assert [found[key].in_("pt") for key in ("yes", "no")] == ["Sim", "Não"]


def test_a_key_that_stands_twice_is_named_with_its_place(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("yes: {en: Yes}\n")
    with pytest.raises(Problems, match=r"b\.yaml:1:6: the key 'yes' stands in two files"):
        read_words(tmp_path.glob("*.yaml"))

"""A country's own colours are taken where everybody can read them, and refused elsewhere."""

from __future__ import annotations

import pytest

from doorstep.domains.country.api import Look, colours_of, contrast
from doorstep.domains.country.look import DARK, LIGHT, TEXT_TOKENS, note_look_problems
from doorstep.kit import files
from doorstep.kit.errors import Findings


def _look(text: str) -> tuple[Look, Findings]:
    findings = Findings()
    look = files.decode(files.read_yaml(text, file="country.yaml"), Look, findings=findings)
    assert not findings.problems
    note_look_problems(look, findings)
    return look, findings


@pytest.mark.parametrize("painted", [LIGHT, DARK])
def test_the_house_colours_can_be_read(painted: dict[str, str]) -> None:
    for token in TEXT_TOKENS:
        assert contrast(painted[token], painted["paper"]) >= 7
        assert contrast(painted[token], painted["sand"]) >= 7
    assert contrast(painted["line"], painted["paper"]) >= 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0b4f4a", "#0b4f4a") == 1


def test_own_colours_stand_over_those_of_the_house() -> None:
    look, findings = _look('{light: {door: "#003366"}, mark: "M4 28V4h24v24z"}')
    assert not findings.problems
    assert colours_of(look)["light"] == LIGHT | {"door": "#003366"}
    assert colours_of(look)["dark"] == DARK


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{light: {door: "#3388cc"}}', "'door' on 'paper' is hard to read"),
        ('{light: {paper: "#777777"}}', "'ink' on 'paper'"),
        ('{light: {light: "#333333"}}', "'ink' on 'light'"),
        ('{light: {line: "#eeeeee"}}', "'line' on 'paper'"),
        ('{dark: {muted: "#555555"}}', "'muted' on 'sand'"),
        ("{light: {door: teal}}", "not a colour"),
        ('{light: {door: "#fff;x:url(/)"}}', "not a colour"),
        ("{mark: '\"/><script>'}", "not the path"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, says: str) -> None:
    _, findings = _look(text)
    assert any(says in str(problem) and problem.place.line == 1 for problem in findings.problems)

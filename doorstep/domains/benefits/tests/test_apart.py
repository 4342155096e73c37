"""Registers that stay with their providers give the same result as the registers together."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Entitlement, Review
from doorstep.domains.benefits.tests.world import BOSS, PROGRAMME, World, at
from doorstep.domains.benefits.types import Order
from doorstep.domains.country.api import Country
from doorstep.kit.errors import DoorstepError

MARCH = date(2026, 3, 5)


@pytest.fixture
def crowd(country: Country, tmp_path: Path) -> World:
    """Two hundred contracts of every kind, many with something missing."""
    dice = random.Random(20260305)
    made = World(country, tmp_path / "inputs")
    for number in range(200):
        contract = f"C{number:03}"
        income = dice.choice(["0.00", "6272.64", "6272.65", "9408.96", "30000.00", None])
        use = dice.choice(["domestic"] * 5 + ["business", ""])
        made.add(contract, income=income, use=use, power_kva=dice.choice(["3.45", "6.90", "6.91", ""]))
        for mate in range(dice.choice([0, 0, 1, 3])):
            made.incomes[f"M{number}-{mate}"] = {
                "tax_id": f"M{number}-{mate}", "household": f"H{contract}", "born_on": "2001-01-01", "sex": "male",
                "taxable_income": dice.choice(["0.00", "2000.00", ""]),
            }  # fmt: skip
        kind = dice.choice(["", "", "", "minimum-income", "sick-pay", "unknown"])
        if kind:
            benefit = "" if kind == "unknown" else kind
            until = dice.choice(["", "", "2020-01-01"])
            made.benefits.append({"tax_id": f"P{contract}", "kind": benefit, "since": "2019-01-01", "until": until})
        if dice.random() < 0.1:
            del made.incomes[f"P{contract}"]
        if dice.random() < 0.05:
            made.contracts[contract]["holder"] = ""
    made.write()
    return made


def rows(path: Path) -> dict[str, str]:
    with path.open() as file:
        return {row[0]: row[1] for row in csv.reader(file)}


def answers_of(world: World, folder: Path) -> list[Path]:
    """What the three machines do: the office asks, each provider answers from its own files."""
    order = Order(programme=PROGRAMME, inputs=world.folder, as_of=MARCH)
    made = []
    own = {"qualifying_benefit": "benefit", "low_income": "income"}
    for question, register in own.items():
        keys, answers = folder / f"{question}-asked.csv", folder / f"{question}.csv"
        folder.mkdir(exist_ok=True)
        asked = api.questions_file(country=world.country, order=order, variable=question, path=keys)
        alone = folder / f"{question}-machine"
        alone.mkdir()
        (alone / f"{register}.csv").write_bytes((world.folder / f"{register}.csv").read_bytes())
        there = Order(programme=PROGRAMME, inputs=alone, as_of=MARCH)
        summary = api.answer(country=world.country, order=there, variable=question, keys=keys, path=answers)
        assert summary.asked == asked == len(rows(answers)) - 1
        assert (summary.yes + summary.no + summary.unknown) == asked
        assert set(rows(answers).values()) <= {question, "yes", "no", ""}
        made.append(answers)
    return made


def test_apart_is_the_same_as_together(crowd: World, tmp_path: Path) -> None:
    answers = answers_of(crowd, tmp_path / "apart")
    only = tmp_path / "contracts"
    (only / "contract").mkdir(parents=True)
    for path in (crowd.folder / "contract").iterdir():
        (only / "contract" / path.name).write_bytes(path.read_bytes())
    together = api.decide_files(
        country=crowd.country, order=crowd.order(MARCH, out=tmp_path / "together"), now=at(MARCH)
    )
    apart = api.decide_files(
        country=crowd.country,
        order=Order(programme=PROGRAMME, inputs=only, as_of=MARCH, out=tmp_path / "out", answers=answers),
        now=at(MARCH),
    )
    assert apart.counts == together.counts
    assert min(together.counts.entitled, together.counts.not_entitled, together.counts.unknown) > 10
    assert apart.files == together.files
    for name in together.files:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "together" / name).read_bytes()


def test_apart_gives_the_same_reasons(crowd: World, loaded: Country, tmp_path: Path) -> None:
    crowd.country = loaded
    answers = answers_of(crowd, tmp_path / "apart")

    def found() -> dict[str, str]:
        given = dict(Entitlement.objects.values_list("contract", "reason"))
        return given | dict(Review.objects.values_list("contract", "reason"))

    before = transaction.savepoint()
    crowd.run(MARCH)
    together = found()
    transaction.savepoint_rollback(before)
    for name in ("income.csv", "benefit.csv"):
        (crowd.folder / name).unlink()
    api.decide(country=loaded, order=crowd.order(MARCH, answers=answers), officer=BOSS, now=at(MARCH))
    assert found() == together
    facts = Entitlement.objects.first().known_facts()  # type: ignore[union-attr]
    assert "household_income" not in facts, "an amount stays with its provider"
    assert "low_income" in facts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no file of answers"),
        ("key,value\nP1,yes\n", "No provider is asked 'value'"),
        ("key,low_income\nP1,yes\nP1,no\n", "answers a key twice"),
        ("key,low_income\nP1,maybe\n", "other answers than yes, no or nothing"),
    ],
)
def test_a_wrong_file_of_answers_is_refused(crowd: World, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(DoorstepError, match=said):
        api.decide_files(country=crowd.country, order=crowd.order(MARCH, answers=[path]), now=at(MARCH))


def test_a_provider_without_its_register_cannot_answer(crowd: World, tmp_path: Path) -> None:
    keys = tmp_path / "keys.csv"
    keys.write_text("key\nP1\n")
    order = Order(programme=PROGRAMME, inputs=tmp_path, as_of=MARCH)
    with pytest.raises(DoorstepError, match="'income' is needed"):
        api.answer(country=crowd.country, order=order, variable="low_income", keys=keys, path=tmp_path / "x.csv")


@pytest.mark.slow
def test_every_explanation_agrees_with_the_run(crowd: World, tmp_path: Path) -> None:
    """One person's decision, rebuilt from the files, is that of the whole nation's run."""
    api.decide_files(country=crowd.country, order=crowd.order(MARCH, out=tmp_path), now=at(MARCH))
    entitled = set(rows(tmp_path / "luz-do-vale.csv")) - {"contract"}
    seen = set()
    for contract in list(crowd.contracts)[:40]:
        told = api.explain(country=crowd.country, order=crowd.order(MARCH), contract_id=contract, language="pt")
        assert (contract in entitled) is (told.outcome.entitled is True)
        assert told.outcome.reason
        seen.add(told.outcome.entitled)
    assert seen == {True, False, None}
    with pytest.raises(DoorstepError, match="no contract"):
        api.explain(country=crowd.country, order=crowd.order(MARCH), contract_id="nobody' OR 1=1", language="en")

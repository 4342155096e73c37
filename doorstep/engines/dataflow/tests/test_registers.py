"""Registers are checked when they are read, before any file is."""

import pytest

from doorstep.engines.dataflow.api import Register, read_register
from doorstep.engines.feel import types as feel
from doorstep.kit.errors import Problems
from doorstep.kit.files import read_yaml

INCOME = """
register: income
title: {en: Tax register}
provider: tax-authority
entity: person
key: tax_id
columns:
  tax_id: {type: text, label: {en: Tax number}, names: [NIF]}
  household: {type: text, label: {en: Household}, link: household, back: members}
  taxable_income: {type: money, label: {en: Income}}
  power: {type: number, label: {en: Power}, optional: true}
  share: {type: number, decimals: 4, label: {en: Share}}
  children: {type: count, label: {en: Children}}
  born_on: {type: date, label: {en: Born}}
  sex: {type: code, of: {female: {en: Female}, male: {en: Male}}, label: {en: Sex}}
  commune: {type: code, of: areas, label: {en: Commune}}
  alive: {type: boolean, label: {en: Alive}}
"""


def read(text: str) -> Register:
    return read_register(read_yaml(text, file="income.yaml"), lists={"areas": {}})


def test_a_register_is_read() -> None:
    register = read(INCOME.replace("of: areas", "of: {n1: {en: North}}"))
    assert register.name == "income"
    assert register.columns["taxable_income"].feel_type == feel.MONEY
    assert register.columns["taxable_income"].sql_type == "DECIMAL(14,2)"
    assert register.columns["power"].feel_type == feel.number(12, 2)
    assert register.columns["share"].sql_type == "DECIMAL(12,4)"
    assert register.columns["children"].feel_type == feel.COUNT
    assert register.columns["sex"].codes == ("female", "male")
    assert register.links["household"].back == "members"


def test_codes_may_stand_in_a_list_of_the_country() -> None:
    node = read_yaml(INCOME, file="income.yaml")
    north = read_yaml(INCOME, file="income.yaml").value["title"]
    assert north is not None
    label = read(INCOME.replace("of: areas", "of: {n1: {en: North}}")).columns["commune"].of
    assert isinstance(label, dict)
    assert read_register(node, lists={"areas": label}).columns["commune"].codes == ("n1",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: tax_id", "key: nif", "the key 'nif' is none of the columns"),
        ("  tax_id:", '  "tax id\\"; drop table income; --":', "not a safe name"),
        ("register: income", "register: ../income", "not a safe name"),
        ("of: areas,", "", "lacks the key 'of'"),
        ("of: areas", "of: planets", "unknown list 'planets'"),
        ("of: areas", "of: areas", "lacks the key 'of'"),
        ("type: boolean", "type: boolean, decimals: 2", "only a number has decimals"),
        ("decimals: 4", "decimals: 13", "out of range"),
        ("type: boolean", "type: boolean, back: homes", "names a link but has none"),
        ("type: boolean", "type: boolean, link: home", "must be text"),
        ("type: boolean", "type: text, link: home, as: household", "stands twice"),
        ("type: boolean", "type: text, link: home, as: sex", "the name of another column"),
        ("type: boolean", "type: boolean, names: [Nif]", "would be both"),
        ("type: boolean", "type: bool", "unknown value"),
        ("dates", "date", "unknown key"),
    ],
)
def test_mistakes_are_named_with_their_place(old: str, new: str, said: str) -> None:
    text = INCOME.replace("columns:", "dates: iso\ncolumns:").replace(old, new, 1)
    with pytest.raises(Problems, match=said.replace("(", "\\(")) as raised:
        read(text)
    assert all(problem.place.line for problem in raised.value.problems)

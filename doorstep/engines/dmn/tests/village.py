"""A small invented country whose rules go out and come back."""

from __future__ import annotations

import textwrap

from doorstep.engines.dataflow.api import read_register
from doorstep.engines.rules.api import RuleSet, read_rules
from doorstep.kit.files import read_yaml

REGISTERS = """
register: contract
title: {en: Contracts}
provider: suppliers
entity: contract
key: contract_id
columns:
  contract_id: {type: text, label: {en: Number}}
  holder: {type: text, label: {en: Holder}, link: person, back: contracts}
  use: {type: code, label: {en: Use}, of: {domestic: {en: Home}, business: {en: Business}}}
  power: {type: number, decimals: 2, label: {en: Power}}
---
register: income
title: {en: Incomes}
provider: tax
entity: person
key: tax_id
columns:
  tax_id: {type: text, label: {en: Number}}
  household: {type: text, label: {en: Household}, link: household, back: members}
  taxable_income: {type: money, label: {en: Income}}
"""

RULES = """
rules: village
parameters:
  ceiling: {label: {en: Ceiling}, unit: EUR/year, values: {2020-01-01: 100.50, 2026-01-01: 120.25}, reference: Act 1}
  uses: {label: {en: Uses}, values: {2020-01-01: [domestic]}, reference: Act 2}
variables:
  low: {of: household, label: {en: Low}, formula: sum(members.taxable_income) <= ceiling, because: {yes: {en: low},
    no: {en: not low}, unknown: {en: unknown}}}
  at_home: {of: contract, label: {en: At home}, formula: use in uses}
  entitled: {of: contract, label: {en: Entitled}, formula: at_home and holder.household.low}
"""


def rules(*texts: str) -> RuleSet:
    """The rule set of one or more rules files, or of ``RULES``."""
    registers = [read_register(read_yaml(text, file="registers.yaml")) for text in REGISTERS.split("---")]
    nodes = [read_yaml(textwrap.dedent(text), file="rules.yaml") for text in (texts or (RULES,))]
    return read_rules(nodes, registers={one.name: one for one in registers}, languages=("en",), currency="EUR")

"""A small invented country for the tests: contracts, persons, households, benefits."""

from __future__ import annotations

import textwrap

from doorstep.engines.dataflow.api import Register, read_register
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
  born_on: {type: date, label: {en: Born on}}
---
register: benefit
title: {en: Benefits}
provider: social
entity: benefit
columns:
  tax_id: {type: text, label: {en: Person}, link: person, as: recipient, back: benefits}
  kind: {type: code, label: {en: Kind}, of: {pension: {en: Pension}, grant: {en: Grant}}}
  amount: {type: money, label: {en: Amount}}
  until: {type: date, optional: true, label: {en: Paid until}}
"""

RULES = """
rules: town
parameters:
  ceiling: {label: {en: Ceiling}, unit: EUR/year, values: {2020-01-01: 100.50, 2026-01-01: 120.25}, reference: Act 1}
  kinds: {label: {en: Kinds}, values: {2020-01-01: [pension]}, reference: Act 2}
variables:
  low: {of: household, label: {en: Low}, formula: sum(members.taxable_income) <= ceiling, because: BECAUSE}
  helped: {of: person, label: {en: Helped}, formula: some b in benefits satisfies b.kind in kinds, because: BECAUSE}
  at_home: {of: contract, label: {en: At home}, formula: use = "domestic", because: BECAUSE}
  entitled: {of: contract, label: {en: Entitled}, formula: at_home and (holder.helped or holder.household.low)}
""".replace("BECAUSE", "{yes: {en: 'yes {NAME}'}, no: {en: no}, unknown: {en: unknown}}").replace("yes {NAME}", "yes")


def registers() -> dict[str, Register]:
    """The three registers."""
    found = [read_register(read_yaml(text, file="registers.yaml")) for text in REGISTERS.split("---")]
    return {register.name: register for register in found}


def rules(*texts: str) -> RuleSet:
    """The rule set of one or more rules files, or of ``RULES``."""
    nodes = [read_yaml(textwrap.dedent(text), file="rules.yaml") for text in (texts or (RULES,))]
    return read_rules(nodes, registers=registers(), languages=("en",), currency="EUR")

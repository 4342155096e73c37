"""The columns of each file, in SQL over the drawn columns. Codes become words here, numbers become identifiers.

Identifiers run through the numbers of a prime in seeming disorder: ``place -> place * step + start, modulo the prime``.
So none comes twice, and the order of identifiers tells nothing about the order of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.domains.people.synthetic.dirt import CODES
from doorstep.domains.people.synthetic.names import LATIN, Lists
from doorstep.domains.people.types import Format

_LARGE, _SMALL = 899_999_963, 89_999_999
MAX_PEOPLE = 80_000_000
_STRANGER = 850_000_000  # places that no person has


@dataclass(frozen=True)
class Words:
    """The words behind the codes, in the order of the codes."""

    suppliers: Sequence[str]
    powers: Sequence[str]
    communes: Sequence[str]
    languages: Sequence[str]
    benefits: Sequence[str]
    given: dict[str, Lists]
    family: Lists


def contract_columns(words: Words) -> str:
    """The register ``contract``. A copy that contradicts its first has another use and another home."""
    other = f"(dirt = {CODES['contradictory']})"
    missing = f"dirt = {CODES['missing']} AND contract % 3"
    stranger = f"CASE WHEN dirt = {CODES['unknown_person']} THEN contract % 20000000 + {_STRANGER} ELSE holder END"
    return f"""
            'c' || {_disorder("contract", _LARGE, 512_927_357, 77_232_917)} AS contract_id,
            {_word("supplier", words.suppliers)} AS supplier,
            CASE WHEN dirt = {CODES["unknown_code"]} AND contract % 2 = 0 THEN 'steam'
                ELSE {_word("energy", ("electricity", "gas"))} END AS energy,
            CASE WHEN {missing} = 0 THEN NULL ELSE {tax_id(stranger)} END AS holder,
            CASE WHEN {missing} = 1 THEN NULL WHEN dirt = {CODES["unknown_code"]} AND contract % 2 = 1 THEN 'farm'
                ELSE {_word(f"(use + {other}::TINYINT) % 2", ("domestic", "business"))} END AS use,
            CASE WHEN {missing} = 2 THEN NULL ELSE permanent != {other} END AS permanent_home,
            CASE WHEN power >= 0 THEN {_word("power", words.powers)} END::DECIMAL(12, 2) AS power_kva,
            CASE WHEN cubic_metres >= 0 THEN cubic_metres END::INTEGER AS annual_m3,
            {_word("commune", words.communes)} AS commune,
            {_word("language", words.languages)} AS language"""


def income_columns(as_of: date, form: Format) -> str:
    """The register ``income``. A copy that contradicts its first has another income or another household.

    Amounts that are no amounts can stand in a CSV file only; in Parquet such a cell keeps its amount.
    """
    missing, other = f"dirt = {CODES['missing']} AND person % 4", f"dirt = {CODES['contradictory']} AND person % 2"
    amount = f"(cents + CASE WHEN {other} = 0 THEN 100000 ELSE 0 END)::DECIMAL(14, 0) * 0.01::DECIMAL(3, 2)"
    amount = f"({amount})::DECIMAL(14, 2)"
    if form == "csv":
        bad = _word("person % 4", ("n/a", "12.345.67", "EUR 9000", "7 300,5O"))
        amount = f"CASE WHEN dirt = {CODES['bad_text']} THEN {bad} ELSE ({amount})::VARCHAR END"
    return f"""
            {tax_id("person")} AS tax_id,
            CASE WHEN {missing} = 0 THEN NULL
                ELSE {household_id(f"household + CASE WHEN {other} = 1 THEN 1 ELSE 0 END")} END AS household,
            CASE WHEN {missing} = 1 THEN NULL ELSE {amount} END AS taxable_income,
            CASE WHEN {missing} = 2 THEN NULL
                WHEN dirt = {CODES["future_date"]} THEN {_day(as_of)} + 30 + (person % 3000)::INTEGER
                ELSE {_day(as_of)} - born END AS born_on,
            CASE WHEN {missing} = 3 THEN NULL WHEN dirt = {CODES["unknown_code"]} THEN 'x'
                ELSE {_word("sex", ("female", "male"))} END AS sex"""


def benefit_columns(words: Words, as_of: date) -> str:
    """The register ``benefit``."""
    missing = f"dirt = {CODES['missing']} AND person % 2"
    stranger = f"CASE WHEN dirt = {CODES['unknown_person']} THEN person % 20000000 + {_STRANGER} ELSE person END"
    return f"""
            {tax_id(stranger)} AS tax_id,
            CASE WHEN {missing} = 0 THEN NULL WHEN dirt = {CODES["unknown_code"]} THEN 'old-kind'
                ELSE {_word("kind", words.benefits)} END AS kind,
            CASE WHEN {missing} = 1 THEN NULL
                WHEN dirt = {CODES["future_date"]} THEN {_day(as_of)} + 30 + (person % 700)::INTEGER
                ELSE {_day(as_of)} + since END AS since,
            CASE WHEN until < 1000000 AND dirt != {CODES["future_date"]} THEN {_day(as_of)} + until END AS until"""


def people_columns(words: Words, as_of: date) -> str:
    """Who the people are. It is no register: it holds no dirt, and later domains begin with it."""
    given = f"CASE WHEN sex = 0 THEN {_word('given', words.given['female'][LATIN])} ELSE "
    given += f"{_word('given', words.given['male'][LATIN])} END"
    own_given, own_family = _own(words, "given"), _own(words, "family")
    return f"""
            'p' || {_disorder("person", _LARGE, 687_194_767, 31_415_927)} AS person,
            {tax_id("person")} AS tax_id, {household_id("household")} AS household,
            {given} AS given_name, {_word("family", words.family[LATIN])} AS family_name,
            {own_given} AS own_given_name, {own_family} AS own_family_name,
            {_day(as_of)} - born AS born_on, {_word("sex", ("female", "male"))} AS sex,
            {_word("commune", words.communes)} AS commune, {_word("language", words.languages)} AS language,
            CASE WHEN phone THEN '+999' || {_disorder("person", _LARGE, 423_908_077, 9_371_241)} END AS phone"""


def tax_id(place: str) -> str:
    """The tax number of the person at a place."""
    return f"({_disorder(place, _LARGE, 736_878_743, 5_040_301)})::VARCHAR"


def household_id(place: str) -> str:
    """The number of the household at a place."""
    return f"'h' || {_disorder(place, _SMALL, 48_271_013, 1_299_709)}"


def _own(words: Words, part: str) -> str:
    """A name in the letters of the person's language: those that have none of their own use Latin ones."""
    cases = []
    for number, language in enumerate(words.languages):
        script = language if language in words.family else LATIN
        if part == "family":
            name = _word("family", words.family[script])
        else:
            women, men = words.given["female"][script], words.given["male"][script]
            name = f"CASE WHEN sex = 0 THEN {_word('given', women)} ELSE {_word('given', men)} END"
        cases.append(f"WHEN {number} THEN {name}")
    return f"CASE language {' '.join(cases)} END"


def _disorder(place: str, prime: int, step: int, start: int) -> str:
    digits = len(str(prime))
    return f"((({place})::BIGINT * {step} + {start}) % {prime} + {10 ** (digits - 1)})"


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _word(place: str, words: Sequence[str]) -> str:
    quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"[{quoted}][({place}) + 1]"

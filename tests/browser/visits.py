"""Every public page by a name, with its address. A page that nobody names here fails a test."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.test import Client

PROGRAMME = "programmes/energy-tariff/"
ANSWERS = {
    "energy": "electricity",
    "use": "domestic",
    "permanent_home": "yes",
    "power_kva": "6.9",
    "benefit": "none",
    "members": "3",
    "without_income": "1",
    "income": "9000",
}
INCOMES = {"yes": "9000", "no": "90000", "unknown": ""}

PLAIN = {
    "home": "",
    "about": "about/about/",
    "help": "about/help/",
    "privacy": "about/privacy/",
    "accessibility": "about/accessibility/",
    "programme": PROGRAMME,
    "find": "decision/",
    "reports": "reports/",
    "rules": "rules/",
    "rule": "rules/energy-tariff/",
    "log": "log/",
    "check a receipt": "log/check/",
    "wallet": "wallet/",
    "lost PIN": "wallet/lost/",
    "confirm for somebody": "wallet/lost/confirm/",
    "new PIN": "wallet/lost/new/",
    "my data": "me/",
    "agent": "agent/",
    "vouchers": "vouchers/",
    "shop": "shop/",
    "404": "programmes/no-such-thing/",
}
"""Pages that need nothing but their address."""
STEPS = tuple(f"question {number}" for number in range(1, len(ANSWERS) + 1))
RESULTS = tuple(f"result {kind}" for kind in INCOMES)
LETTERS = ("granted", "ending", "receipt", "payments", "object", "objected")
PAGES = (*PLAIN, "report", *STEPS, "wrong answer", "answers", *RESULTS, *LETTERS, "wrong letter", "403", "503")
SOME = ("home", "programme", "question 1", "answers", "result no", "find", "ending", "object", "report", "rule", "404")
"""The pages that are visited in the languages that are not visited in full."""
EVERYWHERE = [(page, language) for language in ("en", "ar") for page in PAGES]
EVERYWHERE += [(page, language) for language in ("pt", "bn") for page in SOME]


@dataclass(frozen=True)
class Letter:
    """What stands on a letter: the code and the contract's number."""

    reference: str
    contract: str


def walk() -> dict[str, str]:
    """The addresses, in English, of each question of the check, of the answers and of each result."""
    found: dict[str, str] = {}
    for kind, income in INCOMES.items():
        asked, answers, result = _through({**ANSWERS, "income": income})
        found |= dict(zip(STEPS, asked, strict=True))
        found |= {"answers": answers, f"result {kind}": result}
    return found


def _through(answers: dict[str, str]) -> tuple[list[str], str, str]:
    client, address, asked = Client(), f"/en/{PROGRAMME}check/", []
    for _ in range(len(answers) + 1):
        html = client.get(address).content.decode()
        question = re.search(r'name="q" value="([^"]+)"', html)
        if question is None:
            break
        asked.append(address)
        token = re.search(r'name="a" value="([^"]*)"', html)
        sent = {"q": question[1], "a": token[1] if token else "", "answer": answers[question[1]]}
        address = client.post(f"/en/{PROGRAMME}check/", sent)["Location"]
    result = re.search(r'href="([^"]+/check/result/[^"]+)"', html)
    assert result is not None, html
    return asked, address, result[1].replace("&amp;", "&")

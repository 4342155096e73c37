"""How many cards one core issues and verifies in a second, how large their codes are, and the lists that readers carry.

    python bench/cards.py [--cards 2000] [--listed 1000000]

Cards as a country of four languages issues them: number, name in two scripts, date of birth, sex, country, and the
place where they can be taken back. Prints the figures, then the same as JSON; they also go to ``var/bench/cards.json``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from doorstep.engines.credentials import api  # noqa: E402
from doorstep.engines.credentials.types import (  # noqa: E402
    BirthDate,
    CardClaims,
    Gender,
    Refused,
    Signer,
    Standing,
    State,
    StatusRef,
)

ISSUER = "https://services.nadira.example"
LIST = f"{ISSUER}/states/1"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
PEOPLE = {
    "English": ("eng", "Amina Rahman", "ben", "আমিনা রহমান"),
    "Portuguese": ("por", "Maria da Conceição de Vasconcelos", "ara", "ماريا دا كونسيساو دي فاسكونسيلوس"),
    "Bangla": ("ben", "মোসাম্মৎ আমিনা রহমান", "eng", "Mosammat Amina Rahman"),
    "Arabic": ("ara", "أمينة بنت عبد الرحمن", "eng", "Amina bint Abdulrahman"),
}


def issued(signer: Signer, language: str, index: int) -> str:
    """A typical card of somebody who speaks this language."""
    spoken, name, second_spoken, second = PEOPLE[language]
    claims = CardClaims(
        id=f"{4_821_730_655 + index}",
        language=spoken,
        full_name=name,
        second_name=second,
        second_language=second_spoken,
        born=BirthDate(1940 + index % 70, 1 + index % 12, 1 + index % 28),
        gender=Gender(1 + index % 2),
        country="XN",
    )
    return api.issue_card(
        claims=claims, signer=signer, issued_at=AT, expires_at=AT + timedelta(days=3650), status=StatusRef(LIST, index)
    )


def a_second(work: Callable[[int], Any], count: int) -> float:
    """How often a second the work is done."""
    began = time.perf_counter()
    for index in range(count):
        work(index)
    return round(count / (time.perf_counter() - began), 1)


def measured(kind: str, cards: int, listed: int) -> dict[str, Any]:
    """The figures of one kind of signature."""
    signer, phone = api.new_signer(issuer=ISSUER, kind=kind), api.new_signer(issuer="", kind=kind)
    seed = random.Random(1)
    states = dict.fromkeys(seed.sample(range(cards, listed), listed // 100), State.REVOKED)
    second = int(AT.timestamp())
    raw = api.write_list(
        uri=LIST, states=states, size=listed, signer=signer, issued_at=second, good_until=second + 86_400, as_jwt=False
    )
    carried = api.read_status_list(raw=raw, keys=[signer.key])
    languages = list(PEOPLE)
    made: list[str] = []
    issuing = a_second(lambda index: made.append(issued(signer, languages[index % 4], index)), cards)
    found = []
    verifying = a_second(
        lambda index: found.append(api.verify_card(text=made[index], keys=[signer.key], at=AT, status=[carried])), cards
    )
    if any(isinstance(one, Refused) or one.standing is not Standing.VALID for one in found):
        raise SystemExit("A card that is good was not verified.")
    return {
        "cards_issued_a_second": issuing,
        "cards_verified_a_second": verifying,
        "letters": {
            language: max(len(text) for text in made[place::4]) for place, language in enumerate(languages)
        },
        "squares": {language: api.qr_squares(made[place]) for place, language in enumerate(languages)},
        "list_bytes": len(raw),
        "credentials_shown_and_verified_a_second": a_second(lambda index: _on_a_phone(signer, phone), cards // 4),
    }  # fmt: skip


def _on_a_phone(signer: Signer, phone: Signer) -> None:
    asked = api.Question("https://clinic.nadira.example", "n")
    credential = api.issue_sd_jwt(
        kind="resident", always={}, on_request={"name": "Amina", "birthdate": "1961-05-09", "over_60": True},
        signer=signer, issued_at=AT, expires_at=AT + timedelta(days=1), holder=phone.key,
    )  # fmt: skip
    shown = api.present_sd_jwt(
        credential=credential, show=["over_60"], holder=phone, audience=asked.audience, nonce=asked.nonce, at=AT
    )
    if isinstance(api.verify_sd_jwt(text=shown, keys=[signer.key], at=AT, question=asked), Refused):
        raise SystemExit("A credential that is good was not verified.")


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", type=int, default=2000)
    parser.add_argument("--listed", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    chosen = parser.parse_args()
    found = {kind: measured(kind, chosen.cards, chosen.listed) for kind in (api.ED25519, api.ES256)}
    for kind, figures in found.items():
        print(kind, *(f"{name}: {figure}" for name, figure in figures.items()), sep="\n  ")
    found |= {"cards": chosen.cards, "listed": chosen.listed}
    chosen.folder.mkdir(parents=True, exist_ok=True)
    (chosen.folder / "cards.json").write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

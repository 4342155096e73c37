"""The receipt of a decision: on its page, as a file and as a square code, for every kind of decision."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from doorstep.channels.web.tests.test_letter import loaded, opened, settle, unclear, world
from doorstep.domains.benefits import api
from doorstep.domains.benefits.tests.stored import Decision, Look, reference_of
from doorstep.domains.benefits.tests.world import World
from doorstep.domains.benefits.types import Verdict
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import LogHalted, NoReceipt, Policy
from doorstep.engines.evidence.verifier import LOG_KEY

__all__ = ["loaded", "unclear", "world"]

NAME = "services.test/log"
SIGNER = make_signer(NAME, LOG_KEY, b"L" * 32)


def publish() -> None:
    evidence.run_pass(Policy(NAME, (SIGNER,)), at=timezone.now())


def receipt_of(row: Decision) -> evidence.ReceiptView:
    return api.receipt_by_reference(
        reference=reference_of(row.pk), contract_id=row.entitlement.contract, who="person:x", purpose="own-data",
        now=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_a_person_takes_the_receipt_along_and_anybody_checks_it(
    unclear: World, client: Client, language: str, settings: object
) -> None:
    settings.EVIDENCE = Policy(NAME, ())
    page = opened(client, "C1", language)
    address = f"/{language}/decision/letter/receipt/"
    assert f'href="{address}"' in page
    early = client.get(address).content.decode()
    assert "<svg" not in early.split("<main")[1].split("</main>")[0]
    assert client.get(f"{address}file/").status_code == 302
    publish()
    shown = client.get(address)
    assert "<svg" in shown.content.decode().split("<main")[1]
    assert shown["Cache-Control"] == "no-store"
    file = client.get(f"{address}file/")
    assert file["Content-Disposition"].endswith('.tlog-proof"')
    checked = client.post(f"/{language}/log/check/", {"text": file.content.decode()})
    assert checked.status_code == 200
    assert "grant" in checked.content.decode()


def test_every_decision_of_a_run_and_of_an_officer_has_a_receipt_that_says_its_row(unclear: World) -> None:
    settle(Verdict.NOT_ENTITLED)
    publish()
    rows = list(Decision.objects.all())
    assert {row.kind for row in rows} == {"grant", "refusal"}
    for row in rows:
        verdict = evidence.verify(text=receipt_of(row).text, logs=[SIGNER.key.vkey])
        assert verdict.content["decision"] == row.kind
        assert verdict.content["entitlement"] == str(row.entitlement_id)
        assert verdict.content["by"] == row.decided_by


def test_looking_at_a_receipt_is_a_look(unclear: World, client: Client) -> None:
    opened(client, "C1")
    publish()
    client.get("/en/decision/letter/receipt/")
    assert Look.objects.filter(contract="C1").count() == 2


def test_a_decision_that_was_changed_afterwards_has_no_receipt(unclear: World) -> None:
    publish()
    row = Decision.objects.first()
    receipt_of(row)
    Decision.objects.filter(pk=row.pk).update(reason="another")
    row.refresh_from_db()
    with pytest.raises(NoReceipt, match="altered"):
        receipt_of(row)


def test_nothing_is_decided_while_the_log_stands_still(unclear: World) -> None:
    before = Decision.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_halt (why, since) VALUES ('x', now())")
    with pytest.raises(LogHalted), transaction.atomic():
        settle(Verdict.NOT_ENTITLED)
    assert Decision.objects.count() == before


def test_the_receipt_needs_the_letter(db: None, client: Client, loaded: object) -> None:
    for name in ("", "file/"):
        assert re.search(r"/en/decision/$", client.get(f"/en/decision/letter/receipt/{name}")["Location"])

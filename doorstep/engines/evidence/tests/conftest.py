"""A log with three witnesses of its own, without a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence import sequencing
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import Policy, WitnessAt
from doorstep.engines.evidence.verifier import LOG_KEY, WITNESS_KEY
from doorstep.engines.evidence.witness import Refused, Witness

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ORIGIN = "nadira.example/log"


class Log:
    """A log at work: ``send`` reaches the witnesses that are not ``away``."""

    def __init__(self, folder):
        self.folder, self.at, self.away = folder, AT, set()
        self.signer = make_signer(ORIGIN, LOG_KEY, b"L" * 32)
        self.signers = (self.signer,)
        self.witnesses = {}
        for number in (1, 2, 3):
            signer = make_signer(f"witness{number}.example", WITNESS_KEY, bytes([number]) * 32)
            file = folder / f"witness{number}.json"
            seen = Witness(file, signer, [self.signer.key], clock=self.now)
            self.witnesses[signer.key.name] = seen

    @property
    def policy(self):
        places = [WitnessAt(seen.signer.key, f"http://{name}") for name, seen in self.witnesses.items()]
        return Policy(ORIGIN, self.signers, tuple(places), need=2, stops=True, patience=timedelta(minutes=5))

    @property
    def witness_keys(self):
        return [seen.signer.key for seen in self.witnesses.values()]

    def now(self):
        return self.at.timestamp()

    def send(self, url, body):
        name = url.removeprefix("http://").removesuffix("/add-checkpoint")
        if name in self.away:
            raise OSError("away")
        try:
            return 200, self.witnesses[name].add_checkpoint(body)
        except Refused as refused:
            return refused.status, refused.line

    def run(self):
        self.at += timedelta(seconds=1)
        return evidence.run_pass(self.policy, at=self.at, send=self.send)

    def append(self, **content):
        from django.db import transaction

        with transaction.atomic():
            return evidence.append(kind="test", content=content).id

    def close(self):
        for seen in self.witnesses.values():
            seen.close()


@pytest.fixture
def log(db, tmp_path):
    sequencing._seen.clear()
    made = Log(tmp_path)
    yield made
    made.close()

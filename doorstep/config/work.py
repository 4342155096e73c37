"""The regular work of a deployment, in one table, for ``doorstep work``."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta

from django.conf import settings

from doorstep.config import anchors
from doorstep.config.transports import transports
from doorstep.domains.country.api import current
from doorstep.domains.payments import api as payments
from doorstep.domains.people import api as people
from doorstep.domains.vouchers import api as vouchers
from doorstep.engines.evidence import api as evidence
from doorstep.engines.ledger import api as ledger
from doorstep.engines.outbox import api as outbox
from doorstep.engines.outbox.api import Regular

POLLED = 500
"""Payments asked about in one round."""


def jobs() -> tuple[Regular, ...]:
    """Every job of this deployment. What the settings leave out is not among them."""
    country = current()
    found = [
        Regular("send messages", timedelta(seconds=10), "sends what waits in the outbox", _send),
        Regular("free holds", timedelta(minutes=5), "frees what was held past its time in the ledger", _release),
        Regular("fold the ledger", timedelta(days=1), "adds up busy accounts, so that they are read quickly", _fold),
    ]
    if vouchers.vouchers_of(country) is not None:
        found.append(Regular("end vouchers", timedelta(days=1), "ends permits and vouchers that are over", _upkeep))
    if people.has_people(country=country):
        found.append(Regular("let go", timedelta(days=1), "lets go people's data that are over their time", _purge))
    if settings.MOBILE_MONEY["provider"]:
        found.append(Regular("ask the provider", timedelta(minutes=2), "asks what became of payments", _poll))
    if anchors.is_set():
        found.append(Regular("anchor the log", anchors.every(), "writes the log's head to the chain", _anchor))
    return tuple(found)


def _send(at: datetime) -> str:
    worker = outbox.Worker(f"{socket.gethostname()} {os.getpid()}")
    sent = dead = 0
    for lane, transport in transports().items():
        done = outbox.drain(lane=lane, worker=worker, transport=transport, clock=lambda: datetime.now(UTC))
        sent, dead = sent + done.sent, dead + done.dead
    return f"{sent:,} sent, {dead:,} dead" if sent or dead else ""


def _release(at: datetime) -> str:
    freed = ledger.release_expired(at=at)
    return f"{freed:,} holds freed" if freed else ""


def _fold(at: datetime) -> str:
    return f"added up to row {ledger.fold():,}"


def _upkeep(at: datetime) -> str:
    return f"{vouchers.end_permits(at=at)} permits and {vouchers.expire(at=at)} vouchers ended"


def _purge(at: datetime) -> str:
    gone = people.purge(country=current(), at=at)
    return f"{gone.categories:,} categories, {gone.contacts:,} contacts, {gone.changes:,} old values let go"


def _poll(at: datetime) -> str:
    found = payments.poll(transport=payments.mobile_provider(settings.MOBILE_MONEY), at=at, size=POLLED)
    return f"{found.paid:,} paid, {found.failed:,} failed" if found.paid or found.failed else ""


def _anchor(at: datetime) -> str:
    done = evidence.anchor(chain=anchors.chain(), at=at, again=False)
    return "sent" if done.waiting else ""

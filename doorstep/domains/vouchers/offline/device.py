"""The device's side: reads cards, keeps to its permits, writes its list, sends it until it is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorstep.domains.vouchers import tokens
from doorstep.domains.vouchers.offline.entries import FIRST, Entry, Given, write_entry
from doorstep.domains.vouchers.offline.permits import Pass, Permit
from doorstep.domains.vouchers.types import Refused


@dataclass
class Device:
    """A phone or tablet. ``sent`` is the number to which the scheme has everything; ``used`` what each permit gave."""

    code: str
    key: Ed25519PrivateKey
    scheme_keys: Mapping[bytes, bytes]
    taken_along: Pass | None = None
    entries: list[Entry] = field(default_factory=list)
    used: dict[tuple[int, str], int] = field(default_factory=dict)
    sent: int = 0

    def give(self, *, card: str, kind: str, amount: int, at: datetime) -> Entry:
        """Give something without a connection, and write it down. Raises ``Refused`` where no permit covers it."""
        permits = self.taken_along
        if permits is None:
            raise Refused("This device has never synced.", code="no_permit", mend="Sync it first.")
        token = tokens.read_token(card, keys=self.scheme_keys, today=at.date(), revoked=permits.revoked)
        if amount <= 0:
            raise Refused("The amount is missing.", code="no_amount", mend="Type an amount above nought.")
        permit = self._permit(token, kind, amount, at)
        given = Given(
            device=self.code,
            sequence=len(self.entries) + 1,
            previous=self.entries[-1].hash if self.entries else FIRST,
            permit=permit.id,
            card=card,
            kind=kind,
            amount=amount,
            at=at,
        )
        entry = write_entry(given, key=self.key)
        self.entries.append(entry)
        self.used[permit.id, token.number] = self.used.get((permit.id, token.number), 0) + amount
        return entry

    def unsent(self) -> list[Entry]:
        """What the scheme has not confirmed."""
        return self.entries[self.sent :]

    def synced(self, *, upto: int, new_pass: Pass | None) -> None:
        """The scheme has everything to ``upto``. An older answer that comes late changes nothing."""
        self.sent = max(self.sent, min(upto, len(self.entries)))
        if new_pass is not None and (self.taken_along is None or new_pass.at >= self.taken_along.at):
            self.taken_along = new_pass

    def _permit(self, token: tokens.Token, kind: str, amount: int, at: datetime) -> Permit:
        """The reserve first, then the cap."""
        assert self.taken_along is not None
        mine = [one for one in self.taken_along.permits if one.kind == kind and one.covers(at)]
        for permit in sorted(mine, key=lambda one: (one.mode != "reserved", one.id)):
            if permit.mode == "reserved" and token.number not in permit.cards:
                continue
            if permit.mode == "bounded" and token.is_proxy:
                continue  # whether a proxy may collect this voucher is known only with a connection
            of_person = self.used.get((permit.id, token.number), 0)
            of_all = sum(used for (number, _), used in self.used.items() if number == permit.id)
            if of_person + amount <= permit.person and of_all + amount <= permit.total:
                return permit
        raise Refused("This device may not give that without a connection.", code="no_permit", mend="Find one.")

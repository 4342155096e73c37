"""Devices for tests: the device's own code, and a wire that loses, doubles and reorders."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.tests.conftest import MAKER, World
from doorstep.domains.vouchers.types import Synced


@dataclass
class Phone:
    """A device, enrolled, with the world that it lives in."""

    device: api.Device
    world: World

    def request(self, entries: list[api.Entry] | None = None) -> api.Request:
        sent = self.device.unsent() if entries is None else entries
        signature = api.sign_hello(self.device.code, self.world.now, sent, key=self.device.key)
        return api.Request(self.device.code, self.world.now, sent, signature)

    def sync(self, entries: list[api.Entry] | None = None) -> Synced:
        told, new_pass = api.sync(request=self.request(entries), at=self.world.now)
        self.device.synced(upto=told.upto, new_pass=new_pass)
        return told

    def give(self, card: object, amount: int, kind: str = "food") -> api.Entry:
        return self.device.give(card=card.token, kind=kind, amount=amount, at=self.world.now)


def phone(world: World, code: str = "phone-1", shop: str = "corner-basket", seed: int = 1) -> Phone:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public = key.public_key().public_bytes_raw()
    api.enrol_device(code=code, shop=shop, public_key=public, clerk=MAKER, at=world.now)
    made = Phone(api.Device(code, key, api.public_keys()), world)
    made.sync()
    return made

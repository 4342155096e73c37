"""Two devices, two people, a wire that loses, doubles and reorders: what each offline mode promises always holds."""

from __future__ import annotations

from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.models import Permit, Redemption, Voucher
from doorstep.domains.vouchers.tests.conftest import MAKER, World
from doorstep.domains.vouchers.tests.devices import Phone
from doorstep.domains.vouchers.types import Printed, Refused, VoucherError

devices, people = st.integers(0, 1), st.integers(0, 1)


class Wire(RuleBasedStateMachine):
    """Every example runs in a transaction that is rolled back."""

    world: ClassVar[World]
    cards: ClassVar[list[Printed]]
    keys: ClassVar[list[object]]
    modes: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.phones = []
        for code, key in zip(("phone-1", "phone-2"), self.keys, strict=True):
            self.phones.append(Phone(api.Device(code, key, api.public_keys()), self.world))
        self.letters: list[tuple[int, api.Request]] = []
        self.acts = 0

    def teardown(self) -> None:
        try:
            for phone in self.phones:
                phone.sync()
            self.check_books()
            self.check_promises()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        for phone in self.phones:
            if "bounded" in self.modes:
                api.permit_bounded(code=phone.device.code, kind="food", clerk=MAKER, at=self.world.now)
            phone.sync()

    @rule(device=devices, person=people, amount=st.integers(1, 4000))
    def reserve(self, device: int, person: int, amount: int) -> None:
        code = self.phones[device].device.code
        card = self.cards[person].number
        try:
            api.reserve(code=code, card=card, kind="food", amount=amount, clerk=MAKER, at=self.world.now)
        except Refused as error:
            if error.code != "too_little":
                raise

    @rule(device=devices, person=people, amount=st.integers(1, 1500))
    def give(self, device: int, person: int, amount: int) -> None:
        try:
            self.phones[device].give(self.cards[person], amount)
        except Refused as error:
            if error.code != "no_permit":
                raise

    @rule(person=people, amount=st.integers(1, 3000))
    def redeem_online(self, person: int, amount: int) -> None:
        self.acts += 1
        try:
            self.world.redeem(self.cards[person], amount, shop="noor-market", key=f"act-{self.acts}")
        except VoucherError as error:
            if error.code not in ("too_little", "nothing"):
                raise

    @rule(device=devices, data=st.data())
    def write_a_letter(self, device: int, data: st.DataObject) -> None:
        phone = self.phones[device]
        if phone.device.entries:
            some = data.draw(st.lists(st.sampled_from(phone.device.entries), max_size=6))
            self.letters.append((device, phone.request(some)))

    @rule(data=st.data(), answer_arrives=st.booleans())
    def a_letter_arrives(self, data: st.DataObject, answer_arrives: bool) -> None:
        if self.letters:
            device, request = data.draw(st.sampled_from(self.letters))
            told, new_pass = api.sync(request=request, at=self.world.now)
            if answer_arrives:
                self.phones[device].device.synced(upto=told.upto, new_pass=new_pass)

    @rule(device=devices)
    def sync(self, device: int) -> None:
        self.phones[device].sync()
        self.check_books()

    def check_books(self) -> None:
        for line in api.reconcile():
            assert line.is_exact, line

    def check_promises(self) -> None:
        given = sum(
            int(entry.text.split('"amount":')[1].split(",")[0]) for p in self.phones for entry in p.device.entries
        )
        offline = sum(Redemption.objects.exclude(how="online").values_list("amount", flat=True))
        conflicts = api.conflicts()
        assert all(one.bearer for one in conflicts)
        shop = sum(one.amount for one in conflicts if one.bearer.startswith("shop:"))
        agency = sum(one.amount for one in conflicts if one.bearer.startswith("agency:"))
        assert given == offline + shop
        assert shop == 0  # these devices keep their rules, and food's loss is the agency's
        if "bounded" not in self.modes:
            assert conflicts == []
        for bearer, worst in api.worst_loss(at=self.world.now).items():
            assert agency <= worst, bearer
        total = sum(Voucher.objects.values_list("amount", flat=True))
        online = sum(Redemption.objects.filter(how="online").values_list("amount", flat=True))
        assert online + offline - agency <= total
        assert Permit.objects.filter(mode="bounded").count() <= 2


@pytest.mark.parametrize("modes", [("reserved",), ("reserved", "bounded")])
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_the_wire_does_the_promises_hold(world: World, modes: tuple[str, ...]) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    world.given("P-1,60\nP-2,30\n")
    keys = [Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2)]
    for code, shop, key in zip(("phone-1", "phone-2"), ("corner-basket", "noor-market"), keys, strict=True):
        public = key.public_key().public_bytes_raw()
        api.enrol_device(code=code, shop=shop, public_key=public, clerk=MAKER, at=world.now)
    values = {"world": world, "cards": [world.card("P-1"), world.card("P-2")], "keys": keys, "modes": modes}
    machine = type("Tried", (Wire,), values)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

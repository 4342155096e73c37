"""A small ministry that pays: officers, a fund, people with accounts, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from doorstep.domains.country.api import read_country
from doorstep.domains.payments import api
from doorstep.domains.payments.models import Attempt, Message
from doorstep.domains.payments.tests.banks import status_file
from doorstep.domains.payments.types import Debtor, Drafted, Imported, Officer, Order, Payable, PaymentState, Rail
from doorstep.domains.wallets import api as wallets

DEMO = Path(__file__).parents[4] / "countries" / "demo"
MAKER, CHIEF, OTHER_CHIEF = Officer("Mina Clerk"), Officer("Rui Chief", True), Officer("Ana Chief", True)
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DEBTOR = Debtor("Ministry of Energy", "PT50000201231234567890154", "BESCPTPL")
IBAN = "DE89370400440532013000"
ORDER = Order(
    programme="warm-homes",
    period="2026-11",
    currency="EUR",
    digits=2,
    due_date=date(2026, 11, 5),
    cut_off_at=datetime(2026, 11, 4, 15, tzinfo=UTC),
    text="Warm homes, November",
    debtor=DEBTOR,
)


def bank(person: str, amount: int = 5_000) -> Payable:
    return Payable(person, amount, Rail.BANK, IBAN, f"Person {person}")


def mobile(person: str, amount: int = 5_000, number: int = 1) -> Payable:
    return Payable(person, amount, Rail.MOBILE, f"+35191{number:07d}", f"Person {person}")


@dataclass
class World:
    """What a test drives."""

    folder: Path
    now: datetime = NOW
    files: int = field(default=0)

    def fill(self, amount: int = 1_000_000, key: str = "first") -> int:
        return api.fill_fund(
            programme="warm-homes", currency="EUR", digits=2, amount=amount, key=key, officer=CHIEF, at=self.now
        )

    @property
    def fund(self) -> int:
        return api.fund(programme="warm-homes", currency="EUR", at=self.now)

    def open_wallet(self, person: str) -> str:
        """A wallet of a person; its number."""
        country = read_country(DEMO)
        return wallets.open_wallet(country=country, holder=person, language="en", by="Mina", at=self.now).number

    def draft(self, *rows: Payable, **changes: object) -> Drafted:
        only_new = bool(changes.pop("only_new", False))
        order = replace(ORDER, **changes)  # type: ignore[arg-type]
        return api.draft_batch(order=order, rows=rows, officer=MAKER, at=self.now, only_new=only_new)

    def approved(self, *rows: Payable, **changes: object) -> int:
        batch = self.draft(*rows, **changes).batch
        api.approve_batch(batch=batch, officer=CHIEF, at=self.now)
        return batch

    def sent(self, *rows: Payable, **changes: object) -> int:
        batch = self.approved(*rows, **changes)
        api.send_batch(batch=batch, at=self.now)
        return batch

    def answer(
        self,
        batch: int,
        told: Callable[[str, str], tuple[str, str] | None],
        **changes: object,
    ) -> Imported:
        """The bank answers the batch's last file; ``told`` gives (status, reason) for (person, key), or nothing."""
        message = Message.objects.filter(batch=batch).latest("id")
        rows = Attempt.objects.filter(message=message.pk).order_by("id").values_list("payment__person", "key")
        answers = [(key, *found) for person, key in rows if (found := told(person, key))]
        return self.take_in(status_file(message.message_id, answers, **{"count": message.count, **changes}))  # type: ignore[arg-type]

    def take_in(self, content: str | bytes) -> Imported:
        self.files += 1
        path = self.folder / f"status-{self.files}.xml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return api.import_status(path=path, officer=MAKER, at=self.now)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def states(self, batch: int) -> dict[str, PaymentState]:
        return {one.person: one.state for one in api.each_payment(batch=batch)}

    def payment(self, batch: int, person: str) -> int:
        return next(one.id for one in api.each_payment(batch=batch) if one.person == person)

    def decide(
        self, payment: int, verdict: str, officer: Officer = MAKER, account: Payable | None = None, seen: str = ""
    ) -> None:
        api.decide_payment(
            payment=payment,
            verdict=verdict,
            officer=officer,
            words="I called them.",
            at=self.now,
            account=account,
            seen=seen,
        )

    def agrees(self) -> bool:
        """Whether payments and ledger say the same, on every line; tells which do not."""
        wrong = [one for one in api.reconcile(at=self.now) if not one.agrees]
        assert not wrong
        return True

"""What a person sees of the money that they get."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.domains.payments.types import OwnPayment, PayeeView
from doorstep.engines.looks.types import Look


@dataclass(frozen=True)
class OwnMoney:
    """A person's payments from every programme, where they are paid, and who looked at that."""

    programme: str
    payments: tuple[OwnPayment, ...]
    payee: PayeeView
    looks: tuple[Look, ...]

"""The door of the ledger. Everything that writes does so in the caller's transaction, or not at all."""

from doorstep.engines.ledger.accounts import define_unit, freeze, open_account, open_accounts, unfreeze
from doorstep.engines.ledger.acts import (
    find_numbers,
    find_transfer,
    hold,
    post_hold,
    release_expired,
    reverse,
    transfer,
    transfer_many,
    void_hold,
)
from doorstep.engines.ledger.books import balance, balances, deviations, fold, statement, trial_balance
from doorstep.engines.ledger.types import Balance, Entry, Kind, Leg, Move, Moved, Transfer

__all__ = [
    "Balance",
    "Entry",
    "Kind",
    "Leg",
    "Move",
    "Moved",
    "Transfer",
    "balance",
    "balances",
    "define_unit",
    "deviations",
    "find_numbers",
    "find_transfer",
    "fold",
    "freeze",
    "hold",
    "open_account",
    "open_accounts",
    "post_hold",
    "release_expired",
    "reverse",
    "statement",
    "transfer",
    "transfer_many",
    "trial_balance",
    "unfreeze",
    "void_hold",
]

"""How long every row is kept, of every model, and which of its columns tell something of a person.

A test holds that no model and no sealed column is missing here. The reference page is made of this table; what a
country decides is in its ``people.yaml`` (``kept_years``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """How long rows of a model are kept, what ends them, and which columns, sealed ones too, are about a person."""

    until: str
    ends: str = "nothing ends them by itself"
    personal: tuple[str, ...] = ()


_FOR_GOOD = "for good: the proof of what was done"
_BOOKS = "for good: the books"
_COUNTRY = "for good: every decision names the rules that it was made under"
_OF_LIFE = "while the person lives, and the country's years after a death"
_PURGE = "`doorstep people purge`"
_HOUR, _DAY = "an hour", "a day"
_SCHEME = "while the voucher scheme runs: its books are proved by them"
_BENEFIT = "while the entitlement stands, and for as long as it can be contested and audited"
_PAID = "for as long as the law on accounts asks"

RETENTION: dict[str, Kept] = {
    "auth.Permission": Kept("for good: Django's own list"),
    "auth.Group": Kept("for good: the roles"),
    "auth.User": Kept(
        "while the officer works here and as long as records name them", "an administrator closes the account",
        ("username", "first_name", "password"),
    ),
    "contenttypes.ContentType": Kept("for good: Django's own list"),
    "sessions.Session": Kept("eight hours", "signing in clears those that are over", ("session_data",)),
    "evidence.Waiting": Kept("until the leaf has its place", "`doorstep log`"),
    "evidence.Salt": Kept(_OF_LIFE, f"{_PURGE}; without it a leaf can be read by nobody", ("salt",)),
    **dict.fromkeys(
        ("evidence.Entry", "evidence.Tile", "evidence.Checkpoint", "evidence.PublicKey", "evidence.Anchor"),
        Kept(_FOR_GOOD),
    ),
    "evidence.Halt": Kept("until the log goes on"),
    "ledger.Unit": Kept(_BOOKS),
    "ledger.Account": Kept(_BOOKS, personal=("holder",)),
    "ledger.Transfer": Kept(_BOOKS),
    "ledger.Subtotal": Kept(_BOOKS),
    "looks.Look": Kept(_OF_LIFE, personal=("subject", "who")),
    "outbox.Message": Kept("ninety days after it was sent", "`doorstep outbox erase`", ("payload",)),
    "outbox.Job": Kept("while the job exists"),
    "pins.Nobody": Kept("a month", "the next try on a name that nobody has", ("subject",)),
    "pins.Miss": Kept(_HOUR, "the next miss", ("subject",)),
    "country.CountryVersion": Kept(_COUNTRY),
    "country.CountryLoad": Kept(_COUNTRY),
    "people.Person": Kept(
        _OF_LIFE, _PURGE,
        ("number_hash", "number", "names", "birth", "sex", "status", "languages", "needs", "address", "tokens", "died"),
    ),
    "people.Contact": Kept("the country's years after it was ended", _PURGE, ("value", "hash")),
    "people.Identifier": Kept("the country's years after it was ended", _PURGE, ("value", "hash")),
    "people.Household": Kept(_OF_LIFE),
    "people.Membership": Kept(_OF_LIFE, personal=("person", "household")),
    "people.Mandate": Kept(_OF_LIFE, personal=("principal", "agent", "basis")),
    "people.Access": Kept(_OF_LIFE, "its salt goes with the person's record", ("person", "who", "case")),
    "people.Change": Kept("the country's years; what stood before goes first", _PURGE, ("before", "why")),
    "people.Consent": Kept(_OF_LIFE, personal=("person", "given_by")),
    "people.Account": Kept("while the person lives", personal=("pin_hash",)),
    "people.Card": Kept("until it would have run out", personal=("person", "why")),
    "people.Device": Kept("while packets of it may come", personal=("holder", "public")),
    "people.Enrolment": Kept(
        "the form until somebody is enrolled, or a year after a refusal", _PURGE, ("form", "digest", "words", "contest")
    ),
    "people.Vouching": Kept(_OF_LIFE, personal=("introducer", "knows")),
    "people.Pair": Kept(_OF_LIFE, personal=("person", "other", "words")),
    "people.Merge": Kept(_OF_LIFE, personal=("kept", "gone", "words")),
    "people.RightsRequest": Kept(_OF_LIFE, personal=("text", "answer")),
    "people.Breach": Kept("as long as the authority may ask", personal=("what",)),
    "people.BreachPerson": Kept("as long as the authority may ask", personal=("person",)),
    "wallets.Wallet": Kept(_PAID, "closing it ends its use", ("number", "holder", "pin_hash")),
    "wallets.Agent": Kept("while the agent works"),
    "wallets.Movement": Kept(_PAID, personal=("wallet", "other")),
    "wallets.Confidant": Kept("until the owner takes it back", personal=("wallet", "confidant")),
    "wallets.Recovery": Kept("for good: how a PIN was given anew", personal=("code",)),
    "wallets.Confirmation": Kept("for good: how a PIN was given anew", personal=("confidant",)),
    "wallets.Dispute": Kept(_PAID, personal=("text", "reply", "words")),
    "wallets.Note": Kept(_PAID, personal=("wallet", "words")),
    "wallets.CashUp": Kept(_PAID),
    "vouchers.Holder": Kept(_SCHEME, personal=("pseudonym",)),
    "vouchers.Proxy": Kept(_SCHEME, personal=("holder",)),
    "vouchers.Card": Kept(_SCHEME, personal=("number", "pin_hash")),
    "vouchers.Line": Kept(_SCHEME, personal=("pseudonym",)),
    "vouchers.Contest": Kept(_SCHEME, personal=("text", "words")),
    **dict.fromkeys(
        (
            "vouchers.Batch", "vouchers.Voucher", "vouchers.Expiry", "vouchers.ShopAccess", "vouchers.Settlement",
            "vouchers.SettlementRow", "vouchers.Redemption", "vouchers.Part", "vouchers.Refusal", "vouchers.Till",
            "vouchers.Permit", "vouchers.Reserve", "vouchers.Entry", "vouchers.Conflict",
        ),
        Kept(_SCHEME),
    ),
    "vouchers.Device": Kept(_SCHEME, personal=("public_key",)),
    "payments.Payment": Kept(_PAID, personal=("person", "account", "name")),
    "payments.Attempt": Kept(_PAID, personal=("account", "name")),
    "payments.PayeeChange": Kept(_PAID, personal=("person", "account", "name", "words")),
    "payments.Payee": Kept("while the person is paid", personal=("person", "account", "name")),
    **dict.fromkeys(
        ("payments.Batch", "payments.Message", "payments.StatusFile", "payments.Difference", "payments.Decision"),
        Kept(_PAID),
    ),
    "benefits.Run": Kept(_COUNTRY),
    "benefits.WhatIf": Kept(_COUNTRY),
    "benefits.Switch": Kept(_COUNTRY),
    "benefits.Entitlement": Kept(_BENEFIT, personal=("contract", "person", "facts")),
    "benefits.Decision": Kept(_BENEFIT, personal=("facts", "words")),
    "benefits.Objection": Kept(_BENEFIT, personal=("text", "words")),
    "benefits.Notice": Kept(_BENEFIT, personal=("decision",)),
    "benefits.Review": Kept(_BENEFIT, personal=("contract", "person", "facts")),
    "benefits.Look": Kept(_BENEFIT, personal=("contract", "who")),
    "benefits.FailedTry": Kept(_DAY, "the next failed try", ("subject",)),
    "desk.FailedSignIn": Kept(_DAY, "the next failed try", ("subject",)),
}  # fmt: skip
"""By the model's label."""

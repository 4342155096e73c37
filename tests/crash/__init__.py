"""The crash exam: clients hammer the ledger and the outbox, and PostgreSQL and they are killed (``kill -9``).

``exam`` starts everything and kills; ``client`` and ``drainer`` are the killed; ``checker`` reads what they wrote down
and what the database holds, with no code of Doorstep's, and says what was lost, doubled or does not add up.
"""

"""Messages and events that are written with the act they tell of, and sent afterwards.

Written in the caller's transaction, so that no act goes untold and nothing is told that did not happen. A worker leases
what is due, sends it and reports; whatever a killed worker held is due again when its lease ends. So a message may
arrive twice and never not at all: its key lets the receiver drop the second. Messages of one group keep their order.

The door is ``api``. To change how long to wait after a failure see ``types.DELAYS``; what is due, ``sql/send.sql``.
"""

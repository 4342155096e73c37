"""Double entry: amounts in minor units move between accounts, and nothing is ever altered or lost.

One row of ``Transfer`` takes an amount from one account and gives it to another, so that every unit sums to nought
by construction. An act of several legs is several rows under one key. Rows are only ever added: a hold is ended, an
act reversed, by further rows that name it. Writing is done by the SQL functions of ``sql/``, one round trip each.

The door is ``api``. To change what a write does see ``sql/``; how rows look, ``models``.

Lock order: accounts with a floor, by their number, all before the first row is written. An account without a floor
is never locked: its balance is the sum of its rows, so that a shop or a fund at which everybody pays holds nobody up.
"""

"""Vouchers: food and goods that several agencies give to one person, who redeems them at shops, online and offline.

The kinds, agencies and shops are files of the country's folder (``vouchers/``). Value moves on the ledger alone; people
are known here by a pseudonym alone. The door is ``api``. To change

- what the files may say, see ``shapes``; how they are checked, ``reading``;
- who gets how much when two agencies give to one person, see ``duplicates`` (pure) and ``issuing``;
- how a card is made, read and withdrawn, see ``tokens`` (pure) and ``cards``;
- how something is redeemed and undone, see ``redeeming``; which accounts it moves between, ``book``;
- what a device may do without a connection, see ``offline/`` (pure, both sides) and ``syncing``;
- what goes into the witnessed log, see ``proof``;
- how shops are paid and the books are proved, see ``settling``.
"""

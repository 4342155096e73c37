"""Payments: from the state to people, in batches, to a wallet, a bank account or a mobile-money number.

The door is ``api``. To change

- the life of a batch, of a payment and of each try, see ``life``;
- what a bank gets and answers, see ``iso``; how a mobile-money provider is reached, see ``mobile``;
- how a batch is made, approved and sent, see ``drafting``, ``approving`` and ``sending``;
- what follows from an answer, see ``settling``; how money moves on the ledger, see ``money``;
- what officers do about payments that failed, see ``mending``.
"""

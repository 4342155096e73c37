"""Wallets: accounts for people without banks, opened at a door, used with a PIN, filled and emptied at agents.

The door is ``api``. What a wallet may do stands in the country's ``wallets.yaml`` (``shapes``); value moves only on the
ledger; PINs are in ``pins``; what happens when one is lost in ``recovering``; quarrels in ``disputing``.
"""

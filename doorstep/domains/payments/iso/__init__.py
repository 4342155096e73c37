"""ISO 20022 as banks read it: pain.001 written, pain.002 read, IBAN, BIC and the letters that they take.

Pure functions: no database, no clock. To change

- how a letter of any script is written for a bank, see ``letters``;
- what a valid account is, see ``accounts``;
- what the bank gets, see ``orders``; what it answers, see ``statuses`` and ``xml``.
"""

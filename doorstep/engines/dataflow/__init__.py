"""Brings the files of registers into DuckDB exactly, and takes results out; it knows no programme.

The door is ``api``. A register says which columns its files hold (``types``); a ``Workshop`` reads the
files, runs SQL and writes files or PostgreSQL tables. A cell that cannot be read becomes unknown and is
reported; no row is ever dropped without a word.

To change what a register may say see ``types``; how numbers, dates and words are read see ``cells``; how
files are opened see ``csvfiles`` and ``parquetfiles``; how repeated rows become one see ``repeats``; how Spark is
asked to decide see ``spark``, and ``sparkjob`` for what runs there.
"""

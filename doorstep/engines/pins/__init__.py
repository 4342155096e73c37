"""PINs: kept so that nobody can read them, tried so that nobody can guess them.

The door is ``api``. Whoever has PINs gives their model the columns of ``models.WithPin``; wrong tries count there.
How a PIN is kept: ``hashing``. Who tries one name after the other: ``guessing``.
"""

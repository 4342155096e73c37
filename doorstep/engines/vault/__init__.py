"""The vault: what is personal is stored sealed, and looked up by keyed hashes.

The door is ``api``. It knows no table and no programme: it seals bytes under a label that says where they stand, so
that a value moved to another row or column does not open. How a value is sealed stands in ``sealing``; how a key is
taken out of use in ``docs/how-to/change-the-data-key.md``.
"""

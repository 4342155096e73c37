"""A witnessed, append-only log: what was done can be proved to anybody, and a changed past is caught.

The door is ``api.py``. An act appends a *leaf* in its own transaction: a salted commitment, from which nothing about a
person can be read. The *sequencer* gives committed leaves their places in a Merkle tree (RFC 6962), signs the tree's
head, asks the witnesses and publishes. A *receipt* proves one leaf to whoever holds the log's public key, offline.

- What is hashed, signed and checked: ``verifier.py``, one file that runs alone.
- The tree and its tiles: ``trees.py``. Rows and the functions in SQL: ``models.py``, ``migrations``.
- From leaf to published checkpoint: ``appending.py``, ``sequencing.py``, ``publishing.py``.
- The other agency's part: ``witness.py``, which knows no database and no Django.
"""

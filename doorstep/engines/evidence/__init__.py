"""A witnessed, append-only log: what was done can be proved to anybody, and a changed past is caught.

A leaf is a salted commitment, never data. ``append`` writes one in the caller's transaction; the *sequencer* gives
committed leaves their places in an RFC 6962 tree, signs a checkpoint of it and has it cosigned by *witnesses*, which
other agencies run. Formats are C2SP's: tlog-tiles, tlog-checkpoint, tlog-cosignature, tlog-witness, tlog-proof.

The door is ``api``; a witness is entered by ``witness``. ``verifier`` is a file that stands alone: copy it anywhere.
To change how the tree is stored see ``tiles``; how a checkpoint comes about, ``sequencing``.
"""

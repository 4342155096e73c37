"""What a person carries to prove who she is: a printed card, a credential on a phone, a sheet of codes.

A card's QR code holds a signed claim 169: ``issuing`` makes it, ``verifying`` says what it proves, without a
connection; ``status`` is the list of cards that were taken back, which a reader carries along. ``sdjwt`` is the same
for phones.
The door is ``api``; ``reader`` is the part that runs alone. To read another attribute see ``claim169``; to refuse for
another reason, ``reasons``; how strictly a message is read, ``cbor``, ``cose`` and ``jose``.
"""

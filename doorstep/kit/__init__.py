"""The kit: small pieces that every floor uses and that import nothing of ours.

``errors`` says what went wrong, ``files`` reads YAML with positions and checks it against a shape,
``languages`` holds translated text and writes dates, money and numbers for people.
"""

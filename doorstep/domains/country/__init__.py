"""The country: a folder of plain text, read once, checked whole and kept as an immutable version.

Door: ``api.py``. To add a key to ``country.yaml`` see ``types.py``; to add a check see ``checking.py``;
to change how a folder is read and hashed see ``folder.py``; how versions are stored, ``models.py`` and
``actions.py``; how the demo country's map is drawn, ``drawing/``.
"""

"""Who looked at what is kept about somebody, when and for what: written with the look, read by its owner.

Its door is ``api``. A domain names what was looked at (``wallet:123456782``) and shows the list to whom it belongs.
To change how long looks of one officer count as one, see ``records.TOGETHER``.
"""

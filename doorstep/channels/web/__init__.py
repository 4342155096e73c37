"""The web: pages for people. Plain HTML; nothing needs a script or a file from elsewhere.

Its doors are ``urls`` and, for channels that make pages of the same family (the officers' desk), ``api``. To change

- what a page says, see ``words/*.yaml`` (one key, every language);
- how pages look, see ``look`` (colours), ``site.css`` and ``drawings/``;
- who visits, in which language, see ``visit``; what happens around every page, see ``middleware``;
- a page, see ``pages/``; a picture of numbers, see ``charts``.
"""

"""The web: pages for people, and desks for officers. Plain HTML; nothing needs a script or a file from elsewhere.

The door is ``urls``. To change

- what a page says, see ``words/*.yaml`` (one key, every language);
- how pages look, see ``look`` (colours), ``site.css``, ``desk.css`` and ``drawings/``;
- who visits, in which language, see ``visit``; what happens around every page, see ``middleware``;
- a page for people, see ``pages/``; a page for officers, see ``desk/``; a picture of numbers, see ``charts``.
"""

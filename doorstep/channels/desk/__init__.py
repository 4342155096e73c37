"""The officers' desk: reviews, objections, letters, runs and the switch, for those who signed in.

It stands above the web and makes its pages with the web's means. Its doors are ``urls`` and, for the command line,
``api``. To change

- who may sign in, and how often they may fail, see ``accounts`` and ``tries``;
- who may open a page, see ``gate``: every address in ``urls`` goes through it;
- for what a person's data are opened, see ``purposes``;
- a page, see ``pages/`` and ``templates/desk/``; its words, see ``words/*.yaml``; how it looks, see ``desk.css``.

What an officer does here is done by ``domains.benefits.api``: the desk decides nothing.
"""

"""The browser lane (``make test-browser``): Debian's Chromium visits every public page, as people do.

To change

- how the browser is driven, see ``driving``;
- who lives in the country that is visited, and which pages there are, see ``conftest`` and ``visits``;
- the pictures of ``docs/images``, see ``screenshots`` (``make screenshots``).
"""

"""The public API, ``/api/v1/``: read-mostly JSON for other programs, described at ``/api/`` and in OpenAPI.

The door is ``urls``. To change

- what is offered, see ``resources/`` (one file for each: its shapes and its operations, one domain call each);
- what happens around every operation (methods, sizes, caching, other sites), see ``edge``;
- what an error looks like, see ``problems``; its words, see ``words/*.yaml``;
- the OpenAPI document, see ``document``; the page for people, see ``page``.
"""

"""The expression language: a strict subset of OMG FEEL, three-valued, exact, typed at load.

Text becomes one small typed tree (``tree``), from which Python (``python``) and SQL (``sql``) are written.
The door is ``api``. To change the syntax see ``grammar.lark``; to add a function see ``operators.TABLE``; how
engines differ see ``dialects``; what a name means is the caller's to say (``checker.Model``). What it can say:
``docs/reference/expressions.md``.
"""

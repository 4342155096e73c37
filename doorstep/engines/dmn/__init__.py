"""DMN, the standard for decisions that analysts draw: its XML read, checked, decided by our rules, and written.

The way in: ``markup`` (safe XML) -> ``reading`` (a model of plain dataclasses, ``types``) -> ``checks`` (what cannot
work) -> ``translating`` (rules of one entity, the case) -> the rules engine, whose two writers decide it. The way
out: ``writing``. ``suite`` runs the public test suite. The door is ``api``. To support another kind of box see
``translating``; what is left out, and why, stands in ``limits``.
"""

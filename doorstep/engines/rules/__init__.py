"""The rules engine: dated parameters, variables of any entity, decision tables, and the reasons they give.

The way of a rule: ``shapes`` (what authors write) -> ``ruleset`` (names, types, cycles) -> ``plan`` (which cells a
question needs, in layers) -> ``nation`` (a few SQL steps) or ``person`` (straight-line Python with a trace). Both
writers read one plan, made from one tree. ``reasons`` finds the variable that settled an outcome; ``nearest`` finds the
smallest change that would turn it, and ``turning`` the day that does; ``words`` says a rule in plain language;
``tables`` reads decision tables, and ``regions`` finds their overlaps and gaps; ``questions`` finds what a provider can
answer alone. The door is ``api``.
"""

"""Record linkage: finds the records that are one person, in one register or between two; a human decides.

The door is ``api``. It knows no programme and keeps nothing: records go in, candidates' keys, comparisons and pairs
come out. A *model* says which fields a record has, how each is compared and what each outcome weighs.

To change how letters of a script become Latin see ``scripts``; which spellings sound alike ``names``; how two values
of a kind are compared ``kinds`` (one rule, in Python and in SQL); by which keys candidates are found ``keys``; what a
pair weighs ``comparing``; how weights are estimated without labels ``estimating``; how a nation is done ``nation``,
with ``levels`` and ``grouping``; what a country's ``linkage.yaml`` may say ``files``.
"""

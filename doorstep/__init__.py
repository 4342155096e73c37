"""Doorstep: public services at everyone's doorstep.

Five floors, imports go down only: ``config`` > ``channels`` > ``domains`` > ``engines`` > ``kit``.
A country is a folder of plain text (``countries/demo``); no code here names a programme.
To see how the data travels, read ``ARCHITECTURE.md``.
"""

__version__ = "0.1.0"

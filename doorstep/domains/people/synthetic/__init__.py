"""Draws an invented population, and the registers that a state would hold about it.

In the order of the work: ``generating`` leads it; ``shapes`` and ``checking`` say what ``population.yaml`` may hold;
``households`` draws people, ``holdings`` their benefits and contracts for energy, ``everyone`` gathers them; ``dirt``
chooses the rows to spoil, ``names`` invents names, ``tables`` says each file's columns in SQL, ``writing`` writes them.
Everything is drawn in whole columns, a chunk of households at a time; nothing loops over people.
"""

"""Draws an invented population, and the registers that a state would hold about it.

``shapes`` says what ``population.yaml`` may hold; ``households`` draws people, ``holdings`` their benefits and energy
contracts, ``dirt`` chooses the rows to spoil, ``tables`` says each file's columns in SQL, ``generating`` does it all in
order. Everything is drawn in whole columns, a chunk of households at a time; nothing loops over people.
"""

"""Draws an invented country: islands, districts and communes with their names, all from one seed.

    python -m doorstep.domains.country.drawing countries/demo/areas --seed 41

A honeycomb is the ground. ``land`` says which cells rise from the sea, ``growing`` shares them out, ``shapes``
turns cells into smooth polygons, ``names`` invents names in four scripts and languages, ``writing`` makes the
files. Three cells meet in every corner of a honeycomb, so that two areas never touch in a single point, and each
border is drawn once for both sides: no gaps, no overlaps.
"""

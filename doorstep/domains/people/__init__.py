"""The people of a country: so far invented ones, drawn at any size to try the whole of Doorstep on.

Door: ``api.py``. To change what an invented population looks like, edit the country's ``population.yaml``; what that
file may say is in ``synthetic/shapes.py``; how people are drawn in ``synthetic/``.
"""

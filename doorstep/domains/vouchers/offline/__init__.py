"""Redeeming without a connection: what a device and the scheme both need. Pure: no Django, no database, no clock.

``entries`` is the list that a device writes; ``permits`` what it may give; ``device`` the device's side.
"""

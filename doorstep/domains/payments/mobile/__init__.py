"""Mobile-money providers: one file each. A newcomer copies ``gsma`` and names it in ``providers``.

A provider is a ``Transport`` (see ``transport``): it sends one order, asks for one order's state, and reads a callback.
It keeps nothing and decides nothing. All speak with our own key, so that the same order sent twice is one payment.
"""

"""Benefits: what the state gives without being asked.

A programme is a file of the country's folder (``programmes/*.yaml``): this package names none. A run decides every
contract (or whatever the programme's entity is) at once, stores what follows, and writes one file for each deliverer.
The door is ``api``. To change

- what a programme's file may say, see ``shapes``; what a visitor is asked, see ``asking``;
- the life of an entitlement (its states and what moves it), see ``life``;
- how a run goes from files to decisions, see ``deciding`` and ``running``;
- what follows in the database, see ``consequences``;
- what letters say, see ``notices``; how a stored decision is told again, see ``retelling``;
- how another figure of the law is tried, see ``whatif``; how past months are decided again, see ``past`` and
  ``correcting``;
- who may do what, see ``policies``.
"""

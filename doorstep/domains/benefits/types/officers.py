"""Who acts for the state, and in which role: as everywhere in the house."""

from doorstep.domains.people.types import Officer, Role

__all__ = ["Officer", "Role"]

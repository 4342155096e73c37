"""What is stored, for tests of channels that look behind the door to see what a page really did."""

from doorstep.domains.benefits.models import Decision, Entitlement, Look, Notice, Objection, Review, Run
from doorstep.domains.benefits.references import reference_of

__all__ = ["Decision", "Entitlement", "Look", "Notice", "Objection", "Review", "Run", "reference_of"]

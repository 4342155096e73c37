"""What every shape of an answer is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """A shape of what an operation answers, filled from the attributes or keys of what the domain gave.

    Plain pydantic: what ninja's own ``Schema`` adds is for rows of Django's models, and doubles the time of an answer.
    """

    model_config = ConfigDict(from_attributes=True)

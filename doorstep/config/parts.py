"""What each domain adds to the checking of a country's files."""

from __future__ import annotations

from doorstep.domains.benefits import api as benefits

COUNTRY_PARTS = (benefits.check_programmes,)

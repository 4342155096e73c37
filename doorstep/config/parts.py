"""What each domain adds to the checking of a country's files."""

from __future__ import annotations

from doorstep.config.linking import check_country_linkage
from doorstep.domains.benefits import api as benefits
from doorstep.domains.people import files as people
from doorstep.domains.vouchers import files as vouchers
from doorstep.domains.wallets import files as wallets

COUNTRY_PARTS = (
    benefits.check_programmes,
    people.check_people,
    people.check_population,
    vouchers.check_vouchers,
    wallets.check_wallets,
    check_country_linkage,
)

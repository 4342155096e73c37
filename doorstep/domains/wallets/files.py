"""What wallets read of a country's folder. A door of its own: checking a country needs no database."""

from doorstep.domains.wallets.reading import check_wallets
from doorstep.domains.wallets.shapes import WalletsFile

__all__ = ["WalletsFile", "check_wallets"]

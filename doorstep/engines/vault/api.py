"""The door of the vault."""

from doorstep.engines.vault.boxes import box_key, put_in, take_out
from doorstep.engines.vault.sealing import Vault

__all__ = ["Vault", "box_key", "put_in", "take_out"]

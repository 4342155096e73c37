"""The door of the vault."""

from doorstep.engines.vault.sealing import Vault

__all__ = ["Vault"]

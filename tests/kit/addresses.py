"""What a platform calls a chat, opened as whoever sends there opens it."""

from storage.database import Unit
from storage.tables import Address
from storage.vault import Vault


def platform_chat(unit: Unit, vault: Vault, address_id: str) -> str:
    """The platform's id of a chat. Raises KeyGone where its person was erased."""
    row = unit.get_one(Address, address_id)
    assert row.chat is not None
    return str(vault.open(f"person:{row.person_id}", f"address.chat:{address_id}", row.chat))

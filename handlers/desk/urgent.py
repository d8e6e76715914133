"""Urgent requests: three answers, no consent in the way, and straight to whoever is on duty."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.ids import new_code, new_id
from storage.tables import UrgentRequest

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class UrgentRequests:
    """Urgent requests of the person who speaks."""

    desk: "Desk"

    def raise_one(self, where: str, what: str, phone: str | None) -> str:
        """Record somebody in need and return the code to read out on the phone."""
        desk = self.desk
        row = UrgentRequest(
            id=new_id(desk.now), code=new_code("KC"), person_id=desk.here().person_id, created_at=desk.now
        )
        desk.vault.make(f"urgent:{row.id}", desk.now)
        row.body = desk.vault.seal(
            f"urgent:{row.id}", f"urgent_request.body:{row.id}", {"where": where, "what": what, "phone": phone or ""}
        )
        desk.unit.add(row)
        desk.note("urgent.raised", f"urgent:{row.id}")
        return row.code

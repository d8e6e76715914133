"""Wishes to speak with an officer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from storage.ids import new_id
from storage.tables import Talk

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Talks:
    """Talks of the person who speaks."""

    desk: "Desk"

    def wish(self) -> bool:
        """Record the wish. False if it was recorded before and nobody has answered yet."""
        desk, person_id = self.desk, self.desk.here().person_id
        query = select(Talk).where(Talk.person_id == person_id, col(Talk.state) == "open")
        if desk.unit.scalars(query).first() is not None:
            return False
        row = Talk(id=new_id(desk.now), person_id=person_id, created_at=desk.now)
        desk.unit.add(row)
        desk.note("talk.wished", f"talk:{row.id}")
        return True

"""Messages to people that are stuck, and sending them once more. Their words are not looked at."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlmodel import select

from storage.queries.outgoing import outbox, sending
from storage.tables import OutboxRow

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

Way = Literal["again", "copy", ""]


def way(message: outbox.Stuck) -> Way:
    """How a message may be sent once more: as it is, or, if it may have arrived, as a copy. Empty: not at all."""
    if not message.readable or message.state == "held":  # it would be held again
        return ""
    if message.state != "unknown":
        return "again"
    return "" if message.copied or message.copy_of is not None else "copy"


@dataclass(frozen=True, slots=True)
class Post:
    """Messages of one transaction."""

    desk: "Desk"

    def send_again(self, outbox_id: int) -> bool:
        """Queue a message once more. False if it is not stuck, or was sent once more before.

        One of which nobody knows whether it arrived gets its one copy: it stays as it is, and she may get it twice.
        """
        desk = self.desk
        done = outbox.retry(desk.unit, outbox_id, desk.now) or self._copy(outbox_id)
        desk.note("outbox.retry", f"outbox:{outbox_id}", done=done)
        return done

    def _copy(self, outbox_id: int) -> bool:
        unit = self.desk.unit
        row = unit.scalars(select(OutboxRow).where(OutboxRow.id == outbox_id)).first()
        if row is None or row.state != "unknown":
            return False
        copies = select(OutboxRow.id).where(OutboxRow.key == f"{row.key}/copy")
        if unit.scalars(copies).first() is not None:
            return False
        sending.copy(unit, self.desk.vault, outbox_id, self.desk.now, self.desk.now)
        return unit.scalars(copies).first() is not None

"""Messages to people that are stuck, and sending them once more. Their words are not looked at."""

from dataclasses import dataclass
from typing import Literal

from sqlmodel import select

from handlers.desk.office import Context
from storage.queries.outgoing import outbox, sending
from storage.tables import OutboxRow

WayOnceMore = Literal["again", "copy", ""]


def way(message: outbox.Stuck) -> WayOnceMore:
    """How a message may be sent once more: as it is, or, if it may have arrived, as a copy. Empty: not at all."""
    if not message.readable or message.state == "held":  # it would be held again
        return ""
    if message.state != "unknown":
        return "again"
    return "" if message.copied or message.copy_of is not None else "copy"


@dataclass(frozen=True, slots=True)
class StuckMessages:
    """Messages of one transaction."""

    context: Context

    def send_again(self, outbox_id: int) -> bool:
        """Queue a message once more. False if it is not stuck, or was sent once more before.

        One of which nobody knows whether it arrived gets its one copy: it stays as it is, and she may get it twice.
        """
        context = self.context
        done = outbox.retry(context.unit, outbox_id, context.now) or self._copy(outbox_id)
        context.note("outbox.retry", f"outbox:{outbox_id}", done=done)
        return done

    def _copy(self, outbox_id: int) -> bool:
        unit = self.context.unit
        row = unit.scalars(select(OutboxRow).where(OutboxRow.id == outbox_id)).first()
        if row is None or row.state != "unknown":
            return False
        copies = select(OutboxRow.id).where(OutboxRow.key == f"{row.key}/copy")
        if unit.scalars(copies).first() is not None:
            return False
        sending.copy(unit, self.context.vault, outbox_id, self.context.now, self.context.now)
        return unit.scalars(copies).first() is not None

"""Messages that carry what is somebody else's: written down, so that it can be taken out of them again.

Why apart from other messages: they are sealed with the key of who reads them, which outlives the person who asked to
be erased, and the account that was ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, update
from sqlmodel import col, select

from handlers.desk.messages.messages import Messages
from handlers.desk.office import Context
from handlers.flow.message import Say
from storage.queries.outgoing import states
from storage.tables import ChatLine, OutboxRow, PassedOn

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Messages that carry what is somebody else's, in one transaction."""

    context: Context

    def tell(self, person_id: str, say: Say, *, under: str, kind: str, place: str) -> str | None:
        """Tell somebody something in another's words; the key of the message, None if she can't be reached.

        under: the name of the data key that the words are kept under.
        """
        told = Say(say.phrase, card=say.card, openings=say.openings, under=under)
        return (
            f"{self.context.cause}/{place}"
            if Messages(self.context).tell(person_id, told, kind=kind, place=place)
            else None
        )

    def take_out(self, under: str, *, of: str = "") -> None:
        """Empty every message that carries words kept under a data key, and its copy; what waits is not sent.

        of: what the messages' places have in them; empty for all.
        """
        self.context.unit.flush()
        named = col(PassedOn.message).contains(of, autoescape=True)
        keys = self.context.unit.scalars(select(PassedOn.message).where(PassedOn.under == under, named)).all()
        self._empty(keys, "erased")

    def take_out_some(self, under: Select[str]) -> int:
        """The same for some messages, of all that are under one of these names; returns how many there were."""
        self.context.unit.flush()
        keys = self.context.unit.scalars(
            select(PassedOn.message).where(col(PassedOn.under).in_(under)).limit(AT_ONCE)
        ).all()
        self._empty(keys, "ended")
        return len(keys)

    def take_away(self, person_id: str) -> None:
        """The same for every message with somebody's words in the chats of a person, who is no official any more."""
        self.context.unit.flush()
        hers = select(PassedOn.message).join(OutboxRow, col(OutboxRow.key) == col(PassedOn.message))
        while keys := self.context.unit.scalars(hers.where(OutboxRow.person_id == person_id).limit(AT_ONCE)).all():
            self._empty(keys, "disabled")

    def _empty(self, keys: Sequence[str], why: str) -> None:
        if not keys:
            return
        unit = self.context.unit
        named = col(OutboxRow.key).in_([name for key in keys for name in (key, f"{key}/copy")])
        rows = unit.execute(select(OutboxRow.id, OutboxRow.address_id).where(named)).all()
        for outbox_id, address_id in rows:
            lines = delete(ChatLine).where(col(ChatLine.address_id) == address_id)
            unit.execute(lines.where(col(ChatLine.outbox_id) == outbox_id))
        states.cancel(unit, why, self.context.now, named)
        unit.execute(update(OutboxRow).where(named).values(body=None))
        unit.execute(delete(PassedOn).where(col(PassedOn.message).in_(keys)))

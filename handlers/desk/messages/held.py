"""What a platform would not take before she wrote: shown once, when she does.

Why a question only while it is still the open one: answered elsewhere or asked anew, it would be asked twice.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from handlers.desk.messages.messages import load_asking
from handlers.desk.office import Context, Told
from storage.crypto import WrongKey
from storage.queries.incoming import chats, sessions
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox, states, windows
from storage.tables import Address, OutboxRow
from storage.vault import KeyGone

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True, slots=True)
class Held:
    """Messages of one chat that wait for its person."""

    context: Context

    def show(self, chat: Chat) -> None:
        """Let what is held leave, now that she wrote; what need not be said any more is cancelled."""
        context = self.context
        if context.windows is None or chat.channel != context.windows.channel:
            return
        wrote_at = context.unit.execute(
            select(_ADDRESS.c.interacted_at).where(_ADDRESS.c.id == chat.address_id)
        ).scalar()
        if not windows.is_free(context.windows, wrote_at, context.now):
            return
        held = select(_OUTBOX).where(_OUTBOX.c.address_id == chat.address_id, _OUTBOX.c.state == "held", outbox.STUCK)
        for row in context.unit.execute(held.order_by(_OUTBOX.c.id)).all():
            if row.kind == "link" or (row.kind == "question" and not self._is_open(chat, row)):
                states.cancel(context.unit, "answered", context.now, _OUTBOX.c.id == row.id, old=("held",))
                continue
            states.release(context.unit, row.id, context.now)
            context.told.append(Told(chat.channel, chat.address_id, row.kind))

    def _is_open(self, chat: Chat, row: "Row[Any]") -> bool:
        """Whether a question is the one shown last in her chat, and unanswered."""
        nonce = chats.at_address(self.context.unit, chat.address_id).screen
        shown = sessions.shown(self.context.unit, self.context.vault, chat.person_id, nonce) if nonce else None
        if shown is None or shown.answered_at is not None:
            return False
        try:
            body = outbox.body_of(self.context.vault, row)
        except (KeyGone, WrongKey):
            return False
        options = body.get("options")
        if isinstance(options, list) and options:
            return str(options[0]["press"]).startswith(f"{nonce}.")
        return str(body.get("key", "")).endswith(f".{load_asking(shown).slot}")

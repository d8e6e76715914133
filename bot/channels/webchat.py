"""The web chat as a channel: its chats are rows of ours, so what is sent is kept in the same transaction."""

from datetime import datetime

from bot.channels.contract import Fitted, Limits
from storage.queries.incoming import chats
from storage.queries.outgoing.outbox import Leaving
from storage.unit import Unit
from storage.vault import Vault


class WebChat:
    """Our own web chat."""

    name = "webchat"
    limits = Limits(text=1_000_000, buttons=100, label=1_000, caption=1_000_000)  # a page of ours shows anything
    abroad = False
    rate = 400.0  # announcements a second: our own database takes more, and is not to be kept from other work

    def keep(self, unit: Unit, vault: Vault, leaving: Leaving, fitted: tuple[Fitted, ...], now: datetime) -> int:
        """Append the lines of a message to its chat; returns the number of the last."""
        chat = chats.at_address(unit, leaving.address_id)
        number = 0
        for piece in fitted:
            body: dict[str, object] = {"text": piece.text}
            if piece.buttons:
                body["options"] = [{"label": b.label, "press": b.press} for b in piece.buttons]
            if piece.card is not None:
                body["card"] = {"kind": piece.card.kind, "values": piece.card.values}
            if leaving.body.get("fresh"):
                body["fresh"] = True
            number = chats.add_line(unit, vault, chat, "us", body, now, outbox_id=leaving.id)
        return number

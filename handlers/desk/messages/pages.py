"""Private pages: a link, for fifteen minutes, where one question is answered that must not pass through a chat abroad.

Why looking does not use it up: a phone may load a page twice, and so may whoever shows a preview of a link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from handlers.desk.office import Context
from handlers.flow.session import Form
from storage.ids import new_nonce
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.tables import OneTimeToken

KIND = "private"


@dataclass(frozen=True, slots=True)
class PrivatePage:
    """One page: whose, from which chat, for which question of which form. used: it was answered."""

    chat: Chat
    form: str
    slot: str
    used: bool


@dataclass(frozen=True, slots=True)
class PrivatePages:
    """Private pages of one transaction."""

    context: Context

    @property
    def minutes(self) -> int:
        """How long a link works."""
        return int(
            (self.context.office.retention("one_time_link").after(self.context.now) - self.context.now).total_seconds()
            // 60
        )

    def open(self, chat: Chat, form: Form, slot: str) -> str:
        """Make a link for a question. Earlier ones of the same question go on working: she may have one open."""
        context, token = self.context, new_nonce()
        content = {"address": chat.address_id, "form": form.id, "slot": slot}
        row = OneTimeToken(
            token=context.vault.look_up("one-time token", token), kind=KIND, person_id=chat.person_id,
            until=context.office.retention("one_time_link").after(context.now),
        )  # fmt: skip
        row.body = context.vault.seal(f"person:{chat.person_id}", f"one_time_token.body:{row.token.hex()}", content)
        context.unit.add(row)
        context.unit.flush()
        return f"{context.public_url}/p/{token}"

    def look(self, token: str) -> PrivatePage | None:
        """The page behind a link; None once it has run out."""
        context = self.context
        row = context.unit.get(OneTimeToken, context.vault.look_up("one-time token", token))
        if row is None or row.kind != KIND or row.until < context.now or row.body is None:
            return None
        opened = context.vault.open(f"person:{row.person_id}", f"one_time_token.body:{row.token.hex()}", row.body)
        content = cast("Mapping[str, str]", opened)
        chat = chats.at_address(context.unit, content["address"])
        return PrivatePage(chat, content["form"], content["slot"], used=content.get("used") == "yes")

    def use(self, token: str) -> None:
        """Note that the page was answered; until it runs out it says so."""
        context, page = self.context, self.look(token)
        row = context.unit.get(OneTimeToken, context.vault.look_up("one-time token", token))
        if row is None or page is None:
            return
        content = {"address": page.chat.address_id, "form": page.form, "slot": page.slot, "used": "yes"}
        row.body = context.vault.seal(f"person:{row.person_id}", f"one_time_token.body:{row.token.hex()}", content)
        context.unit.add(row)

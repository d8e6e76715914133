"""Private pages: a link, for fifteen minutes, where one question is answered that must not pass through a chat abroad.

Why looking does not use it up: a phone may load a page twice, and so may whoever shows a preview of a link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from handlers.flow.session import Form
from storage.ids import new_nonce
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.tables import OneTimeToken

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

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

    desk: "Desk"

    @property
    def minutes(self) -> int:
        """How long a link works."""
        return int(
            (self.desk.office.retention("one_time_link").after(self.desk.now) - self.desk.now).total_seconds() // 60
        )

    def open(self, chat: Chat, form: Form, slot: str) -> str:
        """Make a link for a question. Earlier ones of the same question go on working: she may have one open."""
        desk, token = self.desk, new_nonce()
        content = {"address": chat.address_id, "form": form.id, "slot": slot}
        row = OneTimeToken(
            token=desk.vault.look_up("one-time token", token), kind=KIND, person_id=chat.person_id,
            until=desk.office.retention("one_time_link").after(desk.now),
        )  # fmt: skip
        row.body = desk.vault.seal(f"person:{chat.person_id}", f"one_time_token.body:{row.token.hex()}", content)
        desk.unit.add(row)
        desk.unit.flush()
        return f"{desk.public_url}/p/{token}"

    def look(self, token: str) -> PrivatePage | None:
        """The page behind a link; None once it has run out."""
        desk = self.desk
        row = desk.unit.get(OneTimeToken, desk.vault.look_up("one-time token", token))
        if row is None or row.kind != KIND or row.until < desk.now or row.body is None:
            return None
        opened = desk.vault.open(f"person:{row.person_id}", f"one_time_token.body:{row.token.hex()}", row.body)
        content = cast("Mapping[str, str]", opened)
        chat = chats.at_address(desk.unit, content["address"])
        return PrivatePage(chat, content["form"], content["slot"], used=content.get("used") == "yes")

    def use(self, token: str) -> None:
        """Note that the page was answered; until it runs out it says so."""
        desk, page = self.desk, self.look(token)
        row = desk.unit.get(OneTimeToken, desk.vault.look_up("one-time token", token))
        if row is None or page is None:
            return
        content = {"address": page.chat.address_id, "form": page.form, "slot": page.slot, "used": "yes"}
        row.body = desk.vault.seal(f"person:{row.person_id}", f"one_time_token.body:{row.token.hex()}", content)
        desk.unit.add(row)

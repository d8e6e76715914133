"""The chats that act for an official: bound by a code from her console, awake for a while, woken by a one-time code.

Why a chat sleeps: a phone is lent and a browser is left open, and whoever holds it would be the official for ever.
Why a code that was given in her browser counts for no chat: who stole the one would wait until she uses the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from handlers.desk.messages import Disclosures
from handlers.desk.office import Context, Official
from handlers.desk.officials.invitations import Invitations
from handlers.desk.officials.news import AccountNews
from handlers.desk.officials.officials import Officials
from storage.queries.incoming.chats import Chat
from storage.tables import ActingChat, OfficialRow

Acts = Literal["", "awake", "reads", "checked"]
AWAKE_IN_A_BROWSER = timedelta(hours=12)
AWAKE_ON_A_PHONE = timedelta(days=7)
CHECKED = timedelta(minutes=15)
WRONG_CODES = 5
OUR_OWN = "webchat"


@dataclass(frozen=True, slots=True)
class ActingChats:
    """Chats that act for accounts, in one transaction."""

    context: Context

    # The chat at the desk

    def here(self) -> Official | None:
        """The official for whom the chat at the desk acts now; None if it acts for nobody, or sleeps."""
        bound = self.bound_here()
        return bound if bound is not None and self._is_within(self._awake()) else None

    def bound_here(self) -> Official | None:
        """The same, whether it sleeps or not."""
        return Officials(self.context).in_chat(self.context.here().person_id)

    def speaking(self, action: str) -> Official | None:
        """The official for whom the chat at the desk acts; None if it acts for nobody, which is noted as tried."""
        official = self.here()
        if official is None:
            self.context.note("rights.refused", f"person:{self.context.here().person_id}", "", action=action)
        return official

    def needs_code(self, acts: Acts) -> bool:
        """Whether a one-time code has to be given here before something is done. Nobody is asked who is no official.

        awake: none while the chat is awake; checked: one in the last quarter of an hour; reads: the same, as far as
        anything private is shown in this chat.
        """
        if not acts or self.bound_here() is None:
            return False
        private = acts == "checked" or (acts == "reads" and not self.context.abroad)
        return not self._is_within(CHECKED if private else self._awake())

    # Bound and ended

    def bind(self, official_id: str, chat: Chat) -> None:
        """Let the chats of a person act for an account, and those of nobody else; they act for no other account.

        The one she bound it in is awake; the others have to be woken.
        """
        context = self.context
        Invitations(context).end(official_id, "chat")
        before = context.unit.get_one(OfficialRow, official_id).person_id
        if before is not None and before != chat.person_id:
            AccountNews(context).tell_own(official_id, "bound")
        same = or_(col(OfficialRow.person_id) == chat.person_id, col(OfficialRow.id) == official_id)
        for other in context.unit.scalars(select(OfficialRow.id).where(same)).all():
            self._forget(other)
        bound = update(OfficialRow).where(col(OfficialRow.id) == official_id).values(person_id=chat.person_id)
        context.unit.execute(bound)
        self.wake(official_id, chat.address_id)
        context.note("official.chat_bound", f"official:{official_id}")
        AccountNews(context).tell_own(official_id, "bound", but=chat.address_id)

    def wake(self, official_id: str, address_id: str) -> None:
        """Note that a one-time code was given in a chat now."""
        row = self._row(official_id, address_id)
        row.woken_at, row.tries = self.context.now, 0
        self.context.unit.add(row)

    def count_wrong(self, official_id: str, address_id: str) -> bool:
        """Count a wrong code given in a chat. Returns whether it was one too many, after which no chat acts for her."""
        row = self._row(official_id, address_id)
        row.tries += 1
        self.context.unit.add(row)
        if row.tries < WRONG_CODES:
            return False
        self.end(official_id, "too many wrong codes")
        return True

    def end(self, official_id: str, reason: str = "") -> None:
        """Let no chat act for an account, and take out of them what was passed on there in confidence."""
        row = self.context.unit.get(OfficialRow, official_id)
        if row is None or row.person_id is None:
            return
        Disclosures(self.context).take_away(row.person_id)
        self._forget(official_id)
        self.context.note("official.chat_unbound", f"official:{official_id}", reason)

    # Inside

    def _row(self, official_id: str, address_id: str) -> ActingChat:
        row = self.context.unit.get(ActingChat, address_id)
        if row is None or row.official_id != official_id:
            row = row or ActingChat(address_id=address_id, official_id=official_id)
            row.official_id, row.woken_at, row.tries = official_id, None, 0
        return row

    def _forget(self, official_id: str) -> None:
        unit = self.context.unit
        unit.execute(delete(ActingChat).where(col(ActingChat.official_id) == official_id))
        unit.execute(update(OfficialRow).where(col(OfficialRow.id) == official_id).values(person_id=None))

    def _awake(self) -> timedelta:
        return AWAKE_IN_A_BROWSER if self.context.here().channel == OUR_OWN else AWAKE_ON_A_PHONE

    def _is_within(self, least: timedelta) -> bool:
        """Whether a code was given in the chat at the desk within so long."""
        row, bound = self.context.unit.get(ActingChat, self.context.here().address_id), self.bound_here()
        given: datetime | None = row.woken_at if row is not None and bound and row.official_id == bound.id else None
        return given is not None and timedelta(0) <= self.context.now - given < least

"""Links: one person on several channels, joined by a code that she carries from one to the other herself.

Why a code and not a phone number: a number can be typed by anybody, and whoever is joined reads everything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, update
from sqlmodel import col, select

from handlers.desk.joining import Side, close_form, join, load_session, save_session
from handlers.desk.people import hand_over_empty
from handlers.flow.message import Phrase, Say
from storage.ids import new_code, read_code
from storage.queries import chats, machine
from storage.tables import Address, File, OneTimeToken, OutboxRow, PassedOn

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

KIND = "link"
PREFIX = "LK"
WRONG_CODES = 10
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One chat of a person. here: where she speaks now. chosen: she wants her messages there, wherever she writes."""

    address_id: str
    channel: str
    here: bool
    chosen: bool
    last_in_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """The channels of the person who speaks."""

    desk: "Desk"

    def places(self) -> list[Place]:
        """Her chats, the one written to last first."""
        chat = self.desk.here()
        query = select(Address).where(Address.person_id == chat.person_id).order_by(col(Address.last_in_at).desc())
        return [
            Place(a.id, a.channel, a.id == chat.address_id, a.chosen, a.last_in_at)
            for a in self.desk.unit.scalars(query)
        ]

    def make_code(self) -> tuple[str, datetime]:
        """Make a code to be typed on another channel: the code, and until when. A new one ends the old."""
        desk, person_id = self.desk, self.desk.here().person_id
        self._end_codes(person_id)
        code, until = new_code(PREFIX), desk.office.retention("one_time_link").after(desk.now)
        desk.unit.add(OneTimeToken(token=self._token(code), kind=KIND, person_id=person_id, until=until))
        desk.note("person.link_code", f"person:{person_id}")
        return code.removeprefix(f"{PREFIX}-"), until

    def judge(self, typed: str) -> Literal["good", "own", "account", "wrong"]:
        """What a typed code is good for; wrong, used, run out and too many tries look alike.

        account: it lets this chat act for an official's account.
        """
        if self.account_of(typed) is not None:
            return "account"
        maker = self._maker(typed)
        if maker is None:
            return "wrong"
        return "own" if maker == self.desk.here().person_id else "good"

    def account_of(self, typed: str) -> str | None:
        """The official's account that a typed code is of, if it is good."""
        found = None if self._too_many_tries() else self.desk.invitations.code_leads_to(typed)
        return found if found is not None and self.desk.officials.acting(found) is not None else None

    def count_wrong(self) -> None:
        """Count a wrong code: after ten in an hour the right one looks wrong too."""
        machine.count(self.desk.unit, self._tries(), self.desk.now, WINDOW)

    def join(self, typed: str) -> Side | None:
        """Join the person who speaks to the one who made the code; her other channel is told.

        Returns which of two half-done things is kept. Raises LookupError unless the code is good.
        """
        desk, chat, maker = self.desk, self.desk.here(), self._maker(typed)
        if maker is None or maker == chat.person_id:
            raise LookupError("no good code")
        # Nothing is locked here. Transactions are serializable: of two that join each other one begins again, and
        # then finds its code used; and a turn of the other person comes wholly before this or wholly after it.
        self._end_codes(maker)
        other = chats.last_used(desk.unit, maker)
        side = join(desk, chat.person_id, maker)
        desk.note("person.linked", f"person:{maker}", gone=f"person:{chat.person_id}")
        if other is not None:
            news = Say("link_news", channel=Phrase(f"channel.{chat.channel}"))
            desk.messages.say(other, news, kind="notice", place="linked")
        return side

    def choose(self, address_id: str) -> None:
        """Send her messages always to one of her chats; empty: to the one she wrote from last."""
        person_id = self.desk.here().person_id
        hers = update(Address).where(col(Address.person_id) == person_id)
        self.desk.unit.execute(hers.values(chosen=False))
        self.desk.unit.execute(hers.where(col(Address.id) == address_id).values(chosen=True))
        self.desk.note("person.channel_chosen", f"person:{person_id}", chosen=bool(address_id))

    def unlink(self) -> bool:
        """Give this chat to a fresh person who knows nothing; all else stays. False if it is her only one."""
        desk, chat = self.desk, self.desk.here()
        other = next(iter(sorted(self._others(), key=lambda place: not place.chosen)), None)
        if other is None:
            return False
        self._end_codes(chat.person_id)
        save_session(desk, chat.person_id, close_form(load_session(desk, chat.person_id)))
        self._redirect(other)
        fresh = chats.make_person(desk.unit, desk.vault, desk.now, chat.language)
        hand_over_empty(desk, (chat.address_id,), chat.person_id, fresh, "unlinked")
        desk.note("person.unlinked", f"person:{chat.person_id}")
        return True

    # Inside

    def _others(self) -> list[Place]:
        return [place for place in self.places() if not place.here]

    def _redirect(self, other: Place) -> None:
        """Send news that waits to be said here to another chat of hers, and say there what becomes of her photos."""
        unit, chat = self.desk.unit, self.desk.here()
        waiting = update(OutboxRow).where(
            col(OutboxRow.address_id) == chat.address_id,
            col(OutboxRow.kind).in_(("notice", "talk", "urgent")),
            col(OutboxRow.state).in_(("queued", "held")),
        )
        if other.channel in self.desk.channels_abroad and not self.desk.abroad:
            # Words of others, written down for a chat whose servers are in the country.
            waiting = waiting.where(col(OutboxRow.key).not_in(select(PassedOn.message)))
        unit.execute(waiting.values(address_id=other.address_id, channel=other.channel))
        photos = update(File).where(col(File.address_id) == chat.address_id, col(File.person_id) == chat.person_id)
        unit.execute(photos.where(col(File.state) == "raw").values(address_id=other.address_id))

    def _maker(self, typed: str) -> str | None:
        """The person who made a code that is still good."""
        desk, code = self.desk, read_code(typed, PREFIX)
        if code is None or self._too_many_tries():
            return None
        found = desk.unit.get(OneTimeToken, self._token(code))
        return found.person_id if found and found.kind == KIND and found.until >= desk.now else None

    def _too_many_tries(self) -> bool:
        return machine.counted(self.desk.unit, self._tries(), self.desk.now, WINDOW) >= WRONG_CODES

    def _end_codes(self, person_id: str) -> None:
        codes = delete(OneTimeToken).where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.kind) == KIND)
        self.desk.unit.execute(codes)

    def _token(self, code: str) -> bytes:
        return self.desk.vault.look_up("link code", code)

    def _tries(self) -> bytes:
        return self.desk.vault.look_up("link tries", self.desk.here().address_id)

"""Links: one person on several channels, joined by a code that she carries from one to the other herself.

Why a code and not a phone number: a number can be typed by anybody, and whoever is joined reads everything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, update
from sqlmodel import col, select

from handlers.desk.messages import Messages
from handlers.desk.office import Context
from handlers.desk.officials import Invitations, Officials
from handlers.desk.privacy.joining import Joining, Side, close_form
from handlers.desk.privacy.people import People
from handlers.flow.message import MENU, Opening, Phrase, Say
from storage.ids import new_code, new_nonce, read_code
from storage.queries import machine
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import states
from storage.tables import Address, File, OneTimeToken, OutboxRow, PassedOn

KIND = "link"
PAGE_KIND = "go_on"
PREFIX = "LK"
WRONG_CODES = 10
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChat:
    """One chat of a person. here: where she speaks now. chosen: she wants her messages there, wherever she writes."""

    address_id: str
    channel: str
    here: bool
    chosen: bool
    last_in_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """The channels of the person who speaks."""

    context: Context

    def places(self) -> list[OwnChat]:
        """Her chats, the one written to last first."""
        chat = self.context.here()
        query = select(Address).where(Address.person_id == chat.person_id).order_by(col(Address.last_in_at).desc())
        return [
            OwnChat(
                address_id=a.id,
                channel=a.channel,
                here=a.id == chat.address_id,
                chosen=a.chosen,
                last_in_at=a.last_in_at,
            )
            for a in self.context.unit.scalars(query)
        ]

    def make_code(self) -> tuple[str, datetime]:
        """Make a code to be typed on another channel: the code, and until when. A new one ends the old."""
        context, person_id = self.context, self.context.here().person_id
        self._end_codes(person_id)
        code, until = new_code(PREFIX), context.office.retention("one_time_link").after(context.now)
        context.unit.add(OneTimeToken(token=self._token(code), kind=KIND, person_id=person_id, until=until))
        context.note("person.link_code", f"person:{person_id}")
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
        return "own" if maker == self.context.here().person_id else "good"

    def account_of(self, typed: str) -> str | None:
        """The official's account that a typed code is of, if it is good."""
        found = None if self._too_many_tries() else Invitations(self.context).code_leads_to(typed)
        return found if found is not None and Officials(self.context).acting(found) is not None else None

    def count_wrong(self) -> None:
        """Count a wrong code: after ten in an hour the right one looks wrong too."""
        machine.count(self.context.unit, self._tries(), self.context.now, WINDOW)

    def join(self, typed: str) -> Side | None:
        """Join the person who speaks to the one who made the code; her other channel is told.

        Returns which of two half-done things is kept. Raises LookupError unless the code is good.
        """
        maker = self._maker(typed)
        if maker is None or maker == self.context.here().person_id:
            raise LookupError("no good code")
        return self._join(maker)

    def make_page(self) -> str:
        """Make a page where she goes on in the web chat, in the browser that opens it: its address, good once."""
        context, chat, token = self.context, self.context.here(), new_nonce()
        row = OneTimeToken(
            token=context.vault.look_up("go-on page", token), kind=PAGE_KIND, person_id=chat.person_id,
            until=context.office.retention("one_time_link").after(context.now),
        )  # fmt: skip
        where = f"one_time_token.body:{row.token.hex()}"
        row.body = context.vault.seal(f"person:{chat.person_id}", where, {"address": chat.address_id})
        context.unit.add(row)
        context.unit.flush()
        return f"{context.public_url}/tiep/{token}"

    def page_leads_to(self, token: str) -> Chat | None:
        """The chat that a page goes on from; None once it was used or has run out."""
        context = self.context
        row = context.unit.get(OneTimeToken, context.vault.look_up("go-on page", token))
        if row is None or row.kind != PAGE_KIND or row.until < context.now or row.body is None:
            return None
        content = context.vault.open(f"person:{row.person_id}", f"one_time_token.body:{row.token.hex()}", row.body)
        assert isinstance(content, dict)  # noqa: S101  # we wrote it so
        chat = chats.at_address(context.unit, str(content["address"]))
        return chat if chat.person_id == row.person_id else None

    def go_on(self, token: str) -> None:
        """Join the person who speaks to the one whose page this is, and go on with her here.

        Raises LookupError unless the page is good.
        """
        context, before = self.context, self.page_leads_to(token)
        if before is None:
            raise LookupError("no good page")
        pages = delete(OneTimeToken).where(
            col(OneTimeToken.person_id) == before.person_id, col(OneTimeToken.kind) == PAGE_KIND
        )
        context.unit.execute(pages)
        if before.person_id != context.here().person_id:
            self._join(before.person_id)
        chat = chats.at_address(context.unit, context.here().address_id)
        half_done = Joining(context).load_session(chat.person_id).form is not None
        doors = (Opening("doors.resume", "@continue"),) if half_done else ()
        said = Say("goes_on", channel=Phrase(f"channel.{before.channel}"), openings=(*doors, MENU))
        Messages(context).say(chat, said, place="goes_on")

    def _join(self, maker: str) -> Side | None:
        context, chat = self.context, self.context.here()
        # Nothing is locked here. Transactions are serializable: of two that join each other one begins again, and
        # then finds its code used; and a turn of the other person comes wholly before this or wholly after it.
        self._end_codes(maker)
        other = chats.last_used(context.unit, maker)
        side = Joining(context).join(chat.person_id, maker)
        context.note("person.linked", f"person:{maker}", gone=f"person:{chat.person_id}")
        if other is not None:
            news = Say("link_news", channel=Phrase(f"channel.{chat.channel}"))
            Messages(context).say(other, news, kind="notice", place="linked")
        return side

    def choose(self, address_id: str) -> None:
        """Send her messages always to one of her chats; empty: to the one she wrote from last."""
        person_id = self.context.here().person_id
        hers = update(Address).where(col(Address.person_id) == person_id)
        self.context.unit.execute(hers.values(chosen=False))
        self.context.unit.execute(hers.where(col(Address.id) == address_id).values(chosen=True))
        self.context.note("person.channel_chosen", f"person:{person_id}", chosen=bool(address_id))

    def unlink(self) -> bool:
        """Give this chat to a fresh person who knows nothing; all else stays. False if it is her only one."""
        context, chat = self.context, self.context.here()
        other = next(iter(sorted(self._others(), key=lambda place: not place.chosen)), None)
        if other is None:
            return False
        self._end_codes(chat.person_id)
        Joining(context).save_session(chat.person_id, close_form(Joining(context).load_session(chat.person_id)))
        self._redirect(other)
        fresh = chats.make_person(context.unit, context.vault, context.now, chat.language)
        People(context).hand_over_empty((chat.address_id,), chat.person_id, fresh, "unlinked")
        context.note("person.unlinked", f"person:{chat.person_id}")
        return True

    # Inside

    def _others(self) -> list[OwnChat]:
        return [place for place in self.places() if not place.here]

    def _redirect(self, other: OwnChat) -> None:
        """Send news that waits to be said here to another chat of hers, and say there what becomes of her photos."""
        unit, chat = self.context.unit, self.context.here()
        news = [col(OutboxRow.address_id) == chat.address_id, col(OutboxRow.kind).in_(("notice", "talk", "urgent"))]
        if other.channel in self.context.channels_abroad and not self.context.abroad:
            # Words of others, written down for a chat whose servers are in the country.
            news.append(col(OutboxRow.key).not_in(select(PassedOn.message)))
        states.redirect(unit, other.address_id, other.channel, *news)
        photos = update(File).where(col(File.address_id) == chat.address_id, col(File.person_id) == chat.person_id)
        unit.execute(photos.where(col(File.state) == "raw").values(address_id=other.address_id))

    def _maker(self, typed: str) -> str | None:
        """The person who made a code that is still good."""
        context, code = self.context, read_code(typed, PREFIX)
        if code is None or self._too_many_tries():
            return None
        found = context.unit.get(OneTimeToken, self._token(code))
        return found.person_id if found and found.kind == KIND and found.until >= context.now else None

    def _too_many_tries(self) -> bool:
        return machine.counted(self.context.unit, self._tries(), self.context.now, WINDOW) >= WRONG_CODES

    def _end_codes(self, person_id: str) -> None:
        codes = delete(OneTimeToken).where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.kind) == KIND)
        self.context.unit.execute(codes)

    def _token(self, code: str) -> bytes:
        return self.context.vault.look_up("link code", code)

    def _tries(self) -> bytes:
        return self.context.vault.look_up("link tries", self.context.here().address_id)

"""Talks: a person and an official speak through the bot, from the wish on until one of them, or silence, ends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import ColumnElement, Select, bindparam, text, update
from sqlmodel import col, select

from handlers.desk.office.rights import Official
from handlers.desk.talks.lines import Spoken, TalkLines
from handlers.desk.talks.news import TalkNews
from handlers.flow.message import Say
from storage.ids import new_id
from storage.tables import OfficialRow, Talk

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

IDLE = timedelta(hours=24)
AT_ONCE = 20
# done; somebody else has it; she has another talk in hand in her chat; closed, absent, or none of her business; the
# colleague named may not take it; nobody can be reached there, the words are kept.
How = Literal["done", "taken", "busy", "gone", "invalid", "unreachable"]

# Written out, as the indexes of what is open have it.
OPEN = text("talk.state = 'open'")
# Asked at every message, so built once.
_TALK = Talk.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_OFFICIAL = OfficialRow.__table__  # type: ignore[attr-defined]  # as above
_FIRST: Select[tuple[str]] = select(_TALK.c.id).where(OPEN).order_by(_TALK.c.id).limit(1)
_WITH = _FIRST.where(_TALK.c.person_id == bindparam("person"), _TALK.c.officer_id.is_not(None))
_IN_HAND = _FIRST.join(_OFFICIAL, _OFFICIAL.c.id == _TALK.c.officer_id).where(
    _OFFICIAL.c.person_id == bindparam("person"), _OFFICIAL.c.state == "active", _TALK.c.in_chat.is_(True)
)
_OF_CHAT = select(_WITH.scalar_subquery(), _IN_HAND.scalar_subquery())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an operation. by: title and name of the official who has the talk, where it is somebody else."""

    how: How
    by: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to talk. before: it stood already. by: who has taken it. told: how many officials were told in a chat.

    staffed: somebody works for the unit at all, and sees it on the console.
    """

    before: bool
    by: str = ""
    told: int = 0
    staffed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A talk as officials see it in a list: nothing in it says who the person is. officer: title and name."""

    id: str
    unit_id: str | None
    state: str
    since: datetime
    officer_id: str | None
    officer: str
    in_chat: bool
    taken_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Talks:
    """Talks of one transaction."""

    desk: "Desk"

    # The person's side

    def wish(self, unit_id: str | None = None) -> Wish:
        """Record that the person who speaks wants to talk to an official of a unit; None: of any.

        Every official on duty there is told in her chat, once: a wish that stands already tells nobody again, unless
        whoever had taken it can act no more.
        """
        desk, person_id = self.desk, self.desk.here().person_id
        row = self._open_of(person_id)
        if row is not None and (row.officer_id is None or self._holder(row)):
            return Wish(before=True, by=desk.officials.name_of(row.officer_id))
        if row is None:
            row = Talk(id=new_id(desk.now), person_id=person_id, unit_id=unit_id, created_at=desk.now)
            desk.vault.make(f"talk:{row.id}", desk.now)
        return self._call(row)

    def stands(self) -> bool:
        """Whether the person who speaks has an open talk, taken or not."""
        return self._open_of(self.desk.here().person_id) is not None

    def of_chat(self) -> tuple[str | None, str | None]:
        """The talks the chat at the desk is in: its person's, once an official has taken it, and its official's."""
        hers, in_hand = self.desk.unit.run(_OF_CHAT, {"person": self.desk.here().person_id}).one()
        return hers, in_hand

    def hear(self, talk_id: str, words: str) -> bool:
        """Keep what the person said, and pass it on where the official writes from a chat.

        False if that official can act no more: it is kept, and the others are told that somebody waits.
        """
        row = self.desk.unit.get_one(Talk, talk_id)
        line = self._lines.add(row, None, words)
        holder = self._holder(row)
        if holder is None:
            self._call(row)
            return False
        if row.in_chat:
            # Words that came through servers abroad may go out through them; others stay in the country.
            self._lines.pass_on(line, holder, "talk.from_abroad" if self.desk.abroad else "talk.from_person")
        return True

    def end_mine(self) -> Literal["talk", "wish", "none"]:
        """End the open talk of the person who speaks; her official is told. Says what it was: a wish nobody had taken
        yet, perhaps.
        """
        row = self._open_of(self.desk.here().person_id)
        if row is None:
            return "none"
        self._close(row, "ended by the person")
        self._tell_holder(row, Say("talk.ended_by_person"))
        return "talk" if row.officer_id else "wish"

    # The official's side

    def in_hand(self) -> str | None:
        """The talk that the chat at the desk is in, as an official's."""
        return self.of_chat()[1]

    def mine(self, official: Official) -> list[Seen]:
        """Open talks that she has taken, the oldest first."""
        return [self._seen(row) for row in self._open(col(Talk.officer_id) == official.id)]

    def seen(self, talk_id: str) -> Seen | None:
        """One talk, open or closed; None if it is absent or none of her business."""
        row = self._find(talk_id, "talk.see")
        return self._seen(row) if row is not None else None

    def take(self, talk_id: str, *, in_chat: bool) -> Outcome:
        """Take a talk; of two at once, one. Taking her own again moves it to where she writes from now.

        in_chat: she writes from the chat that acts for her, which holds one talk at a time, and hears there what was
        said and not passed on before. The person is told.
        """
        desk, me = self.desk, self.desk.acting()
        row = self._find_open(talk_id)
        if row is None or row.person_id == me.person_id:
            return Outcome("gone")
        before, holder = row.officer_id, self._holder(row)
        if holder is not None and holder.id != me.id:
            return Outcome("taken", desk.officials.name_of(holder.id))
        if in_chat and any(other.in_chat and other.id != talk_id for other in self.mine(me)):
            return Outcome("busy")
        free = update(Talk).where(col(Talk.id) == talk_id, col(Talk.state) == "open")
        free = free.where(col(Talk.officer_id).is_not_distinct_from(before))
        change = free.values(officer_id=me.id, in_chat=in_chat, taken_at=desk.now, last_at=desk.now)
        changed = desk.unit.change(change)
        desk.unit.refresh(row)
        if not changed:
            return self._not_hers(row)
        desk.note("talk.taken", f"talk:{talk_id}", in_chat=in_chat)
        if before != me.id:
            self._news.begins(row, "talk.taken", "taken")
        if in_chat:
            self._lines.pass_on_waiting(talk_id, me)
        return Outcome("done")

    def say(self, talk_id: str, words: str) -> Outcome:
        """Say something to the person, in a talk that is hers."""
        row, me = self._find_open(talk_id), self.desk.acting()
        if row is None or row.officer_id != me.id:
            return self._not_hers(row)
        line = self._lines.add(row, me.id, words)
        say = Say("talk.from_officer", officer=self.desk.officials.name_of(me.id), words=words)
        if not self._news.tell_person(row, say, line.id, kind="talk"):
            return Outcome("unreachable")
        line.message = f"{self.desk.cause}/talk/{row.id}/{line.id}"
        return Outcome("done")

    def lines(self, talk_id: str, after: str = "") -> list[Spoken] | None:
        """What was said, the oldest first; None if the talk is absent or none of her business.

        after: the id of the last line already shown. Reading from the beginning is noted, following it is not.
        """
        if self._find(talk_id, "talk.see") is None:
            return None
        if not after:
            self.desk.note("talk.read", f"talk:{talk_id}")
        return self._lines.read(talk_id, after)

    def colleagues(self, talk_id: str) -> list[Official]:
        """To whom a talk of hers can be handed over."""
        row, me = self._find_open(talk_id), self.desk.acting()
        if row is None or row.officer_id != me.id:
            return []
        near = self.desk.officials.on_duty(row.unit_id, "talk.take")
        return [official for official in near if official.id != me.id and official.person_id != row.person_id]

    def hand_over(self, talk_id: str, official_id: str) -> Outcome:
        """Give a talk of hers to a colleague who may take it; both he and the person are told."""
        desk, me = self.desk, self.desk.acting()
        row = self._find_open(talk_id)
        if row is None or row.officer_id != me.id:
            return self._not_hers(row)
        colleague = desk.officials.acting(official_id)
        if colleague is None or not colleague.may("talk.take", row.unit_id):
            return Outcome("invalid")
        if colleague.id == me.id or colleague.person_id == row.person_id:
            return Outcome("invalid")
        row.officer_id, row.in_chat, row.last_at = colleague.id, False, desk.now
        desk.unit.add(row)
        desk.note("talk.handed_over", f"talk:{talk_id}", to=colleague.id)
        self._news.handed_over(row, me, colleague)
        return Outcome("done")

    def close(self, talk_id: str) -> Outcome:
        """Close a talk that is hers or nobody's; the person is told."""
        row = self._find_open(talk_id)
        holder = self._holder(row) if row is not None else None
        if row is None or (holder is not None and holder.id != self.desk.acting().id):
            return self._not_hers(row)
        self._close(row, "ended by the official")
        self._news.ended(row, "talk.ended", "ended")
        return Outcome("done")

    # The clock's side

    def end_idle(self) -> int:
        """End talks in which nobody said anything for a day, some at a time; both sides are told."""
        rows = self._open(col(Talk.officer_id).is_not(None), col(Talk.last_at) < self.desk.now - IDLE)[:AT_ONCE]
        for row in rows:
            self._close(row, "idle for a day")
            self._news.ended(row, "talk.ended_idle", "idle")
            self._tell_holder(row, Say("talk.ended_idle_officer"))
        return len(rows)

    # Inside

    @property
    def _lines(self) -> TalkLines:
        return TalkLines(self.desk)

    @property
    def _news(self) -> TalkNews:
        return TalkNews(self.desk)

    def _open(self, *those: ColumnElement[bool]) -> list[Talk]:
        """Open talks, the oldest first: in order only here, as SQLite would read every talk there ever was for it."""
        return sorted(self.desk.unit.scalars(select(Talk).where(OPEN, *those)), key=lambda row: row.id)

    def _open_of(self, person_id: str) -> Talk | None:
        """The open talk of a person; a taken one first, should two of them have been brought together."""
        rows = self._open(col(Talk.person_id) == person_id)
        return next((row for row in rows if row.officer_id), rows[0] if rows else None)

    def _find(self, talk_id: str, action: str) -> Talk | None:
        """A talk she may do this to. What she may not is noted, and answered like one that is not there."""
        row = self.desk.unit.get(Talk, talk_id)
        return row if row is not None and self.desk.allows(action, row.unit_id, f"talk:{talk_id}") else None

    def _find_open(self, talk_id: str) -> Talk | None:
        row = self._find(talk_id, "talk.take")
        return row if row is not None and row.state == "open" else None

    def _not_hers(self, row: Talk | None) -> Outcome:
        """How it stands with a talk that is closed, absent, or somebody else's."""
        by = self.desk.officials.name_of(row.officer_id) if row is not None and row.state == "open" else ""
        return Outcome("taken", by) if by else Outcome("gone")

    def _holder(self, row: Talk) -> Official | None:
        """The official who has it, as long as she can act."""
        return self.desk.officials.acting(row.officer_id) if row.officer_id else None

    def _seen(self, row: Talk) -> Seen:
        holder = self._holder(row)
        name = self.desk.officials.name_of(holder.id) if holder else ""
        return Seen(
            row.id, row.unit_id, row.state, row.created_at, row.officer_id, name, row.in_chat, row.taken_at, row.last_at
        )

    def _call(self, row: Talk) -> Wish:
        """Tell the officials on duty that a person waits for one of them."""
        desk = self.desk
        row.officer_id, row.in_chat = None, False
        desk.unit.add(row)
        desk.unit.flush()
        desk.note("talk.wished", f"talk:{row.id}", unit=row.unit_id or "")
        told, staffed = self._news.wanted(row)
        return Wish(before=False, told=told, staffed=staffed)

    def _close(self, row: Talk, why: str) -> None:
        row.state, row.closed_at = "closed", self.desk.now
        self.desk.unit.add(row)
        self.desk.note("talk.closed", f"talk:{row.id}", why)

    def _tell_holder(self, row: Talk, say: Say) -> None:
        holder = self._holder(row) if row.in_chat else None
        if holder is not None:
            self._news.tell_official(holder, say, row)

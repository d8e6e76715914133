"""Talks: a person and an official speak through the bot, from the wish on until one of them, or silence, ends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.desk.talks.lines import Spoken, TalkLines
from handlers.desk.talks.news import TalkNews
from handlers.flow.message import Say
from storage.ids import new_id
from storage.queries import talks
from storage.tables import Talk

IDLE = timedelta(hours=24)
AT_ONCE = 20
# done; somebody else has it; she has another talk in hand in her chat; closed, absent, or none of her business; the
# colleague named may not take it; nobody can be reached there, the words are kept.
How = Literal["done", "taken", "busy", "gone", "invalid", "unreachable"]


@dataclass(frozen=True, slots=True)
class TalkOutcome:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTalk:
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

    context: Context

    # The person's side

    def wish(self, unit_id: str | None = None) -> Wish:
        """Record that the person who speaks wants to talk to an official of a unit; None: of any.

        Every official on duty there is told in her chat, once: a wish that stands already tells nobody again, unless
        whoever had taken it can act no more.
        """
        context, person_id = self.context, self.context.here().person_id
        row = self._open_of(person_id)
        if row is not None and (row.officer_id is None or self._holder(row)):
            return Wish(before=True, by=Officials(context).name_of(row.officer_id))
        if row is None:
            row = Talk(id=new_id(context.now), person_id=person_id, unit_id=unit_id, created_at=context.now)
            context.vault.make(f"talk:{row.id}", context.now)
        return self._call(row)

    def stands(self) -> bool:
        """Whether the person who speaks has an open talk, taken or not."""
        return self._open_of(self.context.here().person_id) is not None

    def of_chat(self) -> tuple[str | None, str | None]:
        """The talks the chat at the desk is in: its person's, once an official has taken it, and its official's."""
        return talks.of_chat(self.context.unit, self.context.here().person_id)

    def hear(self, talk_id: str, words: str) -> bool:
        """Keep what the person said, and pass it on where the official writes from a chat.

        False if that official can act no more: it is kept, and the others are told that somebody waits.
        """
        row = self.context.unit.get_one(Talk, talk_id)
        line = self._lines.add(row, None, words)
        holder = self._holder(row)
        if holder is None:
            self._call(row)
            return False
        if row.in_chat:
            # Words that came through servers abroad may go out through them; others stay in the country.
            self._lines.pass_on(line, holder, "talk.from_abroad" if self.context.abroad else "talk.from_person")
        return True

    def end_mine(self) -> Literal["talk", "wish", "none"]:
        """End the open talk of the person who speaks; her official is told. Says what it was: a wish nobody had taken
        yet, perhaps.
        """
        row = self._open_of(self.context.here().person_id)
        if row is None:
            return "none"
        self._close(row, "ended by the person")
        self._tell_holder(row, Say("talk.ended_by_person"))
        return "talk" if row.officer_id else "wish"

    # The official's side

    def in_hand(self) -> str | None:
        """The talk that the chat at the desk is in, as an official's."""
        return self.of_chat()[1]

    def mine(self, official: Official) -> list[SeenTalk]:
        """Open talks that she has taken, the oldest first."""
        return [self._seen(row) for row in self._open(col(Talk.officer_id) == official.id)]

    def seen(self, talk_id: str) -> SeenTalk | None:
        """One talk, open or closed; None if it is absent or none of her business."""
        row = self._find(talk_id, "talk.see")
        return self._seen(row) if row is not None else None

    def take(self, talk_id: str, *, in_chat: bool) -> TalkOutcome:
        """Take a talk; of two at once, one. Taking her own again moves it to where she writes from now.

        in_chat: she writes from the chat that acts for her, which holds one talk at a time, and hears there what was
        said and not passed on before. The person is told.
        """
        context, me = self.context, self.context.acting()
        row = self._find_open(talk_id)
        if row is None or row.person_id == me.person_id:
            return TalkOutcome("gone")
        before, holder = row.officer_id, self._holder(row)
        if holder is not None and holder.id != me.id:
            return TalkOutcome("taken", Officials(context).name_of(holder.id))
        if in_chat and any(other.in_chat and other.id != talk_id for other in self.mine(me)):
            return TalkOutcome("busy")
        free = update(Talk).where(col(Talk.id) == talk_id, col(Talk.state) == "open")
        free = free.where(col(Talk.officer_id).is_not_distinct_from(before))
        change = free.values(officer_id=me.id, in_chat=in_chat, taken_at=context.now, last_at=context.now)
        changed = context.unit.change(change)
        context.unit.refresh(row)
        if not changed:
            return self._not_hers(row)
        context.note("talk.taken", f"talk:{talk_id}", in_chat=in_chat)
        if before != me.id:
            self._news.begins(row, "talk.taken", "taken")
        if in_chat:
            self._lines.pass_on_waiting(talk_id, me)
        return TalkOutcome("done")

    def say(self, talk_id: str, words: str) -> TalkOutcome:
        """Say something to the person, in a talk that is hers."""
        row, me = self._find_open(talk_id), self.context.acting()
        if row is None or row.officer_id != me.id:
            return self._not_hers(row)
        line = self._lines.add(row, me.id, words)
        say = Say("talk.from_officer", officer=Officials(self.context).name_of(me.id), words=words)
        if not self._news.tell_person(row, say, line.id, kind="talk"):
            return TalkOutcome("unreachable")
        line.message = f"{self.context.cause}/talk/{row.id}/{line.id}"
        return TalkOutcome("done")

    def lines(self, talk_id: str, after: str = "") -> list[Spoken] | None:
        """What was said, the oldest first; None if the talk is absent or none of her business.

        after: the id of the last line already shown. Reading from the beginning is noted, following it is not.
        """
        if self._find(talk_id, "talk.see") is None:
            return None
        if not after:
            self.context.note("talk.read", f"talk:{talk_id}")
        return self._lines.read(talk_id, after)

    def colleagues(self, talk_id: str) -> list[Official]:
        """To whom a talk of hers can be handed over."""
        row, me = self._find_open(talk_id), self.context.acting()
        if row is None or row.officer_id != me.id:
            return []
        near = Officials(self.context).on_duty(row.unit_id, "talk.take")
        return [official for official in near if official.id != me.id and official.person_id != row.person_id]

    def hand_over(self, talk_id: str, official_id: str) -> TalkOutcome:
        """Give a talk of hers to a colleague who may take it; both he and the person are told."""
        context, me = self.context, self.context.acting()
        row = self._find_open(talk_id)
        if row is None or row.officer_id != me.id:
            return self._not_hers(row)
        colleague = Officials(context).acting(official_id)
        if colleague is None or not colleague.may("talk.take", row.unit_id):
            return TalkOutcome("invalid")
        if colleague.id == me.id or colleague.person_id == row.person_id:
            return TalkOutcome("invalid")
        row.officer_id, row.in_chat, row.last_at = colleague.id, False, context.now
        context.unit.add(row)
        context.note("talk.handed_over", f"talk:{talk_id}", to=colleague.id)
        self._news.handed_over(row, me, colleague)
        return TalkOutcome("done")

    def close(self, talk_id: str) -> TalkOutcome:
        """Close a talk that is hers or nobody's; the person is told."""
        row = self._find_open(talk_id)
        holder = self._holder(row) if row is not None else None
        if row is None or (holder is not None and holder.id != self.context.acting().id):
            return self._not_hers(row)
        self._close(row, "ended by the official")
        self._news.ended(row, "talk.ended", "ended")
        return TalkOutcome("done")

    # The clock's side

    def end_idle(self) -> int:
        """End talks in which nobody said anything for a day, some at a time; both sides are told."""
        rows = self._open(col(Talk.officer_id).is_not(None), col(Talk.last_at) < self.context.now - IDLE)[:AT_ONCE]
        for row in rows:
            self._close(row, "idle for a day")
            self._news.ended(row, "talk.ended_idle", "idle")
            self._tell_holder(row, Say("talk.ended_idle_officer"))
        return len(rows)

    # Inside

    @property
    def _lines(self) -> TalkLines:
        return TalkLines(self.context)

    @property
    def _news(self) -> TalkNews:
        return TalkNews(self.context)

    def _open(self, *those: ColumnElement[bool]) -> list[Talk]:
        """Open talks, the oldest first: in order only here, as SQLite would read every talk there ever was for it."""
        return sorted(self.context.unit.scalars(select(Talk).where(talks.OPEN, *those)), key=lambda row: row.id)

    def _open_of(self, person_id: str) -> Talk | None:
        """The open talk of a person; a taken one first, should two of them have been brought together."""
        rows = self._open(col(Talk.person_id) == person_id)
        return next((row for row in rows if row.officer_id), rows[0] if rows else None)

    def _find(self, talk_id: str, action: str) -> Talk | None:
        """A talk she may do this to. What she may not is noted, and answered like one that is not there."""
        row = self.context.unit.get(Talk, talk_id)
        return row if row is not None and self.context.allows(action, row.unit_id, f"talk:{talk_id}") else None

    def _find_open(self, talk_id: str) -> Talk | None:
        row = self._find(talk_id, "talk.take")
        return row if row is not None and row.state == "open" else None

    def _not_hers(self, row: Talk | None) -> TalkOutcome:
        """How it stands with a talk that is closed, absent, or somebody else's."""
        by = Officials(self.context).name_of(row.officer_id) if row is not None and row.state == "open" else ""
        return TalkOutcome("taken", by) if by else TalkOutcome("gone")

    def _holder(self, row: Talk) -> Official | None:
        """The official who has it, as long as she can act."""
        return Officials(self.context).acting(row.officer_id) if row.officer_id else None

    def _seen(self, row: Talk) -> SeenTalk:
        holder = self._holder(row)
        name = Officials(self.context).name_of(holder.id) if holder else ""
        return SeenTalk(
            id=row.id,
            unit_id=row.unit_id,
            state=row.state,
            since=row.created_at,
            officer_id=row.officer_id,
            officer=name,
            in_chat=row.in_chat,
            taken_at=row.taken_at,
            last_at=row.last_at,
        )

    def _call(self, row: Talk) -> Wish:
        """Tell the officials on duty that a person waits for one of them."""
        context = self.context
        row.officer_id, row.in_chat = None, False
        context.unit.add(row)
        context.unit.flush()
        context.note("talk.wished", f"talk:{row.id}", unit=row.unit_id or "")
        told, staffed = self._news.wanted(row)
        return Wish(before=False, told=told, staffed=staffed)

    def _close(self, row: Talk, why: str) -> None:
        row.state, row.closed_at = "closed", self.context.now
        self.context.unit.add(row)
        self.context.note("talk.closed", f"talk:{row.id}", why)

    def _tell_holder(self, row: Talk, say: Say) -> None:
        holder = self._holder(row) if row.in_chat else None
        if holder is not None:
            self._news.tell_official(holder, say, row)

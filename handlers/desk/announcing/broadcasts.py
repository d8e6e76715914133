"""Announcements: written by one official, approved by another, stopped by any of them.

Why an approval is bound to a hash: the second official answers for these words to these people at this time. Whatever
changes makes another hash, and an edit takes the announcement back to a draft with nobody frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.orm import InstrumentedAttribute, defer
from sqlmodel import col, select

from handlers.desk.announcing import audience
from handlers.desk.announcing import ways as announcing_ways
from handlers.desk.announcing import words as broadcast_words
from handlers.desk.announcing.audience import Audience, Counts, Kind
from handlers.desk.announcing.news import BroadcastNews
from handlers.desk.announcing.rows import AS_DRAFT, OVER, PREFIX, UNSENT, Outcome, Rows, Seen, stamp_of
from handlers.vietnamese.units import all_units
from storage.ids import new_code
from storage.queries.announcing import broadcasts, digests, results
from storage.queries.outgoing import sending
from storage.tables import Broadcast

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

CLOCK = "clock"  # the author of what nobody wrote
LISTED = 200
PICTURE = cast("InstrumentedAttribute[bytes | None]", Broadcast.picture)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an official writes. title, words: by language; English may be left out. start: None for at once.

    topic: of news, else empty. picture: a cleaned JPEG. campaign_id: a campaign it asks gifts for.
    """

    kind: Kind
    title: Mapping[str, str]
    words: Mapping[str, str]
    audience: Audience
    topic: str = ""
    start: datetime | None = None
    picture: bytes | None = None
    campaign_id: str | None = None


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """Announcements of one transaction."""

    desk: "Desk"

    # Reading

    def all(self, *states: str) -> list[Seen]:
        """Announcements that the official may see, the newest first."""
        # Without the pictures, which are a thousand times as large as the rest.
        query = select(Broadcast, col(Broadcast.picture).is_not(None)).options(defer(PICTURE))
        query = query.order_by(col(Broadcast.id).desc()).limit(LISTED)
        rows = self.desk.unit.execute(query.where(col(Broadcast.state).in_(states)) if states else query)
        return [self._rows.seen(row, has_picture=has) for row, has in rows if self._rows.may("broadcast.see", row)]

    def read(self, typed_code: str) -> Seen | None:
        """An announcement that the official may see."""
        row = self._rows.by_code(typed_code)
        if row is None or not self._rows.may("broadcast.see", row):
            return None
        return self._rows.seen(row, has_picture=row.picture is not None)

    def counts(self, seen: Seen) -> Counts:
        """How many its rule finds now; what was frozen is in `states`."""
        return audience.counts(self.desk, seen.kind, seen.topic, seen.audience, self.goes_at(seen))

    def states(self, seen: Seen) -> Mapping[tuple[str, str], int]:
        """How its frozen people stand, by (channel, state); they add up to `people`."""
        return broadcasts.counts(self.desk.unit, seen.id)

    def ways(self, seen: Seen) -> Mapping[str, int]:
        """How those who were frozen, and have not got it, will get it, where a platform makes a difference."""
        at, rules = self.goes_at(seen), self.desk.windows
        if rules is None:
            return {}
        lates = results.lates(self.desk.unit, seen.id, rules.channel, announcing_ways.late(self.desk, at))
        return announcing_ways.ways(self.desk, seen.kind, lates, at)

    def went(self, seen: Seen) -> Mapping[str, int]:
        """How those got it for whom a platform makes a difference; held: who gets it when she writes."""
        rules = self.desk.windows
        return results.ways(self.desk.unit, seen.id, rules.channel) if rules else {}

    def rendered(self, seen: Seen) -> Mapping[str, str]:
        """All that people read, by language."""
        row = self.desk.unit.get_one(Broadcast, seen.id)
        return row.rendered or broadcast_words.rendered(self.desk, row)

    def goes_at(self, seen: Seen) -> datetime:
        """When it begins to go out if it is approved now: in the morning where it would be night."""
        return self._goes_at(seen.kind, seen.start)

    def _goes_at(self, kind: str, start: datetime | None) -> datetime:
        begins = max(start or self.desk.now, self.desk.now)
        return begins if kind == "warning" else self.desk.messages.may_go("broadcast", begins)

    # Writing

    def write(self, draft: Draft) -> str | None:
        """Write a draft; returns its code. None if she may not for all of its units. Raises ValueError for a draft with
        `faults`.
        """
        if not self._rows.allows("broadcast.write", draft.audience, "broadcast"):
            return None
        self._check(draft)
        return self._write(draft, self.desk.acting().id)

    def draft_of_clock(self, draft: Draft) -> str | None:
        """Write a draft in nobody's name, to be looked at by two officials; its code, or None for one with `faults`."""
        return None if faults(draft, self.desk.now) else self._write(draft, CLOCK)

    def rewrite(self, code: str, draft: Draft, stamp: str) -> Outcome:
        """Write it anew. What was submitted or approved is a draft again: who was frozen is let go, and another has to
        approve it.
        """
        row = self._rows.find(code, "broadcast.write")
        if row is None or not self._rows.allows("broadcast.write", draft.audience, f"broadcast:{row.id}"):
            return "absent"
        if row.state not in UNSENT:
            return self._rows.refuse(row, "not_now", "rewrite")
        self._check(draft)
        authors = list(dict.fromkeys([*row.authors, self.desk.acting().id]))
        done = self._rows.change(row, stamp, UNSENT, **self._values(draft), **AS_DRAFT, authors=authors)
        if done:
            broadcasts.thaw(self.desk.unit, cast("int", row.id))
            self._rows.note(row, "rewritten")
        return "done" if done else self._rows.refuse(row, "outdated", "rewrite")

    def submit(self, code: str, stamp: str) -> Outcome:
        """Freeze who gets it, and ask for another's approval."""
        desk, row = self.desk, self._rows.find(code, "broadcast.write")
        if row is None:
            return "absent"
        if row.state != "draft":
            return self._rows.refuse(row, "not_now", "submit")
        if row.start is not None and row.start < desk.now:
            return self._rows.refuse(row, "late", "submit")
        which, kind = cast("int", row.id), cast("Kind", row.kind)
        rule = audience.load(row.audience)
        authors = list(dict.fromkeys([*row.authors, desk.acting().id]))  # who asks for approval answers for it too
        if not self._rows.change(
            row, stamp, ("draft",), state="awaiting_approval", submitted_at=desk.now, authors=authors, objection=None
        ):  # fmt: skip
            return self._rows.refuse(row, "outdated", "submit")
        found = audience.recipients(desk, kind, row.topic, rule, self._goes_at(kind, row.start))
        people = broadcasts.freeze(desk.unit, which, found)
        if not people:
            self._rows.set(row, **AS_DRAFT)
            self._rows.note(row, "nobody_found")
            return "nobody"
        self._rows.set(row, people=people, digest=self._rows.digest(row))
        self._rows.note(row, "submitted", people=people)
        BroadcastNews(desk).waits(row)
        return "done"

    # Approving

    def approve(self, code: str, stamp: str) -> Outcome:
        """Approve what another wrote, as it was shown: these words, to those who were frozen, at that time."""
        desk, row = self.desk, self._rows.find(code, "broadcast.approve")
        if row is None:
            return "absent"
        if row.state != "awaiting_approval":
            return self._rows.refuse(row, "not_now")
        if desk.acting().id in row.authors:
            return self._rows.refuse(row, "own")
        if row.start is not None and row.start < desk.now:
            return self._rows.refuse(row, "late")
        if self._rows.digest(row) != row.digest or stamp_of(row) != stamp:
            return self._rows.refuse(row, "outdated")
        values = {"state": "scheduled", "approved_by": desk.acting().id, "approved_at": desk.now}
        if not self._rows.change(row, stamp, ("awaiting_approval",), **values):
            return self._rows.refuse(row, "outdated")
        self._rows.note(row, "approved", people=row.people, digest=(row.digest or b"").hex())
        BroadcastNews(desk).approved(row)
        return "done"

    def send_back(self, code: str, stamp: str, why: str) -> Outcome:
        """Give what waits for approval back to its authors; who was frozen is let go. why: for them alone."""
        row = self._rows.find(code, "broadcast.approve")
        if row is None:
            return "absent"
        if row.state != "awaiting_approval":
            return self._rows.refuse(row, "not_now", "sending_back")
        if stamp_of(row) != stamp:
            return self._rows.refuse(row, "outdated", "sending_back")
        if not 0 < len(objection := " ".join(why.split())) <= broadcast_words.MOST_OBJECTION:
            return self._rows.refuse(row, "unsaid", "sending_back")
        if not self._rows.change(row, stamp, ("awaiting_approval",), **AS_DRAFT, objection=objection):
            return self._rows.refuse(row, "outdated", "sending_back")
        broadcasts.thaw(self.desk.unit, cast("int", row.id))
        self._rows.note(row, "sent_back")
        BroadcastNews(self.desk).sent_back(row)
        return "done"

    def stop(self, code: str) -> Outcome:
        """Stop it for ever, whatever has left already. Nobody needs to be asked.

        From now on none of its messages leaves; the clock cancels those that were to.
        """
        desk, row = self.desk, self._rows.find(code, "broadcast.stop")
        if row is None:
            return "absent"
        # One that is done may still wait for the digests of those who want it gathered.
        if row.state in OVER and not (row.state == "done" and digests.are_to_come(desk.unit, cast("int", row.id))):
            return self._rows.refuse(row, "not_now", "stop")
        still = (col(Broadcast.id) == row.id, col(Broadcast.state) == row.state)
        ended = {"state": "cancelled", "ended_by": desk.acting().id, "ended_at": desk.now, "changed_at": desk.now}
        if not self._rows.update(row, still, ended):
            return self._rows.refuse(row, "not_now", "stop")
        self._rows.note(row, "stopped")
        BroadcastNews(desk).stopped(row)
        return "done"

    # Once more

    def ask_again(self, code: str) -> Outcome:
        """Ask that what nobody knows to have arrived is sent once more; another has to agree."""
        row = self._rows.find(code, "broadcast.write")
        if row is None:
            return "absent"
        if row.state not in OVER or not broadcasts.unknown_ones(self.desk.unit, cast("int", row.id)):
            return "not_now"
        self._rows.set(row, again_by=self.desk.acting().id)
        self._rows.note(row, "again_asked")
        return "done"

    def send_again(self, code: str) -> Outcome:
        """Agree to it: each message nobody knows of is sent once more."""
        desk, row = self.desk, self._rows.find(code, "broadcast.approve")
        if row is None:
            return "absent"
        if row.again_by is None:
            return "not_now"
        me = desk.acting().id
        if me == row.again_by or me in row.authors:
            return self._rows.refuse(row, "own")
        asked = row.again_by
        if not self._rows.update(
            row, (col(Broadcast.id) == row.id, col(Broadcast.again_by) == asked), {"again_by": None}
        ):
            return "outdated"
        found = broadcasts.unknown_ones(desk.unit, cast("int", row.id))
        for outbox_id in found:
            sending.copy(desk.unit, desk.vault, outbox_id, desk.messages.may_go("broadcast"), desk.now)
        self._rows.note(row, "sent_again", count=len(found))
        return "done"

    # Inside

    @property
    def _rows(self) -> Rows:
        return Rows(self.desk)

    def _write(self, draft: Draft, author: str) -> str:
        desk, values = self.desk, cast("dict[str, Any]", self._values(draft))
        row = Broadcast(
            code=new_code(PREFIX), authors=[author], created_at=desk.now, changed_at=desk.now, **values
        )  # fmt: skip
        desk.unit.add(row)
        desk.unit.flush()
        self._rows.note(row, "written")
        return row.code

    def _check(self, draft: Draft) -> None:
        if faults(draft, self.desk.now):
            raise ValueError("not an announcement")

    def _values(self, draft: Draft) -> dict[str, object]:
        units = draft.audience.units
        return {
            "kind": draft.kind, "topic": draft.topic if draft.kind == "news" else "", "title": dict(draft.title),
            "words": dict(draft.words), "audience": draft.audience.stored(), "start": draft.start,
            "picture": draft.picture, "campaign_id": draft.campaign_id,
            "unit_id": units[0] if len(units) == 1 else None,
        }  # fmt: skip


def faults(draft: Draft, now: datetime) -> Mapping[str, str]:
    """What is wrong with a draft, by field, each with what is said beside it."""
    found = dict(broadcast_words.faults(draft.title, draft.words))
    found |= audience.faults(draft.kind, draft.topic, draft.audience)
    if any(unit not in all_units() for unit in draft.audience.units):
        found["units"] = "choose"
    if draft.start is not None and draft.start < now:
        found["start"] = "past"
    return found

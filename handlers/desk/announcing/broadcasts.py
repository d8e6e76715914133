"""Announcements: written by one official, approved by another, stopped by any of them.

Why an approval is bound to a hash: the second official answers for these words to these people at this time. Whatever
changes makes another hash, and an edit takes the announcement back to a draft with nobody frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import InstrumentedAttribute, defer
from sqlmodel import col, select

from handlers.desk.announcing import audience
from handlers.desk.announcing import words as broadcast_words
from handlers.desk.announcing.audience import Audience, AudienceCounts, Kind
from handlers.desk.announcing.audiences import Audiences
from handlers.desk.announcing.news import BroadcastNews
from handlers.desk.announcing.rows import (
    BROADCAST_PREFIX,
    OVER,
    TO_BE_APPROVED,
    UNSENT,
    BroadcastOutcome,
    BroadcastRows,
    SeenBroadcast,
    stamp_of,
)
from handlers.desk.announcing.ways import BroadcastWays
from handlers.desk.announcing.words import BroadcastWords
from handlers.desk.messages import Messages
from handlers.desk.office import Context
from handlers.vietnamese.units import all_units
from storage.ids import new_code
from storage.queries.announcing import broadcasts, digests, results, states
from storage.queries.outgoing import sending
from storage.tables import Broadcast

CLOCK = "clock"  # the author of what nobody wrote
LISTED = 200
PICTURE = cast("InstrumentedAttribute[bytes | None]", Broadcast.picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastDraft:
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

    context: Context

    # Reading

    def all(self, *states: str) -> list[SeenBroadcast]:
        """Announcements that the official may see, the newest first."""
        # Without the pictures, which are a thousand times as large as the rest.
        query = select(Broadcast, col(Broadcast.picture).is_not(None)).options(defer(PICTURE))
        query = query.order_by(col(Broadcast.id).desc()).limit(LISTED)
        rows = self.context.unit.execute(query.where(col(Broadcast.state).in_(states)) if states else query)
        return [self._rows.seen(row, has_picture=has) for row, has in rows if self._rows.may("broadcast.see", row)]

    def read(self, typed_code: str) -> SeenBroadcast | None:
        """An announcement that the official may see."""
        row = self._rows.by_code(typed_code)
        if row is None or not self._rows.may("broadcast.see", row):
            return None
        return self._rows.seen(row, has_picture=row.picture is not None)

    def counts(self, seen: SeenBroadcast) -> AudienceCounts:
        """How many its rule finds now; what was frozen is in `states`."""
        return Audiences(self.context).counts(seen.kind, seen.topic, seen.audience, self.goes_at(seen))

    def states(self, seen: SeenBroadcast) -> Mapping[tuple[str, str], int]:
        """How its frozen people stand, by (channel, state); they add up to `people`."""
        return broadcasts.counts(self.context.unit, seen.id)

    def ways(self, seen: SeenBroadcast) -> Mapping[str, int]:
        """How those who were frozen, and have not got it, will get it, where a platform makes a difference."""
        at, rules = self.goes_at(seen), self.context.windows
        if rules is None:
            return {}
        lates = results.lates(self.context.unit, seen.id, rules.channel, BroadcastWays(self.context).late(at))
        return BroadcastWays(self.context).of(seen.kind, lates, at)

    def went(self, seen: SeenBroadcast) -> Mapping[str, int]:
        """How those got it for whom a platform makes a difference; held: who gets it when she writes."""
        rules = self.context.windows
        return results.ways(self.context.unit, seen.id, rules.channel) if rules else {}

    def rendered(self, seen: SeenBroadcast) -> Mapping[str, str]:
        """All that people read, by language."""
        row = self.context.unit.get_one(Broadcast, seen.id)
        said = {} if row.state in TO_BE_APPROVED else row.rendered
        return said or BroadcastWords(self.context).rendered(row)

    def goes_at(self, seen: SeenBroadcast) -> datetime:
        """When it begins to go out if it is approved now: in the morning where it would be night."""
        return self._goes_at(seen.kind, seen.start)

    def _goes_at(self, kind: str, start: datetime | None) -> datetime:
        begins = max(start or self.context.now, self.context.now)
        return begins if kind == "warning" else Messages(self.context).may_go("broadcast", begins)

    # Writing

    def write(self, draft: BroadcastDraft) -> str | None:
        """Write a draft; returns its code. None if she may not for all of its units. Raises ValueError for a draft with
        `faults`.
        """
        if not self._rows.allows("broadcast.write", draft.audience, "broadcast"):
            return None
        self._check(draft)
        return self._write(draft, self.context.acting().id)

    def draft_of_clock(self, draft: BroadcastDraft) -> str | None:
        """Write a draft in nobody's name, to be looked at by two officials; its code, or None for one with `faults`."""
        return None if broadcast_faults(draft, self.context.now) else self._write(draft, CLOCK)

    def rewrite(self, code: str, draft: BroadcastDraft, stamp: str) -> BroadcastOutcome:
        """Write it anew. What was submitted or approved is a draft again: who was frozen is let go, and another has to
        approve it.
        """
        row = self._rows.find(code, "broadcast.write")
        if row is None or not self._rows.allows("broadcast.write", draft.audience, f"broadcast:{row.id}"):
            return "absent"
        if row.state not in UNSENT:
            return self._rows.refuse(row, "not_now", "rewrite")
        self._check(draft)
        authors = list(dict.fromkeys([*row.authors, self.context.acting().id]))
        done = self._rows.draft_again(row, stamp, **self._values(draft), authors=authors)
        if done:
            self._rows.note(row, "rewritten")
        return "done" if done else self._rows.refuse(row, "outdated", "rewrite")

    def submit(self, code: str, stamp: str) -> BroadcastOutcome:
        """Freeze who gets it, and ask for another's approval."""
        context, row = self.context, self._rows.find(code, "broadcast.write")
        if row is None:
            return "absent"
        if row.state != "draft":
            return self._rows.refuse(row, "not_now", "submit")
        if row.start is not None and row.start < context.now:
            return self._rows.refuse(row, "late", "submit")
        which, kind = cast("int", row.id), cast("Kind", row.kind)
        rule = audience.load_audience(row.audience)
        authors = list(dict.fromkeys([*row.authors, context.acting().id]))  # who asks for approval answers for it too
        asked = {"submitted_at": context.now, "authors": authors, "objection": None}
        if not self._rows.move(row, stamp, "awaiting_approval", **asked):
            return self._rows.refuse(row, "outdated", "submit")
        found = Audiences(context).recipients(kind, row.topic, rule, self._goes_at(kind, row.start))
        handed = self._rows.let_go(row)
        people = broadcasts.freeze(context.unit, which, found)
        if not people:
            self._rows.draft_again(row, stamp_of(row))
            self._rows.note(row, "nobody_found")
            return "nobody"
        states.edit(context.unit, row, people=handed + people, digest=self._rows.digest(row))
        self._rows.note(row, "submitted", people=people)
        BroadcastNews(context).waits(row)
        return "done"

    # Approving

    def approve(self, code: str, stamp: str) -> BroadcastOutcome:
        """Approve what another wrote, as it was shown: these words, to those who were frozen, at that time."""
        context, row = self.context, self._rows.find(code, "broadcast.approve")
        if row is None:
            return "absent"
        if row.state != "awaiting_approval":
            return self._rows.refuse(row, "not_now")
        if any(context.are_same_hands(author) for author in row.authors):
            return self._rows.refuse(row, "own")
        if row.start is not None and row.start < context.now:
            return self._rows.refuse(row, "late")
        if self._rows.digest(row) != row.digest or stamp_of(row) != stamp:
            return self._rows.refuse(row, "outdated")
        if not self._rows.move(row, stamp, "scheduled", approved_by=context.acting().id, approved_at=context.now):
            return self._rows.refuse(row, "outdated")
        self._rows.note(row, "approved", people=row.people, digest=(row.digest or b"").hex())
        BroadcastNews(context).approved(row)
        return "done"

    def send_back(self, code: str, stamp: str, why: str) -> BroadcastOutcome:
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
        if not self._rows.draft_again(row, stamp, objection=objection):
            return self._rows.refuse(row, "outdated", "sending_back")
        self._rows.note(row, "sent_back")
        BroadcastNews(self.context).sent_back(row)
        return "done"

    def stop(self, code: str) -> BroadcastOutcome:
        """Stop it for ever, whatever has left already. Nobody needs to be asked.

        From now on none of its messages leaves; the clock cancels those that were to.
        """
        context, row = self.context, self._rows.find(code, "broadcast.stop")
        if row is None:
            return "absent"
        # One that is done may still wait for the digests of those who want it gathered.
        if row.state in OVER and not (row.state == "done" and digests.are_to_come(context.unit, cast("int", row.id))):
            return self._rows.refuse(row, "not_now", "stop")
        ended = {"ended_by": context.acting().id, "ended_at": context.now, "changed_at": context.now}
        if not states.move(context.unit, row, "cancelled", **ended):
            return self._rows.refuse(row, "not_now", "stop")
        self._rows.note(row, "stopped")
        BroadcastNews(context).stopped(row)
        return "done"

    # Once more

    def ask_again(self, code: str) -> BroadcastOutcome:
        """Ask that what nobody knows to have arrived is sent once more; another has to agree."""
        row = self._rows.find(code, "broadcast.write")
        if row is None:
            return "absent"
        if row.state not in OVER or not broadcasts.unknown_ones(self.context.unit, cast("int", row.id)):
            return "not_now"
        states.edit(self.context.unit, row, again_by=self.context.acting().id)
        self._rows.note(row, "again_asked")
        return "done"

    def send_again(self, code: str) -> BroadcastOutcome:
        """Agree to it: each message nobody knows of is sent once more."""
        context, row = self.context, self._rows.find(code, "broadcast.approve")
        if row is None:
            return "absent"
        if row.again_by is None:
            return "not_now"
        if any(context.are_same_hands(one) for one in (row.again_by, *row.authors)):
            return self._rows.refuse(row, "own")
        asked = row.again_by
        if not states.edit(context.unit, row, col(Broadcast.again_by) == asked, again_by=None):
            return "outdated"
        found = broadcasts.unknown_ones(context.unit, cast("int", row.id))
        for outbox_id in found:
            sending.copy(context.unit, context.vault, outbox_id, Messages(context).may_go("broadcast"), context.now)
        self._rows.note(row, "sent_again", count=len(found))
        return "done"

    # Inside

    @property
    def _rows(self) -> BroadcastRows:
        return BroadcastRows(self.context)

    def _write(self, draft: BroadcastDraft, author: str) -> str:
        context, values = self.context, cast("dict[str, Any]", self._values(draft))
        row = Broadcast(
            code=new_code(BROADCAST_PREFIX), authors=[author], created_at=context.now, changed_at=context.now, **values
        )  # fmt: skip
        context.unit.add(row)
        context.unit.flush()
        self._rows.note(row, "written")
        return row.code

    def _check(self, draft: BroadcastDraft) -> None:
        if broadcast_faults(draft, self.context.now):
            raise ValueError("not an announcement")

    def _values(self, draft: BroadcastDraft) -> dict[str, object]:
        units = draft.audience.units
        return {
            "kind": draft.kind, "topic": draft.topic if draft.kind == "news" else "", "title": dict(draft.title),
            "words": dict(draft.words), "audience": draft.audience.stored(), "start": draft.start,
            "picture": draft.picture, "campaign_id": draft.campaign_id,
            "unit_id": units[0] if len(units) == 1 else None,
        }  # fmt: skip


def broadcast_faults(draft: BroadcastDraft, now: datetime) -> Mapping[str, str]:
    """What is wrong with a draft, by field, each with what is said beside it."""
    found = dict(broadcast_words.words_faults(draft.title, draft.words))
    found |= audience.audience_faults(draft.kind, draft.topic, draft.audience)
    if any(unit not in all_units() for unit in draft.audience.units):
        found["units"] = "choose"
    if draft.start is not None and draft.start < now:
        found["start"] = "past"
    return found

"""Announcements as an official handles them in her chat: what she may write, what it will look like, who approves it.

Why approving here asks for the console's second check: a one-time code is never typed in a chat, and a phone that was
taken from a table approves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.desk.announcing.audience import AudienceCounts
from handlers.desk.announcing.audiences import Audiences
from handlers.desk.announcing.broadcasts import BroadcastDraft, Broadcasts
from handlers.desk.announcing.news import BroadcastNews
from handlers.desk.announcing.rows import LIVE, SeenBroadcast
from handlers.desk.announcing.words import BroadcastWords
from handlers.desk.messages import Messages
from handlers.desk.office import Context, Official
from storage.tables import Broadcast

LISTED = 9
NO_CODE_YET = "TB-••••-••••"


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as it would be read, whom it would reach, and when it would go if it were approved now.

    waits: it would not go at once.
    """

    text: str
    counts: AudienceCounts
    goes: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class ChatBroadcasts:
    """Announcements of the official at the desk."""

    context: Context

    def may_write(self) -> bool:
        """Whether she may write any; a refusal is noted."""
        return self.places() is not None or self.context.allows("broadcast.write", None, "broadcast")

    def places(self) -> tuple[str, ...] | None:
        """The units she may write for; none named where that is the whole city and any unit. None: she may not."""
        official = self.context.acting()
        reach = official.reach("broadcast.write")
        if reach == "all":
            return ()
        return tuple(sorted(official.units_for("broadcast.write"))) or None if reach == "unit" else None

    def under_way(self) -> list[SeenBroadcast]:
        """Those that are under way or wait for approval, the newest first, as far as she may see them."""
        return Broadcasts(self.context).all("awaiting_approval", *LIVE)[:LISTED]

    def to_approve(self) -> list[SeenBroadcast]:
        """Those that wait for her approval, the newest first."""
        found = Broadcasts(self.context).all("awaiting_approval")
        return [seen for seen in found if self.may_approve(seen)][:LISTED]

    def preview(self, draft: BroadcastDraft) -> Preview:
        """A draft as it would be read; its code is given when it is kept."""
        context, begins = self.context, max(draft.start or self.context.now, self.context.now)
        row = Broadcast(
            code=NO_CODE_YET, kind=draft.kind, title=dict(draft.title), words=dict(draft.words), audience={},
            start=draft.start, created_at=context.now, changed_at=context.now,
        )  # fmt: skip
        text = BroadcastWords(context).rendered(row)["vi"]
        goes = begins if draft.kind == "warning" else Messages(context).may_go("broadcast", begins)
        counts = Audiences(context).counts(draft.kind, draft.topic, draft.audience, goes)
        return Preview(text, counts, goes, goes > context.now)

    def wrong_with(self, kind: str, start: datetime) -> Literal["", "past", "night"]:
        """What is wrong with the time at which one is to go out."""
        context = self.context
        if start <= context.now:
            return "past"
        return "night" if kind != "warning" and context.quiet.covers(start.astimezone(context.zone).time()) else ""

    def look_at(self, typed_code: str) -> SeenBroadcast | None:
        """One that she may see; where she may not, or there is none, that is noted."""
        seen = Broadcasts(self.context).read(typed_code)
        if seen is None:
            self.context.note("rights.refused", "broadcast", action="broadcast.see")
        return seen

    def states(self, seen: SeenBroadcast) -> Mapping[tuple[str, str], int]:
        """How those it was frozen for stand."""
        return Broadcasts(self.context).states(seen)

    def may_approve(self, seen: SeenBroadcast) -> bool:
        """Whether she is one who may approve it now."""
        hers = any(self.context.are_same_hands(author) for author in seen.authors)
        return seen.state == "awaiting_approval" and not hers and self._may("broadcast.approve", seen)

    def may_send_back(self, seen: SeenBroadcast) -> bool:
        """Whether she may give it back to its authors now."""
        return seen.state == "awaiting_approval" and self._may("broadcast.approve", seen)

    def may_stop(self, seen: SeenBroadcast) -> bool:
        """Whether she may stop it now."""
        return seen.state in ("awaiting_approval", *LIVE) and self._may("broadcast.stop", seen)

    def approvers(self, seen: SeenBroadcast) -> list[Official]:
        """Who may approve it."""
        return BroadcastNews(self.context).approvers(seen.audience.units, seen.authors)

    def _may(self, action: str, seen: SeenBroadcast) -> bool:
        return all(self.context.may(action, unit) for unit in seen.audience.units or (None,))

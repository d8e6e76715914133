"""Announcements as an official handles them in her chat: what she may write, what it will look like, who approves it.

Why approving here asks for the console's second check: a one-time code is never typed in a chat, and a phone that was
taken from a table approves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from handlers.desk.announcing import audience
from handlers.desk.announcing import words as broadcast_words
from handlers.desk.announcing.audience import Counts
from handlers.desk.announcing.broadcasts import Draft
from handlers.desk.announcing.news import BroadcastNews
from handlers.desk.announcing.rows import LIVE, Outcome, Seen
from handlers.desk.office.rights import Official
from storage.tables import Broadcast

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

LISTED = 9
NO_CODE_YET = "TB-••••-••••"


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as it would be read, whom it would reach, and when it would go if it were approved now.

    waits: it would not go at once.
    """

    text: str
    counts: Counts
    goes: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class Announcing:
    """Announcements of the official at the desk."""

    desk: "Desk"

    def may_write(self) -> bool:
        """Whether she may write any; a refusal is noted."""
        return self.places() is not None or self.desk.allows("broadcast.write", None, "broadcast")

    def places(self) -> tuple[str, ...] | None:
        """The units she may write for; none named where that is the whole city and any unit. None: she may not."""
        official = self.desk.acting()
        reach = official.reach("broadcast.write")
        if reach == "all":
            return ()
        return tuple(sorted(official.units)) or None if reach == "unit" else None

    def under_way(self) -> list[Seen]:
        """Those that are under way or wait for approval, the newest first, as far as she may see them."""
        return self.desk.broadcasts.all("awaiting_approval", *LIVE)[:LISTED]

    def to_approve(self) -> list[Seen]:
        """Those that wait for her approval, the newest first."""
        found = self.desk.broadcasts.all("awaiting_approval")
        return [seen for seen in found if self.may_approve(seen)][:LISTED]

    def preview(self, draft: Draft) -> Preview:
        """A draft as it would be read; its code is given when it is kept."""
        desk, begins = self.desk, max(draft.start or self.desk.now, self.desk.now)
        row = Broadcast(
            code=NO_CODE_YET, kind=draft.kind, title=dict(draft.title), words=dict(draft.words), audience={},
            start=draft.start, created_at=desk.now, changed_at=desk.now,
        )  # fmt: skip
        text = broadcast_words.rendered(desk, row)["vi"]
        goes = begins if draft.kind == "warning" else desk.messages.may_go("broadcast", begins)
        counts = audience.counts(desk, draft.kind, draft.topic, draft.audience, goes)
        return Preview(text, counts, goes, goes > desk.now)

    def wrong_with(self, kind: str, start: datetime) -> Literal["", "past", "night"]:
        """What is wrong with the time at which one is to go out."""
        desk = self.desk
        if start <= desk.now:
            return "past"
        return "night" if kind != "warning" and desk.quiet.covers(start.astimezone(desk.zone).time()) else ""

    def look_at(self, typed_code: str) -> Seen | None:
        """One that she may see; where she may not, or there is none, that is noted."""
        seen = self.desk.broadcasts.read(typed_code)
        if seen is None:
            self.desk.note("rights.refused", "broadcast", action="broadcast.see")
        return seen

    def states(self, seen: Seen) -> Mapping[tuple[str, str], int]:
        """How those it was frozen for stand."""
        return self.desk.broadcasts.states(seen)

    def may_approve(self, seen: Seen) -> bool:
        """Whether she is one who may approve it now."""
        waits = seen.state == "awaiting_approval" and self.desk.acting().id not in seen.authors
        return waits and self._may("broadcast.approve", seen)

    def may_send_back(self, seen: Seen) -> bool:
        """Whether she may give it back to its authors now."""
        return seen.state == "awaiting_approval" and self._may("broadcast.approve", seen)

    def may_stop(self, seen: Seen) -> bool:
        """Whether she may stop it now."""
        return seen.state in ("awaiting_approval", *LIVE) and self._may("broadcast.stop", seen)

    def approvers(self, seen: Seen) -> list[Official]:
        """Who may approve it."""
        return BroadcastNews(self.desk).approvers(seen.audience.units, seen.authors)

    def approve(self, typed_code: str, stamp: str) -> Outcome | Literal["unchecked"]:
        """Approve one as it was shown, if she gave a one-time code in the console within the last five minutes."""
        desk = self.desk
        seen = desk.broadcasts.read(typed_code)
        if seen is not None and self.may_approve(seen) and not desk.browsers.checked_lately(desk.acting().id):
            desk.note("broadcast.approval_refused", f"broadcast:{seen.id}", code=seen.code, why="unchecked")
            return "unchecked"
        return desk.broadcasts.approve(typed_code, stamp)

    def _may(self, action: str, seen: Seen) -> bool:
        return all(self.desk.may(action, unit) for unit in seen.audience.units or (None,))

"""What officials are told of an announcement in their chats: that it waits for them, and what became of their own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from handlers.desk.announcing import audience
from handlers.desk.messages import Messages
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.flow.message import Opening, Phrase, Say
from storage.queries.announcing import broadcasts
from storage.tables import Broadcast

WENT = ("sent", "delivered", "digested")
WAITS = ("planned", "held", "queued", "sending", "digest")
NOT_SENT = ("failed", "expired", "cancelled", "opted_out", "gone", "elsewhere", "stopped")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of those it goes to stand where; the four add up to all of them."""

    went: int
    waits: int
    not_sent: int
    unknown: int


def tally(states: Mapping[tuple[str, str], int]) -> Tally:
    """Add up how many stand where; what is in no known state counts as unknown."""
    sums = [sum(n for (_, state), n in states.items() if state in group) for group in (WENT, WAITS, NOT_SENT)]
    return Tally(sums[0], sums[1], sums[2], sum(states.values()) - sum(sums))


@dataclass(frozen=True, slots=True)
class BroadcastNews:
    """News of announcements, in one transaction. Whoever does something is not told that she did."""

    context: Context

    def approvers(self, units: Collection[str], authors: Collection[str]) -> list[Official]:
        """Everybody who may approve what goes to all of these units, the whole city if there are none; no author."""
        places = tuple(units) or (None,)
        found = Officials(self.context).of_unit(places[0], "broadcast.approve")
        mays = (o for o in found if all(o.may("broadcast.approve", place) for place in places))
        same = self.context.are_same_hands
        return [official for official in mays if not any(same(author, official) for author in authors)]

    def waits(self, row: Broadcast) -> None:
        """Tell everybody who may approve it that it waits."""
        door = Opening("doors.look_and_approve", "announcement", {"typed": row.code})
        for official in self.approvers(audience.load_audience(row.audience).units, row.authors):
            self._tell(official.id, "waits", row, (door,))

    def approved(self, row: Broadcast) -> None:
        """Tell its authors, who can stop it from there."""
        stop = Opening("doors.stop_announcement", "stop_announcement", {"typed": row.code})
        self._tell_all(row.authors, "approved", row, (_look_at(row), stop))

    def sent_back(self, row: Broadcast) -> None:
        """Tell its authors, and why."""
        self._tell_all(row.authors, "sent_back", row, (_look_at(row),))

    def stopped(self, row: Broadcast) -> None:
        """Tell its authors, and who approved it."""
        concerned = dict.fromkeys([*row.authors, *([row.approved_by] if row.approved_by else [])])
        self._tell_all(concerned, "stopped", row, (_look_at(row),))

    def not_as_approved(self, row: Broadcast) -> None:
        """Tell its authors, who approved it, and all admins that it was changed behind their backs and does not go."""
        admins = Officials(self.context).admins()
        concerned = dict.fromkeys([*row.authors, *([row.approved_by] if row.approved_by else []), *sorted(admins)])
        self._tell_all(concerned, "not_as_approved", row, (_look_at(row),))

    def done(self, row: Broadcast) -> None:
        """Tell its authors how it went."""
        self._tell_all(row.authors, "done", row, (_look_at(row),))

    # Inside

    def _tell_all(self, officials: Collection[str], what: str, row: Broadcast, doors: tuple[Opening, ...]) -> None:
        for official_id in officials:
            self._tell(official_id, what, row, doors)

    def _tell(self, official_id: str, what: str, row: Broadcast, doors: tuple[Opening, ...]) -> None:
        context = self.context
        official = Officials(context).acting(official_id)
        acts = context.official is not None and context.official.id == official_id
        if official is None or official.person_id is None or acts:
            return
        told: dict[str, object] = {
            "code": row.code,
            "title": row.title["vi"],
            "officer": "",
            "why": row.objection or "",
        }
        if context.official is not None:
            told["officer"] = Officials(context).name_of(context.official.id)
        if what == "done":
            counted = tally(broadcasts.counts(context.unit, cast("int", row.id)))
            told |= {"went": counted.went, "not_sent": counted.not_sent, "unknown": counted.unknown}
        # Nobody waits until the morning to approve a warning.
        kind = "urgent" if row.kind == "warning" else "notice"
        say = Say(Phrase(f"broadcast_news.{what}", told), openings=doors)
        Messages(context).tell(official.person_id, say, kind=kind, place=f"broadcast/{row.id}/{what}/{official_id}")


def _look_at(row: Broadcast) -> Opening:
    return Opening("doors.look_at_announcement", "announcement", {"typed": row.code})

"""A gift as a file on an official's desk: who gives what, what happened to it, and to which needs it went.

Why no household is named here: whoever takes in gifts of the whole city has no business with who gets them.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from handlers.desk.allocations.allocations import Allocations, ListedAllocation
from handlers.desk.consents import Consents
from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.desk.pledges import Body, Pledges
from storage.tables import Campaign, Pledge, PledgeEvent
from storage.vault import KeyGone

OF_HOUSEHOLD = ("agreed", "declined", "confirmed", "differs")  # by kind: persons who joined have another id since
LED_TO = ("accepted", "allocated", "handed_over", "received")
By = Literal["giver", "resident", "official", "clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftHappened:
    """One thing that happened. who: title and name of an official. words: what was written with it."""

    id: str
    at: datetime
    kind: str
    by: By
    who: str
    amount: int | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftFile:
    """All of a pledge. campaign: the code of the drive it is for, or empty.

    body: without the phone of a giver who took her yes to being contacted back.
    """

    pledge: Pledge
    body: Body
    campaign: str
    events: tuple[GiftHappened, ...]
    given: tuple[ListedAllocation, ...]


@dataclass(frozen=True, slots=True)
class GiftFiles:
    """Gifts as files on the desk of the official who reads them."""

    context: Context

    def read(self, pledge: Pledge) -> GiftFile:
        """Open a pledge, which is noted."""
        self.context.note("pledge.read", f"pledge:{pledge.id}")
        campaign = self.context.unit.get(Campaign, pledge.campaign_id) if pledge.campaign_id else None
        events = tuple(
            self._happened(pledge, event) for event in Pledges(self.context).events(pledge) if not _restates(event)
        )
        given = tuple(reversed(Allocations(self.context).listed(pledge_code=pledge.code)))
        body = Pledges(self.context).body(pledge)
        if Consents(self.context).taken_back("give", pledge.person_id):
            body = replace(body, phone="")
        return GiftFile(
            pledge=pledge, body=body, campaign=campaign.code if campaign else "", events=events, given=given
        )

    def words_of(self, event: PledgeEvent) -> str:
        """What was written with an event; empty where nothing was, or it is forgotten."""
        if event.note is None:
            return ""
        try:
            return str(
                self.context.vault.open(f"pledge:{event.pledge_id}", f"pledge_event.note:{event.id}", event.note)
            )
        except KeyGone:
            return ""

    def _happened(self, pledge: Pledge, event: PledgeEvent) -> GiftHappened:
        kind = event.actor.partition(":")[0]
        by: By = "official" if kind == "official" else "clock"
        if kind == "person":
            by = "resident" if event.kind in OF_HOUSEHOLD else "giver"
        who = Officials(self.context).name_of_actor(event.actor) if kind == "official" else ""
        return GiftHappened(
            id=event.id, at=event.at, kind=event.kind, by=by, who=who, amount=event.amount, words=self.words_of(event)
        )


def _restates(event: PledgeEvent) -> bool:
    """Whether it only says to which state another event, which stands beside it, has led."""
    led = event.new is not None and event.kind == event.new and event.note is None
    return led and event.old != "offered" and event.new in LED_TO

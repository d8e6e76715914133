"""A gift as a file on an official's desk: who gives what, what happened to it, and to which needs it went.

Why no household is named here: whoever takes in gifts of the whole city has no business with who gets them.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from handlers.desk.allocations.allocations import Allocations, Listed
from handlers.desk.pledges.pledges import Body
from storage.tables import Campaign, Pledge, PledgeEvent
from storage.vault import KeyGone

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

OF_HOUSEHOLD = ("agreed", "declined", "confirmed", "differs")  # by kind: persons who joined have another id since
LED_TO = ("accepted", "allocated", "handed_over", "received")
By = Literal["giver", "resident", "official", "clock"]


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened. who: title and name of an official. words: what was written with it."""

    id: str
    at: datetime
    kind: str
    by: By
    who: str
    amount: int | None
    words: str


@dataclass(frozen=True, slots=True)
class GiftFile:
    """All of a pledge. campaign: the code of the drive it is for, or empty.

    body: without the phone of a giver who took her yes to being contacted back.
    """

    pledge: Pledge
    body: Body
    campaign: str
    events: tuple[Happened, ...]
    given: tuple[Listed, ...]


def read(desk: "Desk", pledge: Pledge) -> GiftFile:
    """Open a pledge, which is noted."""
    desk.note("pledge.read", f"pledge:{pledge.id}")
    campaign = desk.unit.get(Campaign, pledge.campaign_id) if pledge.campaign_id else None
    events = tuple(_happened(desk, pledge, event) for event in desk.pledges.events(pledge) if not _restates(event))
    given = tuple(reversed(Allocations(desk).listed(pledge_code=pledge.code)))
    body = desk.pledges.body(pledge)
    if desk.consents.taken_back("give", pledge.person_id):
        body = replace(body, phone="")
    return GiftFile(pledge, body, campaign.code if campaign else "", events, given)


def words_of(desk: "Desk", event: PledgeEvent) -> str:
    """What was written with an event; empty where nothing was, or it is forgotten."""
    if event.note is None:
        return ""
    try:
        return str(desk.vault.open(f"pledge:{event.pledge_id}", f"pledge_event.note:{event.id}", event.note))
    except KeyGone:
        return ""


def _restates(event: PledgeEvent) -> bool:
    """Whether it only says to which state another event, which stands beside it, has led."""
    led = event.new is not None and event.kind == event.new and event.note is None
    return led and event.old != "offered" and event.new in LED_TO


def _happened(desk: "Desk", pledge: Pledge, event: PledgeEvent) -> Happened:
    kind = event.actor.partition(":")[0]
    by: By = "official" if kind == "official" else "clock"
    if kind == "person":
        by = "resident" if event.kind in OF_HOUSEHOLD else "giver"
    who = desk.officials.name_of_actor(event.actor) if kind == "official" else ""
    return Happened(event.id, event.at, event.kind, by, who, event.amount, words_of(desk, event))

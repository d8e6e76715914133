"""Jobs, buyers and partners: who wants and who has what in which month, and what the households asked answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Screen, ShownOnce
from handlers.console.screen.words import how_much, topic_of
from handlers.desk import Desk
from handlers.desk.allocations import HouseholdContact, ListedAllocation, hand_overs
from handlers.desk.pledges import MEETING
from handlers.flow.readers import write_phone
from handlers.rules import goods
from handlers.texts import Phrase
from handlers.vietnamese.units import unit_name

MOST = 100
MONTHS = range(1, 13)
LOOKS = {"asked": "waiting", "declined": "stopped"}


@dataclass(frozen=True, slots=True)
class Product:
    """A line of the calendar: of month, 1 to 12, who wants it and who has it. picked: months a source names."""

    name: Phrase
    wanted: tuple[int, ...]
    had: tuple[int, ...]
    picked: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A household that was asked whether it wants to meet an employer or buyer. state: asked, no or yes."""

    id: str
    gift: str
    code: str
    to: str
    unit: str
    kind: Phrase
    amount: Phrase
    look: str
    state: Phrase
    since: datetime
    meets: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The page. contact: whom an employer or buyer may ring up, where it was asked for; of: of which offer."""

    products: tuple[Product, ...]
    month: int
    asked: tuple[Asked, ...]
    of: str = ""
    contact: HouseholdContact | None = None


def view(desk: Desk, given: Click) -> Exchange:
    """The calendar of buyers and products, and whom jobs and links were offered to."""
    return _page(desk)


def show_contact(desk: Desk, given: Click) -> ShownOnce | Invalid | None:
    """The same with name and phone of a household that said yes, for the employer or buyer; that is noted."""
    one = desk.hand_overs.find(given.path["id"])
    if one is None:
        return None
    contact = desk.allocations.contact(one.id) if desk.may("case.see", one.unit_id) else None
    if contact is None:
        return Invalid({"": "no_contact"})
    return ShownOnce(
        "giving/exchange", _page(desk, given.path["id"], HouseholdContact(contact.name, write_phone(contact.phone)))
    )


# Inside


def _page(desk: Desk, of: str = "", contact: HouseholdContact | None = None) -> Exchange:
    every = desk.allocations.listed(states=hand_overs.MEETING_STATES, most=MOST, kinds=MEETING)
    return Exchange(
        products=_products(desk),
        month=desk.today().month,
        asked=tuple(_asked(desk, one) for one in every),
        of=of,
        contact=contact,
    )


def _products(desk: Desk) -> tuple[Product, ...]:
    """One line for each product; what has no name of ours stands under that of the list it belongs to."""
    wanted, had = desk.board.links()
    topics = sorted({one.topic or "" for one in wanted} | {one.topic or "" for one in had})
    return tuple(
        Product(
            topic_of(desk, topic) or Phrase("console.exchange.no_topic"),
            _months(one.months for one in wanted if (one.topic or "") == topic),
            _months(one.months for one in had if (one.topic or "") == topic),
            _months(one.months for one in goods.seasons(topic, desk.today()) if not one.lunar) if topic else (),
        )
        for topic in topics
    )


def _months(found: Iterable[Iterable[int]]) -> tuple[int, ...]:
    return tuple(sorted({month for some in found for month in some}))


def _asked(desk: Desk, one: ListedAllocation) -> Asked:
    meets = one.state not in ("asked", "declined", "returned")
    state = "yes" if meets else one.state
    return Asked(
        id=one.id,
        gift=one.pledge_code,
        code=one.case_code or one.campaign_code,
        to=f"/requests/{one.case_code}" if one.case_code and desk.may("case.see", one.unit_id) else "",
        unit=unit_name(one.unit_id),
        kind=Phrase(f"console.gifts.kind.{one.kind}"),
        amount=how_much(one.amount, one.measure),
        look=LOOKS.get(one.state, "done"),
        state=Phrase(f"console.exchange.state.{state}"),
        since=one.handed_at or one.allocated_at,
        meets=meets and desk.may("gift.allocate", one.unit_id) and desk.may("case.see", one.unit_id),
    )


screen = Screen(path="/exchange", template="giving/exchange", right="gift.see", view=view, menu="giving")
screens = (screen,)
acts = (Act(path="/exchange/{id}/contact", right="gift.allocate", do=show_contact, screen=screen),)

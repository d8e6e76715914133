"""One gift, read from top to bottom like a file: who, what, how far it has come, to which needs, and what to do now."""

from dataclasses import dataclass
from datetime import date, datetime

from handlers.console.giving import gifts
from handlers.console.screen import Act, Click, Screen, ShownOnce
from handlers.console.screen.words import Field, how_much, phone_shown, plain
from handlers.desk import Desk
from handlers.desk.allocations import GiftFile, GiftHappened, ListedAllocation
from handlers.desk.pledges import COMES, OPEN
from handlers.flow.counted import in_season
from handlers.texts import Phrase
from handlers.vietnamese import units
from handlers.vietnamese.units import unit_name
from storage.tables import Pledge

SUMS = ("amount", "received", "allocated", "handed", "confirmed")
# How an allocation's state looks.
LOOKS = {
    "asked": "waiting", "declined": "stopped", "allocated": "waiting", "handed_over": "waiting", "differs": "late",
    "confirmed": "done", "settled": "done", "returned": "stopped",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftEvent:
    """One line of what happened. by: who did it, in words."""

    id: str
    at: datetime
    what: Phrase
    by: Phrase
    amount: Phrase | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAllocation:
    """A part of the gift at one need. code: of the case or the campaign; to: its address, where she may open it."""

    id: str
    code: str
    to: str
    unit: str
    need: Phrase
    amount: Phrase
    look: str
    state: Phrase
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftToDo:
    """What the official may do now, first the act that is put forward. seen: the last event shown.

    allocates: it can be given on, on the board.
    """

    acts: tuple[str, ...]
    first: str
    seen: str
    allocates: bool
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftPage:
    """The page. phone: masked unless it was asked for, and then shown says so. sums: promised to confirmed.

    words: what was said about it, by what it answers.
    """

    code: str
    kind: str
    name: str
    giver: Phrase
    named: bool
    abroad: bool
    phone: str
    shown: bool
    where: Phrase
    campaign: str
    at: datetime
    look: str
    state: Phrase
    what: str
    words: tuple[Field, ...]
    sums: tuple[tuple[str, Phrase], ...]
    months: tuple[int, ...]
    due: date | None
    until: date | None
    verified: Phrase | None
    happened: tuple[GiftEvent, ...]
    parts: tuple[GiftAllocation, ...]
    own: bool
    now: GiftToDo


def view(desk: Desk, given: Click) -> GiftPage | None:
    """A gift within reach, with all that happened to it."""
    pledge = desk.pledges.find(given.path["code"], "gift.see")
    return _page(desk, pledge) if pledge is not None else None


def show_phone(desk: Desk, given: Click) -> ShownOnce | None:
    """The same with the giver's phone number in full, which is noted."""
    pledge = desk.pledges.find(given.path["code"], "gift.see")
    if pledge is None:
        return None
    desk.note("pledge.phone_shown", f"pledge:{pledge.id}")
    return ShownOnce("giving/gift", _page(desk, pledge, phone=True))


# Inside


def _page(desk: Desk, pledge: Pledge, *, phone: bool = False) -> GiftPage:
    file = desk.gift_files.read(pledge)
    look, state = gifts.state_of(desk, pledge)
    return GiftPage(
        code=pledge.code, kind=pledge.kind, name=file.body.name, giver=Phrase(f"console.gifts.giver.{pledge.giver}"),
        named=pledge.named, abroad=pledge.abroad, phone=phone_shown(file.body.phone, whole=phone), shown=phone,
        where=gifts.place_of(pledge), campaign=file.campaign, at=pledge.created_at, look=look, state=state,
        what=file.body.what, words=_words(desk, file),
        sums=tuple((name, how_much(getattr(pledge, name), pledge.measure)) for name in _sums(pledge)),
        months=in_season(pledge.months), due=pledge.due, until=pledge.until, verified=_verified(desk, pledge),
        happened=tuple(_step(desk, one, pledge) for one in file.events),
        parts=tuple(_part(desk, one) for one in file.given),
        own=pledge.person_id == desk.acting().person_id, now=_to_do(desk, pledge),
    )  # fmt: skip


def _sums(pledge: Pledge) -> tuple[str, ...]:
    """Which sums say something: a job never comes to the office."""
    return tuple(name for name in SUMS if name != "received" or pledge.kind in COMES)


def _words(desk: Desk, file: GiftFile) -> tuple[Field, ...]:
    """What the giver said, each answer beside what was asked."""
    return tuple(Field(label_of(desk, name), plain(said)) for name, said in file.body.details.items())


def label_of(desk: Desk, name: str) -> Phrase:
    """What was asked, as it is read back to givers; a question that is no longer asked is named as it was kept."""
    label = next((key for key in (f"pledge.label.{name}", f"label.{name}") if desk.texts.has(key)), "")
    return Phrase(label) if label else plain(name)


def _verified(desk: Desk, pledge: Pledge) -> Phrase | None:
    if pledge.verified_by is None or pledge.verified_at is None:
        return None
    day = pledge.verified_at.astimezone(desk.zone).date()
    return Phrase("console.gifts.verified", {"officer": desk.officials.name_of(pledge.verified_by), "day": day})


def _step(desk: Desk, one: GiftHappened, pledge: Pledge) -> GiftEvent:
    by = plain(one.who) if one.who else Phrase(f"console.gifts.by.{one.by}")
    amount = how_much(one.amount, pledge.measure) if one.amount is not None else None
    what = f"console.gifts.event.{one.kind}"
    what = what if desk.texts.has(what) else "console.gifts.event.other"
    return GiftEvent(id=one.id, at=one.at, what=Phrase(what), by=by, amount=amount, words=one.words)


def _part(desk: Desk, one: ListedAllocation) -> GiftAllocation:
    opens = bool(one.case_code) and desk.may("case.see", one.unit_id)
    return GiftAllocation(
        id=one.id,
        code=one.case_code or one.campaign_code,
        to=f"/requests/{one.case_code}" if opens else "",
        unit=unit_name(one.unit_id),
        need=Phrase(f"options.needs.{one.need}"),
        amount=how_much(one.amount, one.measure),
        look=LOOKS[one.state],
        state=Phrase(f"console.gifts.part.{one.state}"),
        since=one.handed_at or one.allocated_at,
    )


def _to_do(desk: Desk, pledge: Pledge) -> GiftToDo:
    acts = desk.pledge_work.possible(pledge)
    given_on = pledge.state in OPEN and pledge.state != "offered" and pledge.allocated < pledge.amount
    own = pledge.person_id == desk.acting().person_id
    allocates = given_on and pledge.kind != "idea" and not own and desk.may("gift.allocate", pledge.unit_id)
    forward = [act for act in ("verify", "accept", "receive") if act in acts]
    places = tuple((one.id, one.name) for one in units.all_units().values()) if "place" in acts else ()
    first = "allocate" if allocates and pledge.kind not in ("money", "goods") else next(iter(forward), "")
    return GiftToDo(
        acts=acts,
        first=first or ("allocate" if allocates else ""),
        seen=desk.pledge_work.last_event(pledge),
        allocates=allocates,
        units=places,
    )


screen = Screen(path="/gifts/{code}", template="giving/gift", right="gift.see", view=view, notes=True)
screens = (screen,)
acts = (Act(path="/gifts/{code}/phone", right="gift.see", do=show_phone, screen=screen),)

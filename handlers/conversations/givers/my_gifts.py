"""My gifts: each pledge, where the gift is now, and a picture to keep once something of it has come."""

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.pledges import COMES, MEETING, OPEN, GiftStep, how_much, state, told_as
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Card, Lines, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice
from handlers.vietnamese import units
from handlers.views.giving_form import OFFICER, Pledge

NONE = Say("gift.none", openings=(Opening("doors.giving", "pledge"), OFFICER, MENU))
SHOWN = 9


@dataclass(frozen=True, slots=True)
class MyGifts:
    """Her own promises, newest first."""

    pledges: tuple[Pledge, ...]


def look_up_mine(desk: Desk, a: Answers) -> MyGifts:
    return MyGifts(tuple(desk.pledges.mine()))


def has_several_gifts(a: Answers) -> bool:
    return a.given("typed") is None and len(a.facts(MyGifts).pledges) > 1


def my_codes(a: Answers) -> tuple[Candidate, ...]:
    """A button for each pledge: its code and how far it has come."""
    shown = a.facts(MyGifts).pledges[:SHOWN]
    return tuple(Candidate(p.code, Phrase("code_and_state", {"code": p.code, "state": state(p)})) for p in shown)


which_gift = Choice("which_gift", supplied=my_codes)


def show(a: Answers, desk: Desk) -> Done:
    """Show where one gift is; somebody else's code and none sound alike."""
    mine = a.facts(MyGifts).pledges
    typed = a.given("typed") or a.get(which_gift)
    pledge = desk.pledges.find_mine(typed) if typed else (mine[0] if mine else None)
    if pledge is None:
        return Done(NONE if typed else Say("gift.none_yet", ledger_link=desk.ledger_link(), openings=NONE.openings))
    body = desk.pledges.body(pledge)
    told = {
        "code": pledge.code,
        "what": body.what if pledge.kind == "idea" else _amount_of(body.what, pledge),
        "state": state(pledge),
        "way": Lines(tuple(_way(pledge, desk))),
        "names": Phrase(f"gift.{told_as(pledge)}.names"),
    }
    return Done(Say(Phrase("gift.where", told), card=_receipt(pledge, desk), openings=_doors(pledge)))


def _amount_of(what: str, pledge: Pledge) -> object:
    amount = how_much(pledge.amount, pledge.measure)
    return Phrase("gift.amount_of_what", {"amount": amount, "what": what}) if what else amount


def _way(pledge: Pledge, desk: Desk) -> Iterator[Phrase]:
    """How far it has come; nothing is waited for at the office that never comes there, or went to a family without."""
    for step in desk.gift_steps.of(pledge)[: 1 if pledge.kind == "idea" else None]:
        if step.kind != "received" or (pledge.kind in COMES and (step.day or not pledge.handed)):
            yield _line(step, pledge)
        elif pledge.kind in MEETING:
            day = pledge.verified_at.astimezone(desk.zone).date() if pledge.verified_at else None
            yield Phrase("gift.meet.verified", {"day": day}) if day else Phrase("gift.meet.not_verified")


def _line(step: GiftStep, pledge: Pledge) -> Phrase:
    way = f"gift.{told_as(pledge)}"
    if step.day is None:
        return Phrase(f"{way}.not_{step.kind}")
    names = tuple(units.all_units()[unit].name for unit in step.units if unit in units.all_units())
    told = {"day": step.day, "amount": how_much(step.amount, pledge.measure), "units": names or Phrase("gift.a_unit")}
    return Phrase(f"{way}.{step.kind}", told)


def _receipt(pledge: Pledge, desk: Desk) -> Card | None:
    """The picture to keep, once something has come."""
    day = desk.gift_steps.received_on(pledge)
    if day is None:
        return None
    values: dict[str, object] = {
        "title": Phrase("gift.receipt_title"),
        "giver": desk.pledges.body(pledge).name or "–",
        "what": how_much(pledge.received, pledge.measure),
        "code": pledge.code,
        "date": Phrase("gift.receipt_date", {"day": day}),
        "from": Phrase("gift.receipt_from", {"receiver": desk.pledge_news.receiver(pledge)}),
        "note": Phrase("gift.receipt_note"),
    }
    return Card("receipt", values | ({"demo": Phrase("page.demo")} if desk.demo else {}))


def _doors(pledge: Pledge) -> tuple[Opening, ...]:
    """What she can do with a pledge as it stands."""
    known, names = {"code": pledge.code}, []
    untouched = not (pledge.received or pledge.handed or pledge.allocated)
    if pledge.state in OPEN:
        names += ["how_to_pay"] if pledge.kind == "money" and not pledge.received else []
        names += ["change_gift"] if pledge.kind != "idea" else []
        names += ["put_off_gift"] + (["withdraw_gift"] if untouched else [])
        names += ["hush_gift"] if pledge.due and not pledge.quiet else []
    return (*(Opening(f"doors.{name}", name, known) for name in names), OFFICER, MENU)


conversation = Conversation(
    "my_gifts", (Ask(which_gift, only_if=has_several_gifts),), show, ("/monqua", "/mygifts"), look_up_mine
)

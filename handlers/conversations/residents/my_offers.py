"""Jobs and business offered to the household: see them, and say whether it wants to meet. Only a yes gives its name."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.allocations import MEETS, Offered
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf, Open
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice

OFFICER = Opening("doors.officer", "officer")
ALL = Opening("doors.my_offers", "my_offers")


@dataclass(frozen=True, slots=True)
class Offers:
    """What was offered: all of it, or the one that a button named."""

    found: tuple[Offered, ...]


def look_at_offers(desk: Desk, a: Answers) -> Offers:
    return Offers(tuple(desk.household_gifts.offers()))


def look_at_one(desk: Desk, a: Answers) -> Offers:
    found = desk.household_gifts.offer(a.given("allocation") or "")
    return Offers((found,) if found is not None else ())


def rows(a: Answers) -> tuple[Candidate, ...]:
    """A button for each offer."""
    return tuple(
        Candidate(one.id, Phrase("row", {"what": one.name, "state": Phrase(f"state.{one.state}")}))
        for one in a.facts(Offers).found[:9]
    )


which = Choice("which", supplied=rows)
answer = Choice("answer", *MEETS)


def has_several_offers(a: Answers) -> bool:
    return len(a.facts(Offers).found) > 1


def no_offer_is_open(a: Answers) -> bool:
    return not any(one.state == "asked" for one in a.facts(Offers).found)


def show(a: Answers, desk: Desk) -> Done:
    """Show one offer, with its answers while it waits for one."""
    found = a.facts(Offers).found
    one = next((one for one in found if one.id == a.get(which)), found[0] if found else None)
    if one is None:
        return Done(Say("none", openings=(OFFICER, MENU)))
    if one.state != "asked":
        return Done(_before(one.state))
    doors = tuple(Opening(f"doors.{name}", "offered", {"allocation": one.id, "answer": name}) for name in MEETS)
    return Done(Say(one.ask, openings=doors))


def keep(a: Answers, desk: Desk) -> Done:
    """Keep the answer, and say what follows."""
    found = a.facts(Offers).found
    if not found:
        return Done(Say("over", openings=(ALL, MENU)))
    if no_offer_is_open(a):
        return Done(_before(found[0].state))
    if a[answer] == "ask_first":
        desk.household_gifts.ask_first(found[0].id)
        return Done(Say("officer_told"), then=Open("officer"))
    wants = a[answer] == "want"
    done = desk.household_gifts.answer_offer(found[0].id, wants=wants)
    if done.how != "done":
        return Done(_before(done.answer))
    return Done(Say("will_meet" if wants else "not_wanted", openings=(OFFICER, MENU)))


def _before(state: str) -> Say:
    return Say("answered_before", answer=Phrase(f"state.{state}"), openings=(OFFICER, MENU))


conversations = (
    Conversation(
        "my_offers", (Ask(which, only_if=has_several_offers),), show, ("/loimoi", "/offers"), look_at_offers
    ),
    Conversation(
        "offered", (FinishIf(no_offer_is_open), Ask(answer)), keep, facts=look_at_one, texts="my_offers"
    ),
)  # fmt: skip

"""Good models that fit a family: three questions at most, then one model a message, with what it takes and its risk."""

from handlers.desk import Desk
from handlers.desk.allocations import Means, Model
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf
from handlers.flow.message import MENU, Dong, Opening, Phrase, Say
from handlers.flow.questions import Choice

OFFICER = Opening("doors.officer", "officer")
# VND. What a family can put in at the start; more than that is no limit.
MOST_MONEY = {"none": 0, "little": 5_000_000, "some": 20_000_000}

land = Choice("land", "none", "garden", "field", others=("unknown",))
work = Choice("work", "light", "one", "two", others=("unknown",))
start_money = Choice("start_money", "none", "little", "some", "more", others=("unknown",))


def there_is_none(a: Answers) -> bool:
    return not a.facts(bool)


def any_is_shown(desk: Desk, a: Answers) -> bool:
    return bool(desk.models.fitting(Means()))


def show(a: Answers, desk: Desk) -> Done:
    """Show the next model that fits; say honestly where there is none, and lead to an officer."""
    if there_is_none(a):
        return Done(Say("none_yet", openings=(OFFICER, MENU)))
    money = a.get(start_money)
    means = Means(a.get(land) or "", a.get(work) or "", MOST_MONEY.get(money) if money else None)
    found = desk.models.fitting(means)
    if not found:
        again = Opening("doors.models_again", "models")
        return Done(Say("none_fits", openings=(OFFICER, again, MENU)))
    typed = a.given("from") or "0"
    place = int(typed) % len(found) if typed.isdecimal() else 0
    doors = [OFFICER, MENU]
    if place + 1 < len(found):
        doors.insert(0, Opening("doors.next_model", "models", {**a.written(), "from": str(place + 1)}))
    return Done(Say(_told(found[place], place + 1, len(found), desk.here().language), openings=tuple(doors)))


def _told(model: Model, number: int, count: int, language: str) -> Phrase:
    said, cost = model.wording(language), model.writing.cost
    values = {"title": said.title, "what": said.what, "labour": said.labour, "area": said.area, "risk": said.risk}
    values |= {"number": str(number), "count": str(count), "where": said.where}
    return Phrase("one", {**values, "cost": Dong(cost) if cost else Phrase("free")})


conversation = Conversation(
    "models",
    (FinishIf(there_is_none), Ask(land), Ask(work), Ask(start_money)),
    show,
    opens_with=("/mohinh", "/models"),
    facts=any_is_shown,
)

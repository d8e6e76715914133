"""Talk to a person: to officials of her unit, who are told at once, and when somebody will be there."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.cases import CLOSED
from handlers.desk.talks import Wish
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import UnitQuestion

END = Opening("doors.end_talk", "end_talk")


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """What is known before asking: the unit of her newest open request or last check; whether she wished before."""

    unit_id: str | None
    wished: bool


def look_where_she_is(desk: Desk, a: Answers) -> KnownUnit:
    cases = (case.unit_id for case in desk.cases.mine() if case.state not in CLOSED and case.unit_id)
    check = desk.households.mine()
    checked = check.answers.get("unit") if check else None
    return KnownUnit(next(cases, None) or (checked if checked and checked[:1] != "#" else None), desk.talks.stands())


def place_is_needed(a: Answers) -> bool:
    known = a.facts(KnownUnit)
    return known.unit_id is None and not known.wished


unit = UnitQuestion("unit", others=("unknown",))


def wish(a: Answers, desk: Desk) -> Done:
    """Record the wish, tell the officials, and say when somebody is there."""
    made = desk.talks.wish(a.facts(KnownUnit).unit_id or a.get(unit))
    if made.by:
        return Done(Say("talking", officer=made.by, openings=(END,)))
    morning, afternoon = (
        Phrase("clock.span", {"begin": opens, "end": closes}) for opens, closes in desk.office.office_hours
    )
    values = {"morning": morning, "afternoon": afternoon} | {"opens": desk.duty.opens_next(), "told": made.told}
    return Done(Say(Phrase(_answer(made, desk), values), openings=(MENU,)))


def _answer(made: Wish, desk: Desk) -> str:
    if made.before:
        return "wished_before"
    if not made.staffed:
        return "wished"
    if not desk.duty.is_open():
        return "wished_off_hours"
    return "wished_now" if made.told else "wished"


conversation = Conversation(
    "officer", (Ask(unit, only_if=place_is_needed),), wish, ("/canbo", "/officer"), look_where_she_is
)

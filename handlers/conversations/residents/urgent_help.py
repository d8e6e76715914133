"""Urgent help: the numbers to ring at once, then three questions. No consent stands in the way of life and health."""

from handlers.desk import Desk
from handlers.desk.talks import KINDS
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Say
from handlers.flow.questions import Other, Phone, Words
from handlers.vietnamese import units

where = Words("where", most=300)
what = Words("what", most=300, others=KINDS)
phone = Phone("phone", others=("no_phone",))


def pass_on(a: Answers, desk: Desk) -> Done:
    """Record the request and ring whoever is on duty; say whether somebody was told, and the numbers in any case."""
    kind = a.value(what)
    told = kind.name if isinstance(kind, Other) else a[what]
    raised = desk.urgent.raise_one(a[where], told, a.get(phone))
    if not raised.told:
        return Done(Say("recorded", code=raised.code, time=desk.now, openings=(MENU,)))
    if raised.unit_id is None:
        return Done(Say("passed_on", code=raised.code, time=desk.now, count=raised.told, openings=(MENU,)))
    unit = units.all_units()[raised.unit_id].name
    return Done(Say("passed_on_to", code=raised.code, time=desk.now, count=raised.told, unit=unit, openings=(MENU,)))


conversation = Conversation(
    "urgent_help",
    opens_with=("/gap", "/urgent"),
    script=(
        Say("numbers"),
        Ask(where),
        Ask(what),
        Ask(phone),
    ),
    finish=pass_on,
)

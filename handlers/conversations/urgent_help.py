"""Urgent help: the numbers to ring at once, then three questions. No consent stands in the way of life and health."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import Opening, Say
from handlers.flow.questions import Other, Phone, Words

where = Words("where", most=300)
what = Words("what", most=300, others=("hunger", "house", "illness", "violence", "something"))
phone = Phone("phone", others=("no_phone",))


def pass_on(a: Answers, desk: Desk) -> Done:
    """Record the request; while no official receives it here, say so and give the number to ring."""
    kind = a.value(what)
    told = kind.name if isinstance(kind, Other) else a[what]
    code = desk.urgent.raise_one(a[where], told, a.get(phone))
    return Done(Say("recorded", code=code, time=desk.now, openings=(Opening("doors.menu", "@menu"),)))


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

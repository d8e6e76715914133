"""To give or help: as whom, from where, for where, and with what; the rest is asked by the kind of gift."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Open
from handlers.flow.questions import Choice
from handlers.views.giving_form import WHO_AND_WHERE, look_up

with_what = Choice("with_what", "money", "goods", "time", "idea", "job", "link")


def go_on(a: Answers, desk: Desk) -> Done:
    """Go on with the questions of this kind of gift, keeping what was answered."""
    return Done(then=Open(f"pledge_{a[with_what]}", a.written()))


conversation = Conversation(
    "pledge",
    (*WHO_AND_WHERE, Ask(with_what)),
    go_on,
    opens_with=("/ungho", "/pledge"),
    facts=look_up,
)

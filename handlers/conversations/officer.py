"""Talk to a person: the wish is recorded, with the hours and the number to ring."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Opening, Phrase, Say


def wish(a: Answers, desk: Desk) -> Done:
    """Record the wish, and say when somebody is there."""
    key = "wished" if desk.talks.wish() else "wished_before"
    first, second = desk.office.office_hours
    hours = {"morning": f"{first[0]:%H:%M}–{first[1]:%H:%M}", "afternoon": f"{second[0]:%H:%M}–{second[1]:%H:%M}"}
    return Done(Say(Phrase(key, hours), openings=(Opening("doors.menu", "@menu"),)))


conversation = Conversation("officer", (), wish, opens_with=("/canbo", "/officer"))

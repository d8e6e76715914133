"""Choose the language that the service speaks."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Say
from handlers.flow.questions import Choice

language = Choice("language", "vi", "en")


def change(a: Answers, desk: Desk) -> Done:
    """Remember the language; the answer is in it already."""
    desk.people.speak(a[language])
    return Done(Say("changed", openings=(MENU,)))


conversation = Conversation("language", (Ask(language),), change, opens_with=("/ngonngu", "/language"))

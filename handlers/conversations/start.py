"""The first words: which language, what this is, and the menu."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Open
from handlers.flow.message import Say
from handlers.flow.questions import Choice

language = Choice("language", "vi", "en")


def welcome(a: Answers, desk: Desk) -> Done:
    """Remember the language, say what this is, and open the menu."""
    desk.people.speak(a[language])
    demo = (Say("demo"),) if desk.demo else ()
    return Done(*demo, Say("welcome"), then=Open("@menu"))


conversation = Conversation("start", (Ask(language),), welcome, opens_with=("/start",), quiet=True)

"""Pages without questions: the second page of the menu, and a thank-you."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import MENU, Opening, Say


def more(a: Answers, desk: Desk) -> Done:
    """The second page of the menu."""
    doors = ("my_cases", "news", "verify", "campaigns", "models", "officer", "help", "privacy", "link", "language")
    return Done(Say("more_doors", openings=(*(Opening(f"doors.{door}", door) for door in doors), MENU)))


def thank(a: Answers, desk: Desk) -> Done:
    """Answer a thank-you."""
    return Done(Say("gladly", openings=(MENU,)))


conversations = (
    Conversation("more", (), more, quiet=True),
    Conversation("thanks", (), thank, quiet=True),
)

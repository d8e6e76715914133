"""Pages without questions: how to give, the second page of the menu, and a thank-you."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Opening, Say

_OFFICER = Opening("doors.officer", "officer")
_MENU = Opening("doors.menu", "@menu")


def tell_giving(a: Answers, desk: Desk) -> Done:
    """Say that no account is confirmed here, so that nobody sends money to a number that claims to be ours."""
    return Done(Say("no_account_yet", openings=(_OFFICER, _MENU)))


def more(a: Answers, desk: Desk) -> Done:
    """The second page of the menu."""
    doors = ("my_cases", "officer", "help", "privacy", "link", "language")
    return Done(Say("more_doors", openings=(*(Opening(f"doors.{door}", door) for door in doors), _MENU)))


def thank(a: Answers, desk: Desk) -> Done:
    """Answer a thank-you."""
    return Done(Say("gladly", openings=(_MENU,)))


conversations = (
    Conversation("giving", (), tell_giving, opens_with=("/ungho", "/pledge", "/chiendich", "/campaigns")),
    Conversation("more", (), more, quiet=True),
    Conversation("thanks", (), thank, quiet=True),
)

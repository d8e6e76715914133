"""What one can do here, and whom one can ring."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import MENU, Opening, Say


def tell(a: Answers, desk: Desk) -> Done:
    """Say what can be done here, in a few lines."""
    doors = ("faq_topics", "officer", "news", "verify", "privacy")
    openings = tuple(Opening(f"doors.{door}", door) for door in doors)
    return Done(Say("what_i_can_do", openings=(*openings, MENU)))


conversation = Conversation("help", (), tell, opens_with=("/trogiup", "/help"))

"""Somebody gave a swindler a code or money, or has one on the phone: what to do now, before anything is asked."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import MENU, Opening, Say


def tell(a: Answers, desk: Desk) -> Done:
    """Say what to do at once, in the order in which it helps."""
    doors = (Opening("doors.officer", "officer"), Opening("doors.verify", "verify"))
    return Done(Say("steps", openings=(*doors, MENU)))


conversation = Conversation("scammed", (), tell, opens_with=("/luadao", "/scam"))

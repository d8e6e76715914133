"""Stop and start again: announcements with DỪNG, news of one's own request too with DỪNG HẾT, NHẬN for both."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Opening, Say

MENU = Opening("doors.menu", "@menu")


def stop(a: Answers, desk: Desk) -> Done:
    """End announcements; news of one's own request still comes."""
    desk.consents.withdraw("news")
    return Done(Say("stopped", openings=(MENU,)))


def stop_all(a: Answers, desk: Desk) -> Done:
    """End announcements and news of one's own request."""
    desk.consents.withdraw("news")
    desk.consents.withdraw("case_news")
    return Done(Say("stopped_all", openings=(MENU,)))


def receive(a: Answers, desk: Desk) -> Done:
    """Take both up again."""
    desk.consents.give("news", "news.receive/1")
    desk.consents.give("case_news", "news.receive/1")
    return Done(Say("receiving", openings=(MENU,)))


conversations = (
    Conversation("stop", (), stop),
    Conversation("stop_all", (), stop_all),
    Conversation("receive", (), receive),
)

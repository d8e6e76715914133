"""Stop and start again: the kind of announcement got last with DỪNG, all with DỪNG HẾT, what was stopped with NHẬN."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import MENU, Opening, Phrase, Say

NEWS = Opening("doors.news", "news")
ALL = Opening("doors.stop_all", "stop_all")
# What DỪNG is answered with after an announcement that was no news.
TOLD = {"service": "own_request", "givers": "stopped_posts", "rules": "stopped_rules", "warning": "warning"}


def stop(a: Answers, desk: Desk) -> Done:
    """End the kind of announcement she got last, or say why it can't be; all news if she got none lately."""
    ended = desk.subscriptions.stop_last()
    if ended.kind == "staff":
        return Done(Say("staff", openings=(NEWS, MENU)))
    if ended.kind == "news":
        topics = tuple(Phrase(f"news_topics.{topic}") for topic in ended.topics)
        return Done(Say("stopped_topic", topic=topics, openings=(NEWS, MENU)))
    goes_on = ended.kind in ("service", "warning")
    return Done(Say(TOLD.get(ended.kind, "stopped"), openings=(ALL, MENU) if goes_on else (MENU,)))


def stop_news(a: Answers, desk: Desk) -> Done:
    """End all news; news of one's own request still comes."""
    desk.subscriptions.stop_all()
    return Done(Say("stopped", openings=(MENU,)))


def stop_all(a: Answers, desk: Desk) -> Done:
    """End news, news of one's own request, and whatever else comes unasked."""
    desk.subscriptions.stop_everything()
    return Done(Say("stopped_all", openings=(MENU,)))


def receive(a: Answers, desk: Desk) -> Done:
    """Take up again what was stopped last; where that is nothing, lead to the choice."""
    again = desk.subscriptions.take_up_again()
    topics = [Phrase(f"news_topics.{topic}") for topic in again.topics]
    purposes = [Phrase(f"of.{purpose}") for purpose in again.purposes]
    if not topics and not purposes:
        return Done(Say("nothing_stopped", openings=(NEWS, MENU)))
    return Done(Say("receiving", what=(*topics, *purposes), openings=(NEWS, MENU)))


conversations = (
    Conversation("stop", (), stop),
    Conversation("stop_news", (), stop_news, texts="stop"),
    Conversation("stop_all", (), stop_all),
    Conversation("receive", (), receive),
)

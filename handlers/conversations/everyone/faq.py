"""Questions that people ask: the answer to one, with the door that goes on from it; and all of them by topic."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done, Open
from handlers.flow.message import MENU, Opening, Say
from handlers.verdicts import faq

OFFICER = Opening("doors.ask_officer", "officer")
OTHER = Opening("doors.other_question", "faq_topics")


def answer(a: Answers, desk: Desk) -> Done:
    """Answer the question that was heard or chosen."""
    question = faq.find(a.given("question") or "")
    if question is None:
        return Done(then=Open("faq_topics"))
    said = faq.answer(question, desk.today(), desk.office)
    return Done(Say("said", answer=said, openings=(question.door, OFFICER, OTHER, MENU)))


def list_questions(a: Answers, desk: Desk) -> Done:
    """The topics, or the questions of one."""
    topic = a.given("topic")
    if topic not in faq.TOPICS:
        topics = tuple(Opening(f"faq.topics.{one}", "faq_topics", {"topic": one}) for one in faq.TOPICS)
        return Done(Say("which_topic", openings=(*topics, MENU)))
    questions = (one for one in faq.QUESTIONS if one.topic == topic)
    doors = (Opening(one.title.key, "faq", {"question": one.label}) for one in questions)
    return Done(Say("which", openings=(*doors, OTHER, MENU)))


conversations = (
    Conversation("faq", (), answer),
    Conversation("faq_topics", (), list_questions, opens_with=("/hoidap", "/faq"), quiet=True, texts="faq"),
)

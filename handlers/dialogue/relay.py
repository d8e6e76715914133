"""While a person and an official talk, the bot steps aside: what either of them writes is for the other.

Why an official's own open question comes first: what she writes about one family must never reach another. Why a
person's question comes first only while it is the last thing on her screen: she answers what she sees.
"""

from handlers.desk import Desk
from handlers.dialogue import commands
from handlers.dialogue.dialogue import FIRST_A_CODE, Course
from handlers.dialogue.heard import urgent_or_not
from handlers.flow import readers
from handlers.flow.message import Incoming, Phrase, Say
from handlers.vietnamese import words

PASSED_ON = ("text", "edited", "photos", "contact")
URGENT_HELP = "urgent_help"
OF_NEWS = ("stop", "stop_all", "receive")


def steps_aside(course: Course, incoming: Incoming) -> bool:
    """Pass on what was written if it is for the other side of a talk. False if it is for the bot."""
    said = _said(course, incoming)
    if incoming.kind not in PASSED_ON or not said or said.startswith("/"):
        return False
    hers, in_hand = course.desk.talks.of_chat()
    return _from_official(course, in_hand, said) or _from_person(course, hers, incoming, said)


def _from_official(course: Course, talk_id: str | None, said: str) -> bool:
    desk = course.desk
    official = desk.acting_chats.bound_here() if talk_id else None
    if talk_id is None or official is None or course.session.form is not None:
        return False
    if desk.acting_chats.needs_code("awake"):
        course.say(Say("talks.asleep"))
        course.open(FIRST_A_CODE)
        return True
    outcome = desk.of(official).talks.say(talk_id, said)
    if outcome.how != "done":
        course.say(Say("talks.not_said"))
    return True


def _from_person(course: Course, talk_id: str | None, incoming: Incoming, said: str) -> bool:
    desk = course.desk
    if talk_id is None or _answers_the_bot(course, said):
        return False
    if _is_for_the_bot(desk, said):
        return False
    course.pause()
    if not desk.talks.hear(talk_id, said):
        course.say(Say("talk.calls_again"))
    if incoming.kind == "photos":
        course.say(Say("talks.photo_stays"))
    if commands.urgent(desk.texts, incoming.text):
        course.say(Say("urgent_offer", openings=urgent_or_not(incoming.text)))
    return True


def _is_for_the_bot(desk: Desk, said: str) -> bool:
    """Whether she ends the talk, or writes the word that stands below every piece of news, as it stands there.

    Small letters without accents are not that word: `dung` is how many type «đúng», and «nhận» answers an official.
    """
    command = commands.alone(desk.texts, said, accented=False)
    if command is None or command.name == "end_talk":
        return command is not None
    exact = commands.alone(desk.texts, said, accented=True) is not None
    return (command.name in ("stop", "stop_all") and exact) or (command.name in OF_NEWS and said.isupper())


def _answers_the_bot(course: Course, said: str) -> bool:
    """Whether she answers a question of ours: one about her need now, or the one that she sees last."""
    form, screen = course.session.form, course.asking(course.chat.screen)
    if form is not None and (form.conversation == URGENT_HELP or course.chat.screen == course.session.asked):
        return True
    if screen is None or screen.slot or screen.mode != "sure":
        return False
    return readers.yes_no(said) is not None or words.fold(said) in {words.fold(o.label) for o in screen.options}


def _said(course: Course, incoming: Incoming) -> str:
    """What was written, as the other side reads it; a photo is named, and stays where it is."""
    said = words.tidy(incoming.text).strip() or incoming.contact
    if incoming.kind != "photos":
        return said
    named = course.desk.voice("vi").say(Phrase("talks.photos", {"count": len(incoming.photos)}))
    return f"{named}\n{said}" if said else named

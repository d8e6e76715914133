"""Questions about a family that more than one conversation asks, so that nothing is asked twice in other words."""

from handlers.flow.conversation import Answers
from handlers.flow.message import MENU, Opening
from handlers.flow.questions import Choice

for_whom = Choice("for_whom", "family", "other")
relation = Choice("relation", "kin", "neighbour", "head", "official", "someone")
told = Choice("told", "agreed", "not_asked", "cannot")
agree_other = Choice("agree_other", "yes", "no", others=("read_more",))

ONCE_ASKED = (Opening("doors.registration", "registration"), MENU)


def for_another(a: Answers) -> bool:
    return a.get(for_whom) == "other"


def not_asked_yet(a: Answers) -> bool:
    return for_another(a) and a.get(told) == "not_asked"


def refuses_for_them(a: Answers) -> bool:
    return for_another(a) and a.get(agree_other) == "no"


def wants_to_read_more(a: Answers) -> bool:
    return for_another(a) and a.said(agree_other, "read_more")


def cannot_answer(a: Answers) -> bool:
    return for_another(a) and a.get(told) == "cannot"


def can_answer(a: Answers) -> bool:
    return not cannot_answer(a)

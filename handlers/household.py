"""Questions about a family that more than one conversation asks, so that nothing is asked twice in other words."""

from handlers.flow.conversation import Answers
from handlers.flow.questions import Choice

for_whom = Choice("for_whom", "family", "other")
relation = Choice("relation", "kin", "neighbour", "head", "official", "someone")
told = Choice("told", "agreed", "not_asked", "cannot")


def for_another(a: Answers) -> bool:
    return a.get(for_whom) == "other"


def not_asked_yet(a: Answers) -> bool:
    return for_another(a) and a.get(told) == "not_asked"


def cannot_answer(a: Answers) -> bool:
    return for_another(a) and a.get(told) == "cannot"


def can_answer(a: Answers) -> bool:
    return not cannot_answer(a)

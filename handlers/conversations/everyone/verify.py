"""Is this ours? A message is sent on to us, or its code: who sent it and when, or that it is not ours."""

from collections.abc import Mapping

from handlers.desk import Desk
from handlers.desk.announcing import Judged
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Words

MOST_LETTERS = 4_096  # of one message on a platform
AGAIN = Opening("doors.verify", "verify")
OFFICER = Opening("doors.officer", "officer")
# Where that is looked at whose code was sent.
OTHERS = {"request": "my_cases", "gift": "my_gifts", "campaign": "campaigns"}

message = Words("message", most=MOST_LETTERS)


def brought_nothing(a: Answers) -> bool:
    return not a.given("typed")


def tell(a: Answers, desk: Desk) -> Done:
    """Say whether it is ours; if not, what not to do."""
    judged = desk.suspects.judge(a.given("typed") or a[message])
    if judged.how == "other_code":
        its_place = OTHERS[judged.of]
        return Done(Say(f"code_of_{judged.of}", openings=(Opening(f"doors.{its_place}", its_place), MENU)))
    doors = (MENU,) if judged.how in ("ours", "by_code") else (AGAIN, OFFICER, MENU)
    answer = Say(Phrase(judged.how, _about(judged, desk)), openings=doors)
    if judged.how != "by_code":
        return Done(answer)
    return Done(answer, Say("said", words=_in_her_language(judged.rendered, desk)))


def _about(judged: Judged, desk: Desk) -> dict[str, object]:
    return {"title": _in_her_language(judged.title, desk), "day": judged.day}


def _in_her_language(said: Mapping[str, str] | None, desk: Desk) -> str:
    """Words in her language, or as they were written first."""
    known = said or {}
    return known.get(desk.here().language) or known.get("vi", "")


conversation = Conversation(
    "verify", (Ask(message, only_if=brought_nothing),), tell, opens_with=("/tin", "/verify")
)  # fmt: skip

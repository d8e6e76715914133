"""What a person answers to an officer's question or a refusal: a paper, that she has none, more papers, a complaint.

Why each looks first whether it is still waited for: nobody takes photos for nothing.
"""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Photos, Words

OFFICER = Opening("doors.officer", "officer")
SEE_CASE = Opening("doors.see_case", "my_cases")


@dataclass(frozen=True, slots=True)
class Waited:
    """Whether her request still waits for this."""

    so: bool


def look_whether_asked(desk: Desk, a: Answers) -> Waited:
    return Waited(desk.case_answers.is_asked(a.given("code") or ""))


def look_whether_refused(desk: Desk, a: Answers) -> Waited:
    return Waited(desk.case_answers.is_refused(a.given("code") or ""))


def comes_too_late(a: Answers) -> bool:
    return not a.facts(Waited).so


papers = Photos("papers", others=("skip",))
# Photos often come one by one: while this is asked, further ones are added.
about_them = Words("about_them", others=("send",))
complaint = Words("complaint")


def has_papers(a: Answers) -> bool:
    return a.get(papers) is not None


def give_paper(a: Answers, desk: Desk) -> Done:
    """Send the paper that an officer asked for."""
    code = a.given("code") or ""
    if comes_too_late(a):
        return _told("too_late", code)
    if not has_papers(a):
        answers = tuple(Opening(f"doors.{name}", name, {"code": code}) for name in ("answer_case", "no_paper"))
        return Done(Say("nothing_sent", code=code, openings=(*answers, OFFICER, MENU)))
    desk.case_answers.give_paper(code, a[papers], a.get(about_them) or "")
    return _told("paper_sent", code)


def have_none(a: Answers, desk: Desk) -> Done:
    """Tell the officer that she has not got the paper."""
    code = a.given("code") or ""
    return _told("none_told" if desk.case_answers.have_no_paper(code) else "too_late", code)


def give_more(a: Answers, desk: Desk) -> Done:
    """Send more papers after a refusal."""
    code = a.given("code") or ""
    if comes_too_late(a):
        return _told("too_late", code)
    if not has_papers(a):
        complain = Opening("doors.complain", "complain", {"code": code})
        return Done(Say("nothing_sent", code=code, openings=(OFFICER, complain, MENU)))
    desk.case_answers.add_papers(code, a[papers], a.get(about_them) or "")
    return _told("more_sent", code)


def complain(a: Answers, desk: Desk) -> Done:
    """Send the complaint to those who decide for the unit."""
    code = a.given("code") or ""
    if comes_too_late(a):
        return _told("too_late", code)
    desk.case_answers.complain(code, a[complaint])
    return _told("complaint_sent", code)


def _told(key: str, code: str) -> Done:
    return Done(Say(Phrase(key, {"code": code}), openings=(OFFICER, SEE_CASE, MENU)))


PAPERS = (FinishIf(comes_too_late), Ask(papers, private=True), Ask(about_them, only_if=has_papers))

conversations = (
    Conversation("paper_for_case", PAPERS, give_paper, facts=look_whether_asked, texts="case_answers"),
    Conversation("no_paper", (), have_none, texts="case_answers"),
    Conversation("more_papers", PAPERS, give_more, facts=look_whether_refused, texts="case_answers"),
    Conversation(
        "complain", (FinishIf(comes_too_late), Ask(complaint)), complain, facts=look_whether_refused,
        texts="case_answers",
    ),
)  # fmt: skip

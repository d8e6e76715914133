"""Consent: one purpose, one yes. To register it first asks for whom, since that decides which text is read."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf, Open, Reask
from handlers.flow.message import MENU, Opening, Say
from handlers.flow.questions import Choice
from handlers.forms.household import ONCE_ASKED, agree_other, for_another, for_whom, not_asked_yet, relation, told

agree_own = Choice("agree_own", "yes", "no", others=("read_more",))
agree = Choice("agree", "yes", "no", others=("read_more", "call_me"))
agree_news = Choice("agree_news", "yes", "no")
agree_changes = Choice("agree_changes", "yes", "no")
agree_give = Choice("agree_give", "yes", "no", others=("read_more",))

NEWS_OR_MENU = (Opening("doors.news", "news"), MENU)

CHECK_TEXT = "check/1"
REGISTER_TEXT = "register/1"
CASE_NEWS_TEXT = "case_news/1"
RULE_CHANGES_TEXT = "rule_changes/1"
GIVE_TEXT = "give/1"


def for_family(a: Answers) -> bool:
    return not for_another(a)


def record_register(a: Answers, desk: Desk) -> Done | Reask:
    """Record the yes or the no; after a yes go on with what was wanted."""
    for question in (agree_own, agree_other):
        if a.said(question, "read_more"):
            return Reask(question, because="read_more")
    answer = a.get(agree_own) or a.get(agree_other)
    if answer != "yes":
        desk.consents.refuse("register", REGISTER_TEXT)
        return Done(Say("refused", openings=(Opening("doors.officer", "officer"), MENU)))
    desk.consents.give("register", REGISTER_TEXT, told_by="helper" if for_another(a) else "self")
    return Done(then=Open(a.given("next") or "registration", _brought(a, agree_own)))


def _brought(a: Answers, asked: Choice) -> dict[str, str]:
    """What was said or brought along on the way here, for the conversation that was wanted."""
    return {slot: written for slot, written in a.written().items() if slot not in ("next", "again", asked.key)}


def record_check(a: Answers, desk: Desk) -> Done | Reask:
    """Record the yes or the no; whoever says no gets the general list, and nothing is kept."""
    if a.said(agree, "read_more"):
        return Reask(agree, because="read_more")
    if a.said(agree, "call_me"):
        return Done(then=Open("officer"))
    if a[agree] != "yes":
        desk.consents.refuse("check", CHECK_TEXT)
        return Done(Say("refused"), then=Open("support"))
    desk.consents.give("check", CHECK_TEXT)
    return Done(then=Open(a.given("next") or "eligibility", _brought(a, agree)))


def record_case_news(a: Answers, desk: Desk) -> Done:
    """Record whether news of the request may be sent."""
    if a[agree_news] == "yes":
        desk.consents.give("case_news", CASE_NEWS_TEXT)
        return Done(Say("will_tell", openings=NEWS_OR_MENU))
    desk.consents.refuse("case_news", CASE_NEWS_TEXT)
    return Done(Say("will_not_tell", openings=NEWS_OR_MENU))


def record_rule_changes(a: Answers, desk: Desk) -> Done:
    """Record whether she may be told when rules change and her family's result with them."""
    menu = (MENU,)
    if a[agree_changes] == "yes":
        desk.consents.give("rule_changes", RULE_CHANGES_TEXT)
        return Done(Say("will_tell", openings=menu))
    desk.consents.refuse("rule_changes", RULE_CHANGES_TEXT)
    return Done(Say("will_not_tell", openings=menu))


def record_give(a: Answers, desk: Desk) -> Done | Reask:
    """Record whether whoever gives may be contacted about it; after a yes go on with the gift."""
    if a.said(agree_give, "read_more"):
        return Reask(agree_give, because="read_more")
    if a[agree_give] != "yes":
        desk.consents.refuse("give", GIVE_TEXT)
        return Done(Say("refused", openings=(Opening("doors.officer", "officer"), MENU)))
    desk.consents.give("give", GIVE_TEXT)
    return Done(then=Open(a.given("next") or "pledge", _brought(a, agree_give)))


to_register = Conversation(
    "consent_register",
    script=(
        Ask(for_whom),
        Ask(relation, only_if=for_another),
        Ask(told, only_if=for_another),
        EndIf(not_asked_yet, say="ask_them_first", openings=ONCE_ASKED),
        Ask(agree_own, only_if=for_family),
        Ask(agree_other, only_if=for_another),
    ),
    finish=record_register,
)

to_check = Conversation("consent_check", (Ask(agree),), record_check)

to_case_news = Conversation("consent_case_news", (Ask(agree_news),), record_case_news)

to_rule_changes = Conversation("consent_rule_changes", (Ask(agree_changes),), record_rule_changes)

to_give = Conversation("consent_give", (Ask(agree_give),), record_give)

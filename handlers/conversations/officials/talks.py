"""What an official does in her chat with talks and urgent requests: take, hand over, end. A person ends hers alike."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice, Words

END = Opening("doors.end_talk", "end_talk")
HAND_OVER = Opening("doors.hand_over_talk", "hand_over_talk")
NOT_AN_OFFICIAL = Done(Say("officials_only", openings=(MENU,)))


@dataclass(frozen=True, slots=True)
class InHand:
    """The talk an official's chat is in, and to whom it can be handed over: (id, title and name)."""

    talk_id: str | None
    colleagues: tuple[tuple[str, str], ...] = ()


def look_at_colleagues(desk: Desk, a: Answers) -> InHand:
    official = desk.acting_chats.here()
    talk_id = desk.talks.in_hand() if official else None
    if official is None or talk_id is None:
        return InHand(None)
    near = desk.of(official).talks.colleagues(talk_id)
    return InHand(talk_id, tuple((o.id, desk.officials.name_of(o.id)) for o in near))


def has_somebody_to_ask(a: Answers) -> bool:
    return bool(a.facts(InHand).colleagues)


def the_colleagues(a: Answers) -> tuple[Candidate, ...]:
    """A button for each colleague, the first nine."""
    return tuple(Candidate(i, Phrase("plain", {"words": name})) for i, name in a.facts(InHand).colleagues[:9])


colleague = Choice("colleague", supplied=the_colleagues)
helped = Words("helped")


def take(a: Answers, desk: Desk) -> Done:
    """Take a talk into this chat, or say who has it, or what stands in the way."""
    official = desk.acting_chats.speaking("talk.take")
    if official is None:
        return NOT_AN_OFFICIAL
    talk_id = a.given("talk") or ""
    taken = desk.of(official).talks.take(talk_id, in_chat=True)
    if taken.how == "busy":
        again = Opening("doors.take_talk", "take_talk", {"talk": talk_id}, once=True)
        return Done(Say("busy", openings=(END, HAND_OVER, again)))
    if taken.how != "done":
        return Done(Say("taken_by" if taken.by else "gone", officer=taken.by))
    return Done(Say("begun", openings=(END, HAND_OVER)))


def hand_over(a: Answers, desk: Desk) -> Done:
    """Give the talk in hand to a colleague."""
    official = desk.acting_chats.speaking("talk.take")
    if official is None:
        return NOT_AN_OFFICIAL
    known = a.facts(InHand)
    if known.talk_id is None:
        return Done(Say("none_in_hand"))
    if not known.colleagues:
        return Done(Say("nobody_else", openings=(END,)))
    done = desk.of(official).talks.hand_over(known.talk_id, a[colleague])
    name = desk.officials.name_of(a[colleague])
    return Done(Say("handed" if done.how == "done" else "gone", officer=name))


def end(a: Answers, desk: Desk) -> Done:
    """End the talk in hand, or the person's own."""
    official = desk.acting_chats.here()
    talk_id = desk.talks.in_hand() if official else None
    if official is not None and talk_id is not None:
        desk.of(official).talks.close(talk_id)
        return Done(Say("closed"))
    said = {"talk": "ended", "wish": "wish_ended", "none": "none_in_hand"}
    return Done(Say(said[desk.talks.end_mine()], openings=(MENU,)))


def take_urgent(a: Answers, desk: Desk) -> Done:
    """Take an urgent request, or say who has it."""
    official = desk.acting_chats.speaking("urgent.take")
    if official is None:
        return NOT_AN_OFFICIAL
    code = a.given("urgent") or ""
    taken = desk.of(official).urgent.take(code)
    if taken.how != "done":
        return Done(Say("urgent_taken_by" if taken.by else "gone", officer=taken.by, code=code))
    close = Opening("doors.close_urgent", "close_urgent", {"urgent": code}, once=True)
    return Done(Say("urgent_yours", code=code, openings=(close,)))


def is_hers(desk: Desk, a: Answers) -> bool:
    """Whether the urgent request is one that she has taken and not closed."""
    official = desk.acting_chats.here()
    code = a.given("urgent") or ""
    return official is not None and any(seen.code == code for seen in desk.urgent.mine(official))


def is_not_hers(a: Answers) -> bool:
    return not a.facts(bool)


def close_urgent(a: Answers, desk: Desk) -> Done:
    """Write down what was done about an urgent request of hers, and close it."""
    official = desk.acting_chats.speaking("urgent.close")
    if official is None:
        return NOT_AN_OFFICIAL
    code = a.given("urgent") or ""
    if not a.facts(bool) or desk.of(official).urgent.close(code, a[helped]).how != "done":
        return Done(Say("gone"))
    return Done(Say("urgent_closed", code=code))


conversations = (
    Conversation("take_talk", (), take, quiet=True, texts="talks", acts="awake"),
    Conversation(
        "hand_over_talk", (Ask(colleague, only_if=has_somebody_to_ask),), hand_over, facts=look_at_colleagues,
        quiet=True, texts="talks", acts="awake",
    ),
    Conversation("end_talk", (), end, ("/dong", "/close"), texts="talks", acts="awake"),
    Conversation("take_urgent", (), take_urgent, quiet=True, texts="talks", acts="awake"),
    Conversation(
        "close_urgent", (FinishIf(is_not_hers), Ask(helped)), close_urgent, facts=is_hers, quiet=True, texts="talks",
        acts="awake",
    ),
)  # fmt: skip

"""One announcement in an official's chat: what it says and where it stands; approved, given back, stopped.

Why a button carries the stamp of what was shown: whoever approves answers for the words she read, and no others.
"""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.announcing import MOST_OBJECTION, BroadcastOutcome, ChatBroadcasts, SeenBroadcast, tally
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf
from handlers.flow.message import MENU, Lines, Opening, Phrase, Say
from handlers.flow.questions import Words
from handlers.views.broadcast import NOT_KNOWN, facts, line

objection = Words("objection", most=MOST_OBJECTION)


@dataclass(frozen=True, slots=True)
class MayGiveBack:
    """Whether one can be given back, before anything is asked."""

    may: bool


def may_give_back(desk: Desk, a: Answers) -> MayGiveBack:
    official = desk.acting_chats.here()
    if official is None:
        return MayGiveBack(may=False)
    hers = desk.of(official)
    seen = hers.broadcasts.read(a.given("code") or "")
    return MayGiveBack(seen is not None and hers.chat_broadcasts.may_send_back(seen) and seen.stamp == a.given("stamp"))


def stands_in_the_way(a: Answers) -> bool:
    return not a.facts(MayGiveBack).may


def look_at(a: Answers, desk: Desk) -> Done:
    """Show what it says, to how many, and what she may do with it; without a code, what waits for her approval."""
    official = desk.acting_chats.speaking("broadcast.approve")
    if official is None:
        return Done(NOT_KNOWN)
    here, typed = desk.of(official), a.given("typed")
    at = here.chat_broadcasts
    if not typed:
        shown = at.to_approve()
        lines = Lines(tuple(line(seen, at.states(seen)) for seen in shown))
        return Done(Say("waiting", lines=lines, openings=(MENU,)) if shown else Say("none_waits", openings=(MENU,)))
    seen = at.look_at(typed)
    if seen is None:
        return Done(Say("refused.absent", openings=(MENU,)))
    texts = tuple(Say("plain", words=text) for text in here.broadcasts.rendered(seen).values())
    return Done(*texts, Say(facts(seen, here), openings=(*_doors(seen, at), MENU)))


def _doors(seen: SeenBroadcast, at: ChatBroadcasts) -> tuple[Opening, ...]:
    """What she may do with it now."""
    known = {"code": seen.code, "stamp": seen.stamp}
    doors = []
    if at.may_approve(seen):
        doors.append(Opening("doors.approve_announcement", "approve_announcement", known))
    if at.may_send_back(seen):
        doors.append(Opening("doors.send_back_announcement", "send_back_announcement", known))
    if at.may_stop(seen):
        doors.append(_stop(seen.code))
    return tuple(doors)


def _stop(code: str) -> Opening:
    return Opening("doors.stop_announcement", "stop_announcement", {"typed": code})


def _look(code: str) -> Opening:
    return Opening("doors.look_at_announcement", "announcement", {"typed": code})


def approve(a: Answers, desk: Desk) -> Done:
    """Approve it as it was shown, or say what stands in the way."""
    official = desk.acting_chats.speaking("broadcast.approve")
    if official is None:
        return Done(NOT_KNOWN)
    here, code, stamp = desk.of(official), a.given("code") or "", a.given("stamp") or ""
    outcome = here.broadcasts.approve(code, stamp)
    seen = here.broadcasts.read(code)
    if outcome != "done" or seen is None:
        return Done(_refused(outcome, seen))
    goes = here.broadcasts.goes_at(seen)
    told = {"code": code, "people": seen.people, "goes": goes if goes > desk.now else Phrase("right_now")}
    return Done(Say(Phrase("approved", told), openings=(_stop(code), _look(code))))


def send_back(a: Answers, desk: Desk) -> Done:
    """Give it back to its authors, who are told why."""
    official = desk.acting_chats.speaking("broadcast.approve")
    if official is None:
        return Done(NOT_KNOWN)
    here, code = desk.of(official), a.given("code") or ""
    outcome = here.broadcasts.send_back(code, a.given("stamp") or "", a.get(objection) or "")
    if outcome != "done":
        return Done(_refused(outcome, here.broadcasts.read(code)))
    return Done(Say("sent_back", code=code, openings=(MENU,)))


def stop(a: Answers, desk: Desk) -> Done:
    """Stop it at once. To whoever is no official say how to get no more of it; that she tried is noted."""
    official = desk.acting_chats.speaking("broadcast.stop")
    if official is None:
        return Done(Say("only_officials_stop", openings=(Opening("doors.stop_receiving", "stop"), MENU)))
    here, code = desk.of(official), a.given("typed") or ""
    outcome = here.broadcasts.stop(code)
    seen = here.broadcasts.read(code)
    if outcome != "done" or seen is None:
        return Done(_refused(outcome, seen))
    sums = tally(here.broadcasts.states(seen))
    told = {"code": seen.code, "went": sums.went, "unknown": sums.unknown, "rest": sums.waits + sums.not_sent}
    return Done(Say(Phrase("stopped", told), openings=(_look(seen.code), MENU)))


def _refused(outcome: BroadcastOutcome, seen: SeenBroadcast | None) -> Say:
    if seen is None:
        return Say("refused.absent", openings=(MENU,))
    told = {"code": seen.code, "state": Phrase(f"states.{seen.state}")}
    return Say(Phrase(f"refused.{outcome}", told), openings=(_look(seen.code), MENU))


conversations = (
    Conversation("announcement", (), look_at, ("/duyet", "/approve"), quiet=True, texts="announce", acts="awake"),
    Conversation("approve_announcement", (), approve, quiet=True, texts="announce", acts="checked"),
    Conversation(
        "send_back_announcement", (FinishIf(stands_in_the_way), Ask(objection)), send_back, facts=may_give_back,
        quiet=True, texts="announce", acts="awake",
    ),
    Conversation("stop_announcement", (), stop, quiet=True, texts="announce", acts="checked"),
)  # fmt: skip

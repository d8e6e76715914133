"""My requests: where they stand, adding words, answering what is missing, stopping, and looking one up by its code."""

from dataclasses import dataclass, replace

from handlers.desk import Desk
from handlers.desk.cases import WITHDRAWABLE, OwnCase
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Lines, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice, Words, YesNo
from handlers.vietnamese import units


@dataclass(frozen=True, slots=True)
class MyCases:
    """The person's own cases, newest first."""

    cases: tuple[OwnCase, ...]


def look_up_mine(desk: Desk, a: Answers) -> MyCases:
    return MyCases(tuple(desk.cases.mine()))


def has_several(a: Answers) -> bool:
    return len(a.facts(MyCases).cases) > 1


def my_codes(a: Answers) -> tuple[Candidate, ...]:
    """A button for each case: its code and state."""
    return tuple(
        Candidate(c.code, Phrase("code_and_state", {"code": c.code, "state": Phrase(f"states.{c.state}")}))
        for c in a.facts(MyCases).cases[:9]
    )


which = Choice("which", supplied=my_codes)
words = Words("words")
sure = YesNo("sure")
code = Words("code", most=40)
second = Words("second", most=20)


def show(a: Answers, desk: Desk) -> Done:
    """Show one case with what can be done about it, or say that there is none."""
    cases = a.facts(MyCases).cases
    chosen = next((c for c in cases if c.code == a.get(which)), cases[0] if cases else None)
    if chosen is None:
        doors = (Opening("doors.registration", "registration"), Opening("doors.look_up", "look_up"), MENU)
        return Done(Say("none", openings=doors))
    events = desk.cases.history(chosen.code)
    lines = tuple(Phrase("event", {"when": at, "what": Phrase(f"events.{kind}")}) for at, kind, _ in events[-5:])
    openings = (*_waiting(desk), *_doors(chosen))
    return Done(Say(Phrase("one", _seen(chosen) | {"history": Lines(lines)}), openings=openings))


def _waiting(desk: Desk) -> tuple[Opening, ...]:
    """Doors to what waits for her word: a job or a buyer that was offered, a gift that was handed over."""
    gifts = desk.household_gifts
    offered = (Opening("doors.my_offers", "my_offers"),) if any(o.state == "asked" for o in gifts.offers()) else ()
    return (*offered, Opening("doors.received_gifts", "received")) if gifts.brought() else offered


def _seen(case: OwnCase) -> dict[str, object]:
    unit = units.all_units()[case.unit_id].name if case.unit_id else "–"
    asked = case.question or Phrase("asked_in_chat")
    return {
        "code": case.code,
        "state": Phrase(f"states.{case.state}"),
        "next": case.answer or Phrase(f"next.{case.state}", {"due": case.due, "unit": unit, "what": asked}),
        "unit": unit,
        "needs": tuple(Phrase(f"options.needs.{need}") for need in case.needs),
    }


def _doors(case: OwnCase) -> tuple[Opening, ...]:
    known = {"code": case.code}
    doors = []
    if case.state == "need_info":
        doors += [
            Opening("doors.answer_case", "answer_case", known),
            Opening("doors.paper_for_case", "paper_for_case", known),
            Opening("doors.no_paper", "no_paper", known),
        ]
    if case.state == "refused":
        doors += [
            Opening("doors.more_papers", "more_papers", known),
            Opening("doors.officer", "officer"),
            Opening("doors.complain", "complain", known),
        ]
    if case.state in WITHDRAWABLE:
        doors += [
            Opening("doors.sheet", "sheet", known),
            Opening("doors.add_to_case", "add_to_case", known),
            Opening("doors.stop_case", "stop_case", known),
        ]
    if {"work", "trade"} & set(case.needs):
        doors.append(Opening("doors.models", "models"))
    if case.state == "withdrawn":
        doors.append(Opening("doors.reopen_case", "reopen_case", known))
    return (*doors, Opening("doors.look_up", "look_up"), MENU)


def add(a: Answers, desk: Desk) -> Done:
    """Add words to a case."""
    done = desk.cases.add_words(a.given("code") or "", a[words])
    return Done(Say("added" if done else "too_late", code=a.given("code") or "", openings=(MENU,)))


def answer(a: Answers, desk: Desk) -> Done:
    """Send the answer to what an officer asked."""
    done = desk.case_answers.answer(a.given("code") or "", a[words])
    return Done(Say("answered" if done else "too_late", code=a.given("code") or "", openings=(MENU,)))


def stop(a: Answers, desk: Desk) -> Done:
    """Stop a case, if the person is sure."""
    typed = a.given("code") or ""
    if not a[sure]:
        return Done(Say("goes_on", code=typed, openings=(MENU,)))
    reopen = Opening("doors.reopen_case", "reopen_case", {"code": typed})
    return Done(
        Say("stopped", code=typed, openings=(reopen, MENU))
        if desk.cases.withdraw(typed)
        else Say("too_late", code=typed, openings=(MENU,))
    )


def reopen(a: Answers, desk: Desk) -> Done:
    """Take a stopped case up again."""
    typed = a.given("code") or ""
    return Done(Say("reopened" if desk.cases.reopen(typed) else "too_late", code=typed, openings=(MENU,)))


def tell_state(a: Answers, desk: Desk) -> Done:
    """Tell the state of a case asked for from elsewhere; wrong and absent sound alike."""
    found = desk.cases.look_up(a[code], a[second])
    # Whoever has only the code and four digits is told neither what an officer asked nor what was decided.
    phrase = Phrase("found", _seen(replace(found, question="", answer=None))) if found else Phrase("not_found")
    return Done(Say(phrase, openings=(MENU,)))


conversations = (
    Conversation("my_cases", (Ask(which, only_if=has_several),), show, ("/hoso", "/status"), look_up_mine),
    Conversation("add_to_case", (Ask(words),), add),
    Conversation("answer_case", (Ask(words),), answer),
    Conversation("stop_case", (Ask(sure),), stop),
    Conversation("reopen_case", (), reopen),
    Conversation("look_up", (Ask(code), Ask(second)), tell_state),
)

"""What an official does to a request in her chat: every act on it, from taking it to closing it.

Why each act looks before it asks anything: whoever may not, or comes second, is told so before she has typed a word.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from handlers.desk import Desk
from handlers.desk.cases import ACTS, CaseOutcome, Casework, Support, refusals
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf, Review, Step
from handlers.flow.message import MENU, Lines, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice, Day, Money, Words, YesNo
from handlers.views.case import OFFICIALS_ONLY, TASKS, doors, event

AT_ONCE = 9


@dataclass(frozen=True, slots=True)
class ActStanding:
    """How an act stands before anything is asked; None where no official speaks. colleagues: (id, title and name)."""

    how: CaseOutcome | None
    colleagues: tuple[tuple[str, str], ...] = ()


def stands_in_the_way(a: Answers) -> bool:
    return a.facts(ActStanding).how != "done"


def the_colleagues(a: Answers) -> tuple[Candidate, ...]:
    """A button for each colleague, the first nine."""
    return tuple(
        Candidate(i, Phrase("plain", {"words": name})) for i, name in a.facts(ActStanding).colleagues[:AT_ONCE]
    )


def the_reasons(a: Answers) -> tuple[Candidate, ...]:
    """A button for each of the office's own reasons, and one for those that a programme gives."""
    own = tuple(Candidate(one.key, one.words) for one in refusals.own())
    return (*own, Candidate(refusals.OTHER_PROGRAMME, Phrase("by_programme")))


def the_programmes(a: Answers) -> tuple[Candidate, ...]:
    """A button for each programme in force."""
    return tuple(Candidate(one.key, one.words) for one in refusals.by_programme(a.day))


def is_by_programme(a: Answers) -> bool:
    return a[reason] == refusals.OTHER_PROGRAMME


def has_conditions(a: Answers) -> bool:
    return a.get(conditions) is not None


def is_an_amount(a: Answers) -> bool:
    return a.get(amount) != 0


def is_to_come(a: Answers) -> bool:
    return a[check_on] > a.day


def is_to_come_again(a: Answers) -> bool:
    day = a.get(next_check)
    return day is None or day > a.day


asked = Words("asked")
noted = Words("noted")
what = Words("what", most=300)
amount = Money("amount", others=("none",))
when = Words("when", most=200, others=("skip",))
where = Words("where", most=200, others=("skip",))
conditions = Words("conditions", most=500, others=("none",))
check_on = Day("check_on")
approves = YesNo("approves")
sent_back = Words("sent_back")
reason = Choice("reason", supplied=the_reasons)
programme = Choice("programme", supplied=the_programmes)
own_words = Words("own_words", most=500)
handed_when = Words("handed_when", most=200)
handed_where = Words("handed_where", most=200)
done = Words("done", most=500)
found = Words("found", most=500)
next_check = Day("next_check", others=("no_more",))
colleague = Choice("colleague", supplied=the_colleagues)

Act = Callable[[Answers, Casework, str, str], CaseOutcome]


def _propose(a: Answers, at: Casework, code: str, seen: str) -> CaseOutcome:
    support = Support(
        what=a[what],
        amount=a.get(amount),
        when=a.get(when) or "",
        where=a.get(where) or "",
        conditions=a.get(conditions) or "",
        check_on=a.get(check_on),
    )
    return at.propose(code, support, seen)


def _act(act: str, do: Act, *asks: Step, checked: bool = False) -> Conversation[Desk]:
    """An act: nothing is asked of whoever can't do it; then it is done, and what can be done next is shown."""

    def look(desk: Desk, a: Answers) -> ActStanding:
        official = desk.acting_chats.here()
        if official is None:
            return ActStanding(None)
        at, code = desk.of(official), a.given("code") or ""
        standing = ActStanding(at.case_views.standing(code, act, a.given("seen") or ""))
        if act != "hand_over" or standing.how != "done":
            return standing
        near = tuple((o.id, desk.officials.name_of(o.id)) for o in at.case_views.colleagues(code))
        return replace(standing, how="done" if near else "invalid", colleagues=near)

    def finish(a: Answers, desk: Desk) -> Done:
        official, how = desk.acting_chats.speaking(ACTS[act][0]), a.facts(ActStanding).how
        if official is None or how is None:
            return Done(OFFICIALS_ONLY)
        at, code, seen = desk.of(official), a.given("code") or "", a.given("seen") or ""
        if how == "done" and a.get(approves) is False:
            return Done(_told(at, code, Phrase("not_approved", {"code": code})))
        return _answered(at, code, seen, act, do(a, at.casework, code, seen) if how == "done" else how)

    return Conversation(
        f"{act}_case",
        (FinishIf(stands_in_the_way), *asks),
        finish,
        facts=look,
        quiet=True,
        texts="casework",
        acts="checked" if checked else "awake",
    )


def _answered(at: Desk, code: str, seen: str, act: str, outcome: CaseOutcome) -> Done:
    """Say what came of an act, or what stands in its way; of what came between, what it was."""
    if outcome == "done":
        return Done(_told(at, code, Phrase(f"did.{act}", {"code": code})))
    if outcome == "absent":
        return Done(Say("wrong.absent", openings=(TASKS, MENU)))
    if outcome == "outdated":
        changes = tuple(event(happened) for happened in at.case_views.changes(code, seen))
        return Done(_told(at, code, Phrase("outdated", {"code": code, "changes": Lines(changes)})))
    key = f"wrong.own.{act}" if outcome == "own" else f"wrong.{outcome}"
    return Done(_told(at, code, Phrase(key)))


def _told(at: Desk, code: str, phrase: Phrase) -> Say:
    glance = at.case_views.glance(code)
    return Say(phrase, openings=(_look_at(code), *doors(glance)) if glance is not None else (TASKS, MENU))


def _look_at(code: str) -> Opening:
    return Opening("doors.look_at_case", "task", {"code": code})


conversations = (
    _act("take", lambda a, at, code, seen: at.take(code, seen)),
    _act("ask", lambda a, at, code, seen: at.ask(code, a[asked], seen), Ask(asked)),
    _act("note", lambda a, at, code, seen: at.note(code, a[noted], seen), Ask(noted)),
    _act(
        "propose", _propose, Ask(what), Ask(amount, fits=is_an_amount), Ask(when), Ask(where), Ask(conditions),
        Ask(check_on, only_if=has_conditions, fits=is_to_come), Review(), checked=True,
    ),
    _act("approve", lambda a, at, code, seen: at.approve(code, seen), Ask(approves), checked=True),
    _act("send_back", lambda a, at, code, seen: at.send_back(code, a[sent_back], seen), Ask(sent_back)),
    _act(
        "refuse",
        lambda a, at, code, seen: at.refuse(code, a.get(programme) or a[reason], a[own_words], seen),
        Ask(reason), Ask(programme, only_if=is_by_programme), Ask(own_words),
    ),
    _act(
        "deliver", lambda a, at, code, seen: at.deliver(code, a[handed_when], a[handed_where], seen),
        Ask(handed_when), Ask(handed_where), checked=True,
    ),
    _act("close", lambda a, at, code, seen: at.close(code, a[done], seen), Ask(done)),
    _act(
        "check", lambda a, at, code, seen: at.check(code, a[found], a.get(next_check), seen),
        Ask(found), Ask(next_check, fits=is_to_come_again),
    ),
    _act("hand_over", lambda a, at, code, seen: at.hand_over(code, a[colleague], seen), Ask(colleague), checked=True),
)  # fmt: skip

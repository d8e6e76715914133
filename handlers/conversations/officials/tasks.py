"""What an official has to do: her open requests by due day, what else waits, and one request with all its buttons.

Through a channel abroad a request shows nothing of whose it is; the rest is on her page of work.
"""

from dataclasses import dataclass
from datetime import date

from handlers.desk import Desk
from handlers.desk.cases import CaseLine
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf, Open
from handlers.flow.message import MENU, Lines, Phrase, Say
from handlers.flow.questions import Candidate, Choice
from handlers.vietnamese.units import unit_name
from handlers.views.case import OFFICIALS_ONLY, TASKS, at_a_glance, details, doors

AT_ONCE = 9
MORE = "more"


@dataclass(frozen=True, slots=True)
class ToDo:
    """A part of the official's open requests, and whether there are more."""

    rows: tuple[CaseLine, ...] = ()
    more: bool = False


def look_at_rows(desk: Desk, a: Answers) -> ToDo:
    official = desk.acting_chats.here()
    if official is None:
        return ToDo()
    due, _, last = (a.given("after") or "").partition("/")
    after = (date.fromisoformat(due), last) if last else None
    rows = desk.of(official).worklist.rows(after=after, most=AT_ONCE + 1)
    return ToDo(tuple(rows[:AT_ONCE]), len(rows) > AT_ONCE)


def has_nothing(a: Answers) -> bool:
    return not a.facts(ToDo).rows


def the_rows(a: Answers) -> tuple[Candidate, ...]:
    """A button for each request, and one for more."""
    known = a.facts(ToDo)
    rows = tuple(Candidate(row.code, _in_a_row(row)) for row in known.rows)
    return (*rows, Candidate(MORE, Phrase("further"))) if known.more else rows


def _in_a_row(row: CaseLine) -> Phrase:
    told = {"code": row.code, "state": Phrase(f"states.{row.state}"), "due": row.due, "unit": unit_name(row.unit_id)}
    return Phrase("row_overdue" if row.overdue else "row", told)


which = Choice("which", supplied=the_rows)


def list_tasks(a: Answers, desk: Desk) -> Done:
    """Count what waits, then ask which request is meant; a code typed behind the command opens that one."""
    official = desk.acting_chats.speaking("case.see")
    if official is None:
        return Done(OFFICIALS_ONLY)
    if typed := a.given("typed"):
        return Done(then=Open("task", {"code": typed}))
    at = desk.of(official)
    count, overdue = at.worklist.count()
    waiting = {"urgent": at.calls.urgent_waiting(), "talks": at.calls.talks_waiting()}
    if not count:
        return Done(Say(Phrase("nothing_to_do", waiting), openings=(MENU,)))
    return Done(Say(Phrase("to_do", {"count": count, "overdue": overdue, **waiting})), then=Open("which_task"))


def choose(a: Answers, desk: Desk) -> Done:
    """Open the request chosen, or show further ones."""
    if desk.acting_chats.speaking("case.see") is None:
        return Done(OFFICIALS_ONLY)
    if has_nothing(a):
        return Done(Say("no_further", openings=(TASKS, MENU)))
    if a[which] != MORE:
        return Done(then=Open("task", {"code": a[which]}))
    due, last = a.facts(ToDo).rows[-1].place
    return Done(then=Open("which_task", {"after": f"{due.isoformat()}/{last}"}))


def show(a: Answers, desk: Desk) -> Done:
    """Show a request with what may be done to it now."""
    official = desk.acting_chats.speaking("case.see")
    if official is None:
        return Done(OFFICIALS_ONLY)
    views, code = desk.of(official).case_views, a.given("code") or ""
    glance = views.glance(code)
    if glance is None:
        return Done(Say("wrong.absent", openings=(TASKS, MENU)))
    link = f"{desk.public_url}/console/requests/{glance.code}"
    told = {**at_a_glance(glance), "link": link}
    if desk.abroad:
        return Done(Say(Phrase("request_abroad", told), openings=doors(glance)))
    opened = views.read(code)
    if opened is None:
        return Done(Say("wrong.absent", openings=(TASKS, MENU)))
    shown = Phrase("request", {"details": Lines(details(opened)), **told})
    return Done(Say(shown, openings=doors(glance), under=f"case:{opened.id}"))


conversations = (
    Conversation("tasks", (), list_tasks, ("/viec", "/tasks"), quiet=True, texts="casework", acts="awake"),
    Conversation(
        "which_task",
        (FinishIf(has_nothing), Ask(which)),
        choose,
        facts=look_at_rows,
        quiet=True,
        texts="casework",
        acts="awake",
    ),
    Conversation("task", (), show, quiet=True, texts="casework", acts="reads"),
)

"""A request as officials see it: what it is, what it says and what happened to it; each reading of it is noted.

Why the two apart: through servers abroad nothing may be sent that says who, where, why or how much.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from handlers.desk.cases import acts as case_acts
from handlers.desk.cases.decisions import Decisions, Support
from handlers.desk.office.rights import Official
from storage.ids import read_code
from storage.tables import Case, CaseEvent, File

if TYPE_CHECKING:
    from handlers.desk.cases.casework import Outcome
    from handlers.desk.desk import Desk

# A citizen's number, however it is spaced, but not part of a longer one.
_NATIONAL_ID = re.compile(r"(?<![\d+])(?:\d[ .-]?){11}\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Glance:
    """What may be said anywhere. seen: the id of its last event; acts: what the official may do to it now."""

    code: str
    unit_id: str | None
    state: str
    due: date
    overdue: bool
    needs: tuple[str, ...]
    officer: str
    seen: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. who: title and name of the official; empty: the registrant, who did it if hers, or the clock."""

    id: str
    at: datetime
    kind: str
    who: str
    words: str
    hers: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What a request says, as `cases.Request` names it, what is decided, and its last events, oldest first."""

    id: str
    said: Mapping[str, object]
    support: Support | None
    events: tuple[Happened, ...]
    photos: int


@dataclass(frozen=True, slots=True)
class CaseViews:
    """Requests as the official at the desk sees them. Foreign and absent ones are None alike."""

    desk: "Desk"

    def glance(self, typed_code: str) -> Glance | None:
        """What may be said of a request anywhere."""
        desk, case = self.desk, self._find(typed_code)
        if case is None:
            return None
        return Glance(
            case.code, case.unit_id, case.state, case.due, case.state in case_acts.OPEN and case.due < desk.today(),
            tuple(case.needs), desk.officials.name_of(case.officer_id), case_acts.last_event(desk, case),
            case_acts.possible(desk, case),
        )  # fmt: skip

    def read(self, typed_code: str, *, last: int = 5) -> Opened | None:
        """What a request says, without citizens' numbers. last: how many events."""
        desk, case = self.desk, self._find(typed_code)
        if case is None:
            return None
        desk.note("case.read", f"case:{case.id}")
        said = {name: hide_ids(v) if isinstance(v, str) else v for name, v in desk.cases.read(case.id).items()}
        query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.id).desc())
        events = [happened(desk, event) for event in desk.unit.scalars(query.limit(last))]
        photos = desk.unit.scalar(select(func.count()).where(File.case_id == case.id)) or 0
        return Opened(case.id, said, Decisions(desk).planned(case), tuple(reversed(events)), photos)

    def changes(self, typed_code: str, seen: str) -> tuple[Happened, ...]:
        """What happened to a request after an event, without words."""
        case = self._find(typed_code)
        if case is None:
            return ()
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, col(CaseEvent.id) > seen)
        events = self.desk.unit.scalars(query.order_by(col(CaseEvent.id)))
        return tuple(replace(happened(self.desk, event), words="") for event in events)

    def standing(self, code: str, act: str, seen: str = "") -> "Outcome":
        """What would come of an act: "done" if nothing is in the way."""
        case = self.desk.casework.find(code, case_acts.ACTS[act][0])
        if case is None or case.body is None:
            return "absent"
        if seen and seen != case_acts.last_event(self.desk, case):
            return "outdated"
        return case_acts.in_the_way(self.desk, case, act) or "done"

    def colleagues(self, code: str) -> list[Official]:
        """Who else may work on a request."""
        case, me = self._find(code), self.desk.acting()
        may = self.desk.officials.of_unit(case.unit_id, "case.take") if case is not None else []
        return [o for o in may if case is not None and o.id != me.id and o.person_id != case.person_id]

    # Inside

    def _find(self, typed_code: str) -> Case | None:
        case = self.desk.casework.find(read_code(typed_code, "HS") or "", "case.see")
        return case if case is not None and case.body is not None else None


def happened(desk: "Desk", event: CaseEvent, *, left: int = 3) -> Happened:
    """An event with its words. left: see `hide_ids`."""
    words: object = ""
    if event.note is not None:
        words = desk.vault.open(f"case:{event.case_id}", f"case_event.note:{event.id}", event.note)
    who, hers = desk.officials.name_of_actor(event.actor), event.actor.startswith("person:")
    return Happened(event.id, event.at, event.kind, who, hide_ids(str(words), left=left), hers)


def hide_ids(words: str, *, left: int = 3) -> str:
    """Words in which of every citizen's number only the last digits are left. left: how many, or 0 for none."""
    return _NATIONAL_ID.sub(lambda found: "•••" + re.sub(r"\D", "", found[0])[12 - left :], words)

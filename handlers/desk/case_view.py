"""A request as officials see it: what it is, what it says and what happened to it; each reading of it is noted.

Why the two apart: through servers abroad nothing may be sent that says who, where, why or how much.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from handlers.desk import case_acts
from handlers.desk.decisions import Decisions, Support
from handlers.desk.rights import Official
from storage.ids import read_code
from storage.tables import Case, CaseEvent, File

if TYPE_CHECKING:
    from handlers.desk.casework import Outcome
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
    """One event. who: title and name of the official; empty: the registrant, or the clock."""

    at: datetime
    kind: str
    who: str
    words: str = ""


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
        events = [self._happened(event) for event in desk.unit.scalars(query.limit(last))]
        decisions = Decisions(desk)
        support = decisions.support(case) if "support" in decisions.answer(case) else None
        photos = desk.unit.scalar(select(func.count()).where(File.case_id == case.id)) or 0
        return Opened(case.id, said, support, tuple(reversed(events)), photos)

    def changes(self, typed_code: str, seen: str) -> tuple[Happened, ...]:
        """What happened to a request after an event, without words."""
        case = self._find(typed_code)
        if case is None:
            return ()
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, col(CaseEvent.id) > seen)
        events = self.desk.unit.scalars(query.order_by(col(CaseEvent.id)))
        return tuple(Happened(event.at, event.kind, self._who(event)) for event in events)

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
        case = self._find(code)
        may = self.desk.officials.of_unit(case.unit_id, "case.take") if case is not None else []
        return [official for official in may if official.id != self.desk.acting().id]

    # Inside

    def _find(self, typed_code: str) -> Case | None:
        case = self.desk.casework.find(read_code(typed_code, "HS") or "", "case.see")
        return case if case is not None and case.body is not None else None

    def _happened(self, event: CaseEvent) -> Happened:
        words: object = ""
        if event.note is not None:
            words = self.desk.vault.open(f"case:{event.case_id}", f"case_event.note:{event.id}", event.note)
        return Happened(event.at, event.kind, self._who(event), hide_ids(str(words)))

    def _who(self, event: CaseEvent) -> str:
        kind, _, official_id = event.actor.partition(":")
        return self.desk.officials.name_of(official_id) if kind == "official" else ""


def hide_ids(words: str, *, left: int = 3) -> str:
    """Words in which of every citizen's number only the last digits are left. left: how many, or 0 for none."""
    return _NATIONAL_ID.sub(lambda found: "•••" + re.sub(r"\D", "", found[0])[12 - left :], words)

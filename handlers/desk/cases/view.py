"""A request as officials see it: what it is, what it says and what happened to it; each reading of it is noted.

Why the two apart: through servers abroad nothing may be sent that says who, where, why or how much.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import col, func, select

from handlers.desk.cases import acts as case_acts
from handlers.desk.cases.acts import CaseActs
from handlers.desk.cases.cases import Cases
from handlers.desk.cases.casework import CaseOutcome, Casework
from handlers.desk.cases.decisions import Decisions, Support
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from storage.ids import read_code
from storage.tables import Case, CaseEvent, File

# A citizen's number, however it is spaced, but not part of a longer one.
_NATIONAL_ID = re.compile(r"(?<![\d+])(?:\d[ .-]?){11}\d(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHappened:
    """One event. who: title and name of the official; empty: the registrant, who did it if hers, or the clock."""

    id: str
    at: datetime
    kind: str
    who: str
    words: str
    hers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContent:
    """What a request says, as `Registration` names it, what is decided, and its last events, oldest first."""

    id: str
    said: Mapping[str, object]
    support: Support | None
    events: tuple[CaseHappened, ...]
    photos: int


@dataclass(frozen=True, slots=True)
class CaseViews:
    """Requests as the official at the desk sees them. Foreign and absent ones are None alike."""

    context: Context

    def glance(self, typed_code: str) -> Glance | None:
        """What may be said of a request anywhere."""
        context, case = self.context, self._find(typed_code)
        if case is None:
            return None
        return Glance(
            code=case.code,
            unit_id=case.unit_id,
            state=case.state,
            due=case.due,
            overdue=case.state in case_acts.OPEN and case.due < context.today(),
            needs=tuple(case.needs),
            officer=Officials(context).name_of(case.officer_id),
            seen=CaseActs(context).last_event(case),
            acts=CaseActs(context).possible(case),
        )

    def read(self, typed_code: str, *, last: int = 5) -> CaseContent | None:
        """What a request says, without citizens' numbers. last: how many events."""
        context, case = self.context, self._find(typed_code)
        if case is None:
            return None
        context.note("case.read", f"case:{case.id}")
        said = {name: hide_ids(v) if isinstance(v, str) else v for name, v in Cases(context).read(case.id).items()}
        query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.id).desc())
        events = [self.happened(event) for event in context.unit.scalars(query.limit(last))]
        photos = context.unit.scalar(select(func.count()).where(File.case_id == case.id)) or 0
        return CaseContent(
            id=case.id,
            said=said,
            support=Decisions(context).planned(case),
            events=tuple(reversed(events)),
            photos=photos,
        )

    def changes(self, typed_code: str, seen: str) -> tuple[CaseHappened, ...]:
        """What happened to a request after an event, without words."""
        case = self._find(typed_code)
        if case is None:
            return ()
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, col(CaseEvent.id) > seen)
        events = self.context.unit.scalars(query.order_by(col(CaseEvent.id)))
        return tuple(replace(self.happened(event), words="") for event in events)

    def standing(self, code: str, act: str, seen: str = "") -> "CaseOutcome":
        """What would come of an act: "done" if nothing is in the way."""
        case = Casework(self.context).find(code, case_acts.ACTS[act][0])
        if case is None or case.body is None:
            return "absent"
        if seen and seen != CaseActs(self.context).last_event(case):
            return "outdated"
        return CaseActs(self.context).in_the_way(case, act) or "done"

    def colleagues(self, code: str) -> list[Official]:
        """Who else may work on a request."""
        case, me = self._find(code), self.context.acting()
        may = Officials(self.context).of_unit(case.unit_id, "case.take") if case is not None else []
        return [o for o in may if case is not None and o.id != me.id and o.person_id != case.person_id]

    # Inside

    def _find(self, typed_code: str) -> Case | None:
        case = Casework(self.context).find(read_code(typed_code, "HS") or "", "case.see")
        return case if case is not None and case.body is not None else None

    def happened(self, event: CaseEvent, *, left: int = 3) -> CaseHappened:
        """An event with its words. left: see `hide_ids`."""
        words: object = ""
        if event.note is not None:
            words = self.context.vault.open(f"case:{event.case_id}", f"case_event.note:{event.id}", event.note)
        who, hers = Officials(self.context).name_of_actor(event.actor), event.actor.startswith("person:")
        return CaseHappened(
            id=event.id, at=event.at, kind=event.kind, who=who, words=hide_ids(str(words), left=left), hers=hers
        )


def hide_ids(words: str, *, left: int = 3) -> str:
    """Words in which of every citizen's number only the last digits are left. left: how many, or 0 for none."""
    return _NATIONAL_ID.sub(lambda found: "•••" + re.sub(r"\D", "", found[0])[12 - left :], words)

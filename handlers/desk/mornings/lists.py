"""What waits for one official this morning: numbers and codes by kind, and no name of anybody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlmodel import col

from handlers.desk.cases import ACTS, OPEN, UNDECIDED, Worklist
from handlers.desk.office import Context
from handlers.desk.talks import Calls
from handlers.flow.message import Phrase
from storage.queries.chains import chain
from storage.queries.chains.chain import Anchor
from storage.tables import Allocation, Broadcast, Case, CaseEvent, Grievance, Pledge, Task

MOST_CODES = 10
LONG = 3  # working days over due, from which the leads see it too
MORE = "…"
DIGITS = 16  # of a hash: enough that nobody finds another history with the same


@dataclass(frozen=True, slots=True)
class MorningLine:
    """So many of one kind, and the codes of the first of them; none where they have no codes."""

    what: str
    count: int
    codes: tuple[str, ...] = ()

    def in_words(self) -> Phrase:
        codes = (*self.codes, MORE) if self.count > len(self.codes) else self.codes
        return Phrase(f"morning.{self.what}", {"count": self.count, "codes": codes})


@dataclass(frozen=True, slots=True)
class ChainEnds:
    """Where the audit and the ledger end: kept by an admin, they tell of a history that was made anew since."""

    anchors: tuple[Anchor, ...]

    @property
    def count(self) -> int:
        return len(self.anchors)

    def in_words(self) -> Phrase:
        ends = tuple(
            Phrase(f"morning.end.{one.chain}", {"place": str(one.sequence), "digest": one.digest.hex()[:DIGITS]})
            for one in self.anchors
        )
        return Phrase("morning.chains", {"ends": ends})


@dataclass(frozen=True, slots=True)
class MorningList:
    """The list of the official at the desk: each kind that she has a right to, in the order of the message."""

    context: Context

    def waiting(self) -> "list[MorningLine | ChainEnds]":
        """What there is of each kind; what there is none of is left out."""
        return [waiting for look in self._looks() if (waiting := look()).count]

    def _looks(self) -> "Iterator[Callable[[], MorningLine | ChainEnds]]":
        me = self.context.acting()
        if me.reach("case.take"):
            yield from (self.overdue, self.due_today, self.due_next, self.nobodys, self.review_forms, self.to_check)
        if me.reach("case.approve"):
            yield from (self.long_overdue, self.to_approve)
        if me.reach("talk.take"):
            yield self.talks
        if me.reach("grievance.close"):
            yield self.grievances
        if me.reach("broadcast.approve"):
            yield self.broadcasts
        if me.reach("official.confirm"):
            yield self.chains

    # Requests

    def overdue(self) -> MorningLine:
        return self._cases("overdue", *self._to_do, col(Case.due) < self.context.today())

    def due_today(self) -> MorningLine:
        return self._cases("due_today", *self._to_do, col(Case.due) == self.context.today())

    def due_next(self) -> MorningLine:
        """Due on the next working day, or on a day off before it."""
        today = self.context.today()
        soon = col(Case.due).between(today + timedelta(days=1), self.context.calendar.add(today, 1))
        return self._cases("due_next", *self._to_do, soon)

    def long_overdue(self) -> MorningLine:
        """Those of colleagues, of which their leads know from the third working day on."""
        theirs = col(Case.officer_id).in_(Worklist(self.context).others())
        late = (col(Case.due) <= self._due_by(LONG), col(Case.state).in_(OPEN), col(Case.state) != "proposed")
        return self._cases("long_overdue", self._of_units("case.approve"), theirs, *late)

    def nobodys(self) -> MorningLine:
        """Those that nobody works on."""
        return self._cases("nobodys", self._of_units("case.take"), self._nobodys, col(Case.state).in_(OPEN))

    def to_approve(self) -> MorningLine:
        """Proposals of others."""
        by = select(col(CaseEvent.actor)).where(
            col(CaseEvent.case_id) == col(Case.id), col(CaseEvent.kind) == "proposed"
        )
        last = by.order_by(col(CaseEvent.id).desc()).limit(1).scalar_subquery()
        others = last.not_in([f"official:{one}" for one in self.context.hands()])
        return self._cases("to_approve", self._of_units("case.approve"), col(Case.state) == "proposed", others)

    def review_forms(self) -> MorningLine:
        """Official forms with which somebody has to be helped by now, as she was told at her registration."""
        today = self.context.today()
        due = true() if self.context.office.review_to == today else col(Task.due) <= today
        forms = select(col(Task.case_id)).where(col(Task.kind) == "review_form", col(Task.done_at).is_(None), due)
        undecided = col(Case.state).in_(UNDECIDED)
        return self._cases("review_forms", *self._to_do, undecided, col(Case.id).in_(forms))

    def to_check(self) -> MorningLine:
        """Those whose conditions are to be looked at, hers and those that nobody works on."""
        ended = col(Case.state).in_(ACTS["check"][1])
        of_hers = or_(col(Case.officer_id) == self.context.acting().id, self._nobodys)
        return self._cases(
            "to_check", self._of_units("case.check"), ended, of_hers, col(Case.check_on) <= self.context.today()
        )

    # Others

    def talks(self) -> MorningLine:
        """People who want to speak to somebody, and whom nobody has answered."""
        return MorningLine("talks", Calls(self.context).talks_waiting())

    def grievances(self) -> MorningLine:
        """Hand-overs to be looked into that went through other hands, by the codes of their gifts."""
        query = (
            select(col(Pledge.code), func.count().over())
            .join(Allocation, col(Allocation.pledge_id) == col(Pledge.id))
            .join(Grievance, col(Grievance.allocation_id) == col(Allocation.id))
            .where(col(Grievance.state) == "open", col(Grievance.handed_by).not_in(self.context.hands()))
            .where(self.context.within(col(Grievance.unit_id), "grievance.close"))
        )
        return self._found("grievances", query.order_by(col(Grievance.id)))

    def broadcasts(self) -> MorningLine:
        """Announcements that wait for her, as none of their authors."""
        me = self.context.acting()
        rows = self.context.unit.execute(
            select(col(Broadcast.code), col(Broadcast.authors), col(Broadcast.unit_id))
            .where(col(Broadcast.state) == "awaiting_approval")
            .order_by(col(Broadcast.id))
        )
        codes = [
            code
            for code, authors, unit_id in rows
            if me.may("broadcast.approve", unit_id) and not any(map(self.context.are_same_hands, authors))
        ]
        return MorningLine("broadcasts", len(codes), tuple(codes[:MOST_CODES]))

    def chains(self) -> ChainEnds:
        """The day's ends of the chains."""
        return ChainEnds(tuple(chain.ends(self.context.unit, self.context.today())))

    # Inside

    @property
    def _to_do(self) -> list[ColumnElement[bool]]:
        return Worklist(self.context).reach()

    @property
    def _nobodys(self) -> ColumnElement[bool]:
        officer, me = col(Case.officer_id), self.context.acting()
        return or_(officer.is_(None), and_(officer != me.id, officer.not_in(Worklist(self.context).others())))

    def _of_units(self, action: str) -> ColumnElement[bool]:
        me = self.context.acting()
        return col(Case.unit_id).in_(sorted(me.units_for(action)) if me.reach(action) else ())

    def _due_by(self, working_days: int) -> date:
        """The latest day that lies so many working days back."""
        today, add = self.context.today(), self.context.calendar.add
        day = today - timedelta(days=working_days)
        while add(day, working_days) > today:
            day -= timedelta(days=1)
        return day

    def _cases(self, what: str, *which: ColumnElement[bool]) -> MorningLine:
        """Requests, the oldest due first; in what came from her own chats an official has no part."""
        query = select(col(Case.code), func.count().over()).where(
            *which, col(Case.body).is_not(None), col(Case.person_id) != (self.context.acting().person_id or "")
        )
        return self._found(what, query.order_by(col(Case.due), col(Case.id)))

    def _found(self, what: str, query: Select[str, int]) -> MorningLine:
        rows = self.context.unit.execute(query.limit(MOST_CODES)).all()
        return MorningLine(what, rows[0][1] if rows else 0, tuple(code for code, _ in rows))

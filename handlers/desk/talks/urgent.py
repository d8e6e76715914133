"""Urgent requests: three answers, no consent in the way, and every official on duty is told until one takes it.

Why only the first ring holds the words: they are needed at once and once; who is rung later reads them after taking.
Through servers abroad none are sent at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, or_, text, update
from sqlmodel import col, select

from handlers.desk.messages import Disclosures, Messages
from handlers.desk.office import Context, Official
from handlers.desk.officials import Duty, Officials, duty
from handlers.flow.message import Opening, Phrase, Say
from handlers.flow.readers import write_phone
from handlers.vietnamese import units
from storage.ids import new_code, new_id, read_code
from storage.tables import OfficialRow, UrgentRequest

KINDS = ("hunger", "house", "illness", "violence", "something")
RING_EVERY = timedelta(minutes=3)
RINGS_BEFORE_LEADS = 2
How = Literal["done", "taken", "gone"]

# Written out, as the index of what is open has it.
OPEN = text("urgent_request.state <> 'closed'")
# Nobody has it who can act.
_ACTIVE = select(OfficialRow.id).where(OfficialRow.state == "active")
FREE = or_(
    col(UrgentRequest.state) == "raised",
    (col(UrgentRequest.state) == "taken") & col(UrgentRequest.officer_id).not_in(_ACTIVE),
)
_HELD = (col(UrgentRequest.state) == "taken") & col(UrgentRequest.officer_id).in_(_ACTIVE)


@dataclass(frozen=True, slots=True)
class Raised:
    """An urgent request just recorded. told: how many officials were told in a chat."""

    code: str
    unit_id: str | None
    told: int


@dataclass(frozen=True, slots=True)
class UrgentOutcome:
    """What came of an operation. by: title and name of the official who has it, where it is somebody else.

    gone: absent, closed, or none of her business.
    """

    how: How
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUrgent:
    """An urgent request in a list: nothing in it says who, where exactly, or what. rings: how often officials were
    told; 0: nobody could be, and it stands on the console alone.
    """

    code: str
    unit_id: str | None
    state: str
    since: datetime
    officer_id: str | None
    officer: str
    rings: int
    rung_at: datetime | None
    taken_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentContent:
    """What an urgent request says. what: one of KINDS, or her own words. All empty once it was erased."""

    seen: SeenUrgent
    where: str
    what: str
    phone: str
    done: str


@dataclass(frozen=True, slots=True)
class UrgentRequests:
    """Urgent requests of one transaction."""

    context: Context

    def raise_one(self, where: str, what: str, phone: str | None) -> Raised:
        """Record that the person who speaks is in need, and tell whoever is on duty at once.

        where: her words; the unit they surely name gets it, or else it is everybody's. what: one of KINDS, or words.
        """
        context = self.context
        found = units.find(where)
        place = found.candidates[0] if found.sure else None
        row = UrgentRequest(
            id=new_id(context.now), code=new_code("KC"), person_id=context.here().person_id, created_at=context.now,
            unit_id=place.unit.id if isinstance(place, units.NamedCommune) else None,
        )  # fmt: skip
        context.vault.make(f"urgent:{row.id}", context.now)
        row.body = self._seal(row.id, {"where": where, "what": what, "phone": phone or "", "done": ""})
        context.unit.add(row)
        context.unit.flush()
        context.note("urgent.raised", f"urgent:{row.id}", unit=row.unit_id or "")
        return Raised(row.code, row.unit_id, self._ring(row))

    def waiting(self, official: Official) -> list[SeenUrgent]:
        """Requests nobody has taken, or whose official can act no more, that she may see; the oldest first."""
        return [seen for seen in self._listed(FREE) if official.may("urgent.see", seen.unit_id)]

    def mine(self, official: Official) -> list[SeenUrgent]:
        """Requests that she has taken and not closed, the oldest first."""
        return [seen for seen in self._listed(_HELD) if seen.officer_id == official.id]

    def under_way(self, official: Official) -> list[SeenUrgent]:
        """Requests that somebody has taken and not closed, of the units she may see, the oldest first."""
        return [seen for seen in self._listed(_HELD) if official.may("urgent.see", seen.unit_id)]

    def read(self, code: str) -> UrgentContent | None:
        """What a request says; None if it is absent or none of her business. Each reading is noted."""
        row = self._find(code, "urgent.see")
        if row is None:
            return None
        self.context.note("urgent.read", f"urgent:{row.id}")
        return self.opened(row)

    def take(self, code: str) -> UrgentOutcome:
        """Take a request; of two at once, one. The person is told who will be in touch; what it says is told the taker
        in her chat, unless its servers are abroad.
        """
        context, me = self.context, self.context.acting()
        row = self._find(code, "urgent.take")
        if row is None or row.state == "closed" or row.person_id == me.person_id:
            return UrgentOutcome("gone")
        free = update(UrgentRequest).where(col(UrgentRequest.id) == row.id, FREE)
        change = free.values(state="taken", officer_id=me.id, taken_at=context.now)
        taken = context.unit.change(change.execution_options(synchronize_session=False)) == 1
        context.unit.refresh(row)
        if row.officer_id != me.id:
            return UrgentOutcome("taken", Officials(context).name_of(row.officer_id))
        if not taken:
            return UrgentOutcome("done")
        context.note("urgent.taken", f"urgent:{row.id}")
        say = Say("urgent.taken", code=row.code, officer=Officials(context).name_of(me.id))
        Messages(context).tell(row.person_id, say, kind="urgent", place=f"urgent/{row.id}/taken")
        if me.person_id is not None:
            self._tell(row, me.person_id, self._in_words("urgent.yours", row), "yours")
        return UrgentOutcome("done")

    def close(self, code: str, what_was_done: str) -> UrgentOutcome:
        """Close a request that was taken; what was done is kept with it."""
        row = self._find(code, "urgent.close")
        if row is None or row.state != "taken" or row.person_id == self.context.acting().person_id:
            return UrgentOutcome("gone")
        if row.body is not None:
            opened = self.opened(row)
            said = {"where": opened.where, "what": opened.what, "phone": opened.phone, "done": what_was_done}
            row.body = self._seal(row.id, said)
        row.state, row.closed_at = "closed", self.context.now
        self.context.unit.add(row)
        self.context.note("urgent.closed", f"urgent:{row.id}")
        return UrgentOutcome("done")

    def ring(self) -> bool:
        """Ring once more for the request that waits longest since its last ring. False if none is due."""
        context = self.context
        due = or_(col(UrgentRequest.rung_at).is_(None), col(UrgentRequest.rung_at) <= context.now - RING_EVERY)
        query = select(UrgentRequest).where(OPEN, FREE, due, col(UrgentRequest.body).is_not(None))
        row = context.unit.scalars(query.order_by(col(UrgentRequest.rung_at), col(UrgentRequest.id)).limit(1)).first()
        if row is None:
            return False
        self._ring(row)
        return True

    def seen(self, row: UrgentRequest) -> SeenUrgent:
        """A request as lists have it."""
        return SeenUrgent(
            code=row.code,
            unit_id=row.unit_id,
            state=row.state,
            since=row.created_at,
            officer_id=row.officer_id,
            officer=Officials(self.context).name_of(row.officer_id),
            rings=row.rings,
            rung_at=row.rung_at,
            taken_at=row.taken_at,
            closed_at=row.closed_at,
        )

    def opened(self, row: UrgentRequest) -> UrgentContent:
        """What a request says; whoever shows it notes so."""
        said: dict[str, str] = {}
        if row.body is not None:
            opened = self.context.vault.open(f"urgent:{row.id}", f"urgent_request.body:{row.id}", row.body)
            assert isinstance(opened, dict)  # noqa: S101  # we wrote it so
            said = opened
        where, what, phone, done = (said.get(name, "") for name in ("where", "what", "phone", "done"))
        return UrgentContent(seen=self.seen(row), where=where, what=what, phone=phone, done=done)

    # Inside

    def _ring(self, row: UrgentRequest) -> int:
        """Tell those on duty, from the third ring on also whoever decides for the unit, and these at once where nobody
        on duty can be told. Returns how many were.
        """
        context = self.context
        rung = {o.id: o for o in Duty(context).nearest(row.unit_id, "urgent.take")}
        told = [o.id for o in rung.values() if self._alarm(row, o)]
        if not told or row.rings >= RINGS_BEFORE_LEADS:
            others = [o for o in Duty(context).may_be_asked(row.unit_id, "urgent.take") if o.id not in rung]
            told += [o.id for o in others if self._alarm(row, o)]
        row.rings, row.rung_at = row.rings + bool(told), context.now
        context.unit.add(row)
        if told:
            context.note("urgent.rung", f"urgent:{row.id}", officials=told, ring=row.rings)
        return len(told)

    def _alarm(self, row: UrgentRequest, official: Official) -> bool:
        if official.person_id in (None, row.person_id):
            return False
        take = Opening("doors.take_urgent", "take_urgent", {"urgent": row.code}, once=True)
        if row.rings:
            unit, since = duty.place(row.unit_id), row.created_at
            say = Say("urgent.again", code=row.code, unit=unit, since=since, openings=(take,))
        else:
            say = self._in_words("urgent.alarm", row, take)
        return self._tell(row, official.person_id, say, f"{official.id}/{row.rings}")

    def _tell(self, row: UrgentRequest, person_id: str, say: Say, place: str) -> bool:
        under, place = f"urgent:{row.id}", f"urgent/{row.id}/{place}"
        return Disclosures(self.context).tell(person_id, say, under=under, kind="urgent", place=place) is not None

    def _in_words(self, key: str, row: UrgentRequest, *openings: Opening) -> Say:
        opened = self.opened(row)
        what = Phrase(f"urgent_help.options.what.{opened.what}") if opened.what in KINDS else opened.what
        return Say(
            key, code=row.code, unit=duty.place(row.unit_id), where=opened.where, what=what,
            phone=write_phone(opened.phone) if opened.phone else Phrase("urgent.no_phone"), openings=openings,
        )  # fmt: skip

    def _listed(self, those: ColumnElement[bool]) -> list[SeenUrgent]:
        """Open requests, the oldest first: in order only here, as SQLite would read all there ever were for it."""
        rows = self.context.unit.scalars(select(UrgentRequest).where(OPEN, those))
        return [self.seen(row) for row in sorted(rows, key=lambda row: row.id)]

    def _find(self, typed: str, action: str) -> UrgentRequest | None:
        """A request she may do this to. What she may not is noted, and answered like one that is not there."""
        code = read_code(typed, "KC") or ""
        row = self.context.unit.scalars(select(UrgentRequest).where(UrgentRequest.code == code)).first()
        return row if row is not None and self.context.allows(action, row.unit_id, f"urgent:{row.id}") else None

    def _seal(self, request_id: str, said: dict[str, str]) -> bytes:
        return self.context.vault.seal(f"urgent:{request_id}", f"urgent_request.body:{request_id}", said)

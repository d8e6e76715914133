"""What calls for an official at the console: talks and urgent requests, in lists, and looked at again.

Why looking again is apart: a page that looks by itself writes nothing down, so it shows only what the official opened
herself lately, which was noted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, text
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from handlers.desk import talks, urgent
from handlers.desk.talk_lines import Spoken, TalkLines
from storage.ids import read_code
from storage.queries import audit
from storage.tables import OfficialRow, Talk, UrgentRequest

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

STAYS_OPEN = timedelta(hours=12)
LATELY = timedelta(days=7)
CLOSED_SHOWN = 20
_ACTIVE = select(OfficialRow.id).where(OfficialRow.state == "active")
# Written out, as the indexes of what is open have it.
_OPEN_TALK, _OPEN_URGENT = text("talk.state = 'open'"), text("urgent_request.state <> 'closed'")


@dataclass(frozen=True, slots=True)
class Calls:
    """What calls for the official at the desk."""

    desk: "Desk"

    def talks(self) -> list[talks.Seen]:
        """Open talks that she may see, those waiting longest first."""
        query = select(Talk).where(_OPEN_TALK, *self._reach("talk.see", col(Talk.unit_id)))
        # In order here and not in the statement, for which SQLite would read every talk there ever was.
        rows = sorted(self.desk.unit.scalars(query), key=lambda row: row.id)
        return [seen for row in rows if (seen := self.desk.talks.seen(row.id)) is not None]

    def closed_urgent(self) -> list[urgent.Seen]:
        """Urgent requests that were closed lately, of the units she may see, the latest first."""
        query = select(UrgentRequest).where(
            UrgentRequest.state == "closed", col(UrgentRequest.closed_at) >= self.desk.now - LATELY,
            *self._reach("urgent.see", col(UrgentRequest.unit_id)),
        )  # fmt: skip
        rows = self.desk.unit.scalars(query.order_by(col(UrgentRequest.closed_at).desc()).limit(CLOSED_SHOWN))
        return [self._seen(row) for row in rows]

    # Looked at again, which is not noted

    def talk_again(self, talk_id: str) -> list[Spoken] | None:
        """What was said in a talk that she opened lately; None of any other."""
        row = self.desk.unit.get(Talk, talk_id)
        if row is None or not self._opened_lately("talk", row.id, row.unit_id):
            return None
        return TalkLines(self.desk).read(talk_id, "")

    def urgent_again(self, code: str) -> urgent.Opened | None:
        """What an urgent request says that she opened lately; None of any other."""
        query = select(UrgentRequest).where(UrgentRequest.code == read_code(code, "KC"))
        row = self.desk.unit.scalars(query).first()
        if row is None or not self._opened_lately("urgent", row.id, row.unit_id):
            return None
        said: dict[str, str] = {}
        if row.body is not None:
            opened = self.desk.vault.open(f"urgent:{row.id}", f"urgent_request.body:{row.id}", row.body)
            assert isinstance(opened, dict)  # noqa: S101  # we wrote it so
            said = opened
        return urgent.Opened(self._seen(row), *(said.get(name, "") for name in ("where", "what", "phone", "done")))

    # Counts

    def talks_waiting(self) -> int:
        """How many wait for somebody to take them."""
        free = or_(col(Talk.officer_id).is_(None), col(Talk.officer_id).not_in(_ACTIVE))
        query = select(func.count()).select_from(Talk).where(_OPEN_TALK, free)
        return self.desk.unit.execute(query.where(*self._reach("talk.take", col(Talk.unit_id)))).scalar_one()

    def urgent_waiting(self) -> int:
        """How many wait for somebody to take them."""
        taken = (col(UrgentRequest.state) == "taken") & col(UrgentRequest.officer_id).in_(_ACTIVE)
        query = select(func.count()).select_from(UrgentRequest).where(_OPEN_URGENT, ~func.coalesce(taken, False))
        return self.desk.unit.execute(query.where(*self._reach("urgent.see", col(UrgentRequest.unit_id)))).scalar_one()

    # Inside

    def _reach(self, action: str, unit_id: Mapped[str | None]) -> Iterator[ColumnElement[bool]]:
        """Of which units she may do this; what names none is everybody's."""
        me = self.desk.acting()
        if me.reach(action) != "all":
            own = unit_id.in_(sorted(me.units) if me.reach(action) else ())
            yield or_(own, unit_id.is_(None))

    def _opened_lately(self, noun: str, its_id: str, unit_id: str | None) -> bool:
        desk, since = self.desk, self.desk.now - STAYS_OPEN
        subject = f"{noun}:{its_id}"
        if not desk.may(f"{noun}.see", unit_id):
            return False
        return audit.noted_since(desk.unit, str(desk.actor), f"{noun}.read", subject, since)

    def _seen(self, row: UrgentRequest) -> urgent.Seen:
        return urgent.Seen(
            row.code, row.unit_id, row.state, row.created_at, row.officer_id,
            self.desk.officials.name_of(row.officer_id), row.rings, row.rung_at, row.taken_at, row.closed_at,
        )  # fmt: skip

"""Whom an announcement does not reach: a sheet to ring people up by, of those whose numbers the official may read.

Why a right of its own: it shows names and numbers of many at once, which whoever writes announcements need not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from handlers.desk.announcing.audiences import Audiences
from handlers.desk.announcing.rows import SeenBroadcast
from handlers.desk.cases import Cases
from handlers.desk.office import Context
from handlers.flow.readers import write_phone
from storage.tables import Case
from storage.vault import KeyGone

MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCall:
    """Somebody to ring up or visit. phone: as people write it, empty if she gave none."""

    code: str
    name: str
    phone: str
    unit_id: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet. unknown: how many more are not reached whom she may not see, or of whom no request tells who they are.

    cut: there were more than the sheet holds.
    """

    people: tuple[ToCall, ...]
    unknown: int
    cut: bool


@dataclass(frozen=True, slots=True)
class CallSheet:
    """Sheets of one transaction."""

    context: Context

    def read(self, seen: "SeenBroadcast") -> Sheet | None:
        """Everybody an announcement is for who has no chat that reaches her; noted as read. None without the right."""
        context = self.context
        units = seen.audience.units or (None,)
        if not all(context.may("broadcast.call", unit) for unit in units) or context.acting().reach("case.see") is None:
            return None
        query = Audiences(context).unreachable(seen.kind, seen.topic, seen.audience)
        ids = list(context.unit.execute(query).scalars())
        cases = {case.person_id: case for case in self._cases(ids[:MOST])}
        people = [one for person in ids[:MOST] if (one := self._to_call(cases.get(person))) is not None]
        context.note("broadcast.called", f"broadcast:{seen.id}", code=seen.code, people=len(people))
        people.sort(key=lambda one: (one.unit_id or "", one.code))
        return Sheet(tuple(people), len(ids) - len(people), len(ids) > MOST)

    # Inside

    def _cases(self, person_ids: Sequence[str]) -> list[Case]:
        """Their requests, the one that counts last: open ones, the latest."""
        query = select(Case).where(col(Case.person_id).in_(person_ids), col(Case.body).is_not(None))
        return list(self.context.unit.scalars(query.order_by(col(Case.closed_at).is_(None), col(Case.created_at))))

    def _to_call(self, case: Case | None) -> ToCall | None:
        if case is None or not self.context.may("case.see", case.unit_id):
            return None
        try:
            said = Cases(self.context).read(case.id)
        except KeyGone:
            return None
        sent_by_another = case.for_other and said.get("helper_phone")
        name, phone = ("helper_name", "helper_phone") if sent_by_another else ("name", "phone")
        number = write_phone(str(said[phone])) if said.get(phone) else ""
        return ToCall(
            code=case.code,
            name=str(said.get(name, "")),
            phone=number,
            unit_id=case.unit_id,
            place=str(said.get("place", "")),
        )

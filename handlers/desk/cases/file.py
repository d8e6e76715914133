"""A request as a file on an official's desk: what it says, what happened and who read it, what was told, its photos.

Why apart from `view`: that one is for a chat, which shows little; here everything stands that her rights allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import col, or_, select

from handlers.desk.cases.cases import Cases
from handlers.desk.cases.casework import Casework
from handlers.desk.cases.decision_words import DecisionWords
from handlers.desk.cases.decisions import Decisions, Recognition, Support
from handlers.desk.cases.list import CaseList
from handlers.desk.cases.view import CaseHappened, CaseViews, hide_ids
from handlers.desk.consents import Consents
from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.desk.talks import STAYS_OPEN
from handlers.texts import Phrase
from storage.ids import read_code
from storage.queries.chains import audit
from storage.queries.outgoing import outbox
from storage.tables import AuditRow, Case, CaseEvent, CaseLookUp, File, OutboxRow
from storage.vault import KeyGone

READINGS = ("case.read", "case.phone_shown", "case.photo_read", "case.sheet_printed")
MOST_READINGS, MOST_TOLD, MOST_TWINS = 500, 50, 5


@dataclass(frozen=True, slots=True)
class CaseReading:
    """Who read the request, how often, and when last. by: title and name of the official."""

    by: str
    times: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMessage:
    """A message to the registrant about the request, and how far it came. changed_at: when it came there."""

    at: datetime
    channel: str
    state: str
    changed_at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTwin:
    """Another request that is likely the same."""

    code: str
    name: str
    unit_id: str | None
    state: str
    created_at: datetime
    same_phone: bool
    same_year: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """All of a request. said: as `Registration` names it. twins_elsewhere: where the official may not see the other.

    photos: ids of those that can be seen; unseen: how many are not cleaned yet, or were none. hears: whether the
    registrant agreed to be told news.
    """

    id: str
    code: str
    person_id: str
    created_at: datetime
    channel: str
    said: Mapping[str, object]
    support: Support | None
    answer: Phrase | None
    recognition: Recognition | None
    check_on: date | None
    hers: bool
    events: tuple[CaseHappened, ...]
    readings: tuple[CaseReading, ...]
    told: tuple[CaseMessage, ...]
    twins: tuple[CaseTwin, ...]
    twins_elsewhere: int
    photos: tuple[str, ...]
    unseen: int
    hears: bool


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """Cases as files on the desk of the official who reads them."""

    context: Context

    def find(self, typed_code: str, *, noted: bool = True) -> Case | None:
        """A request that the official at the desk may see; foreign, erased and absent ones are None alike.

        noted: False where a page looks again by itself, which is not noted: then only what she opened lately is found.
        """
        case = Casework(self.context).find(read_code(typed_code, "HS") or "", "case.see", noted=noted)
        if case is None or case.body is None:
            return None
        return case if noted or self._opened_lately(case) else None

    def read(self, case: Case, *, noted: bool = True) -> CaseFile:
        """Open a request. noted: somebody opened it, and it was not the page that looks again by itself."""
        if noted:
            self.context.note("case.read", f"case:{case.id}")
            self.context.unit.flush()
        decisions = Decisions(self.context)
        left = 3 if self.context.may("case.recognise", case.unit_id) else 0
        body = Cases(self.context).read(case.id)
        said = {name: hide_ids(v, left=left) if isinstance(v, str) else v for name, v in body.items()}
        said |= {phone: body.get(phone, "") for phone in ("phone", "helper_phone")}
        twins, elsewhere = self._twins(case, said)
        photos = self.context.unit.execute(
            select(File.id, File.state).where(File.case_id == case.id).order_by(File.id)
        ).all()
        clean = tuple(photo_id for photo_id, state in photos if state == "clean")
        agreed = Consents(self.context).latest(case.person_id, "register")
        return CaseFile(
            id=case.id,
            code=case.code,
            person_id=case.person_id,
            created_at=case.created_at,
            channel=agreed.channel if agreed else "",
            said=said,
            support=decisions.planned(case),
            answer=DecisionWords(self.context).answer(case),
            recognition=decisions.recognition(case),
            check_on=case.check_on,
            hers=case.officer_id == self.context.acting().id,
            events=self._events(case, left),
            readings=self._readings(case),
            told=self._told(case),
            twins=twins,
            twins_elsewhere=elsewhere,
            photos=clean,
            unseen=len(photos) - len(clean),
            hears=Consents(self.context).in_force("case_news", case.person_id),
        )

    def photo(self, case: Case, photo_id: str) -> bytes | None:
        """A photo of a request as JPEG, which is noted; None where it has none such that is cleaned."""
        row = self.context.unit.get(File, photo_id) if photo_id.isascii() and photo_id.isalnum() else None
        if row is None or row.case_id != case.id or row.state != "clean" or row.body is None:
            return None
        try:
            opened = self.context.vault.open_bytes(f"person:{row.person_id}", f"file.body:{row.id}", row.body)
        except KeyGone:
            return None
        self.context.note("case.photo_read", f"case:{case.id}", file=row.id)
        return opened

    def _opened_lately(self, case: Case) -> bool:
        since = self.context.now - STAYS_OPEN
        return audit.noted_since(self.context.unit, str(self.context.actor), "case.read", f"case:{case.id}", since)

    def _events(self, case: Case, left: int) -> tuple[CaseHappened, ...]:
        query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.id))
        return tuple(CaseViews(self.context).happened(event, left=left) for event in self.context.unit.scalars(query))

    def _readings(self, case: Case) -> tuple[CaseReading, ...]:
        """Who read it, each once, who read last at the end."""
        query = select(AuditRow.actor, AuditRow.at).where(
            AuditRow.subject == f"case:{case.id}", col(AuditRow.action).in_(READINGS)
        )
        found: dict[str, CaseReading] = {}
        newest = self.context.unit.execute(query.order_by(col(AuditRow.id).desc()).limit(MOST_READINGS)).all()
        for actor, at in reversed(newest):
            before = found.pop(actor, None) or CaseReading(Officials(self.context).name_of_actor(actor), 0, at)
            found[actor] = replace(before, times=before.times + 1, at=at)
        return tuple(found.values())

    def _told(self, case: Case) -> tuple[CaseMessage, ...]:
        """What the registrant was told about the request, oldest first; no words where they are no longer kept."""
        mine = OutboxRow.person_id == case.person_id
        query = select(OutboxRow).where(mine, col(OutboxRow.key).contains(f"/case/{case.id}/", autoescape=True))
        rows = self.context.unit.scalars(query.order_by(col(OutboxRow.id).desc()).limit(MOST_TOLD)).all()
        return tuple(
            CaseMessage(
                at=row.created_at,
                channel=row.channel,
                state=row.state,
                changed_at=row.changed_at,
                words=self._words(row),
            )
            for row in reversed(rows)
        )

    def _words(self, row: OutboxRow) -> str:
        if row.body is None:
            return ""
        try:
            return str(outbox.body_of(self.context.vault, row)["text"])
        except KeyGone:
            return ""

    def _twins(self, case: Case, said: Mapping[str, object]) -> tuple[tuple[CaseTwin, ...], int]:
        """Requests that this one repeats, or that repeat it; and how many of them the official may not see."""
        same = or_(col(Case.duplicate_of) == case.id, col(Case.id) == (case.duplicate_of or ""))
        found = [
            other
            for other in self.context.unit.scalars(select(Case).where(same).limit(MOST_TWINS))
            if other.body is not None
        ]
        seen = [other for other in found if self.context.may("case.see", other.unit_id)]
        return tuple(self._twin(case, said, other) for other in seen), len(found) - len(seen)

    def _twin(self, case: Case, said: Mapping[str, object], other: Case) -> CaseTwin:
        phones = select(CaseLookUp.value).where(CaseLookUp.kind == "phone")
        hers = set(self.context.unit.scalars(phones.where(CaseLookUp.case_id == case.id)))
        same = hers & set(self.context.unit.scalars(phones.where(CaseLookUp.case_id == other.id)))
        year = Cases(self.context).read(other.id).get("birth_year")
        return CaseTwin(
            code=other.code,
            name=CaseList(self.context).name_in(other.id, other.body or b""),
            unit_id=other.unit_id,
            state=other.state,
            created_at=other.created_at,
            same_phone=bool(same),
            same_year=year is not None and year == said.get("birth_year"),
        )


# Inside

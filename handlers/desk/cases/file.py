"""A request as a file on an official's desk: what it says, what happened and who read it, what was told, its photos.

Why apart from `case_view`: that one is for a chat, which shows little; here everything stands that her rights allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import col, or_, select

from handlers.desk.cases import news as case_news
from handlers.desk.cases.decisions import Decisions, Recognition, Support
from handlers.desk.cases.list import name_in
from handlers.desk.cases.view import Happened, happened, hide_ids
from handlers.desk.talks.calls import STAYS_OPEN
from handlers.texts import Phrase
from storage.ids import read_code
from storage.queries.chains import audit
from storage.queries.outgoing import outbox
from storage.tables import AuditRow, Case, CaseEvent, CaseLookUp, File, OutboxRow
from storage.vault import KeyGone

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

READINGS = ("case.read", "case.phone_shown", "case.photo_read")
MOST_READINGS, MOST_TOLD, MOST_TWINS = 500, 50, 5


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read the request, how often, and when last. by: title and name of the official."""

    by: str
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A message to the registrant about the request, and how far it came. changed_at: when it came there."""

    at: datetime
    channel: str
    state: str
    changed_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Twin:
    """Another request that is likely the same."""

    code: str
    name: str
    unit_id: str | None
    state: str
    created_at: datetime
    same_phone: bool
    same_year: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All of a request. said: as `cases.Request` names it. twins_elsewhere: where the official may not see the other.

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
    events: tuple[Happened, ...]
    readings: tuple[Reading, ...]
    told: tuple[Told, ...]
    twins: tuple[Twin, ...]
    twins_elsewhere: int
    photos: tuple[str, ...]
    unseen: int
    hears: bool


def find(desk: "Desk", typed_code: str, *, noted: bool = True) -> Case | None:
    """A request that the official at the desk may see; foreign, erased and absent ones are None alike.

    noted: False where a page looks again by itself, which is not noted: then only what she opened lately is found.
    """
    case = desk.casework.find(read_code(typed_code, "HS") or "", "case.see", noted=noted)
    if case is None or case.body is None:
        return None
    return case if noted or _opened_lately(desk, case) else None


def read(desk: "Desk", case: Case, *, noted: bool = True) -> CaseFile:
    """Open a request. noted: somebody opened it, and it was not the page that looks again by itself."""
    if noted:
        desk.note("case.read", f"case:{case.id}")
        desk.unit.flush()
    decisions = Decisions(desk)
    left = 3 if desk.may("case.recognise", case.unit_id) else 0
    body = desk.cases.read(case.id)
    said = {name: hide_ids(v, left=left) if isinstance(v, str) else v for name, v in body.items()}
    said |= {phone: body.get(phone, "") for phone in ("phone", "helper_phone")}
    twins, elsewhere = _twins(desk, case, said)
    photos = desk.unit.execute(select(File.id, File.state).where(File.case_id == case.id).order_by(File.id)).all()
    clean = tuple(photo_id for photo_id, state in photos if state == "clean")
    agreed = desk.consents.latest(case.person_id, "register")
    return CaseFile(
        case.id, case.code, case.person_id, case.created_at, agreed.channel if agreed else "",
        said, decisions.planned(case), case_news.answer(desk, case),
        decisions.recognition(case), case.check_on, case.officer_id == desk.acting().id,
        _events(desk, case, left), _readings(desk, case), _told(desk, case), twins, elsewhere,
        clean, len(photos) - len(clean), desk.consents.in_force("case_news", case.person_id),
    )  # fmt: skip


def photo(desk: "Desk", case: Case, photo_id: str) -> bytes | None:
    """A photo of a request as JPEG, which is noted; None where it has none such that is cleaned."""
    row = desk.unit.get(File, photo_id) if photo_id.isascii() and photo_id.isalnum() else None
    if row is None or row.case_id != case.id or row.state != "clean" or row.body is None:
        return None
    try:
        opened = desk.vault.open_bytes(f"person:{row.person_id}", f"file.body:{row.id}", row.body)
    except KeyGone:
        return None
    desk.note("case.photo_read", f"case:{case.id}", file=row.id)
    return opened


# Inside


def _opened_lately(desk: "Desk", case: Case) -> bool:
    since = desk.now - STAYS_OPEN
    return audit.noted_since(desk.unit, str(desk.actor), "case.read", f"case:{case.id}", since)


def _events(desk: "Desk", case: Case, left: int) -> tuple[Happened, ...]:
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.id))
    return tuple(happened(desk, event, left=left) for event in desk.unit.scalars(query))


def _readings(desk: "Desk", case: Case) -> tuple[Reading, ...]:
    """Who read it, each once, who read last at the end."""
    query = select(AuditRow.actor, AuditRow.at).where(
        AuditRow.subject == f"case:{case.id}", col(AuditRow.action).in_(READINGS)
    )
    found: dict[str, Reading] = {}
    newest = desk.unit.execute(query.order_by(col(AuditRow.id).desc()).limit(MOST_READINGS)).all()
    for actor, at in reversed(newest):
        before = found.pop(actor, None) or Reading(desk.officials.name_of_actor(actor), 0, at)
        found[actor] = replace(before, times=before.times + 1, at=at)
    return tuple(found.values())


def _told(desk: "Desk", case: Case) -> tuple[Told, ...]:
    """What the registrant was told about the request, oldest first; no words where they are no longer kept."""
    mine = OutboxRow.person_id == case.person_id
    query = select(OutboxRow).where(mine, col(OutboxRow.key).contains(f"/case/{case.id}/", autoescape=True))
    rows = desk.unit.scalars(query.order_by(col(OutboxRow.id).desc()).limit(MOST_TOLD)).all()
    return tuple(
        Told(row.created_at, row.channel, row.state, row.changed_at, _words(desk, row)) for row in reversed(rows)
    )


def _words(desk: "Desk", row: OutboxRow) -> str:
    if row.body is None:
        return ""
    try:
        return str(outbox.body_of(desk.vault, row)["text"])
    except KeyGone:
        return ""


def _twins(desk: "Desk", case: Case, said: Mapping[str, object]) -> tuple[tuple[Twin, ...], int]:
    """Requests that this one repeats, or that repeat it; and how many of them the official may not see."""
    same = or_(col(Case.duplicate_of) == case.id, col(Case.id) == (case.duplicate_of or ""))
    found = [other for other in desk.unit.scalars(select(Case).where(same).limit(MOST_TWINS)) if other.body is not None]
    seen = [other for other in found if desk.may("case.see", other.unit_id)]
    return tuple(_twin(desk, case, said, other) for other in seen), len(found) - len(seen)


def _twin(desk: "Desk", case: Case, said: Mapping[str, object], other: Case) -> Twin:
    phones = select(CaseLookUp.value).where(CaseLookUp.kind == "phone")
    hers = set(desk.unit.scalars(phones.where(CaseLookUp.case_id == case.id)))
    same = hers & set(desk.unit.scalars(phones.where(CaseLookUp.case_id == other.id)))
    year = desk.cases.read(other.id).get("birth_year")
    return Twin(
        other.code, name_in(desk, other.id, other.body or b""), other.unit_id, other.state, other.created_at,
        bool(same), year is not None and year == said.get("birth_year"),
    )  # fmt: skip

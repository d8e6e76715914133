"""The audit: who did or read what, when and why, newest first."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import select

from handlers.console.screen import Click, Screen, number
from handlers.console.service import subjects
from handlers.console.service.subjects import Subject
from handlers.desk import Desk
from handlers.texts import Phrase
from storage.ids import read_code
from storage.queries.chains import audit
from storage.queries.chains.audit import Filter, Noted
from storage.tables import Case, UrgentRequest

AT_ONCE = 50
KINDS = ("person", "operator", "clock")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """A row. detail: before and after, kinds and numbers; never anything personal."""

    id: int
    at: datetime
    actor: Phrase | str
    action: str
    said: Phrase | str
    subject: str
    about: Subject
    reason: str
    detail: Sequence[str]


@dataclass(frozen=True, slots=True)
class AuditActor:
    """Somebody whose doings can be asked for."""

    value: str
    name: Phrase | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The page. sealed: how far the chain goes; late: something waits for its seal too long.

    before: where older rows begin; None: there are none.
    """

    rows: Sequence[AuditLine]
    before: int | None
    actors: Sequence[AuditActor]
    filters: Mapping[str, str]
    sealed: int
    sealed_at: datetime | None
    late: bool


def view(desk: Desk, given: Click) -> Audit:
    """Who did or read what, newest first; by who, what, about what, and day."""
    filters = {name: given[name][:80] for name in ("actor", "action", "subject", "day")}
    before = number(given["before"])
    part = audit.part(desk.unit, _wanted(desk, filters), before, AT_ONCE)
    chain = audit.chain(desk.unit, desk.now)
    about = subjects.named(desk, {row.subject for row in part.rows})
    return Audit(
        rows=[_row(desk, row, about) for row in part.rows],
        before=part.before,
        actors=_actors(desk, filters["actor"], part.rows),
        filters={name: value for name, value in filters.items() if value},
        sealed=chain.sequence,
        sealed_at=chain.at,
        late=chain.late,
    )


def _row(desk: Desk, row: Noted, about: Mapping[str, Subject]) -> AuditLine:
    detail = [f"{name}: {_plain(value)}" for name, value in row.detail.items() if value != ""]
    return AuditLine(
        id=row.id,
        at=row.at,
        actor=_actor(desk, row.actor),
        action=row.action,
        said=_said(desk, row.action),
        subject=row.subject,
        about=about[row.subject],
        reason=row.reason,
        detail=detail,
    )


def _said(desk: Desk, action: str) -> Phrase | str:
    """What was done, in words where there are some."""
    keys = (f"console.action.{action}", f"events.{action.removeprefix('case.')}")
    return next((Phrase(key) for key in keys if desk.texts.has(key)), action)


def _actor(desk: Desk, actor: str) -> Phrase | str:
    kind, _, its_id = actor.partition(":")
    if kind == "official":
        return desk.officials.name_of(its_id) or its_id
    return Phrase(f"console.actor.{kind}") if kind in KINDS else actor


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _actors(desk: Desk, chosen: str, rows: Sequence[Noted]) -> list[AuditActor]:
    """Every kind, whoever was asked for, and the officials on this page."""
    shown = {row.actor for row in rows if row.actor.startswith("official:")} | ({chosen} if chosen else set())
    officials = sorted((str(_actor(desk, one)), one) for one in shown if one not in KINDS)
    return [AuditActor(kind, Phrase(f"console.actor.{kind}")) for kind in KINDS] + [
        AuditActor(one, name) for name, one in officials
    ]


def _wanted(desk: Desk, filters: Mapping[str, str]) -> Filter:
    since = until = None
    with suppress(ValueError, OverflowError):  # what is no day is not asked for
        begins = datetime.combine(date.fromisoformat(filters["day"]), time.min, desk.zone)
        since, until = begins.astimezone(UTC), begins.astimezone(UTC) + timedelta(days=1)
    return Filter(
        actor=filters["actor"],
        action=filters["action"],
        subject=_subject(desk, filters["subject"]),
        since=since,
        until=until,
    )


def _subject(desk: Desk, typed: str) -> str:
    """What was asked for, as the audit writes it: the code of a case, or what stands there already."""
    if ":" in typed or not typed:
        return typed
    tables: tuple[tuple[str, str, type[Case] | type[UrgentRequest]], ...]
    tables = (("HS", "case", Case), ("KC", "urgent", UrgentRequest))
    for prefix, noun, table in tables:
        found = desk.unit.scalars(select(table.id).where(table.code == read_code(typed, prefix))).first()
        if found is not None:
            return f"{noun}:{found}"
    return typed


screens = (Screen(path="/audit", template="service/audit", right="audit.see", view=view, menu="service"),)

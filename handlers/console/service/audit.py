"""The audit: who did or read what, when and why, newest first."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import select

from handlers.console.screen import Given, Screen, number
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


@dataclass(frozen=True, slots=True)
class Row:
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
class Actor:
    """Somebody whose doings can be asked for."""

    value: str
    name: Phrase | str


@dataclass(frozen=True, slots=True)
class Audit:
    """The page. sealed: how far the chain goes; late: something waits for its seal too long.

    before: where older rows begin; None: there are none.
    """

    rows: Sequence[Row]
    before: int | None
    actors: Sequence[Actor]
    filters: Mapping[str, str]
    sealed: int
    sealed_at: datetime | None
    late: bool


def view(desk: Desk, given: Given) -> Audit:
    """Who did or read what, newest first; by who, what, about what, and day."""
    filters = {name: given[name][:80] for name in ("actor", "action", "subject", "day")}
    before = number(given["before"])
    part = audit.part(desk.unit, _wanted(desk, filters), before, AT_ONCE)
    chain = audit.chain(desk.unit, desk.now)
    about = subjects.named(desk, {row.subject for row in part.rows})
    return Audit(
        [_row(desk, row, about) for row in part.rows], part.before,
        _actors(desk, filters["actor"], part.rows),
        {name: value for name, value in filters.items() if value}, chain.sequence, chain.at, chain.late,
    )  # fmt: skip


def _row(desk: Desk, row: Noted, about: Mapping[str, Subject]) -> Row:
    detail = [f"{name}: {_plain(value)}" for name, value in row.detail.items() if value != ""]
    return Row(
        row.id, row.at, _actor(desk, row.actor), row.action, _said(desk, row.action),
        row.subject, about[row.subject], row.reason, detail,
    )  # fmt: skip


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


def _actors(desk: Desk, chosen: str, rows: Sequence[Noted]) -> list[Actor]:
    """Every kind, whoever was asked for, and the officials on this page."""
    shown = {row.actor for row in rows if row.actor.startswith("official:")} | ({chosen} if chosen else set())
    officials = sorted((str(_actor(desk, one)), one) for one in shown if one not in KINDS)
    return [Actor(kind, Phrase(f"console.actor.{kind}")) for kind in KINDS] + [
        Actor(one, name) for name, one in officials
    ]


def _wanted(desk: Desk, filters: Mapping[str, str]) -> Filter:
    since = until = None
    with suppress(ValueError, OverflowError):  # what is no day is not asked for
        begins = datetime.combine(date.fromisoformat(filters["day"]), time.min, desk.zone)
        since, until = begins.astimezone(UTC), begins.astimezone(UTC) + timedelta(days=1)
    return Filter(filters["actor"], filters["action"], _subject(desk, filters["subject"]), since, until)


def _subject(desk: Desk, typed: str) -> str:
    """What was asked for, as the audit writes it: the code of a request, or what stands there already."""
    if ":" in typed or not typed:
        return typed
    tables: tuple[tuple[str, str, type[Case] | type[UrgentRequest]], ...]
    tables = (("HS", "case", Case), ("KC", "urgent", UrgentRequest))
    for prefix, noun, table in tables:
        found = desk.unit.scalars(select(table.id).where(table.code == read_code(typed, prefix))).first()
        if found is not None:
            return f"{noun}:{found}"
    return typed


screens = (Screen("/audit", "audit", "audit.see", view, menu="service"),)

"""Browsers of the console: who is signed in where, until when, and how it ends."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, literal, update
from sqlmodel import col, select

from handlers.desk.office.rights import Official
from storage.ids import new_id
from storage.tables import ConsoleSession, DataKey, OfficialRow

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

_SESSIONS: Table = ConsoleSession.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_OFFICIALS: Table = OfficialRow.__table__  # type: ignore[attr-defined]  # as above
_KEYS: Table = DataKey.__table__  # type: ignore[attr-defined]  # as above
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
SECOND_CHECK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that is signed in. csrf: what its forms carry. checked: a one-time code was given just now.

    stale: that it is in use was not noted within the last minute.
    """

    session_id: str
    official: Official
    csrf: str
    checked: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser of one's own account."""

    id: str
    since: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Browsers:
    """Browsers, in one transaction."""

    desk: "Desk"

    def sign_in(self, official_id: str) -> tuple[str, str]:
        """Sign a browser in whose official gave password and one-time code: its id, and the value of its cookie."""
        now, token = self.desk.now, secrets.token_urlsafe(32)
        row = ConsoleSession(
            id=new_id(now), token=self._token(token), official_id=official_id, created_at=now, seen_at=now,
            checked_at=now,
        )  # fmt: skip
        self.desk.unit.add(row)
        return row.id, token

    def session(self, token: str) -> SignedIn | None:
        """The browser that shows this cookie; None unless it is signed in and its account still active."""
        desk = self.desk
        since = {"idle": desk.now - IDLE, "begun": desk.now - LONGEST}
        row = desk.unit.run(_SIGNED_IN, {"token": self._token(token), **since}).one_or_none()
        official = desk.officials.signed_in(row) if row is not None else None
        if row is None or official is None:
            return None
        checked = desk.now - row.checked_at <= SECOND_CHECK
        stale = desk.now - row.seen_at >= SEEN_EVERY
        return SignedIn(row.session_id, official, desk.vault.look_up("console form", token).hex(), checked, stale)

    def seen(self, token: str) -> None:
        """Note that a browser is in use, once a minute; one whose time is over stays so."""
        row = self.find(token)
        if row is not None and row.seen_at < self.desk.now - SEEN_EVERY:
            row.seen_at = self.desk.now
            self.desk.unit.add(row)

    def of(self, official_id: str, here: str) -> list[Browser]:
        """The browsers of an account that are signed in, the newest first. here: the id of the one that asks."""
        query = select(ConsoleSession).where(ConsoleSession.official_id == official_id, *self._live())
        rows = self.desk.unit.scalars(query.order_by(col(ConsoleSession.id).desc()))
        return [Browser(row.id, row.created_at, row.seen_at, row.id == here) for row in rows]

    def checked_lately(self, official_id: str) -> bool:
        """Whether a one-time code of an account was given in one of its browsers within the last five minutes."""
        checked = col(ConsoleSession.checked_at) >= self.desk.now - SECOND_CHECK
        query = select(ConsoleSession.id).where(ConsoleSession.official_id == official_id, checked, *self._live())
        return self.desk.unit.scalars(query.limit(1)).first() is not None

    def end(self, official_id: str, session_id: str) -> bool:
        """Sign one browser of an account out."""
        ended = self._end(official_id, col(ConsoleSession.id) == session_id) == 1
        if ended:
            self.desk.note("official.signed_out", f"official:{official_id}", session=session_id)
        return ended

    def end_all(self, official_id: str) -> None:
        """Sign every browser of an account out."""
        self._end(official_id)
        self.desk.note("official.signed_out_everywhere", f"official:{official_id}")

    def end_with(self, official_id: str) -> None:
        """The same, as part of something that is noted itself."""
        self._end(official_id)

    def find(self, token: str) -> ConsoleSession | None:
        """The row of a browser that is signed in, by its cookie."""
        query = select(ConsoleSession).where(ConsoleSession.token == self._token(token), *self._live())
        return self.desk.unit.scalars(query).first()

    # Inside

    def _live(self) -> tuple[ColumnElement[bool], ...]:
        return _live(self.desk.now - IDLE, self.desk.now - LONGEST)

    def _end(self, official_id: str, *those: ColumnElement[bool]) -> int:
        hers = col(ConsoleSession.official_id) == official_id
        ended = update(ConsoleSession).where(hers, col(ConsoleSession.ended_at).is_(None), *those)
        return self.desk.unit.change(ended.values(ended_at=self.desk.now))

    def _token(self, token: str) -> bytes:
        return self.desk.vault.look_up("console session", token)


def _live(idle: object, begun: object) -> tuple[ColumnElement[bool], ...]:
    """Those that did not end. idle, begun: since when they must have been seen and begun."""
    return (_SESSIONS.c.ended_at.is_(None), _SESSIONS.c.seen_at > idle, _SESSIONS.c.created_at > begun)


# A browser with its official and her wrapped key, which every click asks for.
_READ = (
    _SESSIONS.c.id.label("session_id"), _SESSIONS.c.seen_at, _SESSIONS.c.checked_at, _KEYS.c.wrapped,
    *(_OFFICIALS.c[name] for name in ("id", "state", "roles", "body", "language", "person_id")),
)  # fmt: skip
_SIGNED_IN: Select[Any] = (
    select(*_READ)
    .join_from(_SESSIONS, _OFFICIALS, _OFFICIALS.c.id == _SESSIONS.c.official_id)
    .join(_KEYS, _KEYS.c.name == literal("official:").concat(_OFFICIALS.c.id), isouter=True)
    .where(_SESSIONS.c.token == bindparam("token"), *_live(bindparam("idle"), bindparam("begun")))
)

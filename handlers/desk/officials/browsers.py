"""Browsers of the console: who is signed in where, until when, and how it ends."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, literal, update
from sqlmodel import col, select

from handlers.desk.office import Context, Official
from handlers.desk.officials.acting_chats import ActingChats
from handlers.desk.officials.officials import Officials
from storage.ids import new_id
from storage.tables import ConsoleSession, DataKey, OfficialRow

_SESSIONS: Table = ConsoleSession.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_OFFICIALS: Table = OfficialRow.__table__  # type: ignore[attr-defined]  # as above
_KEYS: Table = DataKey.__table__  # type: ignore[attr-defined]  # as above
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
SECOND_CHECK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
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
class OwnBrowser:
    """A browser of one's own account."""

    id: str
    since: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Browsers:
    """Browsers, in one transaction."""

    context: Context

    def sign_in(self, official_id: str) -> tuple[str, str]:
        """Sign a browser in whose official gave password and one-time code: its id, and the value of its cookie."""
        now, token = self.context.now, secrets.token_urlsafe(32)
        row = ConsoleSession(
            id=new_id(now), token=self._token(token), official_id=official_id, created_at=now, seen_at=now,
            checked_at=now,
        )  # fmt: skip
        self.context.unit.add(row)
        return row.id, token

    def session(self, token: str) -> SignedIn | None:
        """The browser that shows this cookie; None unless it is signed in and its account still active."""
        context = self.context
        since = {"idle": context.now - IDLE, "begun": context.now - LONGEST, "ahead": context.now + IDLE}
        row = context.unit.run(_SIGNED_IN, {"token": self._token(token), **since}).one_or_none()
        official = Officials(context).signed_in(row) if row is not None else None
        if row is None or official is None:
            return None
        checked = abs(context.now - row.checked_at) <= SECOND_CHECK
        stale = context.now - row.seen_at >= SEEN_EVERY
        return SignedIn(
            session_id=row.session_id,
            official=official,
            csrf=context.vault.look_up("console form", token).hex(),
            checked=checked,
            stale=stale,
        )

    def seen(self, token: str) -> None:
        """Note that a browser is in use, once a minute; one whose time is over stays so."""
        row = self.find(token)
        if row is not None and row.seen_at < self.context.now - SEEN_EVERY:
            row.seen_at = self.context.now
            self.context.unit.add(row)

    def of(self, official_id: str, here: str) -> list[OwnBrowser]:
        """The browsers of an account that are signed in, the newest first. here: the id of the one that asks."""
        query = select(ConsoleSession).where(ConsoleSession.official_id == official_id, *self._live())
        rows = self.context.unit.scalars(query.order_by(col(ConsoleSession.id).desc()))
        return [OwnBrowser(row.id, row.created_at, row.seen_at, row.id == here) for row in rows]

    def end(self, official_id: str, session_id: str) -> bool:
        """Sign one browser of an account out."""
        ended = self._end(official_id, col(ConsoleSession.id) == session_id) == 1
        if ended:
            self.context.note("official.signed_out", f"official:{official_id}", session=session_id)
        return ended

    def end_all(self, official_id: str) -> None:
        """Sign every browser of an account out; no chat acts for it any more."""
        self._end(official_id)
        ActingChats(self.context).end(official_id)
        self.context.note("official.signed_out_everywhere", f"official:{official_id}")

    def end_with(self, official_id: str) -> None:
        """The same, as part of something that is noted itself."""
        self._end(official_id)

    def find(self, token: str) -> ConsoleSession | None:
        """The row of a browser that is signed in, by its cookie."""
        query = select(ConsoleSession).where(ConsoleSession.token == self._token(token), *self._live())
        return self.context.unit.scalars(query).first()

    # Inside

    def _live(self) -> tuple[ColumnElement[bool], ...]:
        now = self.context.now
        return _live(now - IDLE, now - LONGEST, now + IDLE)

    def _end(self, official_id: str, *those: ColumnElement[bool]) -> int:
        hers = col(ConsoleSession.official_id) == official_id
        ended = update(ConsoleSession).where(hers, col(ConsoleSession.ended_at).is_(None), *those)
        return self.context.unit.change(ended.values(ended_at=self.context.now))

    def _token(self, token: str) -> bytes:
        return self.context.vault.look_up("console session", token)


def _live(idle: object, begun: object, ahead: object) -> tuple[ColumnElement[bool], ...]:
    """Those that did not end. idle, begun: since when they must have been seen and begun; ahead: and not after."""
    seen_at, created_at = _SESSIONS.c.seen_at, _SESSIONS.c.created_at
    return (_SESSIONS.c.ended_at.is_(None), seen_at > idle, created_at > begun, seen_at < ahead, created_at < ahead)


_ACTS_BY = ("id", "state", "roles", "roles_since", "let_in_by", "body", "language", "person_id")
# A browser with its official and her wrapped key, which every click asks for.
_READ = (
    _SESSIONS.c.id.label("session_id"), _SESSIONS.c.seen_at, _SESSIONS.c.checked_at, _KEYS.c.wrapped,
    *(_OFFICIALS.c[name] for name in _ACTS_BY),
)  # fmt: skip
_SIGNED_IN: Select[Any] = (
    select(*_READ)
    .join_from(_SESSIONS, _OFFICIALS, _OFFICIALS.c.id == _SESSIONS.c.official_id)
    .join(_KEYS, _KEYS.c.name == literal("official:").concat(_OFFICIALS.c.id), isouter=True)
    .where(_SESSIONS.c.token == bindparam("token"), *_live(bindparam("idle"), bindparam("begun"), bindparam("ahead")))
)

"""Photos: kept as they came only until they are cleaned, and then readable by officials of the case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, TextClause, text
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from handlers.desk.messages.messages import Messages
from handlers.desk.office import Context
from handlers.flow.message import Say
from storage.crypto import WrongKey
from storage.database import Unit
from storage.ids import new_id
from storage.queries.incoming import chats
from storage.tables import File
from storage.vault import KeyGone

MOST_A_DAY = 20
MOST_WAITING_BYTES = 256 << 20  # of photos that wait to be cleaned, all of them together


def waiting_bytes(unit: Unit, line: str = "") -> int:
    """How much of photos waits to be cleaned, in one line or in all."""
    query = select(func.coalesce(func.sum(File.size), 0)).where(_is("raw"))
    return unit.scalar(query.where(File.line == line) if line else query) or 0


def _is(state: str) -> TextClause:
    """Whether a photo is in a state; written out, as the indexes have it."""
    return text(f"file.state = '{state}'")


def _first(state: str, now: datetime, *those: ColumnElement[bool]) -> SelectOfScalar[str]:
    """The photo whose turn it is: of the line that had fewest this hour, and nobody's second before another's first.

    Why lines: who sends each photo as somebody new else goes before all who come later.
    """
    lately, earlier = now - timedelta(hours=1), aliased(File)
    over = (col(File.created_at) > lately, col(File.state).in_(("clean", "refused")))
    turns = select(col(File.line), func.count().label("had")).where(*over).group_by(col(File.line)).subquery()
    hers = (col(earlier.person_id) == col(File.person_id), col(earlier.id) < col(File.id))
    before = select(func.count()).select_from(earlier).where(*hers, col(earlier.created_at) > lately)
    turn = (func.coalesce(turns.c.had, 0), before.correlate(File).scalar_subquery(), col(File.id))
    query = select(File.id).outerjoin(turns, turns.c.line == col(File.line))
    return query.where(_is(state), *those).order_by(*turn).limit(1)


class TooMany(Exception):
    """The person sent as many photos as are kept in one day."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A photo that only its platform has. name: the platform's of it; attempt: how often it was tried."""

    id: str
    channel: str
    name: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Files:
    """Files of one transaction."""

    context: Context

    def keep(self, raw: bytes) -> str:
        """Keep a photo as it came; returns its id. Raises TooMany."""
        return self._add("raw", raw, len(raw))

    def await_photo(self, name: str) -> str:
        """Note a photo that a platform has under this name, to be fetched; returns its id. Raises TooMany."""
        return self._add("remote", name.encode(), 0)

    def _add(self, state: str, content: bytes, size: int) -> str:
        context, chat = self.context, self.context.here()
        since = context.now - timedelta(days=1)
        query = select(func.count()).where(File.person_id == chat.person_id, col(File.created_at) > since)
        if (context.unit.scalar(query) or 0) >= MOST_A_DAY:
            raise TooMany
        row = File(
            id=new_id(context.now), person_id=chat.person_id, address_id=chat.address_id, state=state, size=size,
            created_at=context.now, line=context.network or chat.person_id,
        )  # fmt: skip
        row.body = context.vault.seal_bytes(f"person:{chat.person_id}", f"file.body:{row.id}", content)
        context.unit.add(row)
        context.unit.flush()
        return row.id

    def attach(self, ids: Iterable[str], case_id: str) -> None:
        """Make the person's own photos part of her case."""
        for file_id in ids:
            row = self.context.unit.get(File, file_id)
            if row is not None and row.person_id == self.context.here().person_id and row.case_id is None:
                row.case_id = case_id
                self.context.unit.add(row)

    def clean_photo(self, file_id: str) -> bytes | None:
        """One of the person's own photos; empty while it waits to be cleaned, None if there is none."""
        row = self.context.unit.get(File, file_id)
        if row is None or row.body is None or row.person_id != self.context.here().person_id:
            return None
        if row.state != "clean":
            return b""
        return self.context.vault.open_bytes(f"person:{row.person_id}", f"file.body:{row.id}", row.body)

    def next_raw(self) -> tuple[str, bytes] | None:
        """The next photo to be cleaned: its id and bytes."""
        row = self._found(_first("raw", self.context.now))
        if row is None or row.body is None:
            return None
        try:
            return row.id, self.context.vault.open_bytes(f"person:{row.person_id}", f"file.body:{row.id}", row.body)
        except (KeyGone, WrongKey):
            return row.id, b""  # nothing can be made of it: it is refused like any other that is none

    def _found(self, query: SelectOfScalar[str]) -> File | None:
        # By its id, as whoever sorts whole rows sorts megabytes.
        file_id = self.context.unit.scalars(query).first()
        return self.context.unit.get(File, file_id) if file_id is not None else None

    def next_remote(self) -> Remote | None:
        """The next photo to be fetched from its platform."""
        due = or_(col(File.not_before).is_(None), col(File.not_before) <= self.context.now)
        row = self._found(_first("remote", self.context.now, due))
        if row is None or row.body is None:
            return None
        channel = chats.at_address(self.context.unit, row.address_id).channel
        try:
            name = self.context.vault.open_bytes(f"person:{row.person_id}", f"file.body:{row.id}", row.body).decode()
        except (KeyGone, WrongKey):
            name = ""
        return Remote(row.id, channel, name, row.attempt)

    def fetched(self, file_id: str, raw: bytes) -> None:
        """Keep a photo that was fetched, to be cleaned like any other."""
        self._replace(file_id, "remote", "raw", raw)

    def put_off(self, file_id: str, until: datetime) -> None:
        """Fetch a photo later."""
        row = self.context.unit.get(File, file_id)
        if row is not None and row.state == "remote":
            row.attempt, row.not_before = row.attempt + 1, until
            self.context.unit.add(row)

    def cleaned(self, file_id: str, jpeg: bytes) -> None:
        """Keep the cleaned photo in place of the one that came."""
        self._replace(file_id, "raw", "clean", jpeg)

    def _replace(self, file_id: str, old: str, new: str, content: bytes) -> None:
        """Put what a photo has become in place of what it was; nothing if it is no longer that."""
        row = self.context.unit.get(File, file_id)
        if row is None or row.state != old:
            return
        row.state, row.size = new, len(content)
        row.body = self.context.vault.seal_bytes(f"person:{row.person_id}", f"file.body:{row.id}", content)
        self.context.unit.add(row)

    def refuse(self, file_id: str, reason: str) -> None:
        """Keep nothing of a photo that is none, and tell the person so in plain words."""
        row = self.context.unit.get(File, file_id)
        if row is None or row.state not in ("remote", "raw"):
            return
        row.state, row.reason, row.body, row.size = "refused", reason, None, 0
        self.context.unit.add(row)
        chat = chats.at_address(self.context.unit, row.address_id)
        Messages(self.context).say(chat, Say(f"photo_refused.{reason}"), place=f"photo/{file_id}")

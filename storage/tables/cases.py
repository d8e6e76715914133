"""Requests for support and what belongs to them. A case is never the recognition of a poor household."""

from datetime import date, datetime

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from storage.columns import UtcTime, json_column, one_of

_OPEN, _TWIN = "closed_at IS NULL", "duplicate_of IS NOT NULL"
_CHECKED = "check_on IS NOT NULL"


class Case(SQLModel, table=True):
    """A request for support. Who, where and why are in `body`, sealed with the case's own key.

    officer_id: the official who took it. answer: what is proposed or was decided. recognised: class, number and date of
    a signed decision on the household, entered apart from any answer. Both are sealed like the body. check_on: the day
    on which the conditions of the support are looked at again.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_unit", "unit_id", "state", "due", "id"),
        Index("ix_cases_state", "state", "due", "id"),
        Index("ix_cases_open", "due", "id", postgresql_where=text(_OPEN), sqlite_where=text(_OPEN)),
        Index("ix_cases_open_unit", "unit_id", "due", "id", postgresql_where=text(_OPEN), sqlite_where=text(_OPEN)),
        Index("ix_cases_check", "check_on", postgresql_where=text(_CHECKED), sqlite_where=text(_CHECKED)),
        Index("ix_cases_twin", "duplicate_of", postgresql_where=text(_TWIN), sqlite_where=text(_TWIN)),
        one_of(
            "state",
            "submitted",
            "in_review",
            "need_info",
            "proposed",
            "approved",
            "refused",
            "delivering",
            "closed",
            "withdrawn",
        ),
    )

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    unit_id: str | None = None
    officer_id: str | None = Field(default=None, index=True)
    state: str = "submitted"
    needs: list[str] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    for_other: bool = False
    duplicate_of: str | None = None
    due: date
    check_on: date | None = None
    body: bytes | None = None
    answer: bytes | None = None
    recognised: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CaseEvent(SQLModel, table=True):
    """One thing that happened to a case: a change of state, words added, a question put."""

    __tablename__ = "case_event"

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    at: datetime = Field(sa_type=UtcTime)
    kind: str
    old: str | None = None
    new: str | None = None
    actor: str
    reason: str = ""
    note: bytes | None = None


class CaseLookUp(SQLModel, table=True):
    """How a case is found without reading it: look-up values of phone, name words, name with year and unit."""

    __tablename__ = "case_look_up"
    __table_args__ = (Index("ix_case_look_up_value", "kind", "value", "case_id"),)

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    kind: str = Field(primary_key=True)
    value: bytes = Field(primary_key=True)


class Task(SQLModel, table=True):
    """Something an officer has to do by a day."""

    __tablename__ = "task"
    __table_args__ = (one_of("kind", "first_contact", "review_form", "ask_person", "duplicate", "complaint"),)

    id: str = Field(primary_key=True)
    kind: str
    case_id: str = Field(foreign_key="cases.id", index=True)
    unit_id: str | None = None
    due: date
    created_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Consent(SQLModel, table=True):
    """A yes or a no to one purpose: which text, when, who said it and by which message."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("state", "given", "refused", "withdrawn"),
        one_of("told_by", "self", "helper", "officer"),
        Index("ix_consent_person", "person_id", "purpose", "id"),
    )

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    purpose: str
    state: str
    text_version: str
    told_by: str = "self"
    case_id: str | None = None
    channel: str
    cause: str
    at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class UrgentRequest(SQLModel, table=True):
    """Somebody in need now. Sealed with a key of its own, so that it can be kept or erased alone.

    rings: how often the officials on duty were told, the last time at rung_at.
    """

    __tablename__ = "urgent_request"
    __table_args__ = (
        one_of("state", "raised", "taken", "closed"),
        Index(
            "ix_urgent_request_open",
            "unit_id",
            "id",
            postgresql_where=text("state <> 'closed'"),
            sqlite_where=text("state <> 'closed'"),
        ),
    )

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    unit_id: str | None = None
    state: str = "raised"
    officer_id: str | None = None
    rings: int = 0
    rung_at: datetime | None = Field(default=None, sa_type=UtcTime)
    body: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Talk(SQLModel, table=True):
    """A person and an official speaking through the bot: open from the wish on, taken once it has an officer.

    in_chat: the officer writes from a chat and not from the console. last_at: when either said something.
    """

    __tablename__ = "talk"
    __table_args__ = (
        one_of("state", "open", "closed"),
        Index(
            "ix_talk_open",
            "unit_id",
            "id",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        Index(
            "ix_talk_officer",
            "officer_id",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    unit_id: str | None = None
    officer_id: str | None = None
    in_chat: bool = False
    state: str = "open"
    created_at: datetime = Field(sa_type=UtcTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TalkLine(SQLModel, table=True):
    """One thing said in a talk, sealed with the talk's own key. officer_id: who said it; none: the person.

    message: the key of the outbox row that carries it to the other side.
    """

    __tablename__ = "talk_line"

    id: str = Field(primary_key=True)
    talk_id: str = Field(foreign_key="talk.id", index=True)
    officer_id: str | None = None
    body: bytes | None = None
    message: str | None = None
    at: datetime = Field(sa_type=UtcTime)


class File(SQLModel, table=True):
    """A photo. `remote` while only its platform has it, `raw` as it came, `clean` once re-encoded, or `refused`.

    body: the platform's name of a remote one, then the photo; nothing once it was refused. line: in which it waited:
    the mark of the network it came from, else its person.
    """

    __tablename__ = "file"
    __table_args__ = (
        one_of("state", "remote", "raw", "clean", "refused"),
        # What is asked of many stands in an index whole: behind a body of megabytes no column is found quickly.
        Index(
            "ix_file_raw",
            "line",
            "size",
            "person_id",
            "id",
            postgresql_where=text("state = 'raw'"),
            sqlite_where=text("state = 'raw'"),
        ),
        Index("ix_file_remote", "id", postgresql_where=text("state = 'remote'"), sqlite_where=text("state = 'remote'")),
        Index("ix_file_line", "created_at", "line", "state"),
        Index("ix_file_person", "person_id", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    address_id: str
    case_id: str | None = Field(default=None, index=True)
    state: str = "raw"
    reason: str | None = None
    size: int
    attempt: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcTime)
    body: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    line: str | None = None

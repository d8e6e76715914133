"""Announcements, who gets them, what people want to hear of, and what the clock has said already."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from storage.columns import BigKey, UtcTime, json_column, one_of

_PLANNED, _DIGEST, _HEARD = "state = 'planned'", "state = 'digest'", "stopped_at IS NULL"
_ALIVE = "state IN ('scheduled', 'sending', 'paused')"
_FATES = ("planned", "released", "opted_out", "gone", "elsewhere", "stopped", "digest", "digested")


class Broadcast(SQLModel, table=True):
    """One announcement. Its words are public, so nothing in it is sealed.

    kind: whom it is for, see `handlers.desk.announcing`. topic: of the news; empty for other kinds. title, words: by
    language; words empty in English where there is none. audience: the rule that found its recipients. picture: JPEG.
    rendered: by language, all that people read, once it began to be sent.
    start: when it is to go out; None: at once. version: grows with every edit. authors: ids of all officials who wrote
    in it, none of whom may approve it. digest: of words, picture, rule, start and recipients as they were frozen, and
    what an approval is bound to. people: how many were frozen. again_by: the official who asks that what is unknown
    goes out once more. objection: why it was given back, until it is submitted again.
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        one_of("kind", "news", "service", "givers", "rules", "warning", "staff"),
        one_of("state", "draft", "awaiting_approval", "scheduled", "sending", "paused", "done", "cancelled"),
        CheckConstraint("approved_by IS NULL OR digest IS NOT NULL", name="approved_by"),
        Index("ix_broadcast_alive", "start", "id", postgresql_where=text(_ALIVE), sqlite_where=text(_ALIVE)),
        Index("ix_broadcast_state", "state", "id"),
    )

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    code: str = Field(unique=True)
    kind: str
    topic: str = ""
    title: dict[str, str] = Field(sa_column=Column(json_column(), nullable=False))
    words: dict[str, str] = Field(sa_column=Column(json_column(), nullable=False))
    audience: dict[str, Any] = Field(sa_column=Column(json_column(), nullable=False))
    unit_id: str | None = None
    campaign_id: str | None = None
    picture: bytes | None = None
    rendered: dict[str, str] = Field(default_factory=dict, sa_column=Column(json_column(), nullable=False))
    start: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str = "draft"
    version: int = 1
    authors: list[str] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    digest: bytes | None = None
    people: int = 0
    submitted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    began_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    again_by: str | None = None
    objection: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class Recipient(SQLModel, table=True):
    """One chat that an announcement goes to, as thin as may be: there may be a million.

    state: planned, then released into the outbox, where its fate is; or why it was not: opted_out, gone, stopped,
    elsewhere (she gets it in another chat, joined since).
    digest waits for the person's next digest, and digested went out in one. outbox_id: the message that carries it.

    Why the index of those planned names outbox_id, which none of them has: all its entries of a channel are alike, so
    that PostgreSQL keeps them in a few bytes each, and what asks for that order is found by it and by nothing slower.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        # One by one: SQLite makes the list of an IN anew for each row, which takes as long as to write the row.
        CheckConstraint(" OR ".join(f"state = '{fate}'" for fate in _FATES), name="state"),
        Index(
            "ix_recipient_planned",
            "broadcast_id",
            "channel",
            "outbox_id",
            postgresql_where=text(_PLANNED),
            sqlite_where=text(_PLANNED),
        ),
        Index("ix_recipient_digest", "address_id", postgresql_where=text(_DIGEST), sqlite_where=text(_DIGEST)),
        {"sqlite_with_rowid": False},
    )

    broadcast_id: int = Field(sa_type=BigKey, primary_key=True)
    address_id: str = Field(primary_key=True)
    channel: str
    state: str = "planned"
    outbox_id: int | None = Field(default=None, sa_type=BigKey)


class Subscription(SQLModel, table=True):
    """One topic of news that a person wants, for a unit or the whole city (''). Stopping keeps the row.

    rhythm: at once, or gathered once a day or a week.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        one_of("rhythm", "at_once", "daily", "weekly"),
        Index(
            "ix_subscription_topic",
            "topic",
            "person_id",
            "rhythm",
            postgresql_where=text(_HEARD),
            sqlite_where=text(_HEARD),
        ),
    )

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    topic: str = Field(primary_key=True)
    unit_id: str = Field(default="", primary_key=True)
    rhythm: str = "at_once"
    since: datetime = Field(sa_type=UtcTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcTime)


class OfficeDay(SQLModel, table=True):
    """A day on which the offices are closed, or open, against the calendar: what the government decides in a year."""

    __tablename__ = "office_day"
    __table_args__ = (one_of("kind", "closed", "opened"),)

    day: date = Field(primary_key=True)
    kind: str
    entered_by: str
    at: datetime = Field(sa_type=UtcTime)


class Reminder(SQLModel, table=True):
    """That something was reminded of, or need not be any more: it exists once, however often the clock looks.

    subject: what it is about, such as `case:<id>`. number: first, second ... of its kind.
    """

    __tablename__ = "reminder"
    __table_args__ = (one_of("state", "sent", "skipped"), Index("ix_reminder_subject", "subject"))

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    at: datetime = Field(sa_type=UtcTime)


class Suspect(SQLModel, table=True):
    """A message that is not ours and that somebody asked about. body: its words, sealed with her key."""

    __tablename__ = "suspect"

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    code: str = ""
    body: bytes | None = None
    at: datetime = Field(sa_type=UtcTime)
    seen_by: str | None = None
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LawChange(SQLModel, table=True):
    """A day on which results may change, because rows of the rules begin or end then; an admin confirms it.

    day: the first day of the new rules. found: how many families' results differ, once all were looked at.
    """

    __tablename__ = "law_change"
    __table_args__ = (one_of("state", "confirmed", "found"),)

    id: str = Field(primary_key=True)
    day: date = Field(unique=True)
    state: str = "confirmed"
    confirmed_by: str
    found: int = 0
    looked_at: str = ""
    at: datetime = Field(sa_type=UtcTime)


class LawChangePerson(SQLModel, table=True):
    """A person whose family's result differs after a change; which results they are is kept nowhere."""

    __tablename__ = "law_change_person"

    change_id: str = Field(primary_key=True, foreign_key="law_change.id")
    person_id: str = Field(primary_key=True, foreign_key="person.id")

"""What the service itself has to remember: keys, leases, jobs, limits, who is responsible, and the audit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from storage.columns import BigKey, UtcTime, json_column, one_of


class Meta(SQLModel, table=True):
    """A few facts about this database: the check value of its key, whether it holds demonstration data."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str


class DataKey(SQLModel, table=True):
    """One data key, wrapped by the master key. Deleting the row erases whatever it sealed."""

    __tablename__ = "data_key"

    name: str = Field(primary_key=True)
    wrapped: bytes
    created_at: datetime = Field(sa_type=UtcTime)


class LeaseRow(SQLModel, table=True):
    """Who may do a thing now; the epoch grows with every change of hands and travels with every mark."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=UtcTime)
    epoch: int = 1


class ChannelToken(SQLModel, table=True):
    """The pair of tokens by which a platform takes our calls; it changes with every renewal, which counts its number.

    access, refresh: sealed with the channel's key; None until a pair was given. expires_at: None where nobody said.
    presented: how often this refresh token was brought, counted before each time. spent: it must not be brought again.
    refused: the platform refuses this access token. consent: what a consent under way has to be checked with, sealed.
    """

    __tablename__ = "channel_token"

    channel: str = Field(primary_key=True)
    number: int
    access: bytes | None = None
    refresh: bytes | None = None
    got_at: datetime | None = Field(default=None, sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    presented: int = 0
    presented_at: datetime | None = Field(default=None, sa_type=UtcTime)
    refused: bool = False
    spent: bool = False
    reason: str = ""
    consent: bytes | None = None


class JobRun(SQLModel, table=True):
    """One due time of one scheduled job; it exists once, whoever plans it."""

    __tablename__ = "job_run"
    __table_args__ = (one_of("state", "started", "done", "failed", "dropped"),)

    job: str = Field(primary_key=True)
    due: datetime = Field(sa_type=UtcTime, primary_key=True)
    state: str
    started_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LimitRow(SQLModel, table=True):
    """How often something was done in one window."""

    __tablename__ = "limiter"

    name: bytes = Field(primary_key=True)
    window: datetime = Field(sa_type=UtcTime)
    count: int = 0


class OneTimeToken(SQLModel, table=True):
    """A link or code that opens something for a short while. Only the look-up value of its token is kept.

    body: what it opens, sealed with the person's key.
    """

    __tablename__ = "one_time_token"

    token: bytes = Field(primary_key=True)
    kind: str
    person_id: str = Field(foreign_key="person.id", index=True)
    until: datetime = Field(sa_type=UtcTime)
    body: bytes | None = None


class Owner(SQLModel, table=True):
    """Who is responsible for this service and its data; the newest row that a second official confirmed counts."""

    __tablename__ = "owner"

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    body: str
    contact: str
    data_contact: str
    entered_by: str
    confirmed_by: str | None = None
    since: datetime = Field(sa_type=UtcTime)


class AuditRow(SQLModel, table=True):
    """What was done, by whom and why. Sealed in order, a second later, by whoever leads: sequence, chain, hash."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"), Index("ix_audit_actor", "actor", "id"))

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    actor: str
    action: str
    subject: str
    reason: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_column(), nullable=False))
    sequence: int | None = Field(default=None, sa_type=BigKey, unique=True)
    previous: bytes | None = None
    hash: bytes | None = None


class ChannelSpend(SQLModel, table=True):
    """How many messages of a channel were paid for in a calendar month, such as 2026-11."""

    __tablename__ = "channel_spend"

    channel: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    count: int

"""What came in, what was asked, what goes out, and the web chat's own lines."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import BigKey, UtcTime, one_of

# The channel whose platform reports what arrived.
_REPORTED = "channel = 'zalo_oa' AND state = 'sent'"


class InboxRow(SQLModel, table=True):
    """One accepted message. Its body is sealed with the key of the day it came, and emptied 72 hours after."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "update_id"),
        one_of("state", "new", "done", "dead"),
        Index(
            "ix_inbox_waiting",
            "person_id",
            "id",
            postgresql_where=text("state = 'new'"),
            sqlite_where=text("state = 'new'"),
        ),
        Index("ix_inbox_done", "done_at"),
        Index("ix_inbox_person", "person_id"),
    )

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    channel: str
    update_id: str
    address_id: str
    person_id: str
    kind: str
    day: date
    body: bytes | None = None
    state: str = "new"
    attempt: int = 0
    not_before: datetime = Field(sa_type=UtcTime)
    received_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DeadLetter(SQLModel, table=True):
    """A message we could not handle, with its reason. For replay its body stays in the inbox row.

    body: what nobody could read, as it came, sealed with the key of its day; such a letter has no inbox row.
    """

    __tablename__ = "dead_letter"
    __table_args__ = (one_of("state", "open", "replayed"),)

    id: str = Field(primary_key=True)
    inbox_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    channel: str
    reason: str
    state: str = "open"
    body: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)


class AskingRow(SQLModel, table=True):
    """One showing of a question or of buttons: what a press or a typed number is read against."""

    __tablename__ = "asking"
    __table_args__ = (Index("ix_asking_person", "person_id", "created_at"),)

    nonce: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    body: bytes
    created_at: datetime = Field(sa_type=UtcTime)
    until: datetime | None = Field(default=None, sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


class OutboxRow(SQLModel, table=True):
    """One message to one chat. `key` names it once and for all; state moves only by compare-and-set.

    part: how many of the pieces it was split into are out. epoch: of the sender's lease under which it was marked.
    way: free, paid or template, where the platform makes a difference. held: until she writes.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", "held", "queued", "sending", "sent", "delivered", "failed", "unknown", "expired", "cancelled"),
        one_of("lane", "reply", "bulk"),
        Index(
            "ix_outbox_pending",
            "channel",
            "lane",
            "id",
            postgresql_where=text("state IN ('queued', 'sending')"),
            sqlite_where=text("state IN ('queued', 'sending')"),
        ),
        Index("ix_outbox_address", "address_id", "id"),
        Index("ix_outbox_person", "person_id"),
        Index(
            "ix_outbox_open",
            "address_id",
            "id",
            postgresql_where=text("state IN ('queued', 'sending', 'unknown')"),
            sqlite_where=text("state IN ('queued', 'sending', 'unknown')"),
        ),
        Index(
            "ix_outbox_stuck",
            "state",
            "id",
            postgresql_where=text("state IN ('unknown', 'failed', 'held', 'expired')"),
            sqlite_where=text("state IN ('unknown', 'failed', 'held', 'expired')"),
        ),
        Index(
            "ix_outbox_announced",
            "cause",
            "state",
            postgresql_where=text("kind IN ('broadcast', 'warning')"),
            sqlite_where=text("kind IN ('broadcast', 'warning')"),
        ),
        Index(
            "ix_outbox_reported",
            "platform_id",
            postgresql_where=text(_REPORTED),
            sqlite_where=text(_REPORTED),
        ),
    )

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    key: str = Field(unique=True)
    person_id: str
    address_id: str
    channel: str
    lane: str = "reply"
    kind: str
    state: str = "queued"
    attempt: int = 0
    epoch: int = 0
    part: int = 0
    not_before: datetime = Field(sa_type=UtcTime)
    deadline: datetime | None = Field(default=None, sa_type=UtcTime)
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    platform_id: str | None = None
    way: str | None = None
    reason: str | None = None
    cause: str
    copy_of: int | None = Field(default=None, sa_type=BigKey)
    body: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class PassedOn(SQLModel, table=True):
    """A message that carries what is not its reader's own: it is emptied when the data key that is under goes.

    message: its key in the outbox. under: the name of that data key.
    """

    __tablename__ = "passed_on"

    message: str = Field(primary_key=True)
    under: str = Field(index=True)


class ChatLine(SQLModel, table=True):
    """One line of a web chat; numbers come from the chat's own row, so a reader's cursor never skips one."""

    __tablename__ = "chat_line"
    __table_args__ = (one_of("origin", "us", "you"),)

    address_id: str = Field(primary_key=True, foreign_key="address.id")
    number: int = Field(primary_key=True)
    origin: str
    client: str | None = None
    outbox_id: int | None = Field(default=None, sa_type=BigKey)
    body: bytes
    at: datetime = Field(sa_type=UtcTime)

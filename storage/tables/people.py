"""Who writes to us, from where, and where in a talk they are."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import UtcTime, one_of


class Person(SQLModel, table=True):
    """Somebody who wrote to us; erasing keeps the row, without anything that tells who it was."""

    __tablename__ = "person"
    __table_args__ = (one_of("state", "active", "erased"),)

    id: str = Field(primary_key=True)
    state: str = "active"
    language: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    last_in_at: datetime = Field(sa_type=UtcTime)


class Address(SQLModel, table=True):
    """One chat of a person on one channel.

    external: a look-up value of the platform's id. chat: that id, sealed with the person's key; empty where the chat is
    ours. chosen: she wants her messages there, wherever she writes. screen: the asking shown there last.
    interacted_at: when she did something there last by the platform's own time, where that opens a window for our
    messages. by_hand_until: until then somebody answers her in the platform's own tool, and we keep silent.
    """

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("channel", "external"),)

    id: str = Field(primary_key=True)
    channel: str
    external: bytes
    person_id: str = Field(foreign_key="person.id", index=True)
    chat: bytes | None = None
    chosen: bool = False
    reachable: bool = True
    last_in_at: datetime = Field(sa_type=UtcTime)
    last_line: int = 0
    screen: str | None = None
    interacted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    by_hand_until: datetime | None = Field(default=None, sa_type=UtcTime)


class SessionRow(SQLModel, table=True):
    """A person's session: the open conversation and the paused ones, sealed with her key."""

    __tablename__ = "session"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    body: bytes
    changed_at: datetime = Field(sa_type=UtcTime)

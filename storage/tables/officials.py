"""Who works for the office: accounts, how they get in, and for which units they act."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.columns import UtcTime, json_column, one_of


class OfficialRow(SQLModel, table=True):
    """An official's account. Name, title and e-mail are in `body`, sealed with the account's own key.

    login: a look-up value of the e-mail. password: as argon2 writes it. secret: of the one-time codes, sealed; step: of
    the last code taken, so that none counts twice. person_id: whose chats act for the account. deputy_id acts for the
    units from away_from to away_until. on_duty: urgent requests ring here.
    """

    __tablename__ = "official"
    __table_args__ = (one_of("state", "invited", "active", "disabled"),)

    id: str = Field(primary_key=True)
    login: bytes = Field(unique=True)
    state: str = "invited"
    roles: list[str] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    language: str = "vi"
    body: bytes | None = None
    password: str | None = None
    secret: bytes | None = None
    step: int = 0
    person_id: str | None = Field(default=None, foreign_key="person.id", unique=True)
    on_duty: bool = True
    deputy_id: str | None = Field(default=None, index=True)
    away_from: date | None = None
    away_until: date | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class OfficialUnit(SQLModel, table=True):
    """A unit an official works for."""

    __tablename__ = "official_unit"

    official_id: str = Field(primary_key=True, foreign_key="official.id")
    unit_id: str = Field(primary_key=True, index=True)


class Invitation(SQLModel, table=True):
    """A one-time link to an account, or a one-time code that lets a chat act for it. Only its look-up value is kept."""

    __tablename__ = "invitation"
    __table_args__ = (one_of("kind", "account", "chat"),)

    token: bytes = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id", index=True)
    kind: str = "account"
    until: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RecoveryCode(SQLModel, table=True):
    """One of ten codes that each stand once for a one-time code. Only its look-up value is kept."""

    __tablename__ = "recovery_code"

    code: bytes = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id", index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ConsoleSession(SQLModel, table=True):
    """A browser an official signed in with; it ends by itself, or when somebody ends it.

    token: a look-up value of the cookie. checked_at: when a one-time code was last given. tries: wrong ones since.
    """

    __tablename__ = "console_session"

    id: str = Field(primary_key=True)
    token: bytes = Field(unique=True)
    official_id: str = Field(foreign_key="official.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    checked_at: datetime = Field(sa_type=UtcTime)
    tries: int = 0
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)

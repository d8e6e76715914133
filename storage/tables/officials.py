"""Who works for the office: accounts, how they get in, and for which units they act."""

from datetime import date, datetime

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from storage.columns import UtcTime, json_column, one_of


class OfficialRow(SQLModel, table=True):
    """An official's account. Name, title and e-mail are in `body`, sealed with the account's own key.

    login: a look-up value of the e-mail. password: as argon2 writes it. secret: of the one-time codes, sealed; step: of
    the last code taken, so that none counts twice. person_id: whose chats act for the account. deputy_id acts for the
    units from away_from to away_until. on_duty: urgent requests ring here. roles_since: when a role was given, by role;
    not those that count from the beginning. let_in_by: the official who was shown the link that was taken up.
    """

    __tablename__ = "official"
    __table_args__ = (one_of("state", "invited", "active", "disabled"),)

    id: str = Field(primary_key=True)
    login: bytes = Field(unique=True)
    state: str = "invited"
    roles: list[str] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    roles_since: dict[str, str] | None = Field(default=None, sa_column=Column(json_column()))
    let_in_by: str | None = None
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
    """A unit an official works for. since: when it was given; empty where it counts from the beginning."""

    __tablename__ = "official_unit"

    official_id: str = Field(primary_key=True, foreign_key="official.id")
    unit_id: str = Field(primary_key=True, index=True)
    since: datetime | None = Field(default=None, sa_type=UtcTime)


class AccountChange(SQLModel, table=True):
    """What an admin asks to be done to an account, until another admin decides.

    kind: invite makes the account, whose e-mail, name and title are in `body`, sealed with a key of the change; again
    is a new link; change gives it these roles and units. official_id: of the account, also before it is made.
    """

    __tablename__ = "account_change"
    __table_args__ = (
        one_of("kind", "invite", "again", "change"),
        one_of("state", "waiting", "confirmed", "refused", "lapsed"),
        Index(
            "uq_account_change_waiting",
            "official_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
    )

    id: str = Field(primary_key=True)
    official_id: str = Field(index=True)
    kind: str
    state: str = "waiting"
    login: bytes | None = None
    body: bytes | None = None
    roles: list[str] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    units: list[str] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Invitation(SQLModel, table=True):
    """A one-time link to an account, or a one-time code that lets a chat act for it. Only its look-up value is kept.

    shown_to: the official who was shown the link; empty where the operator was.
    """

    __tablename__ = "invitation"
    __table_args__ = (one_of("kind", "account", "chat"),)

    token: bytes = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id", index=True)
    kind: str = "account"
    until: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    shown_to: str | None = None


class ActingChat(SQLModel, table=True):
    """A chat that acts for an official's account, of those of the person it is bound to.

    woken_at: when a one-time code was given there last; after a while without one it sleeps. tries: wrong ones since.
    """

    __tablename__ = "acting_chat"

    address_id: str = Field(primary_key=True, foreign_key="address.id")
    official_id: str = Field(foreign_key="official.id", index=True)
    woken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    tries: int = 0


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

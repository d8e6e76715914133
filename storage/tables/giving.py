"""Giving: accounts of organisations, campaigns, what is pledged and needed, how the two meet, and the public ledger.

Why amounts are whole numbers with a measure: money is VND, and of everything else there are so many of something.
"""

from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import BigKey, UtcTime, json_column, one_of

GiftKind = Literal["money", "goods", "time", "idea", "job", "link"]
GIFT_KINDS: tuple[GiftKind, ...] = get_args(GiftKind)
_HELD = "state IN ('asked', 'allocated', 'handed_over', 'differs')"
_OPEN_PLEDGE = "closed_at IS NULL"
_NOT_ENDED = "ended_at IS NULL"


def _second(first: str, second: str) -> CheckConstraint:
    """Two acts that one official must not do both."""
    return CheckConstraint(f"{second} IS NULL OR {second} <> {first}", name=second)


class GiftAccount(SQLModel, table=True):
    """A bank account of an organisation. It may be shown once a second official confirmed it, on its days.

    bank_bin: the bank's six digits at NAPAS; empty where they are not known, and then there is no QR. swift: what a
    transfer from abroad needs, as the bank writes it. demo: it can't be paid.
    """

    __tablename__ = "gift_account"
    __table_args__ = (
        _second("entered_by", "confirmed_by"),
        Index(
            "ix_gift_account_one", "bank", "number", unique=True,
            postgresql_where=text(_NOT_ENDED), sqlite_where=text(_NOT_ENDED),
        ),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    owner: str
    bank: str
    bank_bin: str = ""
    number: str
    swift: str = ""
    first_day: date
    last_day: date | None = None
    demo: bool = False
    entered_by: str
    entered_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Campaign(SQLModel, table=True):
    """A drive for gifts. title, about: per language. basis: the legal basis of the list. goal: VND. unit_id: none means
    the whole city. opened_by: the second official, who opened it.
    """

    __tablename__ = "campaign"
    __table_args__ = (one_of("state", "draft", "open", "closed"), _second("written_by", "opened_by"))

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    state: str = Field(default="draft", index=True)
    title: dict[str, str] = Field(sa_column=Column(json_column(), nullable=False))
    about: dict[str, str] = Field(sa_column=Column(json_column(), nullable=False))
    organiser: str
    basis: str
    first_day: date
    last_day: date
    unit_id: str | None = None
    account_id: str | None = Field(default=None, foreign_key="gift_account.id")
    goal: int | None = Field(default=None, sa_type=BigInteger)
    written_by: str
    opened_by: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Pledge(SQLModel, table=True):
    """A promise of a gift. Who gives and their words are in `body`, sealed with the pledge's own key.

    kind: what is given; giver: who. unit_id, campaign_id: for where; neither: where it is most needed. topic: of goods
    or needs. amount: VND of money, or so many of `measure`. allocated, received, handed, confirmed: how much so far.
    months: of the year, for what has a season. due: when it is to come. until: after that day it is of no use.
    named: its giver wants to be named in public. verified_by: the official who verified an employer or buyer.
    reminders: how many were sent; none further if `quiet`.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        one_of("kind", *GIFT_KINDS),
        one_of("giver", "person", "group", "enterprise", "cooperative"),
        one_of("state", "offered", "accepted", "allocated", "handed_over", "received", "lapsed", "withdrawn"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("allocated >= 0 AND allocated <= amount", name="allocated"),
        CheckConstraint("received >= 0 AND handed >= 0 AND confirmed >= 0", name="received"),
        Index("ix_pledge_board", "state", "kind", "unit_id", "id"),
        Index("ix_pledge_due", "due", postgresql_where=text(_OPEN_PLEDGE), sqlite_where=text(_OPEN_PLEDGE)),
        Index("ix_pledge_account", "account_id", postgresql_where=text(_OPEN_PLEDGE), sqlite_where=text(_OPEN_PLEDGE)),
    )

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    kind: str
    giver: str
    abroad: bool = False
    named: bool = False
    unit_id: str | None = None
    campaign_id: str | None = Field(default=None, foreign_key="campaign.id", index=True)
    topic: str | None = None
    amount: int = Field(sa_type=BigInteger)
    measure: str = "VND"
    allocated: int = Field(default=0, sa_type=BigInteger)
    received: int = Field(default=0, sa_type=BigInteger)
    handed: int = Field(default=0, sa_type=BigInteger)
    confirmed: int = Field(default=0, sa_type=BigInteger)
    months: list[int] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    due: date | None = None
    until: date | None = None
    state: str = "offered"
    account_id: str | None = Field(default=None, foreign_key="gift_account.id")
    verified_by: str | None = None
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reminders: int = 0
    quiet: bool = False
    body: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PledgeEvent(SQLModel, table=True):
    """One thing that happened to a pledge. amount: how much it was about. note: words, sealed with the pledge's key."""

    __tablename__ = "pledge_event"

    id: str = Field(primary_key=True)
    pledge_id: str = Field(foreign_key="pledge.id", index=True)
    allocation_id: str | None = None
    at: datetime = Field(sa_type=UtcTime)
    kind: str
    old: str | None = None
    new: str | None = None
    amount: int | None = Field(default=None, sa_type=BigInteger)
    actor: str
    note: bytes | None = None


class NeedSlot(SQLModel, table=True):
    """One need that one gift can meet: of a request, or an item of a campaign.

    need: as requests name it. words: what is needed, sealed with the request's key. title: the same per language, of
    what a campaign says in public.
    """

    __tablename__ = "need_slot"
    __table_args__ = (
        one_of("kind", *GIFT_KINDS),
        one_of("state", "open", "met", "closed"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(case_id IS NULL) <> (campaign_id IS NULL)", name="of_one"),
        Index("ix_need_slot_board", "state", "kind", "unit_id", "id"),
    )

    id: str = Field(primary_key=True)
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    campaign_id: str | None = Field(default=None, foreign_key="campaign.id", index=True)
    unit_id: str | None = None
    need: str
    kind: str
    topic: str | None = None
    amount: int = Field(sa_type=BigInteger)
    measure: str = "VND"
    months: list[int] = Field(default_factory=list, sa_column=Column(json_column(), nullable=False))
    state: str = "open"
    words: bytes | None = None
    title: dict[str, str] | None = Field(default=None, sa_column=Column(json_column(), nullable=True))
    opened_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Allocation(SQLModel, table=True):
    """A pledge, or a part of it, given to a need; of one need at most one is held at a time.

    asked: the household was asked whether it wants to meet the employer or buyer; its name goes there only after a yes.
    answer: what the resident said of the hand-over.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        one_of("state", "asked", "declined", "allocated", "handed_over", "differs", "confirmed", "settled", "returned"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("answer IS NULL OR answer IN ('all', 'less', 'not_yet', 'not_mine')", name="answer"),
        Index(
            "ix_allocation_held", "slot_id", unique=True, postgresql_where=text(_HELD), sqlite_where=text(_HELD)
        ),
        Index("ix_allocation_state", "state", "unit_id", "id"),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    pledge_id: str = Field(foreign_key="pledge.id", index=True)
    slot_id: str = Field(foreign_key="need_slot.id", index=True)
    unit_id: str | None = None
    amount: int = Field(sa_type=BigInteger)
    state: str = "allocated"
    allocated_by: str
    allocated_at: datetime = Field(sa_type=UtcTime)
    handed_amount: int | None = Field(default=None, sa_type=BigInteger)
    handed_by: str | None = None
    handed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answer: str | None = None
    confirmed_amount: int | None = Field(default=None, sa_type=BigInteger)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Grievance(SQLModel, table=True):
    """A hand-over that its resident did not confirm as it was written down; who handed over can't close it.

    words: what was found out, sealed with the request's key.
    """

    __tablename__ = "grievance"
    __table_args__ = (
        one_of("cause", "less", "not_yet", "not_mine", "silent"),
        one_of("state", "open", "closed"),
        CheckConstraint("outcome IS NULL OR outcome IN ('received', 'made_good', 'taken_back')", name="outcome"),
        _second("handed_by", "closed_by"),
        Index("ix_grievance_open", "state", "unit_id", "id"),
        Index(
            "ix_grievance_one", "allocation_id", unique=True,
            postgresql_where=text("state = 'open'"), sqlite_where=text("state = 'open'"),
        ),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    allocation_id: str = Field(foreign_key="allocation.id", index=True)
    unit_id: str | None = None
    cause: str
    state: str = "open"
    handed_by: str
    opened_at: datetime = Field(sa_type=UtcTime)
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome: str | None = None
    words: bytes | None = None


class BankLine(SQLModel, table=True):
    """Money that came, as a statement says. text: the transfer's words, sealed with the key of the account's lines."""

    __tablename__ = "bank_line"
    __table_args__ = (
        one_of("state", "matched", "unmatched", "set_aside"),
        UniqueConstraint("account_id", "reference"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_bank_line_state", "state", "id"),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="gift_account.id")
    reference: str
    day: date
    amount: int = Field(sa_type=BigInteger)
    text: bytes | None = None
    state: str = "unmatched"
    pledge_id: str | None = Field(default=None, foreign_key="pledge.id", index=True)
    imported_by: str
    imported_at: datetime = Field(sa_type=UtcTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LedgerLine(SQLModel, table=True):
    """One line of the public ledger: nothing in it says who. Sealed in order like the audit.

    gift: the pledge's kind. reference: a look-up value of the bank's reference.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        one_of("kind", "received", "allotted", "handed_over", "confirmed", "returned"),
        one_of("gift", *GIFT_KINDS),
        Index("ix_ledger_code", "code", "id"),
        Index("ix_ledger_reference", "reference", "id"),
    )

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    day: date
    kind: str
    code: str
    allocation_id: str | None = None
    gift: str
    unit_id: str | None = None
    campaign_code: str | None = None
    amount: int = Field(sa_type=BigInteger)
    measure: str
    reference: bytes | None = None
    sequence: int | None = Field(default=None, sa_type=BigKey, unique=True)
    previous: bytes | None = None
    hash: bytes | None = None


class LedgerTotal(SQLModel, table=True):
    """What the sealed lines of the ledger come to. month: its first day. unit_id: empty where there is none."""

    __tablename__ = "ledger_total"

    month: date = Field(primary_key=True)
    unit_id: str = Field(primary_key=True)
    gift: str = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    amount: int = Field(default=0, sa_type=BigInteger)
    lines: int = 0


class GoodModel(SQLModel, table=True):
    """A way of making a living that worked somewhere, shown once an official approved it. cost: VND."""

    __tablename__ = "good_model"
    __table_args__ = (one_of("state", "offered", "shown", "hidden"), _second("written_by", "approved_by"))

    id: str = Field(primary_key=True)
    pledge_id: str | None = Field(default=None, foreign_key="pledge.id", index=True)
    state: str = Field(default="offered", index=True)
    content: dict[str, Any] = Field(sa_column=Column(json_column(), nullable=False))
    cost: int | None = Field(default=None, sa_type=BigInteger)
    written_by: str
    approved_by: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)

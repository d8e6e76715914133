"""What officials entered of the rows of law."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.columns import UtcTime, one_of

_PROPOSED, _IN_FORCE = "state = 'proposed'", "state = 'in_force'"


class RuleOverride(SQLModel, table=True):
    """A row of law that was compared again, or a figure that is to hold from a day; it counts once a second official
    confirmed it. Nothing in it is personal.

    valid_from: of the row that was compared, or the day the figure counts from. value: the figure; of what was compared
    the one that was, none if it is no number. document: what was read; of a figure, the act. leaving_by: who asks to
    take back what is in force, until another confirms that. ended_by: who refused it or had it taken back.
    """

    __tablename__ = "rule_override"
    __table_args__ = (
        one_of("what", "compared", "figure"),
        one_of("evidence", "text", "two_secondary", "one_secondary"),
        one_of("state", "proposed", "in_force", "refused", "withdrawn"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="confirmed_by"),
        CheckConstraint("state <> 'in_force' OR confirmed_by IS NOT NULL", name="in_force"),
        Index(
            "uq_rule_override_proposed", "row_id", "what", "valid_from", unique=True,
            postgresql_where=text(_PROPOSED), sqlite_where=text(_PROPOSED),
        ),
        Index("ix_rule_override_in_force", "id", postgresql_where=text(_IN_FORCE), sqlite_where=text(_IN_FORCE)),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    what: str
    row_id: str
    valid_from: date | None = None
    value: int | None = Field(default=None, sa_type=BigInteger)
    in_force_from: date | None = None
    compared_on: date
    document: str
    evidence: str
    state: str = "proposed"
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    leaving_by: str | None = None
    leaving_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)

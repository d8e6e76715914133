"""What a family said of itself, and what an official's decision says of it: two things that are never mixed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import UtcTime


class HouseholdRow(SQLModel, table=True):
    """One person's family. declared: her answers and their verdict. recognised: class, number and date of a decision.

    Both are sealed with the person's key: that a family is poor must not be read off a stolen file.
    """

    __tablename__ = "household"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    declared: bytes | None = None
    recognised: bytes | None = None
    changed_at: datetime = Field(sa_type=UtcTime)

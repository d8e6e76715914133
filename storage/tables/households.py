"""What a family said of itself. What a signed decision says of it stands in its case: the two are never mixed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import UtcTime


class HouseholdRow(SQLModel, table=True):
    """One person's family. declared: her answers and their verdict, sealed with her key."""

    __tablename__ = "household"

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    declared: bytes | None = None
    changed_at: datetime = Field(sa_type=UtcTime)

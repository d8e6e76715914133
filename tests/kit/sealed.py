"""What can be read in a database by whoever has it and no key."""

from sqlalchemy import LargeBinary, select
from sqlmodel import SQLModel

from storage.database import Unit

LOOKED_UP = 16  # bytes of a value to look up by: so few may be letters by chance


def in_the_open(unit: Unit) -> dict[str, str]:
    """Of every column of bytes that holds what can be read, the beginning of it."""
    found: dict[str, str] = {}
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, LargeBinary):
                continue
            for cell in unit.execute(select(column).where(column.is_not(None))).scalars():
                try:
                    plain = bytes(cell).decode() if len(cell) != LOOKED_UP else ""
                except UnicodeDecodeError:
                    continue
                if plain:
                    found[f"{table.name}.{column.name}"] = plain[:40]
    return found

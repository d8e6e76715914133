"""Photos: in which line each waited, so that no network's photos hold up all others."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file", sa.Column("line", sa.String(), nullable=True))
    op.create_index("ix_file_line", "file", ["created_at", "line", "state"])
    op.drop_index("ix_file_person_id", "file")
    op.create_index("ix_file_person", "file", ["person_id", "created_at", "id"])
    op.drop_index("ix_file_raw", "file")
    raw = sa.text("state = 'raw'")
    op.create_index(
        "ix_file_raw", "file", ["line", "size", "person_id", "id"], postgresql_where=raw, sqlite_where=raw
    )  # fmt: skip

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

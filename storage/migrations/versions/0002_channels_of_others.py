"""What channels need whose other end is not ours: where to send, how far a message is, photos still with a platform."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("address", sa.Column("chat", sa.LargeBinary(), nullable=True))
    op.add_column("address", sa.Column("chosen", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("one_time_token", sa.Column("body", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("dead_letter") as letters:
        letters.alter_column("inbox_id", existing_type=columns.BigKey, nullable=True)
        letters.add_column(sa.Column("body", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("file") as files:
        files.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
        files.add_column(sa.Column("not_before", columns.UtcTime(), nullable=True))
        files.drop_constraint(op.f("ck_file_state"), type_="check")
        files.create_check_constraint(op.f("ck_file_state"), "state IN ('remote', 'raw', 'clean', 'refused')")
    is_open = sa.text("state IN ('queued', 'sending', 'unknown')")
    op.drop_index("ix_outbox_queued", "outbox")
    op.create_index("ix_outbox_open", "outbox", ["address_id", "id"], postgresql_where=is_open, sqlite_where=is_open)
    remote = sa.text("state = 'remote'")
    op.create_index("ix_file_remote", "file", ["id"], postgresql_where=remote, sqlite_where=remote)

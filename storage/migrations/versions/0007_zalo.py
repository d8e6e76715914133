"""Zalo: the tokens of its Official Account, when people interacted there, and what its messages cost."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_token",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=True),
        sa.Column("refresh", sa.LargeBinary(), nullable=True),
        sa.Column("got_at", columns.UtcTime(), nullable=True),
        sa.Column("expires_at", columns.UtcTime(), nullable=True),
        sa.Column("presented", sa.Integer(), nullable=False),
        sa.Column("presented_at", columns.UtcTime(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("spent", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("consent", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_token")),
    )
    op.create_table(
        "channel_spend",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "month", name=op.f("pk_channel_spend")),
    )
    op.add_column("address", sa.Column("interacted_at", columns.UtcTime(), nullable=True))
    op.add_column("address", sa.Column("by_hand_until", columns.UtcTime(), nullable=True))
    op.add_column("outbox", sa.Column("way", sa.String(), nullable=True))
    reported = sa.text("channel = 'zalo_oa' AND state = 'sent'")
    op.create_index("ix_outbox_reported", "outbox", ["platform_id"], postgresql_where=reported, sqlite_where=reported)

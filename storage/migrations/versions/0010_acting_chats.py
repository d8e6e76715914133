"""Officials: which chats act for an account, and when a one-time code was given there last."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acting_chat",
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("woken_at", columns.UtcTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_acting_chat_address_id_address")),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_acting_chat_official_id_official")),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_acting_chat")),
    )
    op.create_index("ix_acting_chat_official_id", "acting_chat", ["official_id"])

"""Officials: what one admin asks to be done to an account and another decides, and since when roles and units count."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("login", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("roles", columns.json_column(), nullable=False),
        sa.Column("units", columns.json_column(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", columns.UtcTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("kind IN ('invite', 'again', 'change')", name=op.f("ck_account_change_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'refused', 'lapsed')", name=op.f("ck_account_change_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_change")),
    )
    op.create_index("ix_account_change_official_id", "account_change", ["official_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_account_change_waiting",
        "account_change",
        ["official_id"],
        unique=True,
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.add_column("official", sa.Column("roles_since", columns.json_column(), nullable=True))
    op.add_column("official", sa.Column("let_in_by", sa.String(), nullable=True))
    op.add_column("official_unit", sa.Column("since", columns.UtcTime(), nullable=True))
    op.add_column("invitation", sa.Column("shown_to", sa.String(), nullable=True))

"""Rules: what officials compared again, and figures they entered, over the rows that a release ships."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_override",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("compared_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", columns.UtcTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", columns.UtcTime(), nullable=True),
        sa.Column("leaving_by", sa.String(), nullable=True),
        sa.Column("leaving_at", columns.UtcTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("what IN ('compared', 'figure')", name=op.f("ck_rule_override_what")),
        sa.CheckConstraint(
            "evidence IN ('text', 'two_secondary', 'one_secondary')", name=op.f("ck_rule_override_evidence")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'in_force', 'refused', 'withdrawn')", name=op.f("ck_rule_override_state")
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_rule_override_confirmed_by")
        ),
        sa.CheckConstraint("state <> 'in_force' OR confirmed_by IS NOT NULL", name=op.f("ck_rule_override_in_force")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_override")),
    )
    proposed, in_force = sa.text("state = 'proposed'"), sa.text("state = 'in_force'")
    op.create_index(
        "uq_rule_override_proposed",
        "rule_override",
        ["row_id", "what", "valid_from"],
        unique=True,
        postgresql_where=proposed,
        sqlite_where=proposed,
    )
    op.create_index(
        "ix_rule_override_in_force",
        "rule_override",
        ["id"],
        postgresql_where=in_force,
        sqlite_where=in_force,
    )

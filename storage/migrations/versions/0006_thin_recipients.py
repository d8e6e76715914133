"""Recipients of announcements without a number of their own, and an index of what is heard that says how often."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = "broadcast_id, address_id, channel, state, outbox_id"
FATES = ("planned", "released", "opted_out", "gone", "elsewhere", "stopped", "digest", "digested")
ONE_OF_FATES = " OR ".join(f"state = '{fate}'" for fate in FATES)


def upgrade() -> None:
    op.drop_index("ix_recipient_planned", "recipient")
    op.drop_index("ix_recipient_digest", "recipient")
    if op.get_context().dialect.name == "sqlite":
        _copy()
    else:
        _alter()
    planned = sa.text("state = 'planned'")
    by = ["broadcast_id", "channel", "outbox_id"]
    op.create_index("ix_recipient_planned", "recipient", by, postgresql_where=planned, sqlite_where=planned)
    digest = sa.text("state = 'digest'")
    op.create_index("ix_recipient_digest", "recipient", ["address_id"], postgresql_where=digest, sqlite_where=digest)
    heard = sa.text("stopped_at IS NULL")
    by = ["topic", "person_id", "rhythm"]
    op.drop_index("ix_subscription_topic", "subscription")
    op.create_index("ix_subscription_topic", "subscription", by, postgresql_where=heard, sqlite_where=heard)


def _copy() -> None:
    """SQLite changes no key of a table that is there."""
    op.rename_table("recipient", "recipient_before")
    op.create_table(
        "recipient",
        sa.Column("broadcast_id", columns.BigKey, nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outbox_id", columns.BigKey, nullable=True),
        sa.CheckConstraint(ONE_OF_FATES, name=op.f("ck_recipient_state")),
        sa.PrimaryKeyConstraint("broadcast_id", "address_id", name=op.f("pk_recipient")),
        sqlite_with_rowid=False,
    )
    rows = f"SELECT {KEPT} FROM recipient_before ORDER BY broadcast_id, address_id"  # noqa: S608  # words of ours
    op.execute(f"INSERT INTO recipient ({KEPT}) {rows}")
    op.drop_table("recipient_before")


def _alter() -> None:
    """A server does so in place."""
    op.drop_constraint(op.f("ck_recipient_state"), "recipient", type_="check")
    op.drop_constraint(op.f("uq_recipient_broadcast_id_address_id"), "recipient", type_="unique")
    op.drop_column("recipient", "id")  # and the key on it
    op.create_primary_key(op.f("pk_recipient"), "recipient", ["broadcast_id", "address_id"])
    op.create_check_constraint(op.f("ck_recipient_state"), "recipient", ONE_OF_FATES)

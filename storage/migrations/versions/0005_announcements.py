"""Announcements, news and reminders: what is sent to many, who wants it, and what was reminded of."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("title", columns.json_column(), nullable=False),
        sa.Column("words", columns.json_column(), nullable=False),
        sa.Column("audience", columns.json_column(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("campaign_id", sa.String(), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("rendered", columns.json_column(), nullable=False),
        sa.Column("start", columns.UtcTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("authors", columns.json_column(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("submitted_at", columns.UtcTime(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", columns.UtcTime(), nullable=True),
        sa.Column("began_at", columns.UtcTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.Column("again_by", sa.String(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('news', 'service', 'givers', 'rules', 'warning', 'staff')", name=op.f("ck_broadcast_kind")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'awaiting_approval', 'scheduled', 'sending', 'paused', 'done', 'cancelled')",
            name=op.f("ck_broadcast_state"),
        ),
        sa.CheckConstraint("approved_by IS NULL OR digest IS NOT NULL", name=op.f("ck_broadcast_approved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("code", name=op.f("uq_broadcast_code")),
    )
    op.create_index(
        "ix_broadcast_alive",
        "broadcast",
        ["start", "id"],
        postgresql_where=sa.text("state IN ('scheduled', 'sending', 'paused')"),
        sqlite_where=sa.text("state IN ('scheduled', 'sending', 'paused')"),
    )
    op.create_index("ix_broadcast_state", "broadcast", ["state", "id"])
    op.create_table(
        "law_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.String(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('confirmed', 'found')", name=op.f("ck_law_change_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_change")),
        sa.UniqueConstraint("day", name=op.f("uq_law_change_day")),
    )
    op.create_table(
        "recipient",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("broadcast_id", columns.BigKey, nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outbox_id", columns.BigKey, nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'released', 'opted_out', 'gone', 'stopped', 'digest', 'digested')",
            name=op.f("ck_recipient_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("broadcast_id", "address_id", name=op.f("uq_recipient_broadcast_id_address_id")),
    )
    op.create_index(
        "ix_recipient_digest",
        "recipient",
        ["address_id"],
        postgresql_where=sa.text("state = 'digest'"),
        sqlite_where=sa.text("state = 'digest'"),
    )
    op.create_index(
        "ix_recipient_planned",
        "recipient",
        ["broadcast_id", "channel", "id"],
        postgresql_where=sa.text("state = 'planned'"),
        sqlite_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "office_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('closed', 'opened')", name=op.f("ck_office_day_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_office_day")),
    )
    op.create_table(
        "reminder",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('sent', 'skipped')", name=op.f("ck_reminder_state")),
        sa.PrimaryKeyConstraint("kind", "subject", "number", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_subject", "reminder", ["subject"])
    op.create_table(
        "law_change_person",
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["law_change.id"], name=op.f("fk_law_change_person_change_id_law_change")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_law_change_person_person_id_person")),
        sa.PrimaryKeyConstraint("change_id", "person_id", name=op.f("pk_law_change_person")),
    )
    op.create_table(
        "subscription",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("since", columns.UtcTime(), nullable=False),
        sa.Column("stopped_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("rhythm IN ('at_once', 'daily', 'weekly')", name=op.f("ck_subscription_rhythm")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subscription_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "topic", "unit_id", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_topic",
        "subscription",
        ["topic", "person_id"],
        postgresql_where=sa.text("stopped_at IS NULL"),
        sqlite_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "suspect",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.Column("seen_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_suspect_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspect")),
    )
    op.create_index(op.f("ix_suspect_person_id"), "suspect", ["person_id"])
    op.create_index(
        "ix_outbox_announced",
        "outbox",
        ["cause", "state"],
        postgresql_where=sa.text("kind IN ('broadcast', 'warning')"),
        sqlite_where=sa.text("kind IN ('broadcast', 'warning')"),
    )

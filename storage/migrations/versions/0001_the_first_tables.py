"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", columns.json_column(), nullable=False),
        sa.Column("sequence", columns.BigKey, nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("sequence", name=op.f("uq_audit_sequence")),
    )
    op.create_table(
        "data_key",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_data_key")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("inbox_id", columns.BigKey, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'replayed')", name=op.f("ck_dead_letter_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    op.create_index(op.f("ix_dead_letter_inbox_id"), "dead_letter", ["inbox_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", columns.UtcTime(), nullable=False),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.Column("done_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('new', 'done', 'dead')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "update_id", name=op.f("uq_inbox_channel_update_id")),
    )
    op.create_index("ix_inbox_done", "inbox", ["done_at"], unique=False)
    op.create_index("ix_inbox_person", "inbox", ["person_id"], unique=False)
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["person_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("due", columns.UtcTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", columns.UtcTime(), nullable=False),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('started', 'done', 'failed', 'dropped')", name=op.f("ck_job_run_state")),
        sa.PrimaryKeyConstraint("job", "due", name=op.f("pk_job_run")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", columns.UtcTime(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "limiter",
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("window", columns.UtcTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_limiter")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("not_before", columns.UtcTime(), nullable=False),
        sa.Column("deadline", columns.UtcTime(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", columns.UtcTime(), nullable=True),
        sa.Column("platform_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("copy_of", columns.BigKey, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("lane IN ('reply', 'bulk')", name=op.f("ck_outbox_lane")),
        sa.CheckConstraint(
            "state IN ('held', 'queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'expired', 'cancelled')",
            name=op.f("ck_outbox_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_address", "outbox", ["address_id", "id"], unique=False)
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["channel", "lane", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index("ix_outbox_person", "outbox", ["person_id"], unique=False)
    op.create_index(
        "ix_outbox_queued",
        "outbox",
        ["address_id", "lane", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
        sqlite_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "owner",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("data_contact", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("since", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("last_in_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'erased')", name=op.f("ck_person_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "address",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("external", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("last_in_at", columns.UtcTime(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("channel", "external", name=op.f("uq_address_channel_external")),
    )
    op.create_index(op.f("ix_address_person_id"), "address", ["person_id"], unique=False)
    op.create_table(
        "asking",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("until", columns.UtcTime(), nullable=True),
        sa.Column("answered_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asking_person_id_person")),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_asking")),
    )
    op.create_index("ix_asking_person", "asking", ["person_id", "created_at"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("needs", columns.json_column(), nullable=False),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted', 'in_review', 'need_info', 'proposed', 'approved', 'refused', 'delivering', 'closed', 'withdrawn')",
            name=op.f("ck_cases_state"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cases_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
    )
    op.create_index(op.f("ix_cases_person_id"), "cases", ["person_id"], unique=False)
    op.create_index(op.f("ix_cases_unit_id"), "cases", ["unit_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('given', 'refused', 'withdrawn')", name=op.f("ck_consent_state")),
        sa.CheckConstraint("told_by IN ('self', 'helper', 'officer')", name=op.f("ck_consent_told_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person", "consent", ["person_id", "purpose", "id"], unique=False)
    op.create_table(
        "file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('raw', 'clean', 'refused')", name=op.f("ck_file_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
    )
    op.create_index(op.f("ix_file_case_id"), "file", ["case_id"], unique=False)
    op.create_index(op.f("ix_file_person_id"), "file", ["person_id"], unique=False)
    op.create_index(
        "ix_file_raw",
        "file",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'raw'"),
        sqlite_where=sa.text("state = 'raw'"),
    )
    op.create_table(
        "household",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("declared", sa.LargeBinary(), nullable=True),
        sa.Column("recognised", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_household_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_household")),
    )
    op.create_table(
        "one_time_token",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("until", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_token_person_id_person")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_one_time_token")),
    )
    op.create_index(op.f("ix_one_time_token_person_id"), "one_time_token", ["person_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_session")),
    )
    op.create_table(
        "talk",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_talk_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_talk_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    op.create_index(op.f("ix_talk_person_id"), "talk", ["person_id"], unique=False)
    op.create_table(
        "urgent_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('raised', 'taken', 'closed')", name=op.f("ck_urgent_request_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_urgent_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_request")),
        sa.UniqueConstraint("code", name=op.f("uq_urgent_request_code")),
    )
    op.create_index(op.f("ix_urgent_request_person_id"), "urgent_request", ["person_id"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=True),
        sa.Column("new", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_event_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"], unique=False)
    op.create_table(
        "case_look_up",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_look_up_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "kind", "value", name=op.f("pk_case_look_up")),
    )
    op.create_index("ix_case_look_up_value", "case_look_up", ["kind", "value"], unique=False)
    op.create_table(
        "chat_line",
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=True),
        sa.Column("outbox_id", columns.BigKey, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("origin IN ('us', 'you')", name=op.f("ck_chat_line_origin")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_chat_line_address_id_address")),
        sa.PrimaryKeyConstraint("address_id", "number", name=op.f("pk_chat_line")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("done_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('first_contact', 'review_form', 'ask_person', 'duplicate')", name=op.f("ck_task_kind")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_task_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_case_id"), "task", ["case_id"], unique=False)

"""Officials and how they get in, what they decide, their talks, and a second who confirms the owner."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "official",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("login", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("roles", columns.json_column(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("deputy_id", sa.String(), nullable=True),
        sa.Column("away_from", sa.Date(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('invited', 'active', 'disabled')", name=op.f("ck_official_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_official_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official")),
        sa.UniqueConstraint("login", name=op.f("uq_official_login")),
        sa.UniqueConstraint("person_id", name=op.f("uq_official_person_id")),
    )
    op.create_index(op.f("ix_official_deputy_id"), "official", ["deputy_id"])
    op.create_table(
        "official_unit",
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_official_unit_official_id_official")),
        sa.PrimaryKeyConstraint("official_id", "unit_id", name=op.f("pk_official_unit")),
    )
    op.create_index(op.f("ix_official_unit_unit_id"), "official_unit", ["unit_id"])
    op.create_table(
        "invitation",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until", columns.UtcTime(), nullable=False),
        sa.Column("used_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("kind IN ('account', 'chat')", name=op.f("ck_invitation_kind")),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_invitation_official_id_official")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_official_id"), "invitation", ["official_id"])
    op.create_table(
        "recovery_code",
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("used_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_recovery_code_official_id_official")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_official_id"), "recovery_code", ["official_id"])
    op.create_table(
        "console_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("seen_at", columns.UtcTime(), nullable=False),
        sa.Column("checked_at", columns.UtcTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_console_session_official_id_official")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_session")),
        sa.UniqueConstraint("token", name=op.f("uq_console_session_token")),
    )
    op.create_index(op.f("ix_console_session_official_id"), "console_session", ["official_id"])

    op.add_column("cases", sa.Column("officer_id", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("check_on", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("answer", sa.LargeBinary(), nullable=True))
    op.add_column("cases", sa.Column("recognised", sa.LargeBinary(), nullable=True))
    op.drop_index(op.f("ix_cases_unit_id"), "cases")
    op.create_index("ix_cases_unit", "cases", ["unit_id", "state", "due", "id"])
    op.create_index("ix_cases_state", "cases", ["state", "due", "id"])
    op.create_index(op.f("ix_cases_officer_id"), "cases", ["officer_id"])
    still_open, twin = sa.text("closed_at IS NULL"), sa.text("duplicate_of IS NOT NULL")
    for name, found_by in (("ix_cases_open", ["due", "id"]), ("ix_cases_open_unit", ["unit_id", "due", "id"])):
        op.create_index(name, "cases", found_by, postgresql_where=still_open, sqlite_where=still_open)
    checked = sa.text("check_on IS NOT NULL")
    op.create_index("ix_cases_check", "cases", ["check_on"], postgresql_where=checked, sqlite_where=checked)
    op.create_index("ix_cases_twin", "cases", ["duplicate_of"], postgresql_where=twin, sqlite_where=twin)
    op.drop_index("ix_case_look_up_value", "case_look_up")
    op.create_index("ix_case_look_up_value", "case_look_up", ["kind", "value", "case_id"])
    op.drop_column("household", "recognised")
    with op.batch_alter_table("task") as tasks:
        tasks.drop_constraint(op.f("ck_task_kind"), type_="check")
        kinds = "kind IN ('first_contact', 'review_form', 'ask_person', 'duplicate', 'complaint')"
        tasks.create_check_constraint(op.f("ck_task_kind"), kinds)

    op.add_column("urgent_request", sa.Column("officer_id", sa.String(), nullable=True))
    op.add_column("urgent_request", sa.Column("rings", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("urgent_request", sa.Column("rung_at", columns.UtcTime(), nullable=True))
    op.add_column("urgent_request", sa.Column("taken_at", columns.UtcTime(), nullable=True))
    op.add_column("urgent_request", sa.Column("closed_at", columns.UtcTime(), nullable=True))
    not_closed = sa.text("state <> 'closed'")
    op.create_index(
        "ix_urgent_request_open", "urgent_request", ["unit_id", "id"], postgresql_where=not_closed,
        sqlite_where=not_closed,
    )  # fmt: skip

    op.add_column("talk", sa.Column("unit_id", sa.String(), nullable=True))
    op.add_column("talk", sa.Column("officer_id", sa.String(), nullable=True))
    op.add_column("talk", sa.Column("in_chat", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("talk", sa.Column("taken_at", columns.UtcTime(), nullable=True))
    op.add_column("talk", sa.Column("last_at", columns.UtcTime(), nullable=True))
    is_open = sa.text("state = 'open'")
    op.create_index("ix_talk_officer", "talk", ["officer_id"], postgresql_where=is_open, sqlite_where=is_open)
    op.create_index("ix_talk_open", "talk", ["unit_id", "id"], postgresql_where=is_open, sqlite_where=is_open)
    op.create_table(
        "talk_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("talk_id", sa.String(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_line_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_line")),
    )
    op.create_index(op.f("ix_talk_line_talk_id"), "talk_line", ["talk_id"])

    op.create_table(
        "passed_on",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("under", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_passed_on")),
    )
    op.create_index(op.f("ix_passed_on_under"), "passed_on", ["under"])
    is_stuck = sa.text("state IN ('unknown', 'failed', 'held', 'expired')")
    op.create_index("ix_outbox_stuck", "outbox", ["state", "id"], postgresql_where=is_stuck, sqlite_where=is_stuck)

    op.add_column("owner", sa.Column("confirmed_by", sa.String(), nullable=True))
    op.execute("UPDATE owner SET confirmed_by = entered_by")  # the operator at the machine confirms by entering
    op.create_index("ix_audit_subject", "audit", ["subject", "id"])
    op.create_index("ix_audit_actor", "audit", ["actor", "id"])

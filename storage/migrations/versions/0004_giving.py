"""Giving: accounts, campaigns, pledges, needs, allocations, grievances, statements, and the public ledger."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gift_account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("bank_bin", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("swift", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", columns.UtcTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", columns.UtcTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> entered_by", name=op.f("ck_gift_account_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_account")),
    )
    op.create_index(
        "ix_gift_account_one",
        "gift_account",
        ["bank", "number"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "ledger",
        sa.Column("id", columns.BigKey, nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("allocation_id", sa.String(), nullable=True),
        sa.Column("gift", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("campaign_code", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("sequence", columns.BigKey, nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("gift IN ('money', 'goods', 'time', 'idea', 'job', 'link')", name=op.f("ck_ledger_gift")),
        sa.CheckConstraint(
            "kind IN ('received', 'allotted', 'handed_over', 'confirmed', 'returned')", name=op.f("ck_ledger_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("sequence", name=op.f("uq_ledger_sequence")),
    )
    op.create_index("ix_ledger_code", "ledger", ["code", "id"])
    op.create_index("ix_ledger_reference", "ledger", ["reference", "id"])
    op.create_table(
        "ledger_total",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("gift", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "unit_id", "gift", "measure", "kind", name=op.f("pk_ledger_total")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", columns.json_column(), nullable=False),
        sa.Column("about", columns.json_column(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("goal", sa.BigInteger(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_campaign_state")),
        sa.CheckConstraint("opened_by IS NULL OR opened_by <> written_by", name=op.f("ck_campaign_opened_by")),
        sa.ForeignKeyConstraint(["account_id"], ["gift_account.id"], name=op.f("fk_campaign_account_id_gift_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_index(op.f("ix_campaign_state"), "campaign", ["state"])
    op.create_table(
        "need_slot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("campaign_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("months", columns.json_column(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("title", columns.json_column(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("kind IN ('money', 'goods', 'time', 'idea', 'job', 'link')", name=op.f("ck_need_slot_kind")),
        sa.CheckConstraint("state IN ('open', 'met', 'closed')", name=op.f("ck_need_slot_state")),
        sa.CheckConstraint("(case_id IS NULL) <> (campaign_id IS NULL)", name=op.f("ck_need_slot_of_one")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_need_slot_amount")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_need_slot_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_need_slot_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_slot")),
    )
    op.create_index("ix_need_slot_board", "need_slot", ["state", "kind", "unit_id", "id"])
    op.create_index(op.f("ix_need_slot_campaign_id"), "need_slot", ["campaign_id"])
    op.create_index(op.f("ix_need_slot_case_id"), "need_slot", ["case_id"])
    op.create_table(
        "pledge",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("giver", sa.String(), nullable=False),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("campaign_id", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("handed", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=False),
        sa.Column("months", columns.json_column(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("verified_at", columns.UtcTime(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("giver IN ('person', 'group', 'enterprise', 'cooperative')", name=op.f("ck_pledge_giver")),
        sa.CheckConstraint("kind IN ('money', 'goods', 'time', 'idea', 'job', 'link')", name=op.f("ck_pledge_kind")),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'allocated', 'handed_over', 'received', 'lapsed', 'withdrawn')",
            name=op.f("ck_pledge_state"),
        ),
        sa.CheckConstraint("allocated >= 0 AND allocated <= amount", name=op.f("ck_pledge_allocated")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_amount")),
        sa.CheckConstraint("received >= 0 AND handed >= 0 AND confirmed >= 0", name=op.f("ck_pledge_received")),
        sa.ForeignKeyConstraint(["account_id"], ["gift_account.id"], name=op.f("fk_pledge_account_id_gift_account")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_pledge_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pledge_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("code", name=op.f("uq_pledge_code")),
    )
    op.create_index("ix_pledge_board", "pledge", ["state", "kind", "unit_id", "id"])
    op.create_index(op.f("ix_pledge_campaign_id"), "pledge", ["campaign_id"])
    op.create_index(
        "ix_pledge_due",
        "pledge",
        ["due"],
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_pledge_account",
        "pledge",
        ["account_id"],
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_pledge_person_id"), "pledge", ["person_id"])
    op.create_table(
        "allocation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pledge_id", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("allocated_by", sa.String(), nullable=False),
        sa.Column("allocated_at", columns.UtcTime(), nullable=False),
        sa.Column("handed_amount", sa.BigInteger(), nullable=True),
        sa.Column("handed_by", sa.String(), nullable=True),
        sa.Column("handed_at", columns.UtcTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("confirmed_amount", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('all', 'less', 'not_yet', 'not_mine')", name=op.f("ck_allocation_answer")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'declined', 'allocated', 'handed_over', 'differs', 'confirmed', 'settled', 'returned')",
            name=op.f("ck_allocation_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_allocation_amount")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_allocation_pledge_id_pledge")),
        sa.ForeignKeyConstraint(["slot_id"], ["need_slot.id"], name=op.f("fk_allocation_slot_id_need_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(
        "ix_allocation_held",
        "allocation",
        ["slot_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'allocated', 'handed_over', 'differs')"),
        sqlite_where=sa.text("state IN ('asked', 'allocated', 'handed_over', 'differs')"),
    )
    op.create_index(op.f("ix_allocation_pledge_id"), "allocation", ["pledge_id"])
    op.create_index(op.f("ix_allocation_slot_id"), "allocation", ["slot_id"])
    op.create_index("ix_allocation_state", "allocation", ["state", "unit_id", "id"])
    op.create_table(
        "bank_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pledge_id", sa.String(), nullable=True),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", columns.UtcTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('matched', 'unmatched', 'set_aside')", name=op.f("ck_bank_line_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_line_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["gift_account.id"], name=op.f("fk_bank_line_account_id_gift_account")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_bank_line_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("account_id", "reference", name=op.f("uq_bank_line_account_id_reference")),
    )
    op.create_index(op.f("ix_bank_line_pledge_id"), "bank_line", ["pledge_id"])
    op.create_index("ix_bank_line_state", "bank_line", ["state", "id"])
    op.create_table(
        "good_model",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pledge_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", columns.json_column(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("changed_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('offered', 'shown', 'hidden')", name=op.f("ck_good_model_state")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> written_by", name=op.f("ck_good_model_approved_by")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_good_model_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_model")),
    )
    op.create_index(op.f("ix_good_model_pledge_id"), "good_model", ["pledge_id"])
    op.create_index(op.f("ix_good_model_state"), "good_model", ["state"])
    op.create_table(
        "pledge_event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pledge_id", sa.String(), nullable=False),
        sa.Column("allocation_id", sa.String(), nullable=True),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=True),
        sa.Column("new", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_event_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_event")),
    )
    op.create_index(op.f("ix_pledge_event_pledge_id"), "pledge_event", ["pledge_id"])
    op.create_table(
        "grievance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("allocation_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("handed_by", sa.String(), nullable=False),
        sa.Column("opened_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("cause IN ('less', 'not_yet', 'not_mine', 'silent')", name=op.f("ck_grievance_cause")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('received', 'made_good', 'taken_back')", name=op.f("ck_grievance_outcome")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_grievance_state")),
        sa.CheckConstraint("closed_by IS NULL OR closed_by <> handed_by", name=op.f("ck_grievance_closed_by")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_grievance_allocation_id_allocation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance")),
    )
    op.create_index(op.f("ix_grievance_allocation_id"), "grievance", ["allocation_id"])
    op.create_index(
        "ix_grievance_one",
        "grievance",
        ["allocation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_grievance_open", "grievance", ["state", "unit_id", "id"])

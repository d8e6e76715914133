"""Every table, so that one import knows the whole shape of the database."""

from storage.tables.cases import Case, CaseEvent, CaseLookUp, Consent, File, Talk, TalkLine, Task, UrgentRequest
from storage.tables.giving import (
    Allocation,
    BankLine,
    Campaign,
    GiftAccount,
    GoodModel,
    Grievance,
    LedgerLine,
    LedgerTotal,
    NeedSlot,
    Pledge,
    PledgeEvent,
)
from storage.tables.households import HouseholdRow
from storage.tables.machine import AuditRow, DataKey, JobRun, Lease, Limit, Meta, OneTimeToken, Owner
from storage.tables.messages import AskingRow, ChatLine, DeadLetter, InboxRow, OutboxRow, PassedOn
from storage.tables.officials import ConsoleSession, Invitation, OfficialRow, OfficialUnit, RecoveryCode
from storage.tables.people import Address, Person, SessionRow

__all__ = [
    "Address",
    "Allocation",
    "AskingRow",
    "AuditRow",
    "BankLine",
    "Campaign",
    "Case",
    "CaseEvent",
    "CaseLookUp",
    "ChatLine",
    "Consent",
    "ConsoleSession",
    "DataKey",
    "DeadLetter",
    "File",
    "GiftAccount",
    "GoodModel",
    "Grievance",
    "HouseholdRow",
    "InboxRow",
    "Invitation",
    "JobRun",
    "Lease",
    "LedgerLine",
    "LedgerTotal",
    "Limit",
    "Meta",
    "NeedSlot",
    "OfficialRow",
    "OfficialUnit",
    "OneTimeToken",
    "OutboxRow",
    "Owner",
    "PassedOn",
    "Person",
    "Pledge",
    "PledgeEvent",
    "RecoveryCode",
    "SessionRow",
    "Talk",
    "TalkLine",
    "Task",
    "UrgentRequest",
]

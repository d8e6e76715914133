"""Every table, so that one import knows the whole shape of the database."""

from storage.tables.cases import Case, CaseEvent, CaseLookUp, Consent, File, Talk, Task, UrgentRequest
from storage.tables.households import HouseholdRow
from storage.tables.machine import AuditRow, DataKey, JobRun, Lease, Limit, Meta, OneTimeToken, Owner
from storage.tables.messages import AskingRow, ChatLine, DeadLetter, InboxRow, OutboxRow
from storage.tables.people import Address, Person, SessionRow

__all__ = [
    "Address",
    "AskingRow",
    "AuditRow",
    "Case",
    "CaseEvent",
    "CaseLookUp",
    "ChatLine",
    "Consent",
    "DataKey",
    "DeadLetter",
    "File",
    "HouseholdRow",
    "InboxRow",
    "JobRun",
    "Lease",
    "Limit",
    "Meta",
    "OneTimeToken",
    "OutboxRow",
    "Owner",
    "Person",
    "SessionRow",
    "Talk",
    "Task",
    "UrgentRequest",
]

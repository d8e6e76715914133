"""The ground of the desk: one transaction in one actor's name, who may do what, days and hours."""

from handlers.desk.office.calendar import Calendar
from handlers.desk.office.context import Actor, Context, ResponsibleBody, Told
from handlers.desk.office.days import DayKind, OfficeDays
from handlers.desk.office.quiet_hours import NIGHT, QuietHours, Waits, may_go
from handlers.desk.office.rights import (
    LATER,
    RIGHTS,
    ROLES,
    TABLE,
    NotAllowed,
    Official,
    is_within,
    read_table,
    widest,
)

__all__ = [
    "LATER",
    "NIGHT",
    "RIGHTS",
    "ROLES",
    "TABLE",
    "Actor",
    "Calendar",
    "Context",
    "DayKind",
    "NotAllowed",
    "OfficeDays",
    "Official",
    "QuietHours",
    "ResponsibleBody",
    "Told",
    "Waits",
    "is_within",
    "may_go",
    "read_table",
    "widest",
]

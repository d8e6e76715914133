"""Who is there for people now: the office's hours, and the officials on duty who are told in their chats."""

from datetime import datetime
from typing import TYPE_CHECKING

from handlers.desk.office.rights import Official
from handlers.flow.message import Phrase
from handlers.vietnamese import units

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


def is_open(desk: "Desk") -> bool:
    """Whether the offices work at this moment."""
    here = desk.now.astimezone(desk.zone)
    hours = any(opens <= here.time() < closes for opens, closes in desk.office.office_hours)
    return hours and desk.calendar.is_working_day(here.date())


def opens_next(desk: "Desk") -> datetime:
    """When the offices open next; on a working day that may be after the midday break."""
    here = desk.now.astimezone(desk.zone)
    day = here.date()
    if desk.calendar.is_working_day(day):
        for opens, _ in desk.office.office_hours:
            if here.time() < opens:
                return datetime.combine(day, opens, desk.zone)
    morning = desk.office.office_hours[0][0]
    return datetime.combine(desk.calendar.add(day, 1), morning, desk.zone)


def place(unit_id: str | None) -> str | Phrase:
    """A unit as officials are told of it."""
    return units.all_units()[unit_id].name if unit_id else Phrase("unit.not_named")


def nearest(desk: "Desk", unit_id: str | None, action: str) -> list[Official]:
    """Those on duty for a unit; those who act for the whole city only where the unit has nobody of its own."""
    found = desk.officials.on_duty(unit_id, action)
    own = [official for official in found if unit_id in official.units]
    return own or found


def may_be_asked(desk: "Desk", unit_id: str | None, action: str) -> list[Official]:
    """Everybody who decides for a unit, on duty or not: its leads, and the admins."""
    return [o for o in desk.officials.of_unit(unit_id, action) if {"lead", "admin"} & set(o.roles)]

"""Who is there for people now: the office's hours, and the officials on duty who are told in their chats."""

from dataclasses import dataclass
from datetime import datetime

from handlers.desk.office import Context, Official
from handlers.desk.officials.officials import Officials
from handlers.flow.message import Phrase
from handlers.vietnamese import units


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is there for people at this moment."""

    context: Context

    def is_open(self) -> bool:
        """Whether the offices work at this moment."""
        here = self.context.now.astimezone(self.context.zone)
        hours = any(opens <= here.time() < closes for opens, closes in self.context.office.office_hours)
        return hours and self.context.calendar.is_working_day(here.date())

    def opens_next(self) -> datetime:
        """When the offices open next; on a working day that may be after the midday break."""
        here = self.context.now.astimezone(self.context.zone)
        day = here.date()
        if self.context.calendar.is_working_day(day):
            for opens, _ in self.context.office.office_hours:
                if here.time() < opens:
                    return datetime.combine(day, opens, self.context.zone)
        morning = self.context.office.office_hours[0][0]
        return datetime.combine(self.context.calendar.add(day, 1), morning, self.context.zone)

    def nearest(self, unit_id: str | None, action: str) -> list[Official]:
        """Those on duty for a unit; those who act for the whole city only where the unit has nobody of its own."""
        found = Officials(self.context).on_duty(unit_id, action)
        own = [official for official in found if unit_id in official.units]
        return own or found

    def may_be_asked(self, unit_id: str | None, action: str) -> list[Official]:
        """Everybody who decides for a unit, on duty or not: its leads, and the admins."""
        return [o for o in Officials(self.context).of_unit(unit_id, action) if {"lead", "admin"} & set(o.roles)]


def place(unit_id: str | None) -> str | Phrase:
    """A unit as officials are told of it."""
    return units.all_units()[unit_id].name if unit_id else Phrase("unit.not_named")

"""The officials' morning: on working days one message to each who has something to do, and never one a request."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_
from sqlmodel import col, select

from handlers.desk.messages import GOES_WITHIN, Messages, Reminders
from handlers.desk.mornings.lists import MorningList
from handlers.desk.office import Context, Official
from handlers.desk.officials import Officials
from handlers.flow.message import Lines, Opening, Say
from storage.tables import OfficialRow

KIND = "morning"
AT_ONCE = 10  # officials, each of whom is some queries


@dataclass(frozen=True, slots=True)
class Mornings:
    """The messages of one morning."""

    context: Context

    def run(self, after: str = "", most: int = AT_ONCE) -> str:
        """Tell some officials what waits; returns where to go on, empty at the end. after: where it was."""
        today = self.context.today()
        if not self.context.calendar.is_working_day(today):
            return ""
        found = self._at_work(after, today, most)
        for official_id in found:
            official = Officials(self.context).acting(official_id)
            if official is not None:
                self._tell(official, today)
        return found[-1] if len(found) == most else ""

    def _at_work(self, after: str, today: date, most: int) -> list[str]:
        """Officials with a chat who are not on leave."""
        since, until = col(OfficialRow.away_from), col(OfficialRow.away_until)
        works = or_(since.is_(None), since > today, until < today)
        query = select(OfficialRow.id).where(OfficialRow.state == "active", col(OfficialRow.person_id).is_not(None))
        query = query.where(works, col(OfficialRow.id) > after).order_by(col(OfficialRow.id))
        return list(self.context.unit.scalars(query.limit(most)))

    def _tell(self, official: Official, today: date) -> None:
        """Tell one, unless she was told this morning, or has nothing to do."""
        context, person_id = self.context, official.person_id
        waiting = MorningList(context.of(official)).waiting()
        subject = f"official:{official.id}"
        if person_id is None or not waiting or not Reminders(context).once(KIND, subject, today.toordinal()):
            return
        lines = Lines(tuple(one.in_words() for one in waiting))
        doors = (Opening("doors.tasks", "tasks"),) if official.reach("case.take") else ()
        say = Say("morning.list", lines=lines, link=f"{context.public_url}/console", openings=doors)
        place = f"{KIND}/{official.id}/{today.isoformat()}"
        Messages(context).tell(person_id, say, kind="digest", place=place, until=context.now + GOES_WITHIN)

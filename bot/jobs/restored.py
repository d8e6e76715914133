"""After a restore: what the clock may have said since the backup was taken is said here, and held with all that waited.

Why said and not skipped: its rows and marks are then what they would be, so that no job says it once more, and an
official finds among the held messages what may be missing. Not so an urgent request that rings: held back, somebody in
need would wait for nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.clock import Clock
from bot.jobs.chores import Rounds
from bot.jobs.table import Job, latest_due, table
from bot.receiving.desk_factory import DeskFactory
from handlers.desk import Actor, Desk
from handlers.desk.privacy import SettledRestore
from storage.database import Unit
from storage.queries import machine

# What says anything, by the name of its job; announcements and their digests wait for two officials.
_DAILY: Mapping[str, Callable[[Desk], object]] = {
    "tell_officials": lambda desk: _go_round(desk.mornings),
    "send_digests": lambda desk: None,
    "look_for_silence": lambda desk: _repeat(desk.grievances.look_for_silence),
    "tell_of_endings": lambda desk: desk.endings.tell(),
    "remind_of_questions": lambda desk: _go_round(desk.question_reminders),
    "remind_of_arrivals": lambda desk: _go_round(desk.arrival_reminders),
    "remind_of_forms": lambda desk: _go_round(desk.form_reminders),
    "remind_of_pledges": lambda desk: _repeat(desk.pledge_reminders.run),
}
_OFTEN: Mapping[str, Callable[[Desk], object]] = {
    "end_idle_talks": lambda desk: _repeat(desk.talks.end_idle),
    "clear_up_accounts": lambda desk: _repeat(desk.ended_accounts.clear_up),
    "write_posts": lambda desk: _repeat(desk.drafts.write),
}


@dataclass(frozen=True, slots=True)
class _StoppedClock:
    """A clock at one moment."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def settle(unit: Unit, office: DeskFactory, clock: Clock, taken: datetime, digest_at: time = time(7)) -> SettledRestore:
    """Settle what a restore leaves open, in the transaction that restores. taken: when the backup was made."""
    now = clock.now()

    def desk(name: str, at: datetime) -> Desk:
        return office.desk(unit, Actor("clock"), f"{name}/{at.isoformat()}", _StoppedClock(at))

    def say() -> None:
        for job in table(digest_at):
            if job.name not in _DAILY:
                continue
            due = _last_due(job, now, office, desk(job.name, now))
            if due > taken and machine.begin_run(unit, job.name, due, now):
                _DAILY[job.name](desk(job.name, due))
                machine.end_run(unit, job.name, due, "dropped", now)
        for name, do in _OFTEN.items():
            do(desk(name, now))

    return office.desk(unit, Actor("operator"), "command line", clock).restored.settle(taken, say)


def _last_due(job: Job, now: datetime, office: DeskFactory, desk: Desk) -> datetime:
    """When a daily job was due last, on a day on which it says anything."""
    due = latest_due(job, now, office.zone)
    while desk.calendar.is_holiday(due.date()):
        due -= timedelta(days=1)
    return due


def _go_round(rounds: Rounds) -> None:
    after = rounds.run("")
    while after:
        after = rounds.run(after)


def _repeat(do: Callable[[], int]) -> None:
    while do():
        pass

"""What will go out in the next thirty days, and the days on which the offices are closed or open exceptionally."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.console.announcing.broadcasts import LOOKS
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.desk import Desk
from handlers.desk.office import DayKind
from handlers.flow import readers
from handlers.flow.message import Phrase

AHEAD = 30
HOLIDAYS_AHEAD = 366
LATER = ("awaiting_approval", "scheduled")
KINDS: tuple[DayKind, ...] = ("closed", "opened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A broadcast that will go out. clock: HH:MM at the office. look: of its state, a word of the style sheet."""

    at: datetime
    clock: str
    code: str
    title: str
    state: str
    look: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A day on which something is different. weekday: 0 is Monday. entered: an official said so; else the calendar.

    by: who entered it.
    """

    day: date
    weekday: int
    closed: bool
    entered: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One day of the next thirty on which something goes out, or nothing may."""

    day: date
    weekday: int
    off: bool
    going: tuple[Going, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """The calendar. daily: (time, what) of all that the clock says each day. quiet: when nobody is woken.

    may: she may change the office's days.
    """

    days: tuple[Plan, ...]
    daily: tuple[tuple[str, Phrase], ...]
    quiet: tuple[time, time]
    office: tuple[SpecialDay, ...]
    may: bool


def view(desk: Desk, given: Click) -> Outgoing:
    """What will go out, and the office's days."""
    daily = sorted((at, name) for name, at in given.daily.items() if desk.texts.has(f"console.outgoing.job.{name}"))
    return Outgoing(
        days=_plans(desk),
        daily=tuple((f"{at:%H:%M}", Phrase(f"console.outgoing.job.{name}")) for at, name in daily),
        quiet=(desk.quiet.begin, desk.quiet.end),
        office=_office_days(desk),
        may=desk.may("calendar.change", None),
    )


def enter(desk: Desk, given: Click) -> Redirect | Invalid:
    """Close the offices on a day to come, or open them."""
    read = readers.day(given["day"], desk.today()) if given["day"] else ()
    if len(read) != 1:
        return Invalid({"day": "day" if given["day"] else "needs_day"})
    kind = next((one for one in KINDS if one == given["kind"]), None)
    if kind is None:
        return Invalid({"kind": "choose"})
    if read[0] > desk.today() + timedelta(days=2 * HOLIDAYS_AHEAD):
        return Invalid({"day": "start_far"})
    if not desk.office_days.enter(read[0], kind):
        return Invalid({"day": "day_past"})
    return Redirect("/outgoing", f"day_{kind}")


def take_back(desk: Desk, given: Click) -> Redirect | Invalid:
    """Let the calendar speak again for a day."""
    read = readers.day(given["day"], desk.today()) if given["day"] else ()
    done = len(read) == 1 and desk.office_days.take_back(read[0])
    return Redirect("/outgoing", "day_taken_back") if done else Invalid({}, outdated=True)


# Inside


def _plans(desk: Desk) -> tuple[Plan, ...]:
    """The days of the next thirty on which something goes out, or everybody is off."""
    by_day: dict[date, list[Going]] = {}
    for seen in desk.broadcasts.all(*LATER):
        at = desk.broadcasts.goes_at(seen)
        title = seen.title.get(desk.acting().language) or seen.title["vi"]
        here = at.astimezone(desk.zone)
        going = Going(
            at=at, clock=f"{here:%H:%M}", code=seen.code, title=title, state=seen.state, look=LOOKS[seen.state],
            people=seen.people,
        )  # fmt: skip
        by_day.setdefault(here.date(), []).append(going)
    days = (desk.today() + timedelta(days=count) for count in range(AHEAD))
    plans = (Plan(day, day.weekday(), desk.calendar.is_holiday(day), _in_order(by_day.get(day, []))) for day in days)
    return tuple(plan for plan in plans if plan.going or plan.off)


def _in_order(going: list[Going]) -> tuple[Going, ...]:
    return tuple(sorted(going, key=lambda one: (one.at, one.code)))


def _office_days(desk: Desk) -> tuple[SpecialDay, ...]:
    """Holidays of the coming year, and every day that was entered."""
    entered: Mapping[date, tuple[str, str]] = {
        row.day: (row.kind, row.entered_by) for row in desk.office_days.entered()
    }
    coming = (desk.today() + timedelta(days=count) for count in range(HOLIDAYS_AHEAD))
    holidays = {day for day in coming if day not in entered and desk.calendar.is_holiday(day)}
    return tuple(
        SpecialDay(
            day=day,
            weekday=day.weekday(),
            closed=entered[day][0] == "closed",
            entered=True,
            by=desk.officials.name_of(entered[day][1]),
        )
        if day in entered
        else SpecialDay(day=day, weekday=day.weekday(), closed=True, entered=False)
        for day in sorted({*entered, *holidays})
    )


SCREEN = Screen(path="/outgoing", template="announcing/outgoing", right="broadcast.see", view=view, menu="announcing")
screens = (SCREEN,)
acts = (
    Act(path="/outgoing/days", right="calendar.change", do=enter, screen=SCREEN),
    Act(path="/outgoing/days/take-back", right="calendar.change", do=take_back, screen=SCREEN),
)

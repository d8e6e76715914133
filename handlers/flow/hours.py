"""Times of day as people type them: «8h30», «8 giờ rưỡi», «3 giờ chiều», «14:30», «2 pm»."""

import re
from datetime import time

from handlers.vietnamese.words import fold

_TYPED = re.compile(
    r"(?:luc |vao |at )?(\d{1,2})(?: ?(?:h|g|gio|o clock)(?: ?(\d{2}|ruoi))?| (\d{2}))?(?: ?(?:p|phut))?"
    r"(?: ?(sang|trua|chieu|toi|dem|am|pm|a m|p m))?"
)
_MOST_LETTERS = 40
_HALF = 30  # minutes
_EARLY = 6  # hours: up to here people mean the morning or the afternoon


def time_of_day(text: str) -> tuple[time, ...]:
    """Read one time of day; «3 giờ» may be two, the one of the afternoon first. Two digits, «03:00», are sure."""
    found = _TYPED.fullmatch(fold(text)) if len(text) <= _MOST_LETTERS else None
    if found is None:
        return ()
    typed, after_word, after_sign, part = found.groups()
    hour = int(typed)
    minute = _HALF if after_word == "ruoi" else int(after_word or after_sign or 0)
    if part:
        hours = _in_part(hour, part.replace(" ", ""))
    elif 0 < hour <= _EARLY and len(typed) == 1:
        hours = (hour + 12, hour)
    else:
        hours = (hour,)
    return tuple(time(one, minute) for one in hours if one < 24 and minute < 60)


def _in_part(hour: int, part: str) -> tuple[int, ...]:
    """The hour as the part of the day means it; none where they do not go together."""
    if hour > 12:
        return (hour,) if part not in ("sang", "am") else ()
    if part in ("sang", "am"):
        return (hour % 12,)
    if part in ("chieu", "pm"):
        return (hour % 12 + 12,)
    if part == "trua":
        return (hour if hour >= 10 else hour + 12,)
    late = hour >= 6 and hour != 12
    return (hour + 12,) if late else (hour % 12,)

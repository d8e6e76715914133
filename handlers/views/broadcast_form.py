"""What is asked about a broadcast in an official's chat, and what it looks like before it is sent to be approved.

Why only four kinds here: the others go by a campaign or a change of the law, which are chosen on the console's page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from handlers.desk import Desk
from handlers.desk.announcing import (
    MOST_TITLE,
    MOST_WORDS,
    Audience,
    BroadcastDraft,
    Kind,
    Preview,
    words_faults,
)
from handlers.desk.consents import TOPICS
from handlers.flow.conversation import Answers
from handlers.flow.message import Phrase
from handlers.flow.questions import Candidate, Choice, Day, TimeOfDay, UnitQuestion, Words
from handlers.vietnamese import units
from handlers.views.broadcast import counted, whom

ALL_HERS = "all_hers"


@dataclass(frozen=True, slots=True)
class BroadcastKnown:
    """What she may do, and what she has written so far.

    places: units she may write for, none of them named where that is the whole city; None: she may not. wrong: past or
    night, of the time she chose.
    """

    places: tuple[str, ...] | None
    wrong: str = ""
    preview: Preview | None = None


def look_up(desk: Desk, a: Answers) -> BroadcastKnown:
    """What the questions go by; what it looks like once all are answered."""
    official = desk.acting_chats.here()
    if official is None:
        return BroadcastKnown(None)
    at = desk.of(official).chat_broadcasts
    places = at.places()
    if places is None or not _has_all(a):
        return BroadcastKnown(places)
    written = draft(a, places, desk)
    wrong = at.wrong_with(written.kind, written.start) if written.start is not None else ""
    return BroadcastKnown(places, wrong, at.preview(written))


def _has_all(a: Answers) -> bool:
    timed = a.get(when) == "now" or (day in a and hour in a)
    return timed and a.get(kind) != "in_console" and all(question in a for question in (kind, title, body))


def her_units(a: Answers) -> tuple[Candidate, ...]:
    """A button for each unit she works for, and one for all of them."""
    names = ((unit, units.all_units()[unit].name) for unit in a.facts(BroadcastKnown).places or ())
    listed = tuple(Candidate(unit, Phrase("plain", {"words": name})) for unit, name in names)
    return (*listed, Candidate(ALL_HERS, Phrase("all_hers")))


kind = Choice("kind", "news", "service", "warning", "staff", "in_console")
topic = Choice("topic", *TOPICS)
her_unit = Choice("her_unit", supplied=her_units)
any_unit = UnitQuestion("any_unit", others=("whole_city",))
title = Words("title", most=MOST_TITLE)
body = Words("body", most=MOST_WORDS)
when = Choice("when", "now", "later")
day = Day("day")
hour = TimeOfDay("hour")


def may_not_write(a: Answers) -> bool:
    return a.facts(BroadcastKnown).places is None


def is_for_the_console(a: Answers) -> bool:
    return a[kind] == "in_console"


def is_news(a: Answers) -> bool:
    return a[kind] == "news"


def reaches_the_city(a: Answers) -> bool:
    return a.facts(BroadcastKnown).places == ()


def works_for_several_units(a: Answers) -> bool:
    return len(a.facts(BroadcastKnown).places or ()) > 1


def title_tells_nothing(a: Answers) -> bool:
    return "title_vi" not in words_faults({"vi": a[title]}, {"vi": "…"})


def body_has_no_account(a: Answers) -> bool:
    return "words_vi" not in words_faults({"vi": "…"}, {"vi": a[body]})


def is_for_later(a: Answers) -> bool:
    return a[when] == "later"


def day_is_not_over(a: Answers) -> bool:
    return a[day] >= a.day


def starts_wrongly(a: Answers) -> bool:
    return bool(a.facts(BroadcastKnown).wrong)


def draft(a: Answers, places: tuple[str, ...], desk: Desk) -> BroadcastDraft:
    """What she has written."""
    start = datetime.combine(a[day], a[hour], desk.zone).astimezone(UTC) if a[when] == "later" else None
    return BroadcastDraft(
        kind=cast("Kind", a[kind]),
        title={"vi": a[title]},
        words={"vi": a[body]},
        audience=Audience(units=_to(a, places)),
        topic=a.get(topic) or "",
        start=start,
    )


def _to(a: Answers, places: tuple[str, ...]) -> tuple[str, ...]:
    """The units it goes to; none for the whole city. What she chose counts even where it is hers no more."""
    if not places:
        unit = a.get(any_unit)
        return (unit,) if unit is not None else ()
    chosen = a.get(her_unit)
    return places if chosen in (None, ALL_HERS) else (str(chosen),)


def preview(a: Answers) -> Mapping[str, object]:
    """What stands at the review: the broadcast as it will read, for whom, how many, and when."""
    known = a.facts(BroadcastKnown)
    shown = known.preview
    assert shown is not None and known.places is not None  # noqa: S101, PT018  # the review comes when all is answered
    goes = shown.goes if shown.waits else Phrase("at_once")
    place = whom(cast("Kind", a[kind]), a.get(topic) or "", _to(a, known.places))
    return {"preview": shown.text, "whom": place, "counts": counted(shown.counts), "goes": goes}

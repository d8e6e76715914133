"""The form of a broadcast: what can be chosen in it, what it starts with, and what was typed, read.

Why a start at night is refused here and not only put off: whoever chose such an hour should know that nobody is woken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from sqlmodel import col, select

from handlers.console.screen import Chosen, Click, Invalid
from handlers.desk import Desk
from handlers.desk.announcing import KINDS, Audience, BroadcastDraft, Kind, SeenBroadcast, broadcast_faults
from handlers.desk.cases import CLASSES, FOLLOWS
from handlers.desk.consents import TOPICS
from handlers.desk.office import ROLES
from handlers.flow import readers
from handlers.flow.message import Phrase
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import units
from storage.tables import LawChange

NEEDS = (
    "review", "work", "health", "school", "house", "water", "trade", "food", "information", "papers", "something",
)  # fmt: skip
STATES = tuple(FOLLOWS)
MANY = ("units", "states", "needs", "classes", "roles")
FARTHEST = timedelta(days=366)
ASKING = ("news", "givers")  # kinds that may ask for gifts


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastForm:
    """What can be chosen: (id, name) each. city: it may be for the whole city. quiet: when nobody is woken."""

    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    city: bool
    languages: tuple[str, ...]
    states: tuple[str, ...]
    needs: tuple[str, ...]
    classes: tuple[str, ...]
    roles: tuple[str, ...]
    campaigns: tuple[tuple[str, str], ...]
    asking: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, Phrase], ...]
    quiet: tuple[time, time]


def form(desk: Desk) -> BroadcastForm | None:
    """The choices of the form, for an official who may write broadcasts anywhere."""
    me = desk.acting()
    reach = me.reach("broadcast.write")
    if reach is None:
        return None
    places = tuple(
        (u.id, u.name) for u in units.all_units().values() if reach == "all" or u.id in me.units_for("broadcast.write")
    )
    campaigns = [seen for seen in desk.campaigns.all() if seen.state != "draft"]
    named = {seen.id: f"{seen.title[me.language]} ({seen.code})" for seen in campaigns}
    query = select(LawChange).where(LawChange.state == "found").order_by(col(LawChange.day).desc())
    changes = tuple((row.id, _change(row)) for row in desk.unit.scalars(query))
    return BroadcastForm(
        kinds=KINDS,
        topics=TOPICS,
        units=places,
        city=reach == "all",
        languages=LANGUAGES,
        states=STATES,
        needs=NEEDS,
        classes=CLASSES,
        roles=ROLES,
        campaigns=tuple(named.items()),
        asking=tuple((seen.id, named[seen.id]) for seen in campaigns if seen.open_now),
        changes=changes,
        quiet=(desk.quiet.begin, desk.quiet.end),
    )


def old(desk: Desk, seen: SeenBroadcast) -> Mapping[str, tuple[str, ...]]:
    """What a broadcast says, as the fields of the form hold it."""
    rule, start = seen.audience, seen.start.astimezone(desk.zone) if seen.start else None
    one = {
        "kind": seen.kind, "topic": seen.topic, "language": rule.language, "campaign": rule.campaign,
        "change": rule.change, "asks_for": seen.campaign_id or "",
        "start_day": start.date().isoformat() if start else "", "start_time": f"{start:%H:%M}" if start else "",
        **{f"title_{name}": seen.title.get(name, "") for name in LANGUAGES},
        **{f"words_{name}": seen.words.get(name, "") for name in LANGUAGES},
    }  # fmt: skip
    many: dict[str, tuple[str, ...]] = {name: getattr(rule, name) for name in MANY}
    return {**{name: (value,) for name, value in one.items()}, **many}


def draft(desk: Desk, given: Click, before: bytes | None = None) -> BroadcastDraft | Invalid:
    """What was typed, as a draft; or what is wrong with it, which is noted. before: the picture it had."""
    wrong: dict[str, str] = {}
    kind = given["kind"]
    start = _start(desk, given, wrong)
    known = form(desk)
    rule = _rule(given)
    read = BroadcastDraft(
        kind=cast("Kind", kind),
        title={name: given[f"title_{name}"] for name in LANGUAGES},
        words={name: given[f"words_{name}"] for name in LANGUAGES},
        audience=rule,
        topic=given["topic"] if kind == "news" else "",
        start=start,
        picture=_picture(given, before, wrong),
        campaign_id=(given["asks_for"] or None) if kind in ASKING else None,
    )
    if known is not None:
        wrong |= _unknown(known, read)
    wrong = {**broadcast_faults(read, desk.now), **wrong}
    if "start" in wrong:
        wrong["start_day"] = wrong.pop("start")
    if wrong:
        desk.note("broadcast.not_written", f"official:{desk.acting().id}", wrong=",".join(sorted(wrong)))
        return Invalid({name: _said(why) for name, why in wrong.items()})
    return read


# Inside


def _change(row: LawChange) -> Phrase:
    return Phrase("console.broadcasts.change_of", {"day": row.day, "count": row.found})


def _rule(given: Click) -> Audience:
    """Whom it is for; of the fields only those that the kind has."""
    kind = given["kind"]
    many = {name: given.all(name) for name in MANY}
    service, staff = kind == "service", kind == "staff"
    return Audience(
        units=tuple(dict.fromkeys(many["units"])),
        language="" if staff else given["language"],
        states=many["states"] if service else (),
        needs=many["needs"] if service else (),
        classes=many["classes"] if service else (),
        roles=many["roles"] if staff else (),
        campaign=given["campaign"] if kind == "givers" else "",
        change=given["change"] if kind == "rules" else "",
    )


def _unknown(known: BroadcastForm, read: BroadcastDraft) -> dict[str, str]:
    """What was chosen and is not among what can be, by field."""
    rule = read.audience
    lists = {"states": known.states, "needs": known.needs, "roles": known.roles}
    wrong = {name: "choose" for name, those in lists.items() if not set(getattr(rule, name)) <= set(those)}
    if not set(rule.units) <= {one for one, _ in known.units}:
        wrong["units"] = "choose"
    elif not rule.units and not known.city:
        wrong["units"] = "broadcast_units"
    single = {
        "language": (rule.language, known.languages), "campaign": (rule.campaign, dict(known.campaigns)),
        "change": (rule.change, dict(known.changes)), "asks_for": (read.campaign_id or "", dict(known.asking)),
    }  # fmt: skip
    return wrong | {name: "choose" for name, (value, those) in single.items() if value and value not in those}


def _start(desk: Desk, given: Click, wrong: dict[str, str]) -> datetime | None:
    """When it is to go out; None for at once. A start at night is for warnings alone."""
    if not given["start_day"] and not given["start_time"]:
        return None
    day = _day(desk, given["start_day"])
    at = _time(given["start_time"])
    if day is None or at is None:
        wrong["start_day" if day is None else "start_time"] = "start_half"
        return None
    start = datetime.combine(day, at, desk.zone)
    if start < desk.now:
        wrong["start_day"] = "start_past"
    elif start > desk.now + FARTHEST:
        wrong["start_day"] = "start_far"
    elif given["kind"] != "warning" and desk.quiet.covers(at):
        wrong["start_time"] = "start_at_night"
    return start


def _day(desk: Desk, typed: str) -> date | None:
    read = readers.day(typed, desk.today()) if typed else ()
    return read[0] if len(read) == 1 else None


def _time(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None) if typed else None
    except ValueError:
        return None


def _picture(given: Click, before: bytes | None, wrong: dict[str, str]) -> bytes | None:
    """The picture that was chosen, else the one it had unless it is taken out."""
    if given["no_picture"]:
        return None
    if not isinstance(given.read, Chosen):
        return before
    if given.read.why:
        wrong["picture"] = f"picture_{given.read.why}"
    return given.read.jpeg or before


def _said(why: str) -> str:
    """The key below `console.wrong` of what the desk found."""
    return {"past": "start_past", "short": "broadcast_title", "tells_too_much": "broadcast_tells"}.get(why, why)

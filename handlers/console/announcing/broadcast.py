"""The page of one broadcast: what people read, how many, when, and what can be done about it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.console.announcing.broadcast_counts import (
    NOT_COUNTED,
    AudienceNow,
    BroadcastProgress,
    UnitRow,
    by_unit,
    progress,
    stand,
)
from handlers.console.announcing.broadcasts import BroadcastLine, line, scope, told, waiting
from handlers.console.screen import Act, Click, Invalid, PicturePage, Redirect, Screen
from handlers.desk import Desk
from handlers.desk.announcing import LIVE, OVER, TO_BE_APPROVED, UNSENT, SeenBroadcast, Sheet
from handlers.flow.message import Phrase
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese.units import unit_name
from storage.queries.announcing import broadcasts
from storage.queries.outgoing import pictures

# What Telegram takes under a picture, in UTF-16 units; more goes out as a message before it. See bot.channels.
CAPTION = 1024


@dataclass(frozen=True, slots=True)
class BroadcastText:
    """What people read in one language. apart: with the picture it is two messages on Telegram."""

    language: str
    words: str
    apart: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastPage:
    """One broadcast. facts: (key below `console.broadcasts`, words) each. stand: counts of whom it is for.

    seen: of what is shown, sent along with every act. goes_at: if it is approved now, or when it goes; waits: later
    than was wished. waiting: were frozen and not handed it. unknown: messages that nobody knows the end of, and that
    were not sent again; again_by: who asks for that. may: names of acts that she may do now; own: why she is not the
    one who approves. objection: why it was given back.
    """

    line: BroadcastLine
    shown: tuple[BroadcastText, ...]
    picture: str
    facts: tuple[tuple[str, object], ...]
    stand: AudienceNow
    goes_at: datetime
    waits: bool
    progress: BroadcastProgress | None
    units: tuple[UnitRow, ...]
    unknown: int
    again_by: str
    own: bool
    objection: str
    seen: str
    waiting: int
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The sheet of whom a broadcast does not reach. at: when it was read."""

    code: str
    title: str
    words: str
    sheet: Sheet
    unit_names: Mapping[str, str]
    at: datetime


def view(desk: Desk, given: Click) -> BroadcastPage | None:
    """One announcement as people will read it, whom it reaches, and how far it is."""
    seen = desk.broadcasts.read(given.path["code"])
    if seen is None:
        return None
    states = desk.broadcasts.states(seen) if seen.people else {}
    unknown = len(broadcasts.unknown_ones(desk.unit, seen.id)) if seen.state in OVER and seen.people else 0
    goes_at = desk.broadcasts.goes_at(seen)
    under_way = seen.state in LIVE or seen.state in OVER
    # A page that looks again by itself shows how far it is; to count a whole city every few seconds is too dear.
    again = given.live and seen.people > 0
    return BroadcastPage(
        line=line(desk, seen),
        shown=shown(desk, seen),
        picture=f"/console/broadcasts/{seen.code}/picture" if seen.has_picture else "",
        facts=_facts(desk, seen),
        stand=NOT_COUNTED if again else stand(desk, seen),
        goes_at=goes_at,
        waits=seen.state in UNSENT and goes_at > max(seen.start or desk.now, desk.now),
        progress=progress(desk, seen, states) if under_way and seen.people else None,
        units=by_unit(desk, seen) if seen.state in OVER and seen.people and not again else (),
        unknown=unknown,
        again_by=desk.officials.name_of(seen.again_by),
        own=any(map(desk.are_same_hands, seen.authors)),
        objection=seen.objection,
        seen=seen.stamp,
        waiting=waiting(states),
        may=tuple(name for name, fits in _MAY.items() if fits(desk, seen, unknown)),
    )


def shown(desk: Desk, seen: SeenBroadcast) -> tuple[BroadcastText, ...]:
    """All that people read, by language."""
    found = desk.broadcasts.rendered(seen)
    return tuple(
        BroadcastText(one, found[one], seen.has_picture and len(found[one].encode("utf-16-le")) // 2 > CAPTION)
        for one in LANGUAGES
        if one in found
    )


def picture(desk: Desk, given: Click) -> PicturePage | None:
    """The picture of an announcement."""
    seen = desk.broadcasts.read(given.path["code"])
    jpeg = pictures.picture(desk.unit, seen.code) if seen is not None else None
    return PicturePage(jpeg) if jpeg else None


def sheet(desk: Desk, given: Click) -> Calling | None:
    """Whom it does not reach, to be rung up: names and numbers, which is noted."""
    seen = desk.broadcasts.read(given.path["code"])
    found = desk.call_sheet.read(seen) if seen is not None else None
    if seen is None or found is None:
        return None
    names = {one.unit_id: unit_name(one.unit_id) for one in found.people if one.unit_id}
    return Calling(
        code=seen.code, title=seen.title["vi"], words=seen.words["vi"], sheet=found, unit_names=names, at=desk.now
    )


# What can be done


def submit(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Settle who gets it, and ask for another's approval."""
    return told(given, desk.broadcasts.submit(given.path["code"], given["seen"]), "broadcast_submitted")


def approve(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Approve what another wrote: these words, to these people, at that time."""
    return told(given, desk.broadcasts.approve(given.path["code"], given["seen"]), "broadcast_approved")


def send_back(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Give it back to be written anew, and say why."""
    return told(
        given, desk.broadcasts.send_back(given.path["code"], given["seen"], given["objection"]), "broadcast_sent_back"
    )


def stop(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Stop it for ever; nobody needs to be asked."""
    return told(given, desk.broadcasts.stop(given.path["code"]), "broadcast_stopped")


def ask_again(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Ask that what nobody knows to have arrived goes out once more."""
    return told(given, desk.broadcasts.ask_again(given.path["code"]), "broadcast_again_asked")


def send_again(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Agree that what nobody knows to have arrived goes out once more."""
    return told(given, desk.broadcasts.send_again(given.path["code"]), "broadcast_again_sent")


# Inside


def _facts(desk: Desk, seen: SeenBroadcast) -> tuple[tuple[str, object], ...]:
    name, rule = desk.officials.name_of, seen.audience
    campaigns = {one.id: one for one in desk.campaigns.all()}
    titles = {one.id: f"{one.title[desk.acting().language]} ({one.code})" for one in campaigns.values()}
    lists = (
        ("states", "console.requests.state", rule.states), ("needs", "options.needs", rule.needs),
        ("classes", "console.deciding.grade", rule.classes), ("roles", "console.role", rule.roles),
    )  # fmt: skip
    return (
        ("units", scope(seen)),
        *((("language", Phrase(f"console.broadcasts.spoken.{rule.language}")),) if rule.language else ()),
        *((key, tuple(Phrase(f"{below}.{one}") for one in those)) for key, below, those in lists if those),
        *((("campaign", titles.get(rule.campaign, "…")),) if rule.campaign else ()),
        *((("asks_for", titles.get(seen.campaign_id, "…")),) if seen.campaign_id else ()),
        ("written_by", tuple(name(one) or Phrase("announce.the_clock") for one in seen.authors)),
        *((("approved_by", name(seen.approved_by)),) if seen.approved_by and seen.state not in TO_BE_APPROVED else ()),
        *((("stopped_by", name(seen.ended_by)),) if seen.ended_by else ()),
    )


def _may(desk: Desk, action: str, seen: SeenBroadcast) -> bool:
    return all(desk.may(action, unit) for unit in seen.audience.units or (None,))


def _may_submit(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    return seen.state == "draft" and _may(desk, "broadcast.write", seen)


def _may_approve(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    return desk.chat_broadcasts.may_approve(seen)


def _may_send_back(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    return desk.chat_broadcasts.may_send_back(seen)


def _may_write(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    return seen.state in UNSENT and _may(desk, "broadcast.write", seen)


def _may_stop(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    return seen.state not in OVER and _may(desk, "broadcast.stop", seen)


def _may_ask_again(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    asked = seen.again_by is not None
    return seen.state in OVER and unknown > 0 and not asked and _may(desk, "broadcast.write", seen)


def _may_send_again(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    hers = any(map(desk.are_same_hands, (*seen.authors, seen.again_by or "")))
    return seen.again_by is not None and not hers and _may(desk, "broadcast.approve", seen)


def _may_call(desk: Desk, seen: SeenBroadcast, unknown: int) -> bool:
    return _may(desk, "broadcast.call", seen)


_MAY: Mapping[str, Callable[[Desk, SeenBroadcast, int], bool]] = {
    "submit": _may_submit, "approve": _may_approve, "send_back": _may_send_back, "write": _may_write,
    "stop": _may_stop, "ask_again": _may_ask_again, "send_again": _may_send_again, "call": _may_call,
}  # fmt: skip
ONE = Screen(path="/broadcasts/{code}", template="announcing/broadcast", right="broadcast.see", view=view)
PICTURE = Screen(
    path="/broadcasts/{code}/picture", template="announcing/broadcast_picture", right="broadcast.see", view=picture
)
SHEET = Screen(
    path="/broadcasts/{code}/sheet",
    template="announcing/broadcast_sheet",
    right="broadcast.call",
    view=sheet,
    notes=True,
)
screens = (ONE, PICTURE, SHEET)
_ACTS: Mapping[str, tuple[str, Callable[[Desk, Click], Redirect | Invalid | None], bool]] = {
    "submit": ("broadcast.write", submit, False),
    "approve": ("broadcast.approve", approve, True),
    "send-back": ("broadcast.approve", send_back, False),
    "stop": ("broadcast.stop", stop, False),
    "ask-again": ("broadcast.write", ask_again, False),
    "send-again": ("broadcast.approve", send_again, True),
}
acts = tuple(
    Act(path=f"/broadcasts/{{code}}/{name}", right=right, do=do, screen=ONE, checked=checked)
    for name, (right, do, checked) in _ACTS.items()
)

"""Counts of a broadcast: whom it is for now, how many got it, how fast it goes, and by unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.console.screen.words import channel_of
from handlers.desk import Desk
from handlers.desk.announcing import SeenBroadcast, cost
from handlers.flow.message import Phrase
from handlers.vietnamese.units import unit_name
from handlers.views import broadcast
from storage.queries.announcing import results

# States of a message or a recipient, gathered as officials know them, in the order in which they are shown.
GATHERED: Mapping[str, tuple[str, ...]] = {
    "waiting": ("planned", "queued"),
    "sending": ("sending",),
    "sent": ("sent", "delivered"),
    "held": ("held",),
    "unknown": ("unknown",),
    "lost": ("failed", "expired"),
    "opted_out": ("opted_out",),
    "gone": ("gone",),
    "elsewhere": ("elsewhere",),
    "stopped": ("stopped", "cancelled"),
    "digest": ("digest",),
    "digested": ("digested", "released"),
}
LOOKS = {
    "waiting": "waiting", "sending": "new", "sent": "done", "held": "waiting", "unknown": "unknown", "lost": "late",
    "opted_out": "waiting", "gone": "late", "elsewhere": "done", "stopped": "stopped", "digest": "waiting",
    "digested": "done",
}  # fmt: skip
OPEN = ("waiting", "sending", "digest")
REACHED = ("sent", "digested")
LATELY = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceNow:
    """How many people a broadcast's rule finds now. channels: (name, reachable there at once) each.

    ways: how it goes to those on a channel whose platform makes a difference, a line each.
    """

    channels: tuple[tuple[Phrase, int], ...]
    digest: int
    unreachable: int
    opted_out: int
    people: int
    ways: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state: how many on each channel, and in all. look: a word of the style sheet."""

    state: str
    look: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What came of it in one unit. people: it is for; reached: got it; unknown: nobody knows."""

    unit: str | Phrase
    people: int
    reached: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastProgress:
    """How far a broadcast is among the people it is for. through: have got it or never will; people: all of them.

    rate: messages a second, lately; left: until it is through; None while nothing tells. moves: some have not left yet.
    """

    channels: tuple[Phrase, ...]
    rows: tuple[StateRow, ...]
    totals: tuple[int, ...]
    total: int
    people: int
    through: int
    rate: float | None
    left: Phrase | None
    moves: bool
    ways: tuple[Phrase, ...]


NOT_COUNTED = AudienceNow(channels=(), digest=0, unreachable=0, opted_out=0, people=0)


def stand(desk: Desk, seen: SeenBroadcast) -> AudienceNow:
    """Whom it would reach now."""
    found = desk.broadcasts.counts(seen)
    named = tuple((channel_of(desk, name), count) for name, count in sorted(found.by_channel.items()))
    if seen.state == "awaiting_approval":  # those it was settled on, and not those whom the rule would find now
        found = replace(found, ways=desk.broadcasts.ways(seen))
    return AudienceNow(
        channels=named,
        digest=found.digest,
        unreachable=found.unreachable,
        opted_out=found.opted_out,
        people=found.people,
        ways=broadcast.by_way(found),
    )


def went(desk: Desk, seen: SeenBroadcast) -> tuple[Phrase, ...]:
    """How it went to those on a channel whose platform makes a difference, a line each."""
    found = desk.broadcasts.went(seen)
    paid = cost(found)
    return tuple(Phrase(f"announce.went.{way}", {"count": count, "cost": paid}) for way, count in found.items())


def progress(desk: Desk, seen: SeenBroadcast, states: Mapping[tuple[str, str], int]) -> BroadcastProgress:
    """How far it is. states: by (channel, state), of everybody who was settled on."""
    channels = sorted({channel for channel, _ in states})
    known = {state: name for name, those in GATHERED.items() for state in those}
    counted: dict[tuple[str, str], int] = {}
    for (channel, state), count in states.items():
        place = (known.get(state, "unknown"), channel)
        counted[place] = counted.get(place, 0) + count
    rows = tuple(_row(name, [counted.get((name, one), 0) for one in channels]) for name in GATHERED)
    total = sum(row.total for row in rows)
    through = total - sum(row.total for row in rows if row.state in OPEN)
    still = sum(row.total for row in rows if row.state in ("waiting", "sending"))
    rate = _rate(desk, seen) if seen.state == "sending" else None
    return BroadcastProgress(
        channels=tuple(channel_of(desk, one) for one in channels),
        rows=tuple(row for row in rows if row.total),
        totals=tuple(sum(row.counts[place] for row in rows) for place in range(len(channels))),
        total=total,
        people=seen.people,
        through=through,
        rate=rate,
        left=_left(still / rate) if rate and still else None,
        moves=still > 0,
        ways=went(desk, seen),
    )


def by_unit(desk: Desk, seen: SeenBroadcast) -> tuple[UnitRow, ...]:
    """What came of it by unit, those with most people first; people of no known unit last."""
    found: dict[str, dict[str, int]] = {}
    for (unit, state), count in results.by_unit(desk.unit, seen.id).items():
        states = found.setdefault(unit, {})
        states[state] = states.get(state, 0) + count
    rows = [_unit_row(unit_name(unit), states) for unit, states in found.items() if unit]
    nowhere = [_unit_row(Phrase("console.broadcasts.no_unit"), found[""])] if "" in found else []
    return (*sorted(rows, key=lambda row: (-row.people, str(row.unit))), *nowhere)


# Inside


def _row(name: str, counts: Iterable[int]) -> StateRow:
    each = tuple(counts)
    return StateRow(name, LOOKS[name], each, sum(each))


def _unit_row(unit: str | Phrase, states: Mapping[str, int]) -> UnitRow:
    reached = sum(states.get(state, 0) for name in REACHED for state in GATHERED[name])
    return UnitRow(unit, sum(states.values()), reached, sum(states.get(state, 0) for state in GATHERED["unknown"]))


def _rate(desk: Desk, seen: SeenBroadcast) -> float | None:
    """Messages a second of late; None when it has only just begun, or nothing leaves."""
    since = max(desk.now - LATELY, seen.began_at or desk.now)
    passed = (desk.now - since).total_seconds()
    left = results.left_since(desk.unit, seen.id, since)
    return round(left / passed, 1) if passed >= 1 and left else None


def _left(seconds: float) -> Phrase:
    """How long it still takes."""
    if seconds < 90:
        return Phrase("console.broadcasts.left.seconds", {"count": max(round(seconds), 1)})
    minutes = round(seconds / 60)
    if minutes < 90:
        return Phrase("console.broadcasts.left.minutes", {"count": minutes})
    return Phrase("console.broadcasts.left.hours", {"count": round(minutes / 60)})

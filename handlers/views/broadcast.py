"""A broadcast as officials read it in their chats: whom it is for, how many that is, where it stands."""

from collections.abc import Mapping

from handlers.desk import Desk
from handlers.desk.announcing import AudienceCounts, Kind, SeenBroadcast, cost, tally
from handlers.flow.message import MENU, Lines, Phrase, Say
from handlers.vietnamese import units

# What whoever is no official gets for an official's command: what any words get that we don't know.
NOT_KNOWN = Say("not_understood", openings=(MENU,))


def whom(kind: Kind, topic: str, unit_ids: tuple[str, ...]) -> Phrase:
    """Whom it is for."""
    named = tuple(units.all_units()[unit].name for unit in unit_ids if unit in units.all_units())
    told: dict[str, object] = {"where": named or Phrase("whole_city")}
    return Phrase(f"whom.{kind}", told | ({"topic": Phrase(f"news_topics.{topic}")} if topic else {}))


def counted(counts: AudienceCounts) -> Phrase:
    """How many it reaches where, and how many it does not reach."""
    reached = tuple(
        Phrase("reached", {"channel": Phrase(f"channel.{channel}"), "count": count})
        for channel, count in sorted(counts.by_channel.items())
    )
    told = {"digest": counts.digest, "unreachable": counts.unreachable, "opted_out": counts.opted_out}
    summed = Phrase("counts", {"channels": reached or Phrase("nobody_at_once"), **told})
    return Phrase("counts_by_way", {"counts": summed, "ways": by_way(counts)}) if counts.ways else summed


def by_way(counts: AudienceCounts) -> tuple[Phrase, ...]:
    """How it goes where a platform makes a difference, with what it costs."""
    told = {"paid": {"cost": cost(counts.ways)}}
    named = [Phrase(f"announce.way.{way}", {"count": n, **told.get(way, {})}) for way, n in counts.ways.items() if n]
    return (*named, Phrase("announce.way.moved", {"count": counts.moved})) if counts.moved else tuple(named)


def as_frozen(states: Mapping[tuple[str, str], int], ways: Mapping[str, int], now: AudienceCounts) -> AudienceCounts:
    """Counts of those who were frozen and not handed it; who is out of reach or wants none is counted as of now."""
    by_channel: dict[str, int] = {}
    for (channel, state), count in states.items():
        if state == "planned":
            by_channel[channel] = by_channel.get(channel, 0) + count
    digest = sum(count for (_, state), count in states.items() if state == "digest")
    return AudienceCounts(
        by_channel=by_channel,
        digest=digest,
        unreachable=now.unreachable,
        opted_out=now.opted_out,
        ways=ways,
        moved=now.moved,
    )


def progress(seen: SeenBroadcast, states: Mapping[tuple[str, str], int]) -> Phrase:
    """How many have it, wait for it, won't get it, or nobody knows; they add up to all it goes to."""
    sums = tally(states)
    told = {"went": sums.went, "waits": sums.waits, "not_sent": sums.not_sent, "unknown": sums.unknown}
    return Phrase("progress", {**told, "people": seen.people})


def line(seen: SeenBroadcast, states: Mapping[tuple[str, str], int]) -> Phrase:
    """One of several, in a line."""
    told = {"code": seen.code, "title": seen.title["vi"], "state": Phrase(f"states.{seen.state}")}
    return Phrase("line", {**told, "progress": progress(seen, states)})


def link(public_url: str, code: str = "") -> str:
    """Where it is worked on in the console; without a code, all of them."""
    return f"{public_url}/console/broadcasts/{code}" if code else f"{public_url}/console/broadcasts"


def facts(seen: SeenBroadcast, here: Desk) -> Phrase:
    """Who wrote it, whom it is for, and how many that is; when it goes, or how far it has come."""
    names = tuple(name for name in map(here.officials.name_of, seen.authors) if name)
    told: dict[str, object] = {
        "code": seen.code, "state": Phrase(f"states.{seen.state}"), "authors": names or Phrase("the_clock"),
        "whom": whom(seen.kind, seen.topic, seen.audience.units), "link": link(here.public_url, seen.code),
    }  # fmt: skip
    picture = Phrase("with_picture" if seen.has_picture else "without_picture")
    states = here.broadcasts.states(seen)
    if seen.state not in ("draft", "awaiting_approval"):
        return Phrase("stands", {**told, "progress": progress(seen, states), "notes": picture})
    now = here.broadcasts.counts(seen)
    counts = now if seen.state == "draft" else as_frozen(states, here.broadcasts.ways(seen), now)
    goes = here.broadcasts.goes_at(seen)
    told |= {"counts": counted(counts), "goes": goes if goes > here.now else Phrase("at_once")}
    notes = [picture]
    if seen.objection:
        notes.append(Phrase("objected", {"why": seen.objection}))
    if any(map(here.are_same_hands, seen.authors)):
        notes.append(Phrase("another_decides"))
    return Phrase("to_decide", {**told, "notes": Lines(tuple(notes))})

"""How the account stands whose platform takes messages for a while only, line by line, for the page of messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.desk import Desk
from handlers.desk.messages import Standing
from handlers.texts import Phrase


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One fact. look: somebody should look at it."""

    label: Phrase
    value: Phrase
    look: bool = False


def lines(desk: Desk) -> Sequence[StandingLine]:
    """Every fact about it; none where there is no such account."""
    found = desk.platform_standing.now()
    if found is None:
        return ()
    people = {"free": found.free, "paid": found.paid, "closed": found.closed}
    return (
        _line("tokens", _tokens(found), look=bool(found.needs_reauth)),
        _line("buttons", Phrase("console.standing.taken" if found.buttons else "console.standing.numbered")),
        _line("called", _at(found.called_at)),
        _line("windows", Phrase("console.standing.people", people)),
        _line("held", _held(found), look=found.held > 0),
        _line("paid", _paid(found)),
        _line("templates", Phrase("console.standing.kinds", {"count": len(found.templates)})),
        _line("rate", Phrase("console.standing.a_second", {"count": found.rate})),
    )


def _line(name: str, value: Phrase, *, look: bool = False) -> StandingLine:
    return StandingLine(Phrase(f"console.standing.label.{name}"), value, look)


def _tokens(found: Standing) -> Phrase:
    if found.got_at is None:
        return Phrase("console.standing.no_tokens")
    if found.needs_reauth:
        return Phrase("console.standing.reauth", {"at": found.got_at})
    if found.left is None:
        return Phrase("console.standing.unknown", {"at": found.got_at})
    if not found.left:
        return Phrase("console.standing.over", {"at": found.got_at})
    hours = int(found.left.total_seconds()) // 3600
    return Phrase("console.standing.left", {"at": found.got_at, "hours": hours})


def _held(found: Standing) -> Phrase:
    values = {"count": found.held, "people": found.people}
    return Phrase("console.standing.held", values) if found.held else Phrase("console.standing.none_held")


def _paid(found: Standing) -> Phrase:
    values = {"count": found.spent, "most": found.most}
    return Phrase("console.standing.spent", values) if found.most else Phrase("console.standing.unpaid")


def _at(moment: datetime | None) -> Phrase:
    return Phrase("console.standing.at", {"at": moment}) if moment else Phrase("console.standing.never")

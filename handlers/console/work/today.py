"""Today: what waits for this official, and what is wrong with the service; every number opens its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.console.screen import Click, Screen
from handlers.console.work.counts import counts
from handlers.desk import Desk
from handlers.texts import Phrase
from storage.queries.announcing import results


@dataclass(frozen=True, slots=True)
class Tile:
    """A number and the list it opens. name: of its words; kind: how it looks."""

    name: str
    count: int
    path: str
    kind: Literal["new", "mine", "late", "unknown"]


@dataclass(frozen=True, slots=True)
class Today:
    """The first page. tiles: only what is not nothing; troubles: what is wrong with the service, in words."""

    tiles: tuple[Tile, ...]
    troubles: tuple[Phrase, ...]


def view(desk: Desk, given: Click) -> Today:
    """What waits for this official, and what is wrong with the service."""
    found = counts(desk)
    tiles = (
        Tile("urgent", found.urgent, "/urgent", "late"),
        Tile("waiting", found.waiting, "/waiting", "mine"),
        Tile("overdue", found.requests.overdue, "/requests?overdue=1", "late"),
        Tile("soon", found.requests.soon, "/requests?soon=1", "mine"),
        Tile("to_approve", found.requests.to_approve, "/requests?to_approve=1", "mine"),
        Tile("to_check", found.requests.to_check, "/requests?to_check=1", "mine"),
        Tile("broadcasts", found.broadcasts, "/broadcasts", "mine"),
        Tile("new", found.requests.new, "/requests?state=submitted", "new"),
        Tile("offers", found.gifts.offered, "/gifts?state=offered", "new"),
        Tile("gifts_due", found.gifts.due, "/gifts?due=1", "mine"),
        Tile("grievances", found.grievances, "/grievances", "late"),
        Tile("unconfirmed", found.unconfirmed, "/handovers?part=late", "late"),
        Tile("accounts", found.accounts, "/officials", "mine"),
        Tile("unknown", found.unknown, "/outbox", "unknown"),
        Tile("letters", found.letters, "/letters", "late"),
        Tile("suspects", found.suspects, "/suspects", "new"),
    )
    troubles = given.troubles if desk.acting().reach("post.see") == "all" else ()
    return Today(tuple(tile for tile in tiles if tile.count), tuple(_in_words(desk, code) for code in troubles))


def pulse(desk: Desk) -> Mapping[str, int]:
    """How many wait where, by the name of the screen that lists them; sending: changes while something is announced."""
    found = counts(desk)
    return {
        "urgent": found.urgent, "waiting": found.waiting, "requests": found.requests.hers, "outbox": found.unknown,
        "letters": found.letters, "gifts": found.gifts.offered, "handovers": found.unconfirmed,
        "grievances": found.grievances, "broadcasts": found.broadcasts, "suspects": found.suspects,
        "sending": results.pulse(desk.unit) if desk.acting().reach("broadcast.see") else 0,
    }  # fmt: skip


def _in_words(desk: Desk, code: str) -> Phrase:
    key = f"console.trouble.{code.replace(': ', '_')}"
    return Phrase(key) if desk.texts.has(key) else Phrase("console.trouble.other", {"code": code})


screens = (Screen(path="", template="work/today", right="today.see", view=view, menu="work"),)

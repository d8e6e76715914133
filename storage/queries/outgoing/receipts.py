"""What a platform tells of messages of ours: that they arrived, and that one went out of which nobody knew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update

from storage.crypto import WrongKey
from storage.database import Unit
from storage.queries.outgoing import states
from storage.queries.outgoing.outbox import STUCK, Leaving, opened
from storage.tables import Address, OutboxRow
from storage.vault import KeyGone, Vault

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
# SQLite takes an index of some rows only where its condition is repeated to the letter.
_REPORTED = text("channel = 'zalo_oa' AND state = 'sent'")
MOST = 500


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of which nobody knows whether it arrived. part: pieces that are surely out; since: when that was so."""

    leaving: Leaving
    part: int
    since: datetime


def arrived(unit: Unit, platform_ids: Collection[str], now: datetime) -> set[str]:
    """Note that messages of the account arrived, by Zalo's ids; returns those that are ours and known as sent."""
    found = states.deliver(unit, now, _OUTBOX.c.platform_id.in_(platform_ids), _REPORTED)
    return {str(platform_id) for _, platform_id in found}


def arrived_by_number(unit: Unit, numbers: Collection[int], now: datetime) -> set[int]:
    """Note that templates arrived which were sent to a phone, by our numbers of their messages."""
    mine = (_OUTBOX.c.channel == "zalo_oa", _OUTBOX.c.way == "template")
    return {outbox_id for outbox_id, _ in states.deliver(unit, now, _OUTBOX.c.id.in_(numbers), *mine)}


def unknown(unit: Unit, vault: Vault, channel: str, since: datetime) -> dict[bytes, list[Unknown]]:
    """Messages that became unknown since then, by the look-up value of their chat, the oldest first."""
    query = (
        select(_OUTBOX, _ADDRESS.c.external)
        .join_from(_OUTBOX, _ADDRESS, _ADDRESS.c.id == _OUTBOX.c.address_id)
        .where(_OUTBOX.c.state == "unknown", STUCK, _OUTBOX.c.channel == channel, _OUTBOX.c.changed_at >= since)
        .order_by(_OUTBOX.c.id.desc())
        .limit(MOST)
    )
    found: dict[bytes, list[Unknown]] = {}
    for row in reversed(unit.execute(query).all()):
        try:
            one = Unknown(opened(vault, row), row.part, row.changed_at)
        except (KeyGone, WrongKey, AssertionError):
            continue
        found.setdefault(row.external, []).append(one)
    return found


def is_known(unit: Unit, address_id: str, platform_id: str) -> bool:
    """Whether a message of a chat has this id of the platform's."""
    query = select(_OUTBOX.c.id).where(_OUTBOX.c.address_id == address_id, _OUTBOX.c.platform_id == platform_id)
    return unit.execute(query.limit(1)).first() is not None


def resolve(unit: Unit, found: Unknown, platform_id: str, *, pieces: int, now: datetime) -> bool:
    """A piece of an unknown message went out after all. False if the message is not unknown any more.

    Was it the last, the message is sent, and a copy that waits is cancelled; else the copy begins behind it.
    """
    part, its_copy = found.part + 1, _OUTBOX.c.copy_of == found.leaving.id
    still = (_OUTBOX.c.id == found.leaving.id, _OUTBOX.c.part == found.part)
    if part >= pieces:
        if not states.resolve(unit, now, *still, part=part, platform_id=platform_id):
            return False
        states.cancel(unit, "arrived", now, its_copy, old=("queued",))
        return True
    one_more = update(_OUTBOX).where(*still, _OUTBOX.c.state == "unknown").values(part=part, platform_id=platform_id)
    if unit.change(one_more) == 0:
        return False
    waits = (its_copy, _OUTBOX.c.state == "queued", _OUTBOX.c.part == found.part)
    unit.change(update(_OUTBOX).where(*waits).values(part=part))
    return True

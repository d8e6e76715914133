"""What a platform tells of messages of ours: that they arrived, and that one went out of which nobody knew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update

from storage.crypto import WrongKey
from storage.database import Unit
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
    sent = update(_OUTBOX).where(_OUTBOX.c.platform_id.in_(platform_ids), _REPORTED)
    return set(unit.execute(sent.values(state="delivered", changed_at=now).returning(_OUTBOX.c.platform_id)).scalars())


def arrived_by_number(unit: Unit, numbers: Collection[int], now: datetime) -> set[int]:
    """Note that templates arrived which were sent to a phone, by our numbers of their messages."""
    mine = (_OUTBOX.c.channel == "zalo_oa", _OUTBOX.c.state == "sent", _OUTBOX.c.way == "template")
    sent = update(_OUTBOX).where(_OUTBOX.c.id.in_(numbers), *mine).values(state="delivered", changed_at=now)
    return set(unit.execute(sent.returning(_OUTBOX.c.id)).scalars())


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
    part = found.part + 1
    still = (_OUTBOX.c.id == found.leaving.id, _OUTBOX.c.state == "unknown", _OUTBOX.c.part == found.part)
    values: dict[str, object] = {"part": part, "platform_id": platform_id}
    if part >= pieces:
        values |= {"state": "sent", "reason": None, "changed_at": now}
    if unit.change(update(_OUTBOX).where(*still).values(**values)) == 0:
        return False
    waits = update(_OUTBOX).where(_OUTBOX.c.copy_of == found.leaving.id, _OUTBOX.c.state == "queued")
    if part >= pieces:
        unit.change(waits.values(state="cancelled", reason="arrived", changed_at=now))
    else:
        unit.change(waits.where(_OUTBOX.c.part == found.part).values(part=part))
    return True

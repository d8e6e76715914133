"""Announcements as rows: found by code and right, changed only while they are as they were shown, and noted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import orjson
from sqlmodel import col, select

from handlers.desk.announcing import audience
from handlers.desk.announcing.audience import Audience, Kind
from handlers.desk.office import Context
from storage.ids import read_code
from storage.queries.announcing import broadcasts, states
from storage.tables import Broadcast

# done; absent, or none of her business; written by herself; changed since she looked; not possible in this state; its
# time has passed; nobody would get it; something in it is wrong; no reason was given.
BroadcastOutcome = Literal["done", "absent", "own", "outdated", "not_now", "late", "nobody", "invalid", "unsaid"]
State = Literal["draft", "awaiting_approval", "scheduled", "sending", "paused", "done", "cancelled"]

BROADCAST_PREFIX = "TB"
UNSENT = ("draft", "awaiting_approval", "scheduled")
LIVE = ("scheduled", "sending", "paused")
OVER = ("done", "cancelled")
TO_BE_APPROVED = ("draft", "awaiting_approval")
_UNAPPROVED: Mapping[str, object] = {"digest": None, "approved_by": None, "approved_at": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBroadcast:
    """An announcement. stamp: of what was seen, sent along with every act on it. people: frozen, once submitted.

    objection: why it was given back, until it is submitted again.
    authors, approved_by, ended_by, again_by: ids of officials.
    """

    id: int
    code: str
    state: State
    kind: Kind
    topic: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    audience: Audience
    start: datetime | None
    has_picture: bool
    campaign_id: str | None
    people: int
    authors: tuple[str, ...]
    approved_by: str | None
    ended_by: str | None
    again_by: str | None
    submitted_at: datetime | None
    approved_at: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    objection: str
    stamp: str

    @property
    def is_held(self) -> bool:
        """Whether it was on its way in a backup that was restored, and waits to be submitted and approved anew."""
        return self.state == "draft" and self.people > 0


@dataclass(frozen=True, slots=True)
class BroadcastRows:
    """The rows of one transaction, as the official at the desk may see and change them."""

    context: Context

    def by_code(self, typed_code: str) -> Broadcast | None:
        """An announcement by its code as people type it."""
        code = read_code(typed_code, BROADCAST_PREFIX)
        return self.context.unit.scalars(select(Broadcast).where(Broadcast.code == code)).first() if code else None

    def find(self, typed_code: str, action: str) -> Broadcast | None:
        """The same, if the official may do this to it; a refusal is noted."""
        row = self.by_code(typed_code)
        if row is None or not self.allows(action, audience.load_audience(row.audience), f"broadcast:{row.id}"):
            return None
        return row

    def may(self, action: str, row: Broadcast) -> bool:
        """Whether she may do this to one."""
        units = audience.load_audience(row.audience).units
        return all(self.context.may(action, unit) for unit in units or (None,))

    def allows(self, action: str, rule: Audience, subject: str) -> bool:
        """Whether she may do this for every unit it goes to; for the whole city if it names none."""
        return all(self.context.allows(action, unit, subject) for unit in rule.units or (None,))

    def digest(self, row: Broadcast) -> bytes:
        """What an approval is bound to."""
        said = {
            "code": row.code, "kind": row.kind, "topic": row.topic, "title": row.title, "words": row.words,
            "audience": row.audience, "start": row.start.isoformat() if row.start else "", "campaign": row.campaign_id,
            "picture": hashlib.sha256(row.picture or b"").hexdigest(),
        }  # fmt: skip
        head = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        return broadcasts.digest(self.context.unit, cast("int", row.id), head)

    def move(self, row: Broadcast, stamp: str, new: str, **values: object) -> bool:
        """Bring to another state what is still as a stamp says. False if it is not."""
        if stamp_of(row) != stamp:
            return False
        fresh = {"version": row.version + 1, "changed_at": self.context.now}
        return states.move(self.context.unit, row, new, col(Broadcast.version) == row.version, **fresh, **values)

    def draft_again(self, row: Broadcast, stamp: str, **values: object) -> bool:
        """Make a draft of what is still as a stamp says; who was to get it is let go. False if it is not.

        Of what had begun, who was handed it is kept, and who approved that.
        """
        approval = _UNAPPROVED if row.began_at is None else {}
        if not self.move(row, stamp, "draft", submitted_at=None, **approval, **values):
            return False
        self.let_go(row)
        return True

    def let_go(self, row: Broadcast) -> int:
        """Forget who was to get one, and was not handed it; returns how many were."""
        handed = broadcasts.thaw(self.context.unit, cast("int", row.id))
        states.edit(self.context.unit, row, people=handed)
        return handed

    def refuse(self, row: Broadcast, why: BroadcastOutcome, act: str = "approval") -> BroadcastOutcome:
        """Note that an act was refused, and why."""
        self.note(row, f"{act}_refused", why=why)
        return why

    def note(self, row: Broadcast, what: str, **detail: object) -> None:
        """Write the audit row of an act."""
        self.context.note(f"broadcast.{what}", f"broadcast:{row.id}", code=row.code, **detail)

    def seen(self, row: Broadcast, *, has_picture: bool) -> SeenBroadcast:
        """An announcement as others handle it."""
        return SeenBroadcast(
            id=cast("int", row.id),
            code=row.code,
            state=cast("State", row.state),
            kind=cast("Kind", row.kind),
            topic=row.topic,
            title=row.title,
            words=row.words,
            audience=audience.load_audience(row.audience),
            start=row.start,
            has_picture=has_picture,
            campaign_id=row.campaign_id,
            people=row.people,
            authors=tuple(row.authors),
            approved_by=row.approved_by,
            ended_by=row.ended_by,
            again_by=row.again_by,
            submitted_at=row.submitted_at,
            approved_at=row.approved_at,
            began_at=row.began_at,
            ended_at=row.ended_at,
            objection=row.objection or "",
            stamp=stamp_of(row),
        )


def stamp_of(row: Broadcast) -> str:
    """What a form says of the announcement it was drawn with: its version, and the hash of what was frozen."""
    return f"{row.version}:{(row.digest or b'').hex()}"

"""When a platform takes a message for somebody: free soon after she wrote, paid for some days more, or not at all.

Why decided where a message is marked, and not when it is written: in between she may write, or a window close. Why what
is paid is counted before the call: whoever is killed after it would count it again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import Address, ChannelSpend

_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_SPEND = ChannelSpend.__table__  # type: ignore[attr-defined]  # as above
# A call takes so long at most, and its window must not close under way.
MARGIN = timedelta(minutes=1)

Way = Literal["free", "paid", "template", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """What the account of a channel may send.

    free, paid: how long after a person's last interaction. paid_most: paid messages in a calendar month of the zone.
    by_template: kinds of messages that have a template, which goes out at any time. rate: messages a second.
    """

    channel: str
    free: timedelta
    paid: timedelta
    paid_most: int
    by_template: frozenset[str]
    zone: ZoneInfo
    rate: int = 0

    def month(self, now: datetime) -> str:
        """The calendar month in which is counted, such as 2026-11."""
        return now.astimezone(self.zone).strftime("%Y-%m")


def is_free(windows: Windows, interacted_at: datetime | None, now: datetime) -> bool:
    """Whether a message would cost nothing now."""
    return interacted_at is not None and now < interacted_at + windows.free - MARGIN


def is_closed(windows: Windows, interacted_at: datetime | None, kind: str, now: datetime) -> bool:
    """Whether a message can't leave now, whatever is paid."""
    last = windows.paid if windows.paid_most else windows.free
    is_late = interacted_at is None or now >= interacted_at + last - MARGIN
    return is_late and not is_free(windows, interacted_at, now) and kind not in windows.by_template


def way(unit: Unit, windows: Windows, interacted_at: datetime | None, kind: str, now: datetime) -> Way:
    """How a message may leave now; one that is paid for is counted by this."""
    if is_free(windows, interacted_at, now):
        return "free"
    lately = interacted_at is not None and now < interacted_at + windows.paid - MARGIN
    if lately and _spend(unit, windows, now):
        return "paid"
    return "template" if kind in windows.by_template else "held"


def spent(unit: Unit, windows: Windows, now: datetime) -> int:
    """How many paid messages left this month."""
    mine = (_SPEND.c.channel == windows.channel, _SPEND.c.month == windows.month(now))
    return int(unit.execute(select(_SPEND.c["count"]).where(*mine)).scalar() or 0)


@dataclass(frozen=True, slots=True)
class Stand:
    """How many people of a channel can be written to now. heard_at: when anybody was heard last."""

    free: int
    paid: int
    closed: int
    heard_at: datetime | None


def stand(unit: Unit, windows: Windows, now: datetime) -> Stand:
    """How the windows of all people stand."""
    mine, how = _ADDRESS.c.channel == windows.channel, late(windows, now)
    found = {row[0]: int(row[1]) for row in unit.execute(select(how, func.count()).where(mine).group_by(how))}
    heard_at = unit.execute(select(func.max(_ADDRESS.c.last_in_at)).where(mine)).scalar()
    return Stand(found.get("free", 0), found.get("paid", 0), found.get("closed", 0), heard_at)


def _spend(unit: Unit, windows: Windows, now: datetime) -> bool:
    """Count one more; False where the month has no more."""
    if windows.paid_most == 0:
        return False
    month = windows.month(now)
    one_more = update(_SPEND).where(
        _SPEND.c.channel == windows.channel, _SPEND.c.month == month, _SPEND.c["count"] < windows.paid_most
    )
    one_more = one_more.values({_SPEND.c["count"]: _SPEND.c["count"] + 1})
    if unit.run(one_more).rowcount == 1:
        return True
    dialect = sqlite if unit.on_sqlite else postgresql
    first = dialect.insert(_SPEND).values(channel=windows.channel, month=month, count=1).on_conflict_do_nothing()
    is_first = unit.run(first.returning(_SPEND.c.month)).first() is not None
    return is_first or unit.run(one_more).rowcount == 1


def late(windows: Windows, at: datetime, address: FromClause = _ADDRESS) -> ColumnElement[str]:
    """Of a chat: free, paid or closed at a moment; other channels are always free."""
    elsewhere = address.c.channel != windows.channel
    wrote = address.c.interacted_at
    return case(
        (or_(elsewhere, wrote > at - windows.free + MARGIN), "free"),
        (wrote > at - windows.paid + MARGIN, "paid"),
        else_="closed",
    )


def closed(
    windows: Windows | None, kind: str, at: datetime, address: FromClause = _ADDRESS
) -> ColumnElement[bool]:  # fmt: skip
    """Whether a chat takes a message of a kind only for money, or not at all, so that another chat comes before it."""
    if windows is None or kind in windows.by_template:
        return false()
    wrote = address.c.interacted_at
    return and_(address.c.channel == windows.channel, or_(wrote.is_(None), wrote <= at - windows.free + MARGIN))

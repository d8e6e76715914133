"""What is written down of an account at a platform: when it called us last, and whether it takes buttons."""

from datetime import datetime, timedelta

from storage.database import Unit
from storage.queries import machine

SELDOM = timedelta(minutes=1)
REFUSED = "refused"


def called(unit: Unit, channel: str, now: datetime) -> None:
    """Note that the platform called; a call within a minute of the last one that was noted is not."""
    last = called_at(unit, channel)
    if last is None or not last <= now < last + SELDOM:
        machine.set_fact(unit, _called(channel), now.isoformat())


def called_at(unit: Unit, channel: str) -> datetime | None:
    """When the platform called last, to the minute; None if it never did."""
    found = machine.fact(unit, _called(channel))
    return datetime.fromisoformat(found) if found else None


def refuses_buttons(unit: Unit, channel: str) -> bool:
    """Whether the account was found to take no messages with buttons."""
    return machine.fact(unit, f"{channel}:buttons") == REFUSED


def _called(channel: str) -> str:
    return f"{channel}:called"

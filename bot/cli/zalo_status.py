"""How the Official Account stands, as an operator reads it: tokens, buttons, windows, money, and what waits."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.receiving.desk_factory import DeskFactory
from bot.setup import CannotStart
from handlers.desk import Desk
from handlers.desk.messages import Standing

NEVER = "never"


def tell(desk: Desk, office: DeskFactory) -> str:
    """One line each, without secrets and without anybody's name. Raises CannotStart where there is no account."""
    found, zone = _found(desk), office.zone
    most = f"{found.spent} of {found.most} this month" if found.most else "off"
    lines = {
        "tokens": _tokens(found, zone),
        "buttons": "sent" if found.buttons else "refused, so lines are numbered; `zalo allow-buttons` tries again",
        "last call": _at(found.called_at, zone),
        "people": f"{found.free} free, {found.paid} in the paid window, {found.closed} closed",
        "paid": most,
        "templates": ", ".join(found.templates) or "off",
        "held": f"{found.held} messages for {found.people} people, until they write",
        "waiting": f"{found.waiting} messages",
        "rate": f"{found.rate} a second at most",
    }
    return "\n".join(f"{name:<11} {said}" for name, said in lines.items())


def tell_json(desk: Desk, _: DeskFactory) -> str:
    """The same for machines: times in UTC, what is left in seconds. Raises CannotStart where there is no account."""
    found = asdict(_found(desk))
    return json.dumps({name: _written(value) for name, value in found.items()})


def _found(desk: Desk) -> Standing:
    found = desk.platform_standing.now()
    if found is None:
        raise CannotStart("there is no Official Account: ZALO_OA_APP_ID is not set")
    return found


def _tokens(found: Standing, zone: ZoneInfo) -> str:
    if found.got_at is None:
        return f"needs_reauth: {found.needs_reauth}"
    access = f"access token {_left(found.left)}, got {_at(found.got_at, zone)}"
    refresh = f"needs_reauth: {found.needs_reauth}" if found.needs_reauth else "the refresh token is good"
    return f"{access}; {refresh}"


def _left(left: timedelta | None) -> str:
    if left is None:
        return "of unknown age"
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    return f"good for {hours} h {minutes:02} min" if left else "not taken any more"


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(" ", "minutes") if moment is not None else NEVER


def _written(value: object) -> object:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.isoformat() if isinstance(value, datetime) else value

"""Whether a consultation message may go out, and who pays: by the time since a person last did something.

Zalo's rule since January 2026: free for 48 hours, paid until the seventh day, refused then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fakes.wire import Json
from fakes.zalo_oa.settings import Account
from fakes.zalo_oa.users import Person
from fakes.zalo_oa.wire import Refusal

FREE, OPEN = timedelta(hours=48), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spending:
    """How a message is paid. quota: as the answer tells it, empty for a billed message."""

    quota: Json
    paid: bool


def spend(account: Account, person: Person, now: datetime) -> Spending:
    """Let one message through. Raises Refusal -230, -232 or -321."""
    if person.last is None:
        raise Refusal(-232)
    since = now - person.last
    if since > OPEN:
        raise Refusal(-230)
    if since <= FREE:
        return Spending({"quota_type": "reply" if person.wrote else "welcome_msg"}, paid=False)
    if account.package_left > 0:
        account.package_left -= 1
        return Spending(_package(account), paid=True)
    if account.out_of_money:
        raise Refusal(-321)
    return Spending({}, paid=True)


def tell(account: Account, person: Person, now: datetime) -> Json:
    """What quota/message answers."""
    last = str(int(person.last.timestamp() * 1000)) if person.last else ""
    inside = person.last is not None and now - person.last <= FREE
    return {
        "last_interaction": last,
        "cs_reply": {"quota_type": "reply", "remain": 8 if inside else 0, "total": 8},
        "promotion": {"daily_remain": 1, "daily_total": 1, "monthly_remain": 4, "monthly_total": 4},
    }


def _package(account: Account) -> Json:
    return {
        "quota_type": "sub_quota",
        "remain": account.package_left,
        "total": account.package_total or account.package_left + 1,
        "expired_date": "31/12/2099",
    }

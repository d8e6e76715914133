"""Officials: who works for the office, in which roles and for which units; inviting, changing and ending accounts."""

import re
from dataclasses import dataclass
from datetime import date

from handlers.console.screen import Act, Given, Screen, Shown, Went, Wrong
from handlers.desk import Desk
from handlers.desk.office import ROLES
from handlers.desk.officials import OfficialAccount
from handlers.vietnamese import units

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")
MOST_LETTERS = 80
# Chosen and not written: the audit keeps it for ever, and nothing of a person's life belongs there.
ENDINGS = ("left", "moved", "unsafe", "other")


@dataclass(frozen=True, slots=True)
class Everybody:
    """The accounts that an official may see. units: (id, name) of all; may: she may change them."""

    today: date
    accounts: tuple[OfficialAccount, ...]
    roles: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    may: bool


@dataclass(frozen=True, slots=True)
class One:
    """One account. deputy: title and name; own: it is the account of who looks; endings: why
    it may be ended.
    """

    account: OfficialAccount
    deputy: str
    roles: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    may: bool
    own: bool
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link, shown once."""

    id: str
    email: str
    link: str


def view(desk: Desk, given: Given) -> Everybody:
    """The accounts within reach."""
    seen = tuple(account for account in desk.officials.accounts() if _is_seen(desk, account))
    return Everybody(desk.today(), seen, ROLES, _all_units(), _may(desk))


def view_one(desk: Desk, given: Given) -> One | None:
    """One account."""
    account = desk.officials.account(given.path["id"])
    if account is None or not _is_seen(desk, account):
        return None
    deputy = desk.officials.name_of(account.deputy_id)
    return One(account, deputy, ROLES, _all_units(), _may(desk), account.id == desk.acting().id, ENDINGS)


def invite(desk: Desk, given: Given) -> Shown | Wrong:
    """Make an account and its one-time link."""
    wrong = _wrong_roles(given)
    if not EMAIL.fullmatch(given["email"]):
        wrong["email"] = "email"
    for name in ("name", "title"):
        if len(given[name]) > MOST_LETTERS or not given[name].isprintable() or (name == "name" and not given[name]):
            wrong[name] = "name"
    if wrong:
        return Wrong(wrong)
    made = desk.accounts.invite(given["email"], given["name"], given["title"], given.all("roles"), given.all("units"))
    if made is None:
        return Wrong({"email": "email_taken"})
    return _shown(desk, made[0], given["email"], made[1])


def invite_again(desk: Desk, given: Given) -> Shown | Wrong | None:
    """Make a new one-time link for an account."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    token = desk.accounts.invite_again(account.id)
    return _shown(desk, account.id, account.email, token) if token else Wrong({"": "disabled"})


def change(desk: Desk, given: Given) -> Went | Wrong | None:
    """Give an account other roles and units."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    if wrong := _wrong_roles(given):
        return Wrong(wrong)
    if not desk.accounts.change(account.id, given.all("roles"), given.all("units")):
        return Wrong({"roles": "last_admin"})
    return Went(f"/officials/{account.id}", "official_changed")


def disable(desk: Desk, given: Given) -> Went | Wrong | None:
    """End an account at once."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    if given["reason"] not in ENDINGS:
        return Wrong({"reason": "reason"})
    if not desk.accounts.disable(account.id, given["reason"]):
        return Wrong({"": "disabled" if account.state == "disabled" else "last_admin"})
    return Went(f"/officials/{account.id}", "official_disabled")


def _wrong_roles(given: Given) -> dict[str, str]:
    roles, places = given.all("roles"), given.all("units")
    wrong = {}
    if not roles or not set(roles) <= set(ROLES):
        wrong["roles"] = "roles"
    if not set(places) <= set(units.all_units()):
        wrong["units"] = "choose"
    elif not places and set(roles) & {"lead", "officer", "helper"}:
        wrong["units"] = "units"
    return wrong


def _is_seen(desk: Desk, account: OfficialAccount) -> bool:
    me = desk.acting()
    reach = me.reach("official.see")
    return reach == "all" or (reach == "unit" and bool(me.units & set(account.units)))


def _may(desk: Desk) -> bool:
    return desk.acting().reach("official.change") is not None


def _all_units() -> tuple[tuple[str, str], ...]:
    return tuple((unit.id, unit.name) for unit in units.all_units().values())


def _shown(desk: Desk, official_id: str, email: str, token: str) -> Shown:
    link = f"{desk.public_url}/console/invitation/{token}"
    return Shown("invited", Link(official_id, email, link))


LIST = Screen("/officials", "officials", "official.see", view, menu="office")
ONE = Screen("/officials/{id}", "official", "official.see", view_one)
screens = (LIST, ONE)
acts = (
    Act("/officials", "official.change", invite, LIST, checked=True),
    Act("/officials/{id}/invite", "official.change", invite_again, ONE, checked=True),
    Act("/officials/{id}/change", "official.change", change, ONE, checked=True),
    Act("/officials/{id}/disable", "official.change", disable, ONE, checked=True),
)

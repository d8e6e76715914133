"""Officials: who works for the office, in which roles and for which units; inviting, changing and ending accounts."""

import re
from dataclasses import dataclass
from datetime import date

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, ShownOnce
from handlers.desk import Desk
from handlers.desk.office import ROLES
from handlers.desk.officials import OfficialAccount
from handlers.vietnamese import units

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")
MOST_LETTERS = 80
# Chosen and not written: the audit keeps it for ever, and nothing of a person's life belongs there.
ENDINGS = ("left", "moved", "unsafe", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """The accounts that an official may see. units: (id, name) of all; may: she may change them."""

    today: date
    accounts: tuple[OfficialAccount, ...]
    roles: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    may: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPage:
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
class InvitationLink:
    """A one-time link, shown once."""

    id: str
    email: str
    link: str


def view(desk: Desk, given: Click) -> Everybody:
    """The accounts within reach."""
    seen = tuple(account for account in desk.officials.accounts() if _is_seen(desk, account))
    return Everybody(today=desk.today(), accounts=seen, roles=ROLES, units=_all_units(), may=_may(desk))


def view_one(desk: Desk, given: Click) -> OfficialPage | None:
    """One account."""
    account = desk.officials.account(given.path["id"])
    if account is None or not _is_seen(desk, account):
        return None
    deputy = desk.officials.name_of(account.deputy_id)
    return OfficialPage(
        account=account,
        deputy=deputy,
        roles=ROLES,
        units=_all_units(),
        may=_may(desk),
        own=account.id == desk.acting().id,
        endings=ENDINGS,
    )


def invite(desk: Desk, given: Click) -> ShownOnce | Invalid:
    """Make an account and its one-time link."""
    wrong = _wrong_roles(given)
    if not EMAIL.fullmatch(given["email"]):
        wrong["email"] = "email"
    for name in ("name", "title"):
        if len(given[name]) > MOST_LETTERS or not given[name].isprintable() or (name == "name" and not given[name]):
            wrong[name] = "name"
    if wrong:
        return Invalid(wrong)
    made = desk.accounts.invite(given["email"], given["name"], given["title"], given.all("roles"), given.all("units"))
    if made is None:
        return Invalid({"email": "email_taken"})
    return _shown(desk, made[0], given["email"], made[1])


def invite_again(desk: Desk, given: Click) -> ShownOnce | Invalid | None:
    """Make a new one-time link for an account."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    token = desk.accounts.invite_again(account.id)
    return _shown(desk, account.id, account.email, token) if token else Invalid({"": "disabled"})


def change(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Give an account other roles and units."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    if wrong := _wrong_roles(given):
        return Invalid(wrong)
    if not desk.accounts.change(account.id, given.all("roles"), given.all("units")):
        return Invalid({"roles": "last_admin"})
    return Redirect(f"/officials/{account.id}", "official_changed")


def disable(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """End an account at once."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    if given["reason"] not in ENDINGS:
        return Invalid({"reason": "reason"})
    if not desk.accounts.disable(account.id, given["reason"]):
        return Invalid({"": "disabled" if account.state == "disabled" else "last_admin"})
    return Redirect(f"/officials/{account.id}", "official_disabled")


def _wrong_roles(given: Click) -> dict[str, str]:
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


def _shown(desk: Desk, official_id: str, email: str, token: str) -> ShownOnce:
    link = f"{desk.public_url}/console/invitation/{token}"
    return ShownOnce("office/invited", InvitationLink(official_id, email, link))


LIST = Screen(path="/officials", template="office/officials", right="official.see", view=view, menu="office")
ONE = Screen(path="/officials/{id}", template="office/official", right="official.see", view=view_one)
screens = (LIST, ONE)
acts = (
    Act(path="/officials", right="official.change", do=invite, screen=LIST, checked=True),
    Act(path="/officials/{id}/invite", right="official.change", do=invite_again, screen=ONE, checked=True),
    Act(path="/officials/{id}/change", right="official.change", do=change, screen=ONE, checked=True),
    Act(path="/officials/{id}/disable", right="official.change", do=disable, screen=ONE, checked=True),
)

"""Officials: who works for the office, in which roles and for which units; inviting, changing and ending accounts."""

import re
from dataclasses import dataclass
from datetime import date

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, ShownOnce
from handlers.desk import Desk
from handlers.desk.office import ROLES
from handlers.desk.officials import OfficialAccount, SeenChange
from handlers.vietnamese import units

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")
MOST_LETTERS = 80
# Chosen and not written: the audit keeps it for ever, and nothing of a person's life belongs there.
ENDINGS = ("left", "moved", "unsafe", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """The accounts that an official may see. units: (id, name) of all; may: she may ask for changes.

    waiting: what waits for a second admin; alone: there is none.
    """

    today: date
    accounts: tuple[OfficialAccount, ...]
    roles: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    may: bool
    waiting: tuple[SeenChange, ...]
    alone: bool


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
    waiting: SeenChange | None


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """A one-time link, shown once."""

    id: str
    email: str
    link: str


def view(desk: Desk, given: Click) -> Everybody:
    """The accounts within reach."""
    seen = tuple(account for account in desk.officials.accounts() if _is_seen(desk, account))
    return Everybody(
        today=desk.today(),
        accounts=seen,
        roles=ROLES,
        units=_all_units(),
        may=_may(desk),
        waiting=tuple(desk.account_changes.waiting()) if _may(desk) else (),
        alone=len(desk.officials.admins()) < 2,
    )


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
        waiting=desk.account_changes.of(account.id) if _may(desk) else None,
    )


def invite(desk: Desk, given: Click) -> Redirect | Invalid:
    """Ask for an account, which another admin makes."""
    wrong = _wrong_roles(given)
    if not EMAIL.fullmatch(given["email"]):
        wrong["email"] = "email"
    for name in ("name", "title"):
        if len(given[name]) > MOST_LETTERS or not given[name].isprintable() or (name == "name" and not given[name]):
            wrong[name] = "name"
    if wrong:
        return Invalid(wrong)
    who = (given["email"], given["name"], given["title"])
    if desk.account_changes.invite(*who, given.all("roles"), given.all("units")) is None:
        return Invalid({"email": "email_taken"})
    return Redirect("/officials", "change_asked")


def invite_again(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Ask for a new one-time link to an account."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    if not desk.account_changes.ask(account.id, "again"):
        return Invalid({"": "disabled"})
    return Redirect(f"/officials/{account.id}", "change_asked")


def change(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Ask for other roles and units of an account."""
    account = desk.officials.account(given.path["id"])
    if account is None:
        return None
    if wrong := _wrong_roles(given):
        return Invalid(wrong)
    if not desk.account_changes.ask(account.id, "change", given.all("roles"), given.all("units")):
        return Invalid({"": "disabled"}) if account.state == "disabled" else Invalid({"roles": "last_admin"})
    return Redirect(f"/officials/{account.id}", "change_asked")


def confirm(desk: Desk, given: Click) -> ShownOnce | Redirect | Invalid | None:
    """Do what another admin asked for; a link that follows from it is shown here, once."""
    done = desk.account_changes.confirm(given.path["id"])
    match done.how:
        case "absent":
            return None
        case "outdated":
            return Invalid({}, outdated=True)
        case "own":
            return Invalid({"": "own_change"})
        case "last_admin":
            return Invalid({"": "last_admin"})
    if done.token:
        link = f"{desk.public_url}/console/invitation/{done.token}"
        return ShownOnce("office/invited", InvitationLink(done.official_id, done.email, link))
    return Redirect(f"/officials/{done.official_id}", "official_changed")


def refuse(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Let be what was asked for."""
    done = desk.account_changes.refuse(given.path["id"])
    if done == "absent":
        return None
    return Redirect("/officials", "change_refused") if done == "done" else Invalid({}, outdated=True)


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


LIST = Screen(path="/officials", template="office/officials", right="official.see", view=view, menu="office")
ONE = Screen(path="/officials/{id}", template="office/official", right="official.see", view=view_one)
screens = (LIST, ONE)
acts = (
    Act(path="/officials", right="official.change", do=invite, screen=LIST, checked=True),
    Act(path="/officials/{id}/invite", right="official.change", do=invite_again, screen=ONE, checked=True),
    Act(path="/officials/{id}/change", right="official.change", do=change, screen=ONE, checked=True),
    Act(path="/officials/changes/{id}/confirm", right="official.confirm", do=confirm, screen=LIST, checked=True),
    Act(path="/officials/changes/{id}/refuse", right="official.change", do=refuse, screen=LIST),
    # To stop is never hard: one admin is enough, and every admin is told.
    Act(path="/officials/{id}/disable", right="official.change", do=disable, screen=ONE, checked=True),
)

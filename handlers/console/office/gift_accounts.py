"""Accounts for gifts: entered by a treasurer, confirmed by a second official, ended by either, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.desk import Desk
from handlers.desk.money import AccountEntry, AccountOutcome, SeenAccount, account_faults
from handlers.flow import readers
from handlers.rules import banks

OTHER_BANK = "other"
LOOKS: Mapping[str, str] = {
    "waiting": "mine", "ahead": "waiting", "in_force": "done", "over": "stopped", "ended": "stopped",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage:
    """The accounts. general: the id of the one for gifts to no campaign, empty while there is none.

    banks: (id, name) of those whose digits are known. looks: of a state, a word of the style sheet. may_enter: she may
    enter one.
    """

    accounts: tuple[SeenAccount, ...]
    general: str
    banks: tuple[tuple[str, str], ...]
    looks: Mapping[str, str]
    may_enter: bool


@dataclass(frozen=True, slots=True)
class GiftAccountPage:
    """One account. may_confirm, may_end: she may do so now."""

    account: SeenAccount
    look: str
    may_confirm: bool
    may_end: bool


def view(desk: Desk, given: Click) -> AccountsPage:
    """The accounts: those that wait for a second official first."""
    general = desk.gift_accounts.shown(None)
    may_enter = desk.may("account.enter", None)
    return AccountsPage(
        accounts=tuple(desk.gift_accounts.all()),
        general=general.id if general else "",
        banks=_banks(),
        looks=LOOKS,
        may_enter=may_enter,
    )


def view_one(desk: Desk, given: Click) -> GiftAccountPage | None:
    """One account, as givers will read it."""
    account = desk.gift_accounts.find(given.path["id"])
    if account is None:
        return None
    may_confirm = desk.may("account.confirm", None) and account.state == "waiting" and not account.hers
    may_end = desk.may("account.end", None) and account.state != "ended"
    return GiftAccountPage(account, LOOKS[account.state], may_confirm, may_end)


def enter(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Enter an account; nobody sees it until another confirmed it."""
    wrong: dict[str, str] = {}
    first, last = _day(desk, given, "first_day", wrong), _day(desk, given, "last_day", wrong, needed=False)
    bank = given["other_bank"] if given["bank"] == OTHER_BANK else given["bank"]
    if given["bank"] not in {OTHER_BANK, *(bank_id for bank_id, _ in _banks())}:
        bank, wrong["bank"] = "", "choose"
    entry = AccountEntry(
        owner=given["owner"],
        bank=bank,
        number=given["number"],
        first_day=first or desk.today(),
        last_day=last,
        swift=given["swift"],
    )
    found = dict(account_faults(entry, desk.today()))
    if "bank" in found and given["bank"] == OTHER_BANK:
        found["other_bank"] = found.pop("bank")
    if wrong := {**found, **wrong}:
        return Invalid(wrong)
    entered = desk.gift_accounts.enter(entry)
    return (
        Redirect(f"/gift-accounts/{entered}", "gift_account_entered")
        if entered
        else Invalid({"number": "account_known"})
    )


def confirm(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Confirm what another entered: givers see it from now on, on its days."""
    return _told(given, desk.gift_accounts.confirm(given.path["id"]), "gift_account_confirmed")


def end(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """End an account at once and for ever."""
    return _told(given, desk.gift_accounts.end(given.path["id"]), "gift_account_ended")


def _told(given: Click, outcome: AccountOutcome, done: str) -> Redirect | Invalid | None:
    match outcome:
        case "done":
            return Redirect(f"/gift-accounts/{given.path['id']}", done)
        case "absent":
            return None
        case "own":
            return Invalid({"": "own_account"})
        case "outdated":
            return Invalid({}, outdated=True)


def _banks() -> tuple[tuple[str, str], ...]:
    return tuple((bank.id, f"{bank.short_name} – {bank.name}") for bank in banks.banks() if bank.confidence == "seen")


def _day(desk: Desk, given: Click, field: str, wrong: dict[str, str], *, needed: bool = True) -> date | None:
    if not given[field]:
        if needed:
            wrong[field] = "needs_day"
        return None
    read = readers.day(given[field], desk.today())
    if len(read) != 1:
        wrong[field] = "day"
        return None
    return read[0]


LIST = Screen(path="/gift-accounts", template="office/gift_accounts", right="account.see", view=view, menu="office")
ONE = Screen(path="/gift-accounts/{id}", template="office/gift_account", right="account.see", view=view_one)
screens = (LIST, ONE)
acts = (
    Act(path="/gift-accounts", right="account.enter", do=enter, screen=LIST, checked=True),
    Act(path="/gift-accounts/{id}/confirm", right="account.confirm", do=confirm, screen=ONE, checked=True),
    # To stop is never hard: whoever sees a wrong account ends it before she looks for her code.
    Act(path="/gift-accounts/{id}/end", right="account.end", do=end, screen=ONE),
)

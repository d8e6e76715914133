"""One's own account: browsers that are signed in, secrets, the chat that acts for it, leave and duty.

Why password, phone and recovery codes are renewed by one link: it is the way in that every official has gone once, and
whoever changes one secret after a loss had better change them all.
"""

from dataclasses import dataclass
from datetime import date, datetime

from handlers.console.screen import Act, Given, Screen, Shown, Went, Wrong
from handlers.desk import Desk
from handlers.desk.officials import OfficialAccount, OwnBrowser
from handlers.vietnamese import units

LANGUAGES = ("vi", "en")
HERE = "/account"


@dataclass(frozen=True, slots=True)
class Own:
    """One's own account. units: their names; deputies: (id, title and name) of who may stand in."""

    account: OfficialAccount
    units: tuple[str, ...]
    browsers: tuple[OwnBrowser, ...]
    deputies: tuple[tuple[str, str], ...]
    codes_left: int


@dataclass(frozen=True, slots=True)
class ChatCode:
    """A code for a chat, shown once."""

    code: str
    until: datetime


def view(desk: Desk, given: Given) -> Own | None:
    """One's own account."""
    me = desk.acting()
    account = desk.officials.account(me.id)
    if account is None:
        return None
    others = [a for a in desk.officials.accounts() if a.state == "active" and a.id != me.id]
    return Own(
        account,
        tuple(units.all_units()[unit_id].name for unit_id in account.units),
        tuple(desk.browsers.of(me.id, given.session)),
        tuple((a.id, f"{a.title} {a.name}".strip()) for a in others),
        desk.signing_in.codes_left(me.id),
    )


def renew(desk: Desk, given: Given) -> Went | None:
    """Set password, phone and recovery codes anew, by a one-time link for oneself."""
    token = desk.accounts.invite_again(desk.acting().id)
    return Went(f"/invitation/{token}") if token else None


def end_browser(desk: Desk, given: Given) -> Went | None:
    """Sign one of one's browsers out."""
    return Went(HERE, "browser_ended") if desk.browsers.end(desk.acting().id, given["session"]) else None


def end_browsers(desk: Desk, given: Given) -> Went:
    """Sign all of one's browsers out, this one too."""
    desk.browsers.end_all(desk.acting().id)
    return Went("/sign-in")


def chat_code(desk: Desk, given: Given) -> Shown:
    """A code to be typed into a chat."""
    return Shown("chat_code", ChatCode(*desk.invitations.chat_code(desk.acting().id)))


def unbind_chat(desk: Desk, given: Given) -> Went:
    """Let no chat act for the account."""
    desk.accounts.unbind_chat(desk.acting().id)
    return Went(HERE, "chat_unbound")


def set_duty(desk: Desk, given: Given) -> Went:
    """Say whether urgent requests ring here."""
    desk.accounts.set_duty(desk.acting().id, on=given["on"] == "yes")
    return Went(HERE, "duty_set")


def set_leave(desk: Desk, given: Given) -> Went | Wrong:
    """Say when one is away, and who stands in; without a first day one is back."""
    me = desk.acting().id
    if not given["from"]:
        desk.accounts.set_leave(me, None, None)
        return Went(HERE, "leave_ended")
    try:
        first, last = date.fromisoformat(given["from"]), date.fromisoformat(given["until"])
    except ValueError:
        return Wrong({"from": "day"})
    if last < first or last < desk.today():
        return Wrong({"until": "last_day"})
    if not desk.accounts.set_leave(me, given["deputy"] or None, (first, last)):
        return Wrong({"deputy": "deputy"})
    return Went(HERE, "leave_set")


def speak(desk: Desk, given: Given) -> Went | Wrong:
    """Choose the language of one's pages."""
    if given["language"] not in LANGUAGES:
        return Wrong({"language": "choose"})
    desk.accounts.speak(desk.acting().id, given["language"])
    return Went(HERE, "language_set")


SCREEN = Screen(HERE, "account", "", view)
screens = (SCREEN,)
acts = (
    Act("/account/renew", "", renew, SCREEN, checked=True),
    Act("/account/browser", "", end_browser, SCREEN),
    Act("/account/browsers", "", end_browsers, SCREEN),
    Act("/account/chat", "", chat_code, SCREEN, checked=True),
    Act("/account/chat/end", "", unbind_chat, SCREEN),
    Act("/account/duty", "", set_duty, SCREEN),
    Act("/account/leave", "", set_leave, SCREEN),
    Act("/account/language", "", speak, SCREEN),
)

"""One's own account: browsers that are signed in, secrets, the chat that acts for it, leave and duty.

Why password, phone and recovery codes are renewed by one link: it is the way in that every official has gone once, and
whoever changes one secret after a loss had better change them all.
"""

from dataclasses import dataclass
from datetime import date, datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, ShownOnce
from handlers.desk import Desk
from handlers.desk.officials import OfficialAccount, OwnBrowser
from handlers.vietnamese import units

LANGUAGES = ("vi", "en")
HERE = "/account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One's own account. units: their names; deputies: (id, title and name) of who may stand in.

    later: she was given something that does not count yet.
    """

    account: OfficialAccount
    units: tuple[str, ...]
    browsers: tuple[OwnBrowser, ...]
    deputies: tuple[tuple[str, str], ...]
    codes_left: int
    later: bool


@dataclass(frozen=True, slots=True)
class ChatCode:
    """A code for a chat, shown once."""

    code: str
    until: datetime


def view(desk: Desk, given: Click) -> Own | None:
    """One's own account."""
    me = desk.acting()
    account = desk.officials.account(me.id)
    if account is None:
        return None
    others = [a for a in desk.officials.accounts() if a.state == "active" and a.id != me.id]
    return Own(
        account=account,
        units=tuple(units.all_units()[unit_id].name for unit_id in account.units),
        browsers=tuple(desk.browsers.of(me.id, given.session)),
        deputies=tuple((a.id, f"{a.title} {a.name}".strip()) for a in others),
        codes_left=desk.signing_in.codes_left(me.id),
        later=bool(me.new_roles or me.new_units),
    )


def renew(desk: Desk, given: Click) -> Redirect | None:
    """Set password, phone and recovery codes anew, by a one-time link for oneself."""
    token = desk.accounts.invite_again(desk.acting().id)
    return Redirect(f"/invitation/{token}") if token else None


def end_browser(desk: Desk, given: Click) -> Redirect | None:
    """Sign one of one's browsers out."""
    return Redirect(HERE, "browser_ended") if desk.browsers.end(desk.acting().id, given["session"]) else None


def end_browsers(desk: Desk, given: Click) -> Redirect:
    """Sign all of one's browsers out, this one too."""
    desk.browsers.end_all(desk.acting().id)
    return Redirect("/sign-in")


def chat_code(desk: Desk, given: Click) -> ShownOnce:
    """A code to be typed into a chat."""
    return ShownOnce("office/chat_code", ChatCode(*desk.invitations.chat_code(desk.acting().id)))


def unbind_chat(desk: Desk, given: Click) -> Redirect:
    """Let no chat act for the account."""
    desk.acting_chats.end(desk.acting().id)
    return Redirect(HERE, "chat_unbound")


def set_duty(desk: Desk, given: Click) -> Redirect:
    """Say whether urgent requests ring here."""
    desk.accounts.set_duty(desk.acting().id, on=given["on"] == "yes")
    return Redirect(HERE, "duty_set")


def set_leave(desk: Desk, given: Click) -> Redirect | Invalid:
    """Say when one is away, and who stands in; without a first day one is back."""
    me = desk.acting().id
    if not given["from"]:
        desk.accounts.set_leave(me, None, None)
        return Redirect(HERE, "leave_ended")
    try:
        first, last = date.fromisoformat(given["from"]), date.fromisoformat(given["until"])
    except ValueError:
        return Invalid({"from": "day"})
    if last < first or last < desk.today():
        return Invalid({"until": "last_day"})
    if not desk.accounts.set_leave(me, given["deputy"] or None, (first, last)):
        return Invalid({"deputy": "deputy"})
    return Redirect(HERE, "leave_set")


def speak(desk: Desk, given: Click) -> Redirect | Invalid:
    """Choose the language of one's pages."""
    if given["language"] not in LANGUAGES:
        return Invalid({"language": "choose"})
    desk.accounts.speak(desk.acting().id, given["language"])
    return Redirect(HERE, "language_set")


SCREEN = Screen(path=HERE, template="office/account", right="", view=view)
screens = (SCREEN,)
acts = (
    Act(path="/account/renew", right="", do=renew, screen=SCREEN, checked=True),
    Act(path="/account/browser", right="", do=end_browser, screen=SCREEN),
    Act(path="/account/browsers", right="", do=end_browsers, screen=SCREEN),
    Act(path="/account/chat", right="", do=chat_code, screen=SCREEN, checked=True),
    Act(path="/account/chat/end", right="", do=unbind_chat, screen=SCREEN),
    Act(path="/account/duty", right="", do=set_duty, screen=SCREEN),
    Act(path="/account/leave", right="", do=set_leave, screen=SCREEN),
    Act(path="/account/language", right="", do=speak, screen=SCREEN),
)

"""Officials' accounts as the operator handles them: made, invited again, listed, ended; and a demonstration's log-ins.

Why a password is ever printed: scripts and demonstrations have nobody to redeem an invitation. So it is refused
wherever real people may be served, and kept nowhere but as its hash.
"""

import argparse
import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.config import Settings
from bot.receiving.desk_factory import DeskFactory
from bot.setup import CannotStart, OpenedOffice, at_desk
from bot.web.console.passwords import hash_password
from handlers.console.office.officials import ENDINGS
from handlers.demo import town as demo
from handlers.desk import Actor, Desk
from handlers.desk.office import ROLES
from handlers.desk.officials import OfficialAccount, invitations, uri_of
from handlers.vietnamese import units
from storage.database import Unit

LAST_ADMIN = "it is the last admin's: make another admin first"
NO_ADMIN = "no admin yet: chungtay officials create --email … --role admin"
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@.]{2,}")
_EASY = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like another


@dataclass(frozen=True, slots=True)
class LogIn:
    """How one signs in to an account of a demonstration. secret: of its one-time codes, base 32."""

    email: str
    password: str
    secret: str


@dataclass(frozen=True, slots=True)
class Reply:
    """How a command went, and the one thing it says."""

    well: bool
    said: str


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What `chungtay officials` understands."""
    acts = command.add_subparsers(dest="what", required=True, metavar="ACT")
    create = acts.add_parser("create", help="make an account and print its one-time link")
    create.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given several times")
    create.add_argument("--unit", action="append", default=[], help="a ward or commune, by name; several times")
    create.add_argument("--name", default="")
    create.add_argument("--title", default="")
    create.add_argument(
        "--print-credentials",
        action="store_true",
        help="for demonstrations and tests only: an active account, its password and secret printed",
    )
    again = acts.add_parser("invite-again", help="print a new one-time link; the old one ends")
    change = acts.add_parser("change", help="give an account these roles and units; its browsers sign in anew")
    change.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given several times")
    change.add_argument("--unit", action="append", default=[], help="a ward or commune, by name; several times")
    disable = acts.add_parser("disable", help="end an account, its browsers and its chat's powers")
    disable.add_argument("--reason", required=True, choices=ENDINGS)
    code = acts.add_parser("code", help="print the one-time code of now, in a demonstration only")
    for act in (create, again, change, disable, code):
        act.add_argument("--email", required=True)
    acts.add_parser("list", help="every account").add_argument("--json", action="store_true")


def run(given: argparse.Namespace, settings: Settings) -> Reply:
    """Run one act that is not the list. Raises CannotStart."""
    acts: Mapping[str, Callable[[argparse.Namespace, Settings], Reply]] = {
        "create": create, "invite-again": invite_again, "change": change, "disable": disable, "code": code,
    }  # fmt: skip
    return acts[given.what](given, settings)


def create(given: argparse.Namespace, settings: Settings) -> Reply:
    """Make an account: the link for its owner's browser, or her credentials if they are asked for."""
    if not _EMAIL.fullmatch(given.email.strip()):
        raise CannotStart("--email: an address such as name@ward.example is expected")
    places = tuple(_unit(named) for named in given.unit)
    password = new_password() if given.print_credentials else ""
    hashed = hash_password(password) if password else ""

    def work(desk: Desk, office: DeskFactory) -> Reply:
        if password and not _for_show(settings, office):
            raise CannotStart("--print-credentials is for demonstrations and tests, and real people are served here")
        made = desk.accounts.invite(given.email, given.name, given.title, given.role, places)
        if made is None:
            return Reply(False, "there is an account with this e-mail: chungtay officials invite-again --email …")
        if not password:
            return Reply(True, _link(office, made[1]))
        secret = desk.signing_in.hand_out(made[0], hashed)
        uri = uri_of(secret, given.email.strip())
        return Reply(True, f"for demonstrations and tests only\npassword  {password}\nsecret    {secret}\n{uri}")

    return at_desk(settings, work)


def invite_again(given: argparse.Namespace, settings: Settings) -> Reply:
    """Make a new link."""

    def work(desk: Desk, office: DeskFactory) -> Reply:
        account = desk.officials.by_email(given.email)
        token = desk.accounts.invite_again(account.id) if account else None
        return (
            Reply(True, _link(office, token)) if token else Reply(False, "there is no account with this e-mail in use")
        )

    return at_desk(settings, work)


def change(given: argparse.Namespace, settings: Settings) -> Reply:
    """Give an account other roles and units."""
    places = tuple(_unit(named) for named in given.unit)

    def work(desk: Desk, _: DeskFactory) -> Reply:
        account = desk.officials.by_email(given.email)
        if account is None or account.state == "disabled":
            return Reply(False, "there is no account with this e-mail in use")
        changed = desk.accounts.change(account.id, given.role, places)
        return Reply(
            changed, "the account is changed" if changed else "it is the last admin's: make another admin first"
        )

    return at_desk(settings, work)


def disable(given: argparse.Namespace, settings: Settings) -> Reply:
    """End an account."""

    def work(desk: Desk, _: DeskFactory) -> Reply:
        account = desk.officials.by_email(given.email)
        if account is None or account.state == "disabled":
            return Reply(False, "there is no account with this e-mail in use")
        ended = desk.accounts.disable(account.id, given.reason)
        return Reply(ended, "the account is disabled" if ended else LAST_ADMIN)

    return at_desk(settings, work)


def code(given: argparse.Namespace, settings: Settings) -> Reply:
    """Tell a one-time code that was not used yet."""

    def work(desk: Desk, office: DeskFactory) -> Reply:
        if not office.demo:
            raise CannotStart("officials code: there is no demonstration here, codes are on the official's own phone")
        account = desk.officials.by_email(given.email)
        found = desk.signing_in.unused_code(account.id) if account else None
        return Reply(found is not None, found or "there is no account with this e-mail in use")

    return at_desk(settings, work)


def listed(settings: Settings) -> Sequence[dict[str, object]]:
    """Every account: id, e-mail, state, roles, and the names of its units."""
    accounts: list[OfficialAccount] = at_desk(settings, lambda desk, _: desk.officials.accounts())
    every = units.all_units()
    return [
        {
            "id": one.id,
            "email": one.email,
            "state": one.state,
            "roles": ", ".join(one.roles) or None,
            "units": ", ".join(every[unit_id].name for unit_id in one.units) or None,
        }
        for one in accounts
    ]


async def open_demonstration(opened: OpenedOffice, clock: Clock) -> tuple[LogIn, ...]:
    """Give each of the demonstration's officials a new password and a new secret, and return them."""

    def desk(unit: Unit) -> Desk:
        return opened.office.desk(unit, Actor("operator"), "demo", clock)

    found = await opened.database.write(lambda unit: demo.accounts(desk(unit)))
    passwords = {role: new_password() for role in found}
    hashes = {role: await asyncio.to_thread(hash_password, password) for role, password in passwords.items()}

    def hand_out(unit: Unit) -> dict[str, str]:
        return {role: desk(unit).signing_in.hand_out(found[role], hashed) for role, hashed in hashes.items()}

    kept = await opened.database.write(hand_out)
    return tuple(LogIn(demo.ACCOUNTS[role][0], passwords[role], secret) for role, secret in kept.items())


async def has_admin(opened: OpenedOffice, clock: Clock) -> bool:
    """Whether somebody can let others in."""
    return await opened.database.read(
        lambda unit: bool(opened.office.desk(unit, Actor("operator"), "start", clock).officials.admins())
    )


def new_password() -> str:
    """A password of 16 letters and digits that are read and typed easily: 79 bits of chance."""
    return "-".join("".join(secrets.choice(_EASY) for _ in range(4)) for _ in range(4))


def _for_show(settings: Settings, office: DeskFactory) -> bool:
    return office.demo or not (settings.real_channels or settings.is_public)


def _link(office: DeskFactory, token: str) -> str:
    minutes = invitations.LIVE.seconds // 60
    return f"{office.public_url}/console/invitation/{token}\ngood once, for {minutes} minutes"


def _unit(named: str) -> str:
    """A unit by its id or its name. Raises CannotStart, which tells what may have been meant."""
    if named in units.all_units():
        return named
    found = units.find(named)
    places = [one.unit for one in found.candidates if isinstance(one, units.NamedCommune)]
    if found.sure and places:
        return places[0].id
    meant = ", ".join(place.name for place in places) or "no ward or commune of this name is known"
    raise CannotStart(f"--unit {named}: {meant}")

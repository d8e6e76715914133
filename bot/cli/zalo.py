"""The command `zalo`: how the account stands, tokens from the console, the link of a consent, captured webhooks.

Why tokens come on standard input: what stands in a command line is seen by whoever lists processes. They are never
printed, not even where they are wrong.
"""

import argparse
import json
import re
import secrets
import sys
from pathlib import Path

from bot.channels.zalo_oa import consent
from bot.channels.zalo_oa.buttons import FACT
from bot.channels.zalo_oa.events import is_probe
from bot.channels.zalo_oa.signature import Secrets, explain
from bot.cli import zalo_status
from bot.config import Settings
from bot.receiving.desk_factory import DeskFactory
from bot.setup import CannotStart, at_desk
from handlers.desk import Desk
from storage.queries import machine
from storage.queries.outgoing import tokens

CHANNEL = "zalo_oa"
MOST_SAID = 1 << 16
_TOKEN = re.compile(r"[!-~]{8,4096}")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What `chungtay zalo` understands."""
    acts = command.add_subparsers(dest="what", required=True, metavar="ACT")
    status = acts.add_parser("status", help="show how tokens, buttons, windows and money stand, and what waits")
    status.add_argument("--json", action="store_true")
    acts.add_parser("allow-buttons", help="let buttons be tried again, after Zalo refused them")
    seed = acts.add_parser("seed-tokens", help="take the tokens that Zalo's console gave; JSON on standard input")
    seed.add_argument("--access", help="the access token; on standard input it is safer")
    seed.add_argument("--refresh", help="the refresh token")
    sample = acts.add_parser("verify-sample", help="check the MAC of a captured webhook, and say what is wrong with it")
    sample.add_argument("file", type=Path, help="headers, a blank line, and the body as it came")
    link = acts.add_parser("consent-link", help="print what Zalo's console needs, and the link to consent by")
    link.add_argument("--verifier", help="the verifier of the challenge that the console has already")


def run(given: argparse.Namespace, settings: Settings) -> tuple[int, str]:
    """Do it; returns the exit code and what it says. Raises CannotStart."""
    match given.what:
        case "status":
            return 0, at_desk(settings, zalo_status.tell_json if given.json else zalo_status.tell)
        case "allow-buttons":
            return 0, at_desk(settings, _allow_buttons)
        case "seed-tokens":
            return 0, _seed(given, settings)
        case "verify-sample":
            return _verify(given.file, settings)
    return 0, _consent_link(given.verifier, settings)


def _seed(given: argparse.Namespace, settings: Settings) -> str:
    """Keep the pair, before the first start or beside a service at work."""
    if (given.access is None) is not (given.refresh is None):
        raise CannotStart("--access and --refresh belong together")
    said = (given.access, given.refresh) if given.access is not None else _said()
    access, refresh = _token("access_token", said[0]), _token("refresh_token", said[1])
    if access == refresh:
        raise CannotStart("access_token and refresh_token are the same; they are two")

    def work(desk: Desk, _: DeskFactory) -> str:
        tokens.give(desk.unit, desk.vault, CHANNEL, access, refresh, desk.now, expires_at=None)
        desk.note("tokens.seed", f"channel:{CHANNEL}")
        return "the tokens are kept; a service at work uses them within ten seconds"

    return at_desk(settings, work)


def _allow_buttons(desk: Desk, _: DeskFactory) -> str:
    machine.set_fact(desk.unit, FACT, "")
    desk.note("channel.buttons_allowed", f"channel:{CHANNEL}")
    return "buttons are tried again; a service at work does so within ten seconds"


def _token(name: str, given: object) -> str:
    """A token as the console gives it. Raises CannotStart, which never tells what was given."""
    if not isinstance(given, str) or not _TOKEN.fullmatch(given.strip()):
        raise CannotStart(f"{name} is missing or is no token")
    return given.strip()


def _said() -> tuple[object, object]:
    try:
        found = json.loads(sys.stdin.read(MOST_SAID))
    except (ValueError, RecursionError, UnicodeError):
        found = None
    if not isinstance(found, dict):
        raise CannotStart('standard input must be JSON: {"access_token": "…", "refresh_token": "…"}')
    return found.get("access_token"), found.get("refresh_token")


def _verify(file: Path, settings: Settings) -> tuple[int, str]:
    """Check a captured call. 0 if it would be taken, 1 if not."""
    for name in ("zalo_oa_app_id", "zalo_oa_id", "zalo_oa_secret_key"):
        if getattr(settings, name) is None:
            raise CannotStart(f"{name.upper()} is needed to check a webhook")
    try:
        headers, raw = _sample(file.read_bytes())
    except OSError as error:
        raise CannotStart(f"{file.name} can't be read: {error.strerror}") from None
    if is_probe(raw.strip()):
        return 0, "it is the probe that Zalo sends, unsigned, when the webhook's address is saved"
    found, bare = explain(raw, headers, _secrets(settings)), raw.rstrip(b"\r\n")
    if not found.fits and bare != raw:  # an editor ends what it keeps with a line's end
        without = explain(bare, headers, _secrets(settings))
        found = without if without.fits else found
    return (0 if found.fits else 1), f"{found.code}: {found.said}"


def _sample(captured: bytes) -> tuple[dict[str, str], bytes]:
    """The headers and the raw body of a captured call. Raises CannotStart."""
    ends = sorted((captured.find(end), len(end)) for end in (b"\n\n", b"\r\n\r\n") if end in captured)
    if not ends:
        raise CannotStart("a sample is headers, a blank line, and the body; no blank line was found")
    at, length = ends[0]
    headers = {}
    for line in captured[:at].decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon and " " not in name.strip():
            headers[name.strip()] = value.strip()
    return headers, captured[at + length :]


def _secrets(settings: Settings) -> Secrets:
    key, app_secret = settings.zalo_oa_secret_key, settings.zalo_oa_app_secret
    return Secrets(
        settings.zalo_oa_app_id or "",
        settings.zalo_oa_id or "",
        key.get_secret_value() if key else "",
        app_secret.get_secret_value() if app_secret else "",
    )


def _consent_link(verifier: str | None, settings: Settings) -> str:
    """Remember a verifier, one that is there already if none is given, and print the link that is measured by it."""
    app_id, public_url = settings.zalo_oa_app_id, settings.public_url
    if app_id is None or public_url is None:
        raise CannotStart("ZALO_OA_APP_ID and PUBLIC_URL are needed for a consent")
    if verifier is not None and not consent.is_verifier(verifier):
        raise CannotStart("--verifier must be 43 to 128 letters, digits, or one of . _ ~ -")

    def work(desk: Desk, _: DeskFactory) -> str:
        known, state = tokens.consent(desk.unit, desk.vault, CHANNEL) or (consent.new_verifier(), secrets.token_hex(16))
        tokens.ask_consent(desk.unit, desk.vault, CHANNEL, verifier or known, state, desk.now)
        desk.note("tokens.consent_link", f"channel:{CHANNEL}")
        made = consent.link(settings.zalo_oauth_base, app_id, public_url, verifier or known, state)
        return "\n".join((
            f"Callback URL    {made.callback}", f"Code challenge  {made.challenge}", f"State           {made.state}",
            f"Link            {made.address}",
        ))  # fmt: skip

    return at_desk(settings, work)

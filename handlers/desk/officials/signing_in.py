"""Signing in to the console: the invitation redeemed, password and one-time code judged, wrong tries counted.

Why this never sees a password: hashing takes longer than a transaction may, so its caller hashes in between and
hands the hash back, and nothing counts unless it is still the account's.
"""

import secrets
from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pyotp
from sqlalchemy import delete, or_, update
from sqlmodel import col, func, select

from handlers.desk.office import Context
from handlers.desk.officials.acting_chats import ActingChats
from handlers.desk.officials.browsers import Browsers
from handlers.desk.officials.invitations import Invitations
from handlers.desk.officials.news import AccountNews
from handlers.desk.officials.officials import Officials
from storage.queries import machine
from storage.tables import OfficialRow, RecoveryCode

SECOND_TRIES = 5
STEP_S = 30
STEPS_AHEAD = 120  # an hour
RECOVERY_CODES = 10
AN_HOUR, MANY_IN_AN_HOUR = timedelta(hours=1), 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom an invitation is for, and the secret her phone is to learn (base 32)."""

    official_id: str
    email: str
    name: str
    language: str
    secret: str


@dataclass(frozen=True, slots=True)
class Login:
    """An account by its e-mail. password: as argon2 wrote it."""

    official_id: str
    password: str


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Signing in, in one transaction."""

    context: Context

    # By invitation

    def invited(self, token: str) -> Invited | None:
        """Look at an invitation; uses nothing up. The secret follows from the token, so looking keeps nothing."""
        found = Invitations(self.context).link_leads_to(token)
        account = Officials(self.context).account(found) if found else None
        if account is None or account.state == "disabled":
            return None
        halves = (self.context.vault.look_up("one-time codes", f"{token}/{half}") for half in "12")
        secret = b32encode(b"".join(halves)[:20]).decode()
        return Invited(
            official_id=account.id, email=account.email, name=account.name, language=account.language, secret=secret
        )

    def redeem(self, token: str, password: str, code: str) -> tuple[str, ...] | None:
        """Use an invitation up: the account is active, with this password (hashed) and the secret its page showed.

        Returns the recovery codes, shown once; None if the invitation is no longer good or the code is wrong.
        """
        context, invited = self.context, self.invited(token)
        step = step_of(invited.secret, code, context.now) if invited else None
        if invited is None or step is None:
            return None
        used = Invitations(context).use(token)
        if used is None:
            return None
        AccountNews(context).tell(invited.official_id, "redeemed")
        self._set_secrets(invited.official_id, password, invited.secret, step)
        if used.shown_to != invited.official_id:  # a link for oneself leaves it as it was
            context.unit.get_one(OfficialRow, invited.official_id).let_in_by = used.shown_to
        codes = self._new_recovery_codes(invited.official_id)
        context.note("official.redeemed", f"official:{invited.official_id}")
        return codes

    # By the operator: for demonstrations and tests, where nobody redeems an invitation

    def hand_out(self, official_id: str, password: str) -> str:
        """Make an account active with this password (hashed) and a new secret, which is returned (base 32)."""
        secret = pyotp.random_base32()
        self._set_secrets(official_id, password, secret, 0)
        Invitations(self.context).end(official_id)
        self._forget_recovery_codes(official_id)
        self.context.note("official.handed_out", f"official:{official_id}")
        return secret

    def unused_code(self, official_id: str) -> str | None:
        """The one-time code of an account now, or the next one if that was taken; None if it has no secret."""
        row = self.context.unit.get(OfficialRow, official_id)
        if row is None or row.secret is None:
            return None
        here = int(self.context.now.timestamp()) // STEP_S
        return pyotp.TOTP(self._secret(row)).generate_otp(here if row.step < here else here + 1)

    # By password and one-time code

    def login(self, email: str) -> Login | None:
        """The active account of an e-mail."""
        query = select(OfficialRow).where(OfficialRow.login == Officials(self.context).login_of(email))
        row = self.context.unit.scalars(query).first()
        return Login(row.id, row.password) if row and row.state == "active" and row.password else None

    def sign_in(self, login: Login, code: str) -> str | None:
        """Sign a browser in whose password was right: the value of its cookie. None if the code is wrong or used."""
        context = self.context
        row = context.unit.get(OfficialRow, login.official_id)
        if row is None or row.state != "active" or row.password != login.password or not self._take(row, code):
            return None
        session_id, token = Browsers(context).sign_in(row.id)
        official = Officials(context).acting(row.id)
        hers = context.of(official) if official else context
        hers.note("official.signed_in", f"official:{row.id}", session=session_id)
        AccountNews(context).tell_own(row.id, "signed_in")
        return token

    def check_again(self, token: str, code: str) -> bool:
        """Take a one-time code a second time; after five wrong ones the browser is signed out."""
        context, session = self.context, Browsers(self.context).find(token)
        row = context.unit.get(OfficialRow, session.official_id) if session else None
        if session is None or row is None:
            return False
        good = self._take(row, code)
        if good:
            session.checked_at, session.tries = context.now, 0
        else:
            session.tries += 1
            if session.tries >= SECOND_TRIES:
                session.ended_at = context.now
                context.note("official.signed_out", f"official:{row.id}", "too many wrong codes", session=session.id)
        context.unit.add(session)
        return good

    def check_here(self, code: str) -> Literal["done", "wrong", "ended"]:
        """Take a one-time code in the chat at the desk, which is awake then; five wrong ones end it for all her chats.

        Raises LookupError where the chat acts for nobody.
        """
        chats, bound = ActingChats(self.context), ActingChats(self.context).bound_here()
        if bound is None:
            raise LookupError("this chat acts for nobody")
        here = self.context.here().address_id
        if self._take(self.context.unit.get_one(OfficialRow, bound.id), code):
            chats.wake(bound.id, here)
            return "done"
        return "ended" if chats.count_wrong(bound.id, here) else "wrong"

    def codes_left(self, official_id: str) -> int:
        """How many recovery codes of an account are still good."""
        query = select(func.count()).where(RecoveryCode.official_id == official_id, col(RecoveryCode.used_at).is_(None))
        return self.context.unit.scalar(query) or 0

    # Wrong tries

    def tries(self, name: str, window: timedelta) -> int:
        """How often something was tried in vain in the present window."""
        return machine.counted(self.context.unit, self.context.vault.look_up("sign-in", name), self.context.now, window)

    def count_try(self, name: str, window: timedelta) -> int:
        """Count one more; how many there are with it."""
        return machine.count(self.context.unit, self.context.vault.look_up("sign-in", name), self.context.now, window)

    def note_failed(self, email: str, closes: Collection[str]) -> None:
        """Note that signing in failed, without whose e-mail it was; of many in an hour all admins are told, once.

        closes: what is closed for a while by it.
        """
        context = self.context
        who = Officials(context).login_of(email).hex()[:12]
        context.note("official.sign_in_failed", f"sign_in:{who}")
        for what in closes:
            context.note("official.sign_in_closed", f"sign_in:{who}", what=what)
        if self.count_try("everybody", AN_HOUR) == MANY_IN_AN_HOUR:
            context.note("official.sign_in_attacked", "sign_in", count=MANY_IN_AN_HOUR)
            AccountNews(context).attacked(MANY_IN_AN_HOUR)

    # Inside

    def _take(self, row: OfficialRow, code: str) -> bool:
        """Take a one-time code, or a recovery code: each counts once."""
        context = self.context
        bare = "".join(c for c in code if c.isalnum()).upper()
        if len(bare) > 6:
            mine = update(RecoveryCode).where(
                col(RecoveryCode.code) == self._recovery(row.id, bare), col(RecoveryCode.used_at).is_(None)
            )
            if context.unit.change(mine.values(used_at=context.now)) != 1:
                return False
            context.note("official.recovery_code", f"official:{row.id}")
            return True
        step = step_of(self._secret(row), bare, context.now) if row.secret is not None else None
        if step is None:
            return False
        # One taken further ahead than clocks differ is of a future that the clock has left.
        unused = or_(col(OfficialRow.step) < step, col(OfficialRow.step) > step + STEPS_AHEAD)
        newer = update(OfficialRow).where(col(OfficialRow.id) == row.id, unused)
        return context.unit.change(newer.values(step=step)) == 1

    def _set_secrets(self, official_id: str, password: str, secret: str, step: int) -> None:
        context, row = self.context, self.context.unit.get_one(OfficialRow, official_id)
        row.state, row.password, row.step, row.changed_at = "active", password, step, context.now
        row.secret = context.vault.seal(f"official:{row.id}", f"official.secret:{row.id}", secret)
        context.unit.add(row)
        Browsers(context).end_all(row.id)

    def _secret(self, row: OfficialRow) -> str:
        return str(self.context.vault.open(f"official:{row.id}", f"official.secret:{row.id}", row.secret or b""))

    def _new_recovery_codes(self, official_id: str) -> tuple[str, ...]:
        context = self.context
        self._forget_recovery_codes(official_id)
        codes = tuple(
            f"{raw[:5]}-{raw[5:]}"
            for raw in (b32encode(secrets.token_bytes(7)).decode()[:10] for _ in range(RECOVERY_CODES))
        )
        for code in codes:
            hidden = self._recovery(official_id, code.replace("-", ""))
            context.unit.add(RecoveryCode(code=hidden, official_id=official_id))
        return codes

    def _forget_recovery_codes(self, official_id: str) -> None:
        self.context.unit.execute(delete(RecoveryCode).where(col(RecoveryCode.official_id) == official_id))

    def _recovery(self, official_id: str, bare: str) -> bytes:
        return self.context.vault.look_up("recovery code", f"{official_id}:{bare}")


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of half a minute whose code this is, of the one that runs and its two neighbours; None if of none."""
    codes, here = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    found = None
    for step in (here - 1, here, here + 1):  # all three, so that time tells nothing
        if secrets.compare_digest(codes.generate_otp(step), code.strip().encode("ascii", "replace").decode()):
            found = step
    return found


def uri_of(secret: str, email: str) -> str:
    """What a phone's app reads from the square code to show the one-time codes of an account."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Chung Tay")

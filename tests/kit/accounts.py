"""Officials who take up their accounts at the desk, with a phone and browsers but without the console's pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import pyotp

from handlers.desk import Actor, Desk
from handlers.desk.officials import SignedIn
from tests.kit.town import Town

T = TypeVar("T")
OPERATOR = Actor("operator")
EMAIL = "tam@example.test"
HASH = "$argon2id$the-first"
UNIT = "phuong_hoa_khanh"


@dataclass
class Account:
    """An official at her phone and her browser."""

    town: Town
    id: str
    secret: str
    recovery: tuple[str, ...] = ()

    def code(self, step: int = 0) -> str:
        """Her phone's code now, or some half minutes from now."""
        return pyotp.TOTP(self.secret).at(self.town.clock.now() + step * timedelta(seconds=30))

    async def does(self, work: Callable[[Desk], T]) -> T:
        return await self.town.at_desk(Actor("official", self.id), work)

    async def signs_in(self, code: str = "") -> str | None:
        """With the right password; her phone moves on to a new code first."""
        self.town.clock.move(seconds=30)

        def run(desk: Desk) -> str | None:
            login = desk.signing_in.login(EMAIL)
            return desk.signing_in.sign_in(login, code or self.code()) if login else None

        return await self.does(run)

    async def cookie(self) -> str:
        token = await self.signs_in()
        assert token is not None
        return token

    async def session(self, token: str) -> SignedIn | None:
        return await self.does(lambda desk: desk.browsers.session(token))


async def invited(town: Town, *roles: str) -> tuple[str, str]:
    """An account that was invited: its id and the token of the link."""
    made = await town.at_desk(
        OPERATOR, lambda desk: desk.accounts.invite(EMAIL, "Tâm", "Cán bộ", roles or ("officer",), (UNIT,))
    )
    assert made is not None
    return made


async def secret_of(town: Town, token: str) -> str:
    found = await town.at_desk(OPERATOR, lambda desk: desk.signing_in.invited(token))
    assert found is not None
    return found.secret


async def redeems(town: Town, token: str, code: str, password: str = HASH) -> tuple[str, ...] | None:
    return await town.at_desk(OPERATOR, lambda desk: desk.signing_in.redeem(token, password, code))


async def taken_up(town: Town) -> Account:
    """An official who redeemed her invitation."""
    official_id, token = await invited(town)
    account = Account(town, official_id, await secret_of(town, token))
    codes = await redeems(town, token, account.code())
    assert codes is not None
    account.recovery = codes
    return account

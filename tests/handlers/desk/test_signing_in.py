"""An invitation lets one in once; a password alone never does; and whoever is signed in stays so only for a while."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import pyotp
import pytest
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.signing_in import Browser, SignedIn
from storage.tables import AuditRow, OfficialRow
from tests.kit.town import Town

T = TypeVar("T")
OPERATOR = Actor("operator")
EMAIL = "tam@example.test"
HASH = "$argon2id$the-first"
UNIT = "phuong_hoa_khanh"
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database, but where two things happen at once."""
    return str(request.param)


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
        return await self.does(lambda desk: desk.signing_in.session(token))


async def invited(town: Town, *roles: str) -> tuple[str, str]:
    """An account that was invited: its id and the token of the link."""
    made = await town.at_desk(
        OPERATOR, lambda desk: desk.officials.invite(EMAIL, "Tâm", "Cán bộ", roles or ("officer",), (UNIT,))
    )
    assert made is not None
    return made


async def secret_of(town: Town, token: str) -> str:
    found = await town.at_desk(OPERATOR, lambda desk: desk.signing_in.invited(token))
    assert found is not None
    return found.secret


async def redeems(town: Town, token: str, code: str, password: str = HASH) -> tuple[str, ...] | None:
    return await town.at_desk(OPERATOR, lambda desk: desk.signing_in.redeem(token, password, code))


@pytest.fixture
async def tam(town: Town) -> Account:
    """An official who redeemed her invitation."""
    official_id, token = await invited(town)
    account = Account(town, official_id, await secret_of(town, token))
    codes = await redeems(town, token, account.code())
    assert codes is not None
    account.recovery = codes
    return account


async def state_of(town: Town, official_id: str) -> str:
    return (await town.database.read(lambda unit: unit.get_one(OfficialRow, official_id))).state


async def noted(town: Town) -> list[str]:
    query = select(AuditRow.action).order_by(col(AuditRow.id))
    return list(await town.database.read(lambda unit: unit.scalars(query).all()))


# By invitation


async def test_looking_at_an_invitation_uses_nothing_up(town: Town) -> None:
    official_id, token = await invited(town)

    secrets = {await secret_of(town, token) for _ in range(3)}

    assert (len(secrets), await state_of(town, official_id)) == (1, "invited")


async def test_redeeming_makes_an_account_active_once(town: Town) -> None:
    official_id, token = await invited(town)
    code = pyotp.TOTP(await secret_of(town, token)).at(town.clock.now())

    first, second = await redeems(town, token, code), await redeems(town, token, code, "$another")

    assert (len(set(first or ())), second) == (10, None)
    row = await town.database.read(lambda unit: unit.get_one(OfficialRow, official_id))
    assert (row.state, row.password) == ("active", HASH)
    assert await town.at_desk(OPERATOR, lambda desk: desk.signing_in.invited(token)) is None
    assert (await noted(town)).count("official.redeemed") == 1


async def test_a_wrong_code_leaves_an_invitation_good(town: Town) -> None:
    official_id, token = await invited(town)
    right = pyotp.TOTP(await secret_of(town, token)).at(town.clock.now())

    wrong = await redeems(town, token, "000000" if right != "000000" else "111111")

    assert (wrong, await state_of(town, official_id)) == (None, "invited")
    assert await redeems(town, token, right) is not None


async def test_an_invitation_that_nobody_wrote_is_none(town: Town) -> None:
    assert await town.at_desk(OPERATOR, lambda desk: desk.signing_in.invited("no-such-token")) is None
    assert await redeems(town, "no-such-token", "123456") is None


async def test_an_invitation_is_good_for_a_quarter_of_an_hour(town: Town) -> None:
    _, token = await invited(town)
    secret = await secret_of(town, token)

    town.clock.move(minutes=15)
    in_time = await town.at_desk(OPERATOR, lambda desk: desk.signing_in.invited(token))
    town.clock.move(seconds=1)
    late = await redeems(town, token, pyotp.TOTP(secret).at(town.clock.now()))

    assert (in_time is not None, late) == (True, None)


@ON_POSTGRESQL
async def test_of_twenty_who_redeem_at_once_one_does(town: Town) -> None:
    _, token = await invited(town)
    code = pyotp.TOTP(await secret_of(town, token)).at(town.clock.now())

    went = await asyncio.gather(*(redeems(town, token, code, f"$hash-{n}") for n in range(20)), return_exceptions=True)

    [codes] = [one for one in went if isinstance(one, tuple)]
    assert len(codes) == 10
    assert (await noted(town)).count("official.redeemed") == 1


async def test_whoever_is_invited_again_gets_all_secrets_anew(tam: Account) -> None:
    town, cookie = tam.town, await tam.cookie()
    token = await town.at_desk(OPERATOR, lambda desk: desk.officials.invite_again(tam.id)) or ""
    new = await secret_of(town, token)

    await redeems(town, token, pyotp.TOTP(new).at(town.clock.now()), "$the-second")

    assert await tam.session(cookie) is None
    assert await tam.signs_in() is None
    assert await tam.signs_in(tam.recovery[0]) is None
    tam.secret = new
    assert await tam.signs_in() is not None


# By password and one-time code


async def test_password_and_code_sign_a_browser_in(tam: Account) -> None:
    cookie = await tam.cookie()

    found = await tam.session(cookie)

    assert found is not None
    assert (found.official.id, found.official.roles, found.checked) == (tam.id, ("officer",), True)
    assert "official.signed_in" in await noted(tam.town)


async def test_two_browsers_have_nothing_in_common(tam: Account) -> None:
    one, other = await tam.cookie(), await tam.cookie()

    first, second = await tam.session(one), await tam.session(other)

    assert first is not None and second is not None  # noqa: PT018  # both are read below
    assert (one != other, first.csrf != second.csrf, first.session_id != second.session_id) == (True, True, True)


async def test_an_e_mail_is_known_however_it_is_typed(tam: Account) -> None:
    typed = (EMAIL, f"  {EMAIL.upper()} ", "nobody@example.test")

    found = [await tam.does(lambda desk, e=e: desk.signing_in.login(e)) for e in typed]  # type: ignore[misc]  # bound early

    assert [login.official_id if login else None for login in found] == [tam.id, tam.id, None]


async def test_an_invited_account_can_not_sign_in(town: Town) -> None:
    await invited(town)

    assert await town.at_desk(OPERATOR, lambda desk: desk.signing_in.login(EMAIL)) is None


@pytest.mark.parametrize("step", [-1, 0, 1])
async def test_the_code_before_and_the_code_after_count_too(tam: Account, step: int) -> None:
    tam.town.clock.move(minutes=5)

    assert await tam.signs_in(tam.code(step + 1)) is not None  # signing in takes half a minute


@pytest.mark.parametrize("step", [-2, 2])
async def test_codes_further_off_do_not_count(tam: Account, step: int) -> None:
    tam.town.clock.move(minutes=5)

    assert await tam.signs_in(tam.code(step + 1)) is None


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "0" * 400, "-" * 9])
async def test_what_is_no_code_is_refused(tam: Account, code: str) -> None:
    def run(desk: Desk) -> str | None:
        login = desk.signing_in.login(EMAIL)
        assert login is not None
        return desk.signing_in.sign_in(login, code)

    assert await tam.does(run) is None


async def test_a_code_counts_once_and_none_before_it(tam: Account) -> None:
    tam.town.clock.move(minutes=5)
    code, earlier = tam.code(1), tam.code(0)
    first = await tam.signs_in(code)

    tam.town.clock.move(seconds=-30)
    again = await tam.signs_in(code)
    tam.town.clock.move(seconds=-30)
    before = await tam.signs_in(earlier)

    assert (first is not None, again, before) == (True, None, None)


async def test_the_code_that_redeemed_an_invitation_signs_nobody_in(town: Town) -> None:
    official_id, token = await invited(town)
    tam = Account(town, official_id, await secret_of(town, token))
    code = tam.code()
    await redeems(town, token, code)
    town.clock.move(seconds=-30)

    assert await tam.signs_in(code) is None


@ON_POSTGRESQL
async def test_two_who_use_a_code_at_once_are_not_both_signed_in(tam: Account) -> None:
    tam.town.clock.move(minutes=5)
    code = tam.code()

    def run(desk: Desk) -> str | None:
        login = desk.signing_in.login(EMAIL)
        return desk.signing_in.sign_in(login, code) if login else None

    went = await asyncio.gather(*(tam.does(run) for _ in range(8)), return_exceptions=True)

    assert len([one for one in went if isinstance(one, str)]) == 1


async def test_each_recovery_code_counts_once_however_it_is_typed(tam: Account) -> None:
    one, other = tam.recovery[:2]

    signed_in = [await tam.signs_in(code) is not None for code in (one, one, other.lower().replace("-", " "))]

    assert signed_in == [True, False, True]
    assert (await noted(tam.town)).count("official.recovery_code") == 2


async def test_a_recovery_code_is_its_own_accounts_alone(tam: Account) -> None:
    other = await tam.town.at_desk(OPERATOR, lambda desk: desk.officials.invite("huy@example.test", "Huy", "", (), ()))
    assert other is not None
    await tam.town.at_desk(OPERATOR, lambda desk: desk.signing_in.hand_out(other[0], "$huy"))

    def run(desk: Desk) -> str | None:
        login = desk.signing_in.login("huy@example.test")
        assert login is not None
        return desk.signing_in.sign_in(login, tam.recovery[0])

    assert await tam.does(run) is None


async def test_a_password_changed_in_between_signs_nobody_in(tam: Account) -> None:
    login = await tam.does(lambda desk: desk.signing_in.login(EMAIL))
    assert login is not None
    await tam.does(lambda desk: desk.signing_in.renew(tam.id, "$the-second"))
    tam.town.clock.move(seconds=30)

    assert await tam.does(lambda desk: desk.signing_in.sign_in(login, tam.code())) is None
    assert await tam.signs_in() is not None


async def test_an_account_disabled_in_between_signs_nobody_in(tam: Account) -> None:
    login = await tam.does(lambda desk: desk.signing_in.login(EMAIL))
    assert login is not None
    await tam.town.at_desk(OPERATOR, lambda desk: desk.officials.disable(tam.id, "left"))
    tam.town.clock.move(seconds=30)

    assert await tam.does(lambda desk: desk.signing_in.sign_in(login, tam.code())) is None


# How long


async def used(tam: Account, cookie: str, **after: float) -> bool:
    """Whether a browser is still signed in some time later; if so, it is used then."""
    tam.town.clock.move(**after)
    if await tam.session(cookie) is None:
        return False
    await tam.does(lambda desk: desk.signing_in.seen(cookie))
    return True


async def test_half_an_hour_without_a_click_ends_it(tam: Account) -> None:
    cookie = await tam.cookie()

    went = [
        await used(tam, cookie, minutes=29),
        await used(tam, cookie, minutes=29),
        await used(tam, cookie, minutes=30),
    ]

    assert went == [True, True, False]


async def test_a_browser_whose_time_is_over_is_not_revived_by_being_seen(tam: Account) -> None:
    cookie = await tam.cookie()
    tam.town.clock.move(minutes=31)

    await tam.does(lambda desk: desk.signing_in.seen(cookie))

    assert await tam.session(cookie) is None


async def test_ten_hours_end_it_however_it_is_used(tam: Account) -> None:
    cookie = await tam.cookie()

    went = [await used(tam, cookie, minutes=20) for _ in range(30)]

    assert went == [True] * 29 + [False]


async def test_being_seen_is_written_once_a_minute(tam: Account) -> None:
    cookie, here = await tam.cookie(), tam.town.clock.now()

    async def seen_after(seconds: float) -> timedelta:
        tam.town.clock.move(seconds=seconds)
        await tam.does(lambda desk: desk.signing_in.seen(cookie))
        [browser] = await browsers(tam, "")
        return browser.seen_at - here

    assert [await seen_after(60), await seen_after(1)] == [timedelta(0), timedelta(seconds=61)]


# The second check


async def checked(tam: Account, cookie: str) -> bool:
    found = await tam.session(cookie)
    assert found is not None
    return found.checked


async def test_a_second_check_lasts_five_minutes(tam: Account) -> None:
    cookie = await tam.cookie()
    tam.town.clock.move(minutes=5)
    in_time = await checked(tam, cookie)
    tam.town.clock.move(seconds=1)
    late = await checked(tam, cookie)

    again = await tam.does(lambda desk: desk.signing_in.check_again(cookie, tam.code()))

    assert (in_time, late, again, await checked(tam, cookie)) == (True, False, True, True)


async def test_five_wrong_second_codes_sign_out(tam: Account) -> None:
    cookie = await tam.cookie()

    async def wrong() -> bool:
        return await tam.does(lambda desk: desk.signing_in.check_again(cookie, "no code"))

    before = [await wrong() for _ in range(4)]
    still = await tam.session(cookie)
    last = await wrong()

    assert (before, still is not None, last) == ([False] * 4, True, False)
    assert await tam.session(cookie) is None
    assert not await tam.does(lambda desk: desk.signing_in.check_again(cookie, tam.code(1)))
    assert (await noted(tam.town))[-1] == "official.signed_out"


async def test_a_right_second_code_forgives_the_wrong_ones(tam: Account) -> None:
    cookie = await tam.cookie()

    for _ in range(3):
        tam.town.clock.move(seconds=30)
        for _ in range(4):
            await tam.does(lambda desk: desk.signing_in.check_again(cookie, "no code"))
        assert await tam.does(lambda desk: desk.signing_in.check_again(cookie, tam.code()))

    assert await tam.session(cookie) is not None


# Ended


async def browsers(tam: Account, here: str) -> list[Browser]:
    return await tam.does(lambda desk: desk.signing_in.browsers(tam.id, here))


async def test_an_official_sees_her_browsers_and_ends_one(tam: Account) -> None:
    old, new = await tam.cookie(), await tam.cookie()
    here = await tam.session(new)
    assert here is not None
    listed = await browsers(tam, here.session_id)

    ended = [await tam.does(lambda desk: desk.signing_in.end(tam.id, listed[1].id)) for _ in range(2)]

    assert [browser.here for browser in listed] == [True, False]
    assert (ended, len(await browsers(tam, here.session_id))) == ([True, False], 1)
    assert (await tam.session(old), await tam.session(new) is not None) == (None, True)


async def test_nobody_ends_the_browser_of_another(tam: Account) -> None:
    cookie = await tam.cookie()
    here = await tam.session(cookie)
    assert here is not None

    assert not await tam.does(lambda desk: desk.signing_in.end("another", here.session_id))
    assert await tam.session(cookie) is not None


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(lambda desk, tam: desk.signing_in.end_all(tam), id="she ended all"),
        pytest.param(lambda desk, tam: desk.signing_in.renew(tam, "$new"), id="a new password"),
        pytest.param(lambda desk, tam: desk.officials.disable(tam, "left"), id="disabled"),
        pytest.param(lambda desk, tam: desk.officials.change(tam, ("lead",), (UNIT,)), id="another role"),
        pytest.param(lambda desk, tam: desk.signing_in.hand_out(tam, "$new"), id="handed out anew"),
    ],
)
async def test_an_old_cookie_is_dead_after(tam: Account, ends: Callable[[Desk, str], object]) -> None:
    cookies = [await tam.cookie() for _ in range(2)]

    await tam.town.at_desk(OPERATOR, lambda desk: ends(desk, tam.id))

    assert [await tam.session(cookie) for cookie in cookies] == [None, None]
    assert await browsers(tam, "") == []


# Handed out, and wrong tries


async def test_an_account_that_was_handed_out_signs_in(town: Town) -> None:
    official_id, _ = await invited(town)
    secret = await town.at_desk(OPERATOR, lambda desk: desk.signing_in.hand_out(official_id, HASH))

    assert await Account(town, official_id, secret).signs_in() is not None


async def test_the_code_told_is_one_that_was_not_used(tam: Account) -> None:
    tam.town.clock.move(minutes=5)

    def signs_in(desk: Desk) -> bool:
        login, code = desk.signing_in.login(EMAIL), desk.signing_in.unused_code(tam.id)
        return login is not None and desk.signing_in.sign_in(login, code or "") is not None

    assert [await tam.does(signs_in) for _ in range(2)] == [True, True]


async def test_wrong_tries_are_counted_in_a_window(town: Town) -> None:
    window = timedelta(minutes=15)

    async def tries(work: Callable[[Desk], int]) -> int:
        return await town.at_desk(OPERATOR, work)

    counted = [await tries(lambda desk: desk.signing_in.count_try("account:1", window)) for _ in range(3)]
    others = await tries(lambda desk: desk.signing_in.tries("account:2", window))
    town.clock.move(minutes=15)
    after = await tries(lambda desk: desk.signing_in.tries("account:1", window))

    assert (counted, others, after) == ([1, 2, 3], 0, 0)

"""A browser that is signed in stays so for a while, gives a second code for what weighs more, and can be ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.desk import Desk
from handlers.desk.officials import OwnBrowser
from tests.kit.accounts import OPERATOR, UNIT, Account, taken_up
from tests.kit.audit import actions
from tests.kit.town import Town


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database: nothing here happens twice at once."""
    return str(request.param)


@pytest.fixture
async def tam(town: Town) -> Account:
    """An official who redeemed her invitation."""
    return await taken_up(town)


# How long


async def used(tam: Account, cookie: str, **after: float) -> bool:
    """Whether a browser is still signed in some time later; if so, it is used then."""
    tam.town.clock.move(**after)
    if await tam.session(cookie) is None:
        return False
    await tam.does(lambda desk: desk.browsers.seen(cookie))
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

    await tam.does(lambda desk: desk.browsers.seen(cookie))

    assert await tam.session(cookie) is None


async def test_ten_hours_end_it_however_it_is_used(tam: Account) -> None:
    cookie = await tam.cookie()

    went = [await used(tam, cookie, minutes=20) for _ in range(30)]

    assert went == [True] * 29 + [False]


async def test_being_seen_is_written_once_a_minute(tam: Account) -> None:
    cookie, here = await tam.cookie(), tam.town.clock.now()

    async def seen_after(seconds: float) -> timedelta:
        tam.town.clock.move(seconds=seconds)
        await tam.does(lambda desk: desk.browsers.seen(cookie))
        [browser] = await browsers(tam, "")
        return browser.seen_at - here

    assert [await seen_after(60), await seen_after(1)] == [timedelta(0), timedelta(seconds=61)]


# The second check


async def checked(tam: Account, cookie: str) -> bool:
    found = await tam.session(cookie)
    assert found is not None
    return found.checked


async def test_a_second_check_lasts_a_quarter_of_an_hour(tam: Account) -> None:
    cookie = await tam.cookie()
    tam.town.clock.move(minutes=15)
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
    assert (await actions(tam.town))[-1] == "official.signed_out"


async def test_a_right_second_code_forgives_the_wrong_ones(tam: Account) -> None:
    cookie = await tam.cookie()

    for _ in range(3):
        tam.town.clock.move(seconds=30)
        for _ in range(4):
            await tam.does(lambda desk: desk.signing_in.check_again(cookie, "no code"))
        assert await tam.does(lambda desk: desk.signing_in.check_again(cookie, tam.code()))

    assert await tam.session(cookie) is not None


# Ended


async def browsers(tam: Account, here: str) -> list[OwnBrowser]:
    return await tam.does(lambda desk: desk.browsers.of(tam.id, here))


async def test_an_official_sees_her_browsers_and_ends_one(tam: Account) -> None:
    old, new = await tam.cookie(), await tam.cookie()
    here = await tam.session(new)
    assert here is not None
    listed = await browsers(tam, here.session_id)

    ended = [await tam.does(lambda desk: desk.browsers.end(tam.id, listed[1].id)) for _ in range(2)]

    assert [browser.here for browser in listed] == [True, False]
    assert (ended, len(await browsers(tam, here.session_id))) == ([True, False], 1)
    assert (await tam.session(old), await tam.session(new) is not None) == (None, True)


async def test_nobody_ends_the_browser_of_another(tam: Account) -> None:
    cookie = await tam.cookie()
    here = await tam.session(cookie)
    assert here is not None

    assert not await tam.does(lambda desk: desk.browsers.end("another", here.session_id))
    assert await tam.session(cookie) is not None


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(lambda desk, tam: desk.browsers.end_all(tam), id="she ended all"),
        pytest.param(lambda desk, tam: desk.accounts.disable(tam, "left"), id="disabled"),
        pytest.param(lambda desk, tam: desk.accounts.change(tam, ("lead",), (UNIT,)), id="another role"),
        pytest.param(lambda desk, tam: desk.signing_in.hand_out(tam, "$new"), id="handed out anew"),
    ],
)
async def test_an_old_cookie_is_dead_after(tam: Account, ends: Callable[[Desk, str], object]) -> None:
    cookies = [await tam.cookie() for _ in range(2)]

    await tam.town.at_desk(OPERATOR, lambda desk: ends(desk, tam.id))

    assert [await tam.session(cookie) for cookie in cookies] == [None, None]
    assert await browsers(tam, "") == []

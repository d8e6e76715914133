"""An invitation lets one in once; a password alone never does, and every code counts once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from handlers.desk import Desk
from storage.tables import OfficialRow
from tests.kit.accounts import EMAIL, HASH, OPERATOR, Account, invited, redeems, secret_of, taken_up
from tests.kit.audit import actions
from tests.kit.town import Town

ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One database, but where two things happen at once."""
    return str(request.param)


@pytest.fixture
async def tam(town: Town) -> Account:
    """An official who redeemed her invitation."""
    return await taken_up(town)


async def state_of(town: Town, official_id: str) -> str:
    return (await town.database.read(lambda unit: unit.get_one(OfficialRow, official_id))).state


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
    assert (await actions(town)).count("official.redeemed") == 1


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
    assert (await actions(town)).count("official.redeemed") == 1


async def test_whoever_is_invited_again_gets_all_secrets_anew(tam: Account) -> None:
    town, cookie = tam.town, await tam.cookie()
    token = await town.at_desk(OPERATOR, lambda desk: desk.accounts.invite_again(tam.id)) or ""
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
    assert "official.signed_in" in await actions(tam.town)


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
    assert (await actions(tam.town)).count("official.recovery_code") == 2


async def test_a_recovery_code_is_its_own_accounts_alone(tam: Account) -> None:
    other = await tam.town.at_desk(OPERATOR, lambda desk: desk.accounts.invite("huy@example.test", "Huy", "", (), ()))
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
    tam.secret = await tam.does(lambda desk: desk.signing_in.hand_out(tam.id, "$the-second"))
    tam.town.clock.move(seconds=30)

    assert await tam.does(lambda desk: desk.signing_in.sign_in(login, tam.code())) is None
    assert await tam.signs_in() is not None


async def test_an_account_disabled_in_between_signs_nobody_in(tam: Account) -> None:
    login = await tam.does(lambda desk: desk.signing_in.login(EMAIL))
    assert login is not None
    await tam.town.at_desk(OPERATOR, lambda desk: desk.accounts.disable(tam.id, "left"))
    tam.town.clock.move(seconds=30)

    assert await tam.does(lambda desk: desk.signing_in.sign_in(login, tam.code())) is None


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

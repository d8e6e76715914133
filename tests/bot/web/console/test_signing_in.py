"""Getting into the console and out: invitation, form, cookies, what throws a browser out, and who is kept out."""

import asyncio

import pytest
from aiohttp import ClientSession, CookieJar

from handlers.desk import Actor
from tests.kit.console import PASSWORD, Clerk, clerk, newcomer, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_an_invitation_makes_an_account_that_signs_in(house: House) -> None:
    async with newcomer(house, "an", "admin") as an:
        page = await an.opens("")

        assert page.status == 200
        assert "Hôm nay" in text(page)
        assert len(an.codes) == 10


async def test_nobody_is_let_in_without_signing_in(house: House) -> None:
    async with clerk(house, "an", "admin", signed_in=False) as an:
        page = await an.opens("/account?done=x")
        program = await an.opens("/api/account")

        assert (page.status, page.headers["Location"]) == (303, "/console/sign-in?next=/console/account%3Fdone%3Dx")
        assert (program.status, program.json) == (401, {"error": "sign_in"})


async def test_looking_at_an_invitation_uses_nothing_up_and_20_redeeming_at_once_are_one(
    house: House, town: TownOf
) -> None:
    made = await town.at_desk(Actor("operator"), lambda desk: desk.accounts.invite("b@x.test", "B", "", ["admin"], []))
    assert made
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        b = Clerk(house, session, made[0], "b@x.test")
        async with session.head(f"{house.origin}/console/invitation/{made[1]}") as looked:
            assert looked.status == 200
        pages = [await b.opens(f"/invitation/{made[1]}") for _ in range(3)]
        assert [page.status for page in pages] == [200] * 3
        await b.learns(made[1])

        fields = {"password": PASSWORD, "code": b.code()}
        done = await asyncio.gather(*(b.sends(f"/invitation/{made[1]}", fields) for _ in range(20)))

        assert sorted(reply.status for reply in done) == [200] + [404] * 19
        assert (await b.signs_in()).status == 303


@pytest.mark.parametrize(
    ("password", "says"),
    [("ngắn", "ít nhất 12 ký tự"), ("an@example.test", "không được giống thư điện tử"), ("x" * 201, "quá dài")],
)
async def test_a_password_that_is_none_is_refused_and_the_invitation_stays_good(
    house: House, town: TownOf, password: str, says: str
) -> None:
    async with clerk(house, "an", "admin", signed_in=False) as an:
        token = await town.at_desk(Actor("operator"), lambda desk: desk.accounts.invite_again(an.id))
        assert token
        await an.opens(f"/invitation/{token}")
        refused = await an.sends(f"/invitation/{token}", {"password": password, "code": an.code()})

        assert refused.status == 400
        assert says in text(refused)
        assert (await an.redeems(token)).status == 200


async def test_an_unknown_name_a_wrong_password_and_a_wrong_code_are_answered_alike(house: House) -> None:
    async with clerk(house, "an", "admin", signed_in=False) as an:
        wrong_password = await an.signs_in("không phải mật khẩu")
        wrong_code = await an.signs_in(code="000000")
        an.email = "nobody@example.test"
        unknown = await an.signs_in()

        said = {
            text(reply).replace("an@", "").replace("nobody@", "") for reply in (wrong_password, wrong_code, unknown)
        }
        assert len(said) == 1
        assert {reply.status for reply in (wrong_password, wrong_code, unknown)} == {403}


async def test_a_code_counts_once_and_a_recovery_code_too(house: House) -> None:
    async with newcomer(house, "an", "admin", signed_in=False) as an:
        code = an.code()
        assert [(await an.signs_in(code=code)).status for _ in range(2)] == [303, 403]
        assert [(await an.signs_in(code=an.codes[0].lower())).status for _ in range(2)] == [303, 403]


async def test_strangers_use_up_their_own_tries_and_not_the_owner_s(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an, ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        stranger = Clerk(house, session, an.id, an.email, an.secret)
        tried = [(await stranger.signs_in("sai mật khẩu rồi")).status for _ in range(7)]
        right_but_late = await stranger.signs_in()
        owner = await an.signs_in()

        assert tried == [403] * 5 + [429] * 2
        assert right_but_late.status == 429
        assert owner.status == 303
        house.clock.move(minutes=16)
        assert (await stranger.signs_in()).status == 303


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example"])
async def test_a_form_of_another_page_does_nothing(house: House, origin: str) -> None:
    async with clerk(house, "an", "admin") as an:
        assert (await an.sends("/sign-out", {}, origin=origin)).status == 403
        assert (await an.sends("/sign-in", {"email": an.email}, origin=origin)).status == 403
        assert (await an.sends("/sign-out", {}, csrf="0" * 64)).status == 403
        assert (await an.opens("")).status == 200


async def test_a_session_is_new_at_each_sign_in_and_dead_after_signing_out(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        first = _cookie(an)
        await an.signs_in()
        second = _cookie(an)
        out = await an.sends("/sign-out", {})

        assert first != second
        assert (out.status, out.headers["Location"]) == (303, "/console/sign-in")
        an.session.cookie_jar.update_cookies({"console": second})
        assert (await an.opens("")).status == 303


async def test_whoever_is_idle_or_in_for_too_long_signs_in_anew(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        for _ in range(20):
            house.clock.move(minutes=29)
            assert (await an.opens("")).status == 200
        house.clock.move(minutes=21)
        assert (await an.opens("")).status == 303  # ten hours are over
        await an.signs_in()
        house.clock.move(minutes=31)
        assert (await an.opens("")).status == 303


async def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        for _ in range(3):
            house.clock.move(minutes=9)
            assert (await an.opens("", X_Live="1")).status == 200
        house.clock.move(minutes=9)
        assert (await an.opens("")).status == 303


async def test_a_disabled_official_is_out_at_the_next_click(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        await town.as_official(an.id, lambda desk: desk.accounts.disable(bo.id, "left"))

        assert (await bo.opens("")).status == 303
        assert (await bo.signs_in()).status == 403


@pytest.mark.parametrize(
    ("asked", "goes_on"),
    [
        ("/console/account", "/console/account"),
        ("/console/requests?q=a%20b", "/console/requests?q=a%20b"),
        ("//evil.example/console", "/console"),
        ("https://evil.example/console", "/console"),
        ("/console\\evil", "/console"),
        ("/consoles", "/console"),
        ("", "/console"),
    ],
)
async def test_after_signing_in_one_is_where_one_wanted_to_be_and_never_elsewhere(
    house: House, asked: str, goes_on: str
) -> None:
    async with clerk(house, "an", "admin", signed_in=False) as an:
        fields = {"email": an.email, "password": PASSWORD, "code": an.code(), "next": asked}

        assert (await an.sends("/sign-in", fields)).headers["Location"] == goes_on


async def test_what_was_typed_into_an_expired_session_is_shown_again(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        house.clock.move(minutes=31)
        late = await an.sends("/account/leave", {"words": "mấy câu dài <b>", "amount": "1.500.000", "seen": "1a21"})

        assert late.status == 401
        assert "mấy câu dài <b>" in text(late)
        assert "1.500.000" in text(late)
        assert "1a21" not in text(late)


async def test_the_cookies_of_a_service_behind_https_are_bound_to_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    from tests.kit.house import open_house

    folder = tmp_path_factory.mktemp("secure")
    async with (
        open_house(folder, PUBLIC_URL="https://chungtay.example") as house,
        clerk(house, "an", "admin", signed_in=False) as an,
    ):
        fields = {"email": an.email, "password": PASSWORD, "code": an.code()}
        done = await an.sends("/sign-in", fields, origin="https://chungtay.example")

        cookies = done.headers.getall("Set-Cookie")  # type: ignore[attr-defined]  # aiohttp's headers
        assert len(cookies) == 2
        for cookie in cookies:
            assert cookie.startswith("__Host-console")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {p.strip() for p in cookie.split(";")}
        assert done.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def _cookie(clerk: Clerk) -> str:
    return next(cookie.value for cookie in clerk.session.cookie_jar if cookie.key == "console")

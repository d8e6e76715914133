"""One admin who would be two: an account of his own making, and every second pair of eyes with it."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import ClientSession, CookieJar

from handlers.desk import Actor, Desk
from handlers.desk.office import RIGHTS
from storage.tables import OfficialRow
from tests.kit.audit import actions
from tests.kit.console import Clerk, Fields, clerk, text
from tests.kit.house import House, Reply
from tests.kit.on_duty import clerk as on_phone
from tests.kit.on_duty import listening
from tests.kit.town import Town

CHANGE = re.compile(r"/console/officials/changes/(\w+)/confirm")
LINK = re.compile(r"/console/invitation/([\w-]+)")
TREASURER: Fields = {"email": "quy@example.test", "name": "Thủ Quỹ", "title": "", "roles": ["treasurer"], "units": []}
ACCOUNT: Fields = {
    "owner": "Quỹ thử", "bank": "other", "other_bank": "Ngân hàng thử", "number": "990000000000",
    "first_day": "01/12/2026", "last_day": "", "swift": "",
}  # fmt: skip


async def waiting(admin: Clerk) -> list[str]:
    """The changes that she is offered to confirm."""
    return CHANGE.findall((await admin.opens("/officials")).body.decode())


async def confirms(admin: Clerk) -> Reply:
    [change] = await waiting(admin)
    return await admin.sends(f"/officials/changes/{change}/confirm", {})


@asynccontextmanager
async def admins(house: House, *names: str) -> AsyncIterator[list[Clerk]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(clerk(house, name, "admin")) for name in names]


@asynccontextmanager
async def takes_up(house: House, link: Reply, email: str) -> AsyncIterator[Clerk]:
    """Whoever has seen the link takes the account up."""
    found = LINK.search(link.body.decode())
    assert found, text(link)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        taken = Clerk(house, session, "", email)
        assert (await taken.redeems(found[1])).status == 200
        assert (await taken.signs_in()).status == 303
        yield taken


async def test_who_asks_for_an_account_is_shown_no_link_and_confirms_nothing(house: House) -> None:
    async with admins(house, "an", "binh") as [an, binh]:
        asked = await an.sends("/officials", TREASURER)
        [change] = await waiting(binh)

        own = await an.sends(f"/officials/changes/{change}/confirm", {})
        page = await an.opens("/officials")

        assert (asked.status, own.status) == (303, 400)
        assert "Người đề nghị không tự xác nhận" in text(own)
        assert not any(LINK.search(shown.body.decode()) for shown in (asked, own, page))
        assert await waiting(an) == []
        assert await actions(house, "official.invited", "official.own_change_refused") == [
            *["official.invited"] * 2, "official.own_change_refused",
        ]  # fmt: skip


async def test_alone_an_admin_lets_nobody_in_and_is_told_who_can(house: House) -> None:
    async with admins(house, "an") as [an]:
        await an.sends("/officials", TREASURER)

        assert await waiting(an) == []
        assert "chungtay officials create" in text(await an.opens("/officials"))


async def test_who_is_shown_the_link_is_no_second_pair_of_eyes_for_what_is_done_there(house: House) -> None:
    async with admins(house, "an", "binh") as [an, binh]:
        await an.sends("/officials", TREASURER)
        async with takes_up(house, await confirms(binh), "quy@example.test") as taken:
            house.clock.move(days=1, minutes=1)
            for one in (taken, an, binh):
                assert (await one.signs_in()).status == 303
            entered = await taken.sends("/gift-accounts", ACCOUNT)
            assert entered.status == 303, text(entered)
            path = entered.headers["Location"].removeprefix("/console").partition("?")[0]

            by_binh = await binh.sends(f"{path}/confirm", {})
            by_an = await an.sends(f"{path}/confirm", {})

            assert (by_binh.status, by_an.status) == (400, 303)


@pytest.mark.parametrize("action", [action for action, right in RIGHTS.items() if right.later])
async def test_what_is_about_money_and_many_counts_a_day_after_it_was_given(town: Town, action: str) -> None:
    role = next(role for role in RIGHTS[action].reach)
    an, binh = [await town.official(name, "admin") for name in ("an", "binh")]
    place = ("phuong_hoa_khanh",)
    hoa = await town.official("hoa", "auditor")
    await town.as_official(an, lambda desk: desk.account_changes.ask(hoa, "change", (role,), place))

    def confirm(desk: Desk) -> str:
        [change] = desk.account_changes.waiting()
        return desk.account_changes.confirm(change.id).how

    assert await town.as_official(binh, confirm) == "done"

    def may(desk: Desk) -> bool:
        official = desk.officials.acting(hoa)
        assert official is not None
        return official.may(action, place[0])

    at_first = await town.at_desk(Actor("clock"), may)
    town.clock.move(hours=23)
    later = await town.at_desk(Actor("clock"), may)
    town.clock.move(hours=2)
    at_last = await town.at_desk(Actor("clock"), may)

    assert (at_first, later, at_last) == (False, False, True)


async def test_what_she_had_before_goes_on_counting(town: Town) -> None:
    an, binh = [await town.official(name, "admin") for name in ("an", "binh")]
    hoa = await town.official("hoa", "lead", places=("phuong_hoa_khanh",))
    both = ("phuong_hoa_khanh", "xa_tay_giang")
    await town.as_official(an, lambda desk: desk.account_changes.ask(hoa, "change", ("lead",), both))
    await town.as_official(binh, lambda desk: desk.account_changes.confirm(desk.account_changes.waiting()[0].id))

    may = await town.as_official(hoa, lambda desk: [desk.may("broadcast.approve", unit) for unit in both])

    assert may == [True, False]


async def test_a_new_link_that_another_saw_sets_her_rights_back_by_a_day(house: House) -> None:
    async with admins(house, "an", "binh") as [an, binh], clerk(house, "quy", "treasurer") as quy:
        await an.sends(f"/officials/{quy.id}/invite", {})
        async with takes_up(house, await confirms(binh), quy.email) as taken:
            entered = await taken.sends("/gift-accounts", ACCOUNT)
            own = text(await taken.opens("/account"))

        assert entered.status == 403
        assert "chưa có hiệu lực" in own
        assert (await quy.opens("")).status == 303


async def test_her_and_every_admin_are_told_in_every_chat_and_at_night(town: Town) -> None:
    an, binh, chi = [await on_phone(town, name, "admin") for name in ("an", "binh", "chi")]
    hoa = await on_phone(town, "hoa")
    elsewhere = town.citizen("hoa ở máy khác")
    await elsewhere.says("/menu")
    await elsewhere.says(f"/lienket {await hoa.at_desk(lambda desk: desk.links.make_code()[0])}")
    await elsewhere.says("Có")
    town.clock.move(hours=12)  # deep in the night

    async with listening(an, binh, chi, hoa, elsewhere):
        await town.as_official(
            an.id, lambda desk: desk.account_changes.ask(hoa.id, "change", ("lead",), ("phuong_hoa_khanh",))
        )
        await town.as_official(binh.id, lambda desk: desk.account_changes.confirm(desk.account_changes.waiting()[0].id))

    heard = {one.name: [said.key for said in one.heard] for one in (an, binh, chi, hoa, elsewhere)}
    assert heard == {
        "an": ["account_news.other.changed"],
        "binh": ["account_news.waits"],
        "chi": ["account_news.waits", "account_news.other.changed"],
        "hoa": ["account_news.own.changed"],
        "hoa ở máy khác": ["account_news.own.changed"],
    }


async def test_what_nobody_decides_in_a_week_is_let_go_with_what_it_said(town: Town) -> None:
    an, binh = [await town.official(name, "admin") for name in ("an", "binh")]
    await town.as_official(an, lambda desk: desk.account_changes.invite("quy@example.test", "Quỹ", "", ("lead",), ()))
    [change] = await town.as_official(binh, lambda desk: desk.account_changes.waiting())
    town.clock.move(days=7, minutes=1)

    late = await town.as_official(binh, lambda desk: desk.account_changes.confirm(change.id))
    await town.at_desk(Actor("clock"), lambda desk: desk.retention.run())

    assert late.how == "outdated"
    assert await town.as_official(an, lambda desk: desk.account_changes.waiting()) == []
    kept = await town.read(
        lambda unit, vault: (unit.get(OfficialRow, change.official_id), vault.has(f"account_change:{change.id}"))
    )
    assert kept == (None, False)


async def test_of_two_who_confirm_at_once_one_does(town: Town) -> None:
    an, binh, chi = [await town.official(name, "admin") for name in ("an", "binh", "chi")]
    hoa = await town.official("hoa", "officer")
    await town.as_official(an, lambda desk: desk.account_changes.ask(hoa, "again"))
    [change] = await town.as_official(binh, lambda desk: desk.account_changes.waiting())

    done = [
        await town.as_official(one, lambda desk: desk.account_changes.confirm(change.id).how) for one in (binh, chi)
    ]

    assert done == ["done", "outdated"]


def test_every_second_hand_has_a_first() -> None:
    second = {action.partition(".")[0] for action, right in RIGHTS.items() if right.hands == "second"}
    first = {action.partition(".")[0] for action, right in RIGHTS.items() if right.hands == "first"}

    assert second - first == {"grievance"}  # whoever handed a gift over gave the first

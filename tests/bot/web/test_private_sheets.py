"""The page where a sheet for the counter is fetched: a button first, once, by POST, and hers alone."""

import asyncio

import pytest
from aiohttp import ClientSession

from tests.handlers.conversations.walks import registers
from tests.kit.house import House, Reply
from tests.kit.private_page import TownOf, read_page
from tests.kit.sheets import pages, words
from tests.kit.town import Citizen

USED = "Phiếu đã được lấy"


@pytest.fixture
async def link(town: TownOf) -> str:
    """The link that somebody with a request was told, through a channel abroad."""
    return await asked_for(town, await town.lives_abroad("Lan"))


async def asked_for(town: TownOf, citizen: Citizen) -> str:
    await registers(citizen)
    await citizen.says("/mau", "1")
    await citizen.presses("Đồng ý, in giúp tôi")
    return town.link(citizen)


async def fetches(link: str, *, method: str = "POST", origin: str = "") -> Reply:
    """Press the button, without following where it leads."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Origin": origin} if origin else {})
    async with ClientSession() as web, web.request(method, link, headers=headers, allow_redirects=False) as answer:
        return Reply(answer.status, answer.headers.copy(), await answer.read())


async def test_looking_shows_a_button_and_uses_nothing_up(link: str) -> None:
    looked = [await read_page(link) for _ in range(3)]
    head = await fetches(link, method="HEAD")

    assert {page.title for page in looked} == {"Phiếu điền sẵn của ông/bà"}
    assert "Nguyễn Thị Lan" not in looked[0].html
    assert head.status == 200
    assert (await fetches(link)).status == 200


async def test_the_button_gives_the_sheet_once(house: House, link: str) -> None:
    sheet, again = await fetches(link), await fetches(link)
    page = await read_page(link)

    said = words(sheet.body)
    assert (sheet.status, sheet.headers["Content-Type"]) == (200, "application/pdf")
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="phieu-chuan-bi.pdf"'
    assert sheet.headers["Cache-Control"] == "no-store"
    assert pages(sheet.body) == 1
    for told in ("PHIẾU CHUẨN BỊ", "Nguyễn Thị Lan", "1954", "0905123456", "tổ 3, gần chợ", "Phường Hòa Khánh"):
        assert told in said, told
    assert (again.status, again.headers["Location"], page.title) == (303, link.removeprefix(house.origin), USED)


async def test_of_those_who_press_at_once_one_gets_it(link: str) -> None:
    replies = await asyncio.gather(*(fetches(link) for _ in range(3)))

    assert sorted(reply.status for reply in replies) == [200, 303, 303]


async def test_another_site_may_not_fetch_it(house: House, link: str) -> None:
    refused = await fetches(link, origin="https://evil.example")

    assert refused.status == 403
    assert (await fetches(link, origin=house.origin)).status == 200


async def test_a_link_that_ran_out_or_is_nobody_s_is_not_found(house: House, link: str) -> None:
    house.clock.move(minutes=16)

    assert [(await read_page(link)).status, (await fetches(link)).status] == [404, 400]
    assert (await read_page(f"{house.origin}/p/{'A' * 22}")).status == 404


async def test_each_gets_her_own(town: TownOf, link: str) -> None:
    mai = town.citizen("Mai")
    await mai.says("/dangky", "1", "1", "1 4", "xã Tây Giang", "thôn Bhlô", "Hồ Thị Mai", "1960")
    await mai.says("0905 999 888", "Bỏ qua", "3")
    await mai.presses("Gửi yêu cầu")
    await mai.says("2", "/mau", "1")
    await mai.presses("Đồng ý, in giúp tôi")

    hers, other = words((await fetches(town.link(mai))).body), words((await fetches(link)).body)

    assert ("Hồ Thị Mai" in hers, "Nguyễn Thị Lan" in other) == (True, True)
    assert ("Nguyễn Thị Lan" in hers, "Hồ Thị Mai" in other) == (False, False)


async def test_what_was_forgotten_since_is_on_no_sheet(town: TownOf) -> None:
    lan = town.citizen("Lan")
    link = await asked_for(town, lan)
    await lan.says("/riengtu")
    await lan.presses("Xóa hết", "Xóa hết")

    assert [(await read_page(link)).status, (await fetches(link)).status] == [404, 400]

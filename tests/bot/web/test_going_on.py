"""What Zalo keeps from us is answered with the hotline and a link, by which she goes on in the web chat as herself."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from fakes.zalo_bot.server import FakeZaloBot
from fakes.zalo_bot.user import ZaloBotUser
from handlers.desk import Actor, Desk
from storage.queries.incoming import chats
from storage.tables import Address
from tests.kit.console import clerk
from tests.kit.house import House, Visitor, visit
from tests.kit.private_page import TownOf
from tests.kit.zalo_bot_house import answered, chat_of, greeted, zalo_bot_house

LINK = re.compile(r"https?://\S+(/tiep/\S+)")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[House, FakeZaloBot]]:
    async with zalo_bot_house(tmp_path) as place:
        yield place


async def hidden(user: ZaloBotUser) -> str:
    """She sends something hidden; returns the path of the link she is told."""
    before = len(user.heard)
    user.sends_hidden()
    text = (await user.hears_more(before))[0].text
    found = LINK.search(text)
    assert found, text
    assert "1022" in text
    return found[1]


async def posts(visitor: Visitor, path: str, origin: str = "") -> int:
    headers = {"Origin": origin or visitor.house.origin}
    async with visitor.session.post(visitor.house.origin + path, headers=headers, allow_redirects=False) as answer:
        return answer.status


async def test_she_goes_on_where_she_was_as_the_same_person(place: tuple[House, FakeZaloBot]) -> None:
    house, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)
    await answered(lan, "/dangky")
    path = await hidden(lan)

    async with visit(house) as browser:
        shown = await browser.gets(path)
        again = await browser.gets(path)
        assert await posts(browser, path) == 303
        async with browser.follows() as stream:
            first = await stream.line()
        assert (shown.status, again.status) == (200, 200)
        assert "cùng một hồ sơ với Zalo" in str(first["text"])
        browser.heard = [first]
        await browser.presses("Làm tiếp")
        assert "đăng ký cho ai" in str(browser.heard[0]["text"])
    await lan.hears("vừa được liên kết thêm một tài khoản nhắn tin")


async def test_a_link_works_once_for_a_quarter_of_an_hour_and_from_our_own_page(
    place: tuple[House, FakeZaloBot],
) -> None:
    house, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)
    path, late = await hidden(lan), await hidden(lan)

    async with visit(house) as browser, visit(house) as other:
        assert await posts(browser, path, "https://evil.example") == 403
        assert await posts(browser, path) == 303
        assert (await posts(other, path), (await other.gets(path)).status) == (404, 404)
        await lan.hears("vừa được liên kết thêm một tài khoản nhắn tin")
        fresh = await hidden(lan)
        house.clock.move(minutes=16)
        assert (await posts(other, late), await posts(other, fresh)) == (404, 404)
        assert (await posts(other, "/tiep/nothing"), (await other.gets("/tiep/nothing")).status) == (404, 404)


async def test_of_whom_every_word_is_hidden_each_is_answered(place: tuple[House, FakeZaloBot]) -> None:
    _, zalo = place
    lan = zalo.user("Lan")
    lan.hidden = True

    first, second = await answered(lan, "/start"), await answered(lan, "chào")

    assert LINK.search(first)
    assert LINK.search(second)


async def test_in_the_browser_that_acts_for_an_official_nobody_else_goes_on_as_her(
    place: tuple[House, FakeZaloBot],
) -> None:
    house, zalo = place
    town, lan = TownOf(house), zalo.user("Lan")
    await greeted(lan)
    path = await hidden(lan)

    def bind(desk: Desk) -> str:
        address = desk.unit.scalars(select(Address.id).where(Address.channel == "webchat")).one()
        chat = chats.at_address(desk.unit, address)
        desk.acting_chats.bind(mai.id, chat)
        return chat.person_id

    async with visit(house) as browser, clerk(house, "mai", "officer") as mai:
        await browser.posts({"text": "/start"})
        hers = await town.at_desk(Actor("operator"), bind)
        went_on = await posts(browser, path)
    people = (hers, (await chat_of(house, lan)).person_id)
    acts = await town.at_desk(
        Actor("operator"), lambda desk: [desk.officials.in_chat(person) is not None for person in people]
    )

    assert (went_on, acts) == (303, [True, False])

"""The account's ways out: what each refusal costs, what is told of messages, and what a human must mend."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.tokens import ACCESS_LIFE
from fakes.zalo_oa.user import ZaloUser
from storage.queries.outgoing import tokens
from storage.tables import Address
from storage.vault import Vault
from tests.bot.test_telegram_ways import reasons
from tests.kit.house import House
from tests.kit.zalo_oa_house import answered, chat_of, greeted, knows, queue, until, zalo_oa_house

Place = tuple[House, FakeZaloOa, ZaloUser]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """The service, and somebody who wrote and was answered."""
    async with zalo_oa_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan", phone="84905123456")
        await knows(house, lan)
        yield house, zalo, lan
        assert zalo.world.complaints == []


def sends(zalo: FakeZaloOa, user: ZaloUser) -> int:
    """How many calls were made to write to her."""
    return sum(call.path == faults.CS and call.user == user.id for call in zalo.calls)


async def address(house: House, user: ZaloUser) -> Address:
    chat = await chat_of(house, user)
    return await house.database.read(lambda unit: unit.get_one(Address, chat.address_id))


# Refusals


@pytest.mark.parametrize("code", [-230, -232, -213, -244])
async def test_what_zalo_takes_only_after_she_writes_is_held_and_shown_once_then(place: Place, code: int) -> None:
    house, zalo, lan = place
    lan.refuses(code)
    before = sends(zalo, lan)
    [first] = await queue(house, lan, "tin thứ nhất")
    await until(house, first, "held")
    [second] = await queue(house, lan, "tin thứ hai")
    await until(house, second, "held")
    assert sends(zalo, lan) == before + 1  # the second is held without a call: her window is known as closed

    lan.refuses(0)
    house.clock.move(minutes=5)
    lan.sends_sticker()
    for number in (first, second):
        await until(house, number, "sent", "delivered")

    texts = [shown.text for shown in lan.heard]
    assert [texts.count(words) for words in ("tin thứ nhất", "tin thứ hai")] == [1, 1]
    assert texts.index("tin thứ nhất") < texts.index("tin thứ hai")


async def test_who_was_idle_for_long_is_unreachable_until_she_writes(place: Place) -> None:
    house, zalo, lan = place
    lan.refuses(-227)
    before = sends(zalo, lan)

    [first, second] = await queue(house, lan, "một", "hai")
    await until(house, first, "failed")
    await until(house, second, "failed")
    assert sends(zalo, lan) == before + 1
    assert not (await address(house, lan)).reachable
    lan.refuses(0)

    assert "Ông/bà" in await answered(lan, "/menu")
    assert (await address(house, lan)).reachable


@pytest.mark.parametrize("code", [-218, -234])
async def test_what_is_put_off_is_not_tried_again_within_the_minute(place: Place, code: int) -> None:
    house, zalo, lan = place
    mai = zalo.user("Mai")
    lan.refuses(code)
    before = sends(zalo, lan)
    [number] = await queue(house, lan, "một")
    await until(house, number, "queued")
    await zalo.world.bell.until(lambda: sends(zalo, lan) > before)
    house.clock.move(seconds=59)
    await greeted(mai)  # nobody else waits for it

    assert sends(zalo, lan) == before + 1
    lan.refuses(0)
    house.clock.move(hours=22)
    house.service.platforms[0].sender.wake()
    await until(house, number, "sent", "delivered")


async def test_what_fails_at_zalos_is_repeated_three_times_at_most(place: Place) -> None:
    house, zalo, lan = place
    zalo.faults.add(faults.code(-200), user=lan.id, times=None)
    before = sends(zalo, lan)
    [number] = await queue(house, lan, "một")

    for count in range(1, 5):
        await zalo.world.bell.until(lambda count=count: sends(zalo, lan) == before + count)  # type: ignore[misc]  # bound at once
        await asyncio.sleep(0.1)
        house.clock.move(seconds=6)
        house.service.platforms[0].sender.wake()
    row = await until(house, number, "failed")

    assert (row.reason, sends(zalo, lan)) == ("send_failed", before + 4)


async def test_too_many_calls_pause_the_account_to_the_next_minute_and_nothing_is_shown_twice(place: Place) -> None:
    house, zalo, lan = place
    mai = zalo.user("Mai")
    await knows(house, mai)
    house.clock.move(seconds=58)
    zalo.faults.add(faults.code(-32), user=lan.id)
    [number] = await queue(house, lan, "một")
    await zalo.world.bell.until(lambda: zalo.faults.left == 0)
    calls = len(zalo.calls)
    [other] = await queue(house, mai, "hai")
    await asyncio.sleep(1)
    assert len(zalo.calls) == calls

    house.clock.move(seconds=4)
    for one in (number, other):
        await until(house, one, "sent", "delivered")

    assert sum(shown.text == "một" for shown in lan.heard) == 1


async def test_who_leaves_is_written_to_no_more_and_hears_all_of_it_when_she_comes_back(place: Place) -> None:
    house, zalo, lan = place
    before = sends(zalo, lan)
    lan.unfollows()
    await zalo.settles()

    [number] = await queue(house, lan, "tin chờ")
    await until(house, number, "held")
    assert (sends(zalo, lan), (await address(house, lan)).reachable) == (before, False)
    lan.follows()
    await until(house, number, "sent", "delivered")

    assert sum(shown.text == "tin chờ" for shown in lan.heard) == 1
    assert (await address(house, lan)).reachable


async def test_that_she_left_told_after_she_wrote_again_changes_nothing(place: Place) -> None:
    house, zalo, lan = place
    zalo.pusher.holding = True
    lan.unfollows()
    house.clock.move(minutes=1)
    lan.says("/menu")
    before = len(lan.heard)
    zalo.pusher.release(backwards=True)
    await lan.hears_more(before)
    await zalo.settles()

    [number] = await queue(house, lan, "một")
    await until(house, number, "sent", "delivered")
    assert (await address(house, lan)).reachable


# What a human must mend


async def test_dead_tokens_lose_nothing_and_are_told_and_new_ones_bring_all(place: Place) -> None:
    house, zalo, lan = place
    zalo.world.tokens.revoke()
    [number] = await queue(house, lan, "một")
    async with asyncio.timeout(10):
        while "zalo_oa: needs_reauth" not in (found := await reasons(house)):  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.1)
    calls = len(zalo.calls)
    lan.says("/menu")
    await zalo.settles()
    await asyncio.sleep(2)

    assert all(reason.startswith("zalo_oa") for reason in found)
    assert len(zalo.calls) == calls  # without tokens nobody is asked
    pair, now = zalo.world.tokens.issue(), house.clock.now()
    master = house.service.opened.office.master
    await house.database.write(
        lambda unit: tokens.give(
            unit, Vault(unit, master), "zalo_oa", pair.access, pair.refresh, now, expires_at=now + ACCESS_LIFE
        )
    )
    house.clock.move(seconds=2)
    await until(house, number, "sent", "delivered", within_s=30)
    await lan.hears("Ông/bà cần việc gì?")
    assert await reasons(house) == []


async def test_a_refused_account_is_asked_seldom_and_goes_on_when_it_is_in_order(place: Place) -> None:
    house, zalo, lan = place
    zalo.world.account.standing = -224
    [number] = await queue(house, lan, "một")
    async with asyncio.timeout(20):
        while await reasons(house) != ["zalo_oa_account_refused"]:
            house.clock.move(seconds=1)
            await asyncio.sleep(0.2)
    calls = len(zalo.calls)
    await asyncio.sleep(5)
    assert len(zalo.calls) <= calls + 1
    zalo.world.account.standing = 0
    house.clock.move(seconds=2)

    await until(house, number, "sent", "delivered", within_s=30)
    assert await reasons(house) == []

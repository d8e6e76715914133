"""The account's ways out: what each refusal costs, what is told of messages, and what a human must mend."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from fakes.faults import Fault
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.tokens import ACCESS_LIFE
from fakes.zalo_oa.user import ZaloUser
from storage.queries.outgoing import tokens
from storage.tables import Address, OutboxRow
from storage.vault import Vault
from tests.bot.test_telegram_ways import reasons
from tests.kit import waiting
from tests.kit.asked import asked_again
from tests.kit.house import House
from tests.kit.telegram_house import eventually
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


async def until_sent(zalo: FakeZaloOa, user: ZaloUser, count: int) -> None:
    """Wait until so many calls were made to write to her."""
    await waiting.until(f"{count} calls were made", lambda: sends(zalo, user), lambda found: found >= count)


async def failed(house: House, number: int, times: int) -> None:
    """Wait until it is noted that a message failed so often."""
    query = select(OutboxRow.id).where(col(OutboxRow.id) == number, col(OutboxRow.attempt) == times)
    await eventually(house, f"it failed {times} times", lambda unit: unit.scalar(query))


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
    await until_sent(zalo, lan, before + 1)
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

    for count in range(1, 4):
        await failed(house, number, count)
        house.clock.move(seconds=6)
        house.service.platforms[0].sender.wake()
    row = await until(house, number, "failed")

    assert (row.reason, sends(zalo, lan)) == ("send_failed", before + 4)


@pytest.mark.parametrize(("kind", "copy_after_s"), [("notice", 120), ("question", 10), ("link", None)])
async def test_of_what_zalo_answered_with_503_one_copy_goes_out_where_twice_is_better_than_never(
    place: Place, kind: str, copy_after_s: int | None
) -> None:
    house, zalo, lan = place
    zalo.faults.add(Fault("503", status=503, body="<html>Service Unavailable</html>", kind="text/html"), user=lan.id)
    before = sends(zalo, lan)

    [number] = await queue(house, lan, "một", kind=kind)
    row = await until(house, number, "unknown")
    copy = await house.database.read(
        lambda unit: unit.scalars(select(OutboxRow).where(col(OutboxRow.copy_of) == number)).first()
    )
    house.clock.move(seconds=copy_after_s or 3600)
    [later] = await queue(house, lan, "hai")
    await until(house, later, "sent", "delivered")
    await house.rests()

    assert (row.reason, row.attempt) == ("http_503", 0)
    assert (copy and copy.not_before - row.changed_at) == (copy_after_s and timedelta(seconds=copy_after_s))
    assert (await until(house, number, "unknown")).reason == "http_503"
    assert sends(zalo, lan) == before + 2 + (copy_after_s is not None)
    assert sum(one.text == "một" for one in lan.heard) == (copy_after_s is not None)


async def test_too_many_calls_pause_the_account_to_the_next_minute_and_nothing_is_shown_twice(place: Place) -> None:
    house, zalo, lan = place
    mai = zalo.user("Mai")
    await knows(house, mai)
    house.clock.move(seconds=58)
    zalo.faults.add(faults.code(-32), user=lan.id)
    [number] = await queue(house, lan, "một")
    await waiting.until("the fault is met", lambda: zalo.faults.left == 0)
    await until(house, number, "queued")
    calls = len(zalo.calls)
    [other] = await queue(house, mai, "hai")
    await asked_again("min(outbox.id)")
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
    found = await waiting.until(
        "tokens are needed", lambda: reasons(house), lambda found: "zalo_oa: needs_reauth" in found
    )
    calls = len(zalo.calls)
    lan.says("/menu")
    await zalo.settles()
    await asked_again("FROM channel_token")

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
    await until(house, number, "sent", "delivered")
    await lan.hears("Ông/bà cần việc gì?")
    assert await reasons(house) == []


async def test_a_refused_account_is_asked_seldom_and_goes_on_when_it_is_in_order(place: Place) -> None:
    house, zalo, lan = place
    zalo.world.account.standing = -224
    [number] = await queue(house, lan, "một")

    async def goes_on() -> list[str]:
        house.clock.move(seconds=1)
        return await reasons(house)

    await waiting.until(
        "the account is refused", goes_on, lambda found: found == ["zalo_oa_account_refused"], pauses=waiting.SLOWLY
    )
    calls = len(zalo.calls)
    await asked_again("UPDATE lease")
    assert len(zalo.calls) <= calls + 1
    zalo.world.account.standing = 0
    house.clock.move(seconds=2)

    await until(house, number, "sent", "delivered")
    assert await reasons(house) == []

"""What comes in from Telegram is kept once, for the one person who wrote it, and answered where it should be."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from fakes.telegram.server import FakeTelegram
from fakes.wire import Json
from storage.database import Unit
from storage.tables import Address, DeadLetter, InboxRow, OutboxRow, Person
from storage.vault import Vault
from tests.kit.house import House
from tests.kit.telegram_house import SECRET, answered, counted, eventually, greeted, knock, said, telegram_house
from tests.kit.waiting import until

Place = tuple[House, FakeTelegram]
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
async def place(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    """The service by webhook."""
    async with telegram_house(tmp_path, database_url=database_url) as place:
        yield place


async def brings(house: House, *updates: Json) -> list[int]:
    """Bring all of them at once; returns the statuses."""
    answers = await asyncio.gather(*(knock(house, json.dumps(update).encode(), SECRET) for update in updates))
    return [answer.status for answer in answers]


async def test_the_same_update_fifty_times_at_once_has_one_effect(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan", id=77)
    lan.chat.status = "open"

    statuses = await brings(house, *[said("/start", 1)] * 50)
    while set(statuses) != {200}:  # Telegram brings again what was answered by 503
        assert set(statuses) <= {200, 503}
        statuses = await brings(house, said("/start", 1))
    await lan.hears_more(0)
    await brings(house, said("/start", 1))

    assert [await counted(house, table) for table in (InboxRow, Person, DeadLetter)] == [1, 1, 0]
    assert await counted(house, OutboxRow) == len(lan.heard) == 1


async def test_many_first_messages_of_one_person_at_once_are_all_kept_for_one_person(place: Place) -> None:
    house, _ = place

    updates = [said(f"tin {number}", number) for number in range(1, 21)]
    statuses = await brings(house, *updates)
    while set(statuses) != {200}:
        assert set(statuses) <= {200, 503}
        statuses = await brings(house, *updates)

    assert [await counted(house, table) for table in (InboxRow, Person, DeadLetter)] == [20, 1, 0]


async def test_a_message_older_than_a_week_is_kept_and_not_answered(place: Place) -> None:
    house, _ = place
    now = int(house.clock.now().timestamp())
    week = 7 * 24 * 3600

    statuses = await brings(house, said("cũ", 1, date=now - week - 1))
    old = await house.database.read(lambda unit: [row.state for row in unit.scalars(select(InboxRow))])
    await brings(house, said("mới", 2, date=now - week))

    assert (statuses, old) == ([200], ["done"])
    causes = await eventually(house, "one is answered", lambda unit: set(unit.scalars(select(OutboxRow.cause))))
    assert causes == {"inbox:2"}


@ON_SQLITE
async def test_a_real_channel_takes_nothing_until_somebody_is_responsible(tmp_path: Path, database_url: str) -> None:
    async with telegram_house(
        tmp_path, database_url=database_url, owner=False, TELEGRAM_API_BASE="https://telegram.invalid",
        PUBLIC_URL="https://chungtay.invalid",
    ) as (house, _):  # fmt: skip
        before = await knock(house, json.dumps(said("/start", 1)).encode(), SECRET)
        kept = await counted(house, InboxRow)
        await house.set_owner()
        after = await brings(house, said("/start", 1))

        assert (before.status, before.headers["Retry-After"], kept, after) == (503, "60", 0, [200])


@ON_SQLITE
async def test_in_a_group_there_is_only_the_way_to_write_alone(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    group = lan.makes_group("Tổ 7", id=-1001234567890)

    lan.says_in(group, "/dangky Nguyễn Thị Lan 0905123456")
    await until("the group is answered", lambda: any(not message.mine for message in group.messages))
    await brings(house, {"update_id": 9, "message": {"message_id": 9, "chat": group.about, "text": "Họp tổ nhé"}})

    told = [message.text for message in group.messages if not message.mine]
    assert len(told) == 1
    assert "https://t.me/chungtay_mau_bot" in told[0]
    assert await counted(house, InboxRow) == 1
    master = house.service.opened.office.master

    def body(unit: Unit) -> object:
        row = unit.scalars(select(InboxRow)).one()
        return Vault(unit, master).open(f"day:{row.day}", f"inbox.body:telegram/{row.update_id}", row.body or b"")

    assert await house.database.read(body) == {}


@ON_SQLITE
async def test_who_blocks_us_is_not_reached_and_who_comes_back_is(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    lan.blocks()
    await reaches(house, "telegram", reachable=False)
    lan.unblocks()
    await reaches(house, "telegram", reachable=True)

    assert await counted(house, InboxRow) == 2


async def reaches(house: House, channel: str, *, reachable: bool) -> None:
    """Wait until the one address of a channel can be reached, or can't."""
    query = select(Address.id).where(col(Address.channel) == channel, col(Address.reachable).is_(reachable))
    await eventually(house, f"{channel} reaches her: {reachable}", lambda unit: unit.scalar(query))


@ON_SQLITE
async def test_who_blocks_us_without_ever_writing_is_nobody(place: Place) -> None:
    house, telegram = place
    stranger = telegram.user("Ai đó")
    stranger.blocks()
    lan = telegram.user("Lan")
    await greeted(lan)

    assert await counted(house, Person) == 1


@ON_SQLITE
async def test_changed_words_answer_the_open_question_and_nothing_else(place: Place) -> None:
    _, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    first = await answered(lan, "zzz qqq")
    before = len(lan.heard)
    lan.edits("/trogiup")
    [answer, *_] = await lan.hears_more(before)
    before = len(lan.heard)
    lan.edits("/menu")
    [late, *_] = await lan.hears_more(before)

    assert "chưa hiểu" in first
    assert "chưa hiểu" not in answer.text
    assert "trước khi ông/bà sửa" in late.text


@ON_SQLITE
async def test_every_press_is_told_that_it_was_heard(place: Place) -> None:
    _, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)
    menu, before = lan.heard[-1], len(lan.heard)

    lan.presses(menu.buttons[0], on=menu)
    lan.presses(menu.buttons[0], on=menu)
    await lan.hears_more(before)
    await until(
        "all presses are answered",
        lambda: sum(call.method == "answerCallbackQuery" and call.accepted for call in telegram.calls),
        lambda count: count >= 3,
    )

"""A channel that is added as the README says works like the others: a folder, its wiring, one line of the registry."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from bot.channels.contract import NotSent, Unclear
from bot.channels.registry import CHANNELS, ChannelEntry
from bot.receiving import intake
from storage.queries.incoming import inbox
from storage.tables import InboxRow, OutboxRow
from tests.kit.house import House, open_house
from tests.kit.pigeon.channel import Sky
from tests.kit.pigeon.platform import PigeonPlatform
from tests.kit.waiting import until

PIGEON = ChannelEntry(
    name="pigeon", abroad=True, is_on=lambda settings: True, platform="tests.kit.pigeon.platform:PigeonPlatform",
    read_again="tests.kit.pigeon.updates:read_again",
)  # fmt: skip


@asynccontextmanager
async def pigeon_house(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Sky]]:
    """Serve until left."""
    async with open_house(folder, database_url=database_url, channels=(*CHANNELS, PIGEON)) as house:
        [platform] = house.service.platforms
        assert isinstance(platform, PigeonPlatform)
        yield house, platform.channel.sky


async def counted(house: House, table: type) -> int:
    return await house.database.read(lambda unit: unit.scalar(select(func.count()).select_from(table)) or 0)


async def becomes(house: House, *so: ColumnElement[bool]) -> None:
    """Wait until there is such a row in the outbox. Raises NeverCame."""
    found = select(func.count()).select_from(OutboxRow).where(*so)
    await until("there is such a message", lambda: house.database.read(lambda unit: unit.scalar(found)))


async def test_what_comes_by_it_is_answered_there_in_order(tmp_path: Path, database_url: str) -> None:
    async with pigeon_house(tmp_path, database_url) as (_, sky):
        await sky.says("Lan", "/start")
        await sky.hears("Lan", 1)
        await sky.says("Lan", "1")
        language, welcome, menu = await sky.hears("Lan", 3)

    assert "1. Tiếng Việt" in language
    assert welcome.startswith("Chào ông/bà.")
    assert "Ông/bà cần việc gì?" in menu
    assert {to for to, _ in sky.brought} == {"Lan"}


async def test_what_comes_twice_has_one_effect(tmp_path: Path, database_url: str) -> None:
    async with pigeon_house(tmp_path, database_url) as (house, sky):
        await sky.says("Lan", "/start", times=3)
        await sky.says("Mai", "/start")
        await sky.hears("Mai", 1)
        once = await sky.hears("Lan", 1)

        assert await counted(house, InboxRow) == 2
        assert sky.waiting == []

    assert len(once) == sum(to == "Mai" for to, _ in sky.brought)


async def test_what_surely_was_not_sent_is_sent_again_and_nothing_overtakes_it(
    tmp_path: Path, database_url: str
) -> None:
    async with pigeon_house(tmp_path, database_url) as (house, sky):
        await sky.says("Mai", "/start")
        whole = await sky.hears("Mai", 1)
        sky.fails.append(NotSent("storm"))
        await sky.says("Lan", "/start")
        await becomes(house, col(OutboxRow.attempt) == 1)
        house.clock.move(minutes=2)
        heard = await sky.hears("Lan", 1)
        await becomes(house, col(OutboxRow.attempt) == 1, col(OutboxRow.state) == "sent")

    assert heard == whole


async def test_what_nobody_knows_of_is_never_called_sent(tmp_path: Path, database_url: str) -> None:
    async with pigeon_house(tmp_path, database_url) as (house, sky):
        sky.fails.append(Unclear("fog"))
        await sky.says("Lan", "/start")
        await becomes(house, col(OutboxRow.state) == "unknown")
        house.clock.move(minutes=2)
        copies = await sky.hears("Lan", 1)
        await becomes(house, col(OutboxRow.state) == "sent", col(OutboxRow.copy_of).is_not(None))

    assert len(copies) == 1


async def test_what_nobody_can_read_is_set_aside_and_can_be_read_again(tmp_path: Path, database_url: str) -> None:
    async with pigeon_house(tmp_path, database_url) as (house, sky):
        await sky.lets_fly(b"no slip", b'{"number": 7}')
        await sky.says("Lan", "/start")
        await sky.hears("Lan", 1)
        letters = await house.database.read(inbox.dead_letters)
        office = house.service.opened.office
        replayed = await house.database.write(
            lambda unit: [intake.replay(unit, office, house.clock, number) for number, *_ in letters]
        )

    assert sorted(reason for _, _, reason, *_ in letters) == ["no JSON", "slip"]
    assert replayed == [False, False]


async def test_nothing_private_goes_through_it_if_its_line_says_that_it_is_abroad(
    tmp_path: Path, database_url: str
) -> None:
    async with pigeon_house(tmp_path, database_url) as (house, _):
        assert house.service.opened.office.abroad == {"telegram", "pigeon"}

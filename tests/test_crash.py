"""The real process killed, ended and asked twice: what was taken in is kept, and every effect happens once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.kit.process import Process, serving
from tests.kit.resident import Resident
from tests.kit.visitor import Line, Visitor
from tests.kit.waiting import comes
from tests.trial.crash import crash
from tests.trial.leaving import leave


@pytest.mark.parametrize("engine_name", [pytest.param("sqlite", marks=pytest.mark.trial), "postgresql"])
async def test_residents_end_with_what_they_answered_though_the_service_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    await crash(database_url, tmp_path, residents=20, kills=3, seed=1, within_s=300)


@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.trial)])
async def test_a_service_asked_to_end_ends_well_and_has_lost_nothing(database_url: str, tmp_path: Path) -> None:
    await leave(database_url, tmp_path, residents=6, times=2, within_s=300)


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """One serving process."""
    async with serving(database_url, tmp_path) as process:
        yield process


@pytest.fixture
async def urls(service: Process, engine_name: str) -> AsyncIterator[tuple[str, ...]]:
    """Where it is reached: on PostgreSQL by two processes."""
    async with AsyncExitStack() as stack:
        processes = [service]
        if engine_name == "postgresql":
            second = service.beside()
            stack.push_async_callback(second.close)
            await second.start()
            processes.append(second)
        yield tuple(process.url for process in processes)


async def at_once(visitor: Visitor, *bodies: dict[str, str]) -> list[str]:
    """Hand in several messages at the same moment; returns their lines."""
    return await asyncio.gather(*(visitor.send(**body) for body in bodies))


async def until_all_is_answered(visitor: Visitor) -> list[Line]:
    """Ask for help, which comes after all that was written before; returns the whole chat."""
    last = await visitor.send(text="/trogiup")
    await visitor.hear(last, ["Ở đây ông/bà có thể"])
    return await visitor.lines()


async def to_review(visitor: Visitor) -> Line:
    """Answer everything, and return the review."""
    await visitor.arrive()
    for text in ("/dangky", "1", "1", "1 4", "Phường Hòa Khánh", "tổ 3", "Nguyễn Thị Lan", "1954", "0905 123 456", "1"):
        after = await visitor.send(text=text)
        await visitor.hear(after, [""])
    after = await visitor.send(text="3")
    return await visitor.hear(after, ["Gửi yêu cầu"])


async def test_fifty_of_the_same_first_message_at_once_are_one(urls: tuple[str, ...]) -> None:
    async with Visitor(*urls) as visitor:
        await visitor.arrive()
        kept = await at_once(visitor, *[{"text": "/start", "id": "the-same"}] * 50)
        await visitor.hear(kept[0], ["Hello"])

        lines = await visitor.lines()

    assert len(set(kept)) == 1, kept
    assert [line.sender for line in lines] == ["you", "us"], lines


async def test_the_same_press_again_has_one_effect(urls: tuple[str, ...]) -> None:
    async with Visitor(*urls) as visitor:
        await visitor.arrive()
        asked = await visitor.hear(await visitor.send(text="/start"), [""])
        vietnamese = asked.options[0][1]
        kept = await at_once(visitor, *({"press": vietnamese, "id": f"press-{n}"} for n in range(2)))

        # Either may be answered before the other is taken in.
        lines = await until_all_is_answered(visitor)

    assert len(set(kept)) == 2, kept
    assert [line.text for line in lines if line.sender == "us"].count(asked.text) == 1, lines
    assert sum("Chào ông/bà. Đây là kênh" in line.text for line in lines) == 1, lines


async def test_a_review_sent_five_times_at_once_opens_one_case(service: Process, urls: tuple[str, ...]) -> None:
    async with Visitor(*urls) as visitor:
        review = await to_review(visitor)
        [send] = [press for label, press in review.options if label == "Gửi yêu cầu"]
        kept = await at_once(visitor, *({"press": send, "id": f"send-{n}"} for n in range(5)))

        lines = await until_all_is_answered(visitor)

    assert len(set(kept)) == 5, kept
    assert sum("Đã nhận yêu cầu" in line.text for line in lines) == 1, lines
    cases = await asyncio.to_thread(service.cases)
    assert [case["name"] for case in cases.values()] == ["Nguyễn Thị Lan"]


async def test_two_residents_are_answered_by_two_processes_as_by_one(service: Process, urls: tuple[str, ...]) -> None:
    async with Visitor(*urls) as one, Visitor(*urls) as other:
        residents = [Resident(one, 71), Resident(other, 72)]
        await comes("both are registered", asyncio.gather(*(resident.register() for resident in residents)))

        quarrels = [resident.quarrel(await resident.visitor.lines()) for resident in residents]

    assert quarrels == ["", ""]
    cases = await asyncio.to_thread(service.cases)
    assert cases == {resident.code: resident.expected() for resident in residents}

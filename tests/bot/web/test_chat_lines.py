"""Reading the web chat: pages of lines after an id, and the stream of them, cut and taken up again."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.kit.house import House, Visitor, visit
from tests.kit.waiting import until


@pytest.fixture
async def lan(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as lan:
        yield lan


async def says_much(lan: Visitor, count: int) -> None:
    for number in range(count):
        assert (await lan.posts({"text": f"line {number}"})).status == 202
    async with lan.follows() as stream:
        for _ in range(2 * count):
            await stream.line()


async def test_lines_are_read_from_the_beginning_or_after_an_id(lan: Visitor) -> None:
    await lan.says("/start", "1")
    lines = await lan.reads()
    numbers = [int(str(line["id"])) for line in lines]

    assert numbers == sorted(set(numbers))
    assert (await lan.gets("/chat/messages")).json["messages"] == lines
    assert await lan.reads(str(numbers[0])) == lines[1:]
    assert await lan.reads(str(numbers[-1])) == []


@pytest.mark.parametrize("after", ["9999", "-1", "x", "1.5", "²", "9" * 13, "9" * 400, "%00", "1;2"])
async def test_an_id_that_is_not_of_this_chat_is_refused(lan: Visitor, after: str) -> None:
    await lan.says("/start")

    for path in ("messages", "stream"):
        refused = await lan.gets(f"/chat/{path}?after={after}")
        assert (refused.status, refused.json) == (400, {"error": "after: not an id of this chat"})


async def test_a_visitor_without_a_chat_reads_nothing_and_has_no_ids(lan: Visitor) -> None:
    await lan.gets("/chat")

    assert (await lan.gets("/chat/messages?after=0")).json == {"messages": [], "more": False}
    assert (await lan.gets("/chat/messages?after=1")).status == 400


async def test_more_than_a_hundred_lines_come_in_pages(lan: Visitor) -> None:
    await says_much(lan, 55)
    found: list[object] = []
    more, after = True, "0"
    while more:
        page = (await lan.gets(f"/chat/messages?after={after}")).json
        messages = page["messages"]
        assert isinstance(messages, list)
        assert len(messages) <= 100
        found += [line["id"] for line in messages]
        more, after = bool(page["more"]), str(found[-1])

    assert len(found) > 100
    assert found == [str(number) for number in range(1, len(found) + 1)]


async def test_a_line_has_the_shape_of_the_contract(lan: Visitor) -> None:
    await lan.posts({"text": "/start", "id": "mine"})
    await lan.hears_after("1")
    you, us = await lan.reads()

    assert you.keys() == {"id", "from", "text", "options", "at", "client"}
    assert us.keys() == {"id", "from", "text", "options", "at"}
    assert (you["from"], us["from"], you["client"], you["options"]) == ("you", "us", "mine", [])
    assert [option.keys() for option in us["options"]] == [{"label", "press"}] * 2  # type: ignore[attr-defined]  # a list


async def test_events_carry_the_lines_and_their_ids(lan: Visitor) -> None:
    await lan.says("/start", "1")
    lines = await lan.reads()

    async with lan.follows() as stream:
        for line in lines:
            assert await stream.line() == line
            assert stream.last == line["id"]


async def test_a_stream_goes_on_after_the_last_event_it_brought(lan: Visitor) -> None:
    await lan.says("/start")
    async with lan.follows() as stream:
        await stream.line()
    await lan.says("1")

    async with lan.follows("?after=now", Last_Event_ID=stream.last) as stream:
        lines = await lan.reads()
        assert [await stream.line() for _ in lines[1:]] == lines[1:]


async def test_a_stream_from_now_brings_only_what_is_new(lan: Visitor) -> None:
    await lan.says("/start")
    before = len(await lan.reads())

    async with lan.follows("?after=now") as stream:
        await lan.posts({"text": "1"})
        line = await stream.line()

    assert (line["text"], line["id"]) == ("1", str(before + 1))


async def test_a_stream_that_is_cut_again_and_again_loses_and_repeats_nothing(lan: Visitor) -> None:
    seen: list[str] = []
    await lan.says("/start")
    for number in range(8):
        async with lan.follows(**({"Last_Event_ID": seen[-1]} if seen else {})) as stream:
            await lan.posts({"text": f"line {number}"})
            await stream.line()
            seen.append(stream.last)
    await lan.says("the last")
    lines = await lan.reads()

    async with lan.follows(Last_Event_ID=seen[-1]) as stream:
        while seen[-1] != lines[-1]["id"]:
            await stream.line()
            seen.append(stream.last)

    assert seen == [line["id"] for line in lines]


async def test_two_tabs_are_brought_the_same(lan: Visitor) -> None:
    await lan.gets("/chat")
    async with lan.follows() as one, lan.follows() as other:
        await lan.says("/start", "1")
        lines = await lan.reads()

        assert [await one.line() for _ in lines] == [await other.line() for _ in lines] == lines


async def test_a_stream_opened_before_her_first_message_wakes_with_it(lan: Visitor) -> None:
    await lan.gets("/chat")
    async with lan.follows("?after=now") as stream:
        assert await stream.block() == "retry: 2000\n\n"
        await lan.posts({"text": "/start"})

        # No heartbeat between them: it was woken, and did not look by chance.
        blocks = [await stream.block() for _ in range(2)]

    assert [json.loads(block.partition("data: ")[2])["from"] for block in blocks] == ["you", "us"]


async def test_a_strangers_stream_stays_silent(house: House, lan: Visitor) -> None:
    async with visit(house) as thief:
        await thief.gets("/chat")
        async with thief.follows("?after=now") as stream:
            await lan.says("/start", "1")
            await thief.posts({"text": "của tôi"})

            assert (await stream.line())["text"] == "của tôi"


async def test_a_stream_goes_on_over_an_erasure(lan: Visitor) -> None:
    await lan.says("/start", "1", "/riengtu")
    async with lan.follows("?after=now") as stream:
        await lan.presses("Xóa hết", "Xóa hết")
        line = await until("a fresh line comes", stream.line, lambda line: "fresh" in line)

    assert await lan.reads() == [line]


@pytest.mark.trial
async def test_a_quiet_stream_beats(lan: Visitor) -> None:
    await lan.says("/start")
    async with lan.follows("?after=now") as stream:
        await stream.block()

        beat = await stream.block()
    assert beat == ": still here\n\n"

"""No visitor and no network takes it all: streams, connections, new persons and photos have an end, and a reserve.

Attacks: a thousand streams without a cookie, one browser with a hundred tabs, a network that opens connections until
none is left, somebody who sends photos that are slow to draw while another waits for hers.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.web import caller, errors, server
from bot.web.chat.chat import ChatRoutes
from bot.web.crowd import HERE, ConcurrencyLimit, Crowd, Full, Pace, Queues, Quota
from bot.web.pages import Pages
from bot.web.wire import SentFields
from handlers.desk import Actor, Desk
from handlers.desk.messages import waiting_bytes
from storage.database import Unit
from storage.queries.incoming import chats
from tests.kit.house import House, open_house, visit
from tests.kit.town import Town
from tests.kit.waiting import comes, until

ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
PHOTO_BYTES = 300
HALF_A_PHOTO = (
    b"POST /chat/messages HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\nContent-Length: 1000000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
)


@asynccontextmanager
async def chat_beside(house: House, crowd: Crowd) -> AsyncIterator[str]:
    """The same web chat on a port of its own, with caps of ours; yields its origin."""
    service, opened = house.service, house.service.opened
    site = Pages(opened.office.texts.sentence, demo=False)
    app = web.Application()
    app[caller.PROXIES] = opened.settings.trusted_proxy
    errors.guard(app, page=lambda status, _: str(status), headers={}, away=())
    ChatRoutes(
        opened.database, opened.office, house.clock, service.inbox, service.lines, site, crowd, secure=False,
        origins=opened.settings.own_origins,
    ).add_to(app)  # fmt: skip
    listener = await server.start(app, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.port}"
    finally:
        await listener.stop(1)


def caps(**given: object) -> Crowd:
    crowd = Crowd(ConcurrencyLimit(a_visitor=2, a_network=3, in_all=5))
    for name, value in given.items():
        setattr(crowd, name, value)
    return crowd


# Streams


async def test_a_thousand_streams_without_a_cookie_are_refused_and_all_else_is_answered(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as web_:

        async def asks() -> int:
            async with web_.get(f"{house.origin}/chat/stream") as answer:
                return answer.status

        statuses = await asyncio.gather(*(asks() for _ in range(1_010)))
        async with visit(house) as lan:
            taken = await lan.posts({"text": "/start"})

        assert set(statuses) == {403}
        assert taken.status == 202


async def opens(web_: aiohttp.ClientSession, origin: str, stack: AsyncExitStack, **headers: str) -> int:
    answer = await stack.enter_async_context(web_.get(f"{origin}/chat/stream", headers=headers))
    return answer.status


async def test_a_visitor_and_a_network_have_so_many_streams_and_a_closed_one_makes_room(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps()) as origin, AsyncExitStack() as tabs:
        browsers = [await tabs.enter_async_context(aiohttp.ClientSession(cookie_jar=_jar())) for _ in range(3)]
        for browser in browsers:
            await browser.get(f"{origin}/chat")

        first = [await opens(browsers[0], origin, tabs, **ELSEWHERE) for _ in range(3)]
        async with AsyncExitStack() as closing:
            others = [await opens(browser, origin, closing, **ELSEWHERE) for browser in browsers[1:]]
        again = await until(
            "a closed stream has made room",
            lambda: _opens_and_closes(browsers[1], origin),
            lambda status: status == 200,
        )

        assert first == [200, 200, 429]
        assert others == [200, 429]
        assert again == 200


async def _opens_and_closes(browser: aiohttp.ClientSession, origin: str) -> int:
    async with browser.get(f"{origin}/chat/stream", headers=ELSEWHERE) as answer:
        return answer.status


def _jar() -> aiohttp.CookieJar:
    return aiohttp.CookieJar(unsafe=True)


async def test_a_stream_ends_by_itself_and_nothing_is_lost_between_two(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps(stream_s=0.3)) as origin:
        async with aiohttp.ClientSession(cookie_jar=_jar()) as lan:
            await lan.get(f"{origin}/chat")
            async with lan.get(f"{origin}/chat/stream") as answer:
                whole = await comes("the stream ends", answer.read())

        assert answer.status == 200
        assert whole.startswith(b"retry: ")


# Connections


async def test_when_connections_are_too_many_what_is_reserved_is_still_answered() -> None:
    app = web.Application()
    for path in ("/", "/health/live"):
        app.router.add_get(path, _fine)
    listener = await server.start(app, "127.0.0.1", 0, files=server.OWN_FILES + 80)
    origin = f"http://127.0.0.1:{listener.port}"
    idle = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(60)]
    async with aiohttp.ClientSession() as web_:
        async with web_.get(origin) as page, web_.get(f"{origin}/health/live") as live:
            statuses = page.status, live.status
        for _, writer in idle:
            writer.close()

        async def asks() -> int:
            async with web_.get(origin) as answer:
                return answer.status

        later = await until("there is room again", asks, lambda status: status == 200)
    await listener.stop(1)

    assert statuses == (503, 200)
    assert later == 200


async def test_above_all_there_may_be_a_connection_is_closed_at_once() -> None:
    listener = await server.start(web.Application(), "127.0.0.1", 0, files=server.OWN_FILES + 8)
    lines = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(9)]

    async def is_closed(line: asyncio.StreamReader) -> bool:
        try:
            return await line.read(1) == b""
        except ConnectionError:
            return True

    assert await comes("the last one is closed", is_closed(lines[-1][0]))
    assert not any(reader.at_eof() for reader, _ in lines[:-1])
    for _, writer in lines:
        writer.close()
    await listener.stop(0)


async def _fine(_: web.Request) -> web.Response:
    return web.Response()


def test_as_many_files_as_may_be_are_open() -> None:
    assert server.descriptors() == server.descriptors() >= 256


# Queues


async def test_a_network_s_messages_wait_for_each_other_and_no_other_s_do() -> None:
    queues = Queues(at_once=1, longest_s=0.01)
    async with queues.turn("a"):
        with pytest.raises(Full, match="network"):
            async with queues.turn("a"):
                pass
        async with queues.turn("b"), queues.turn(HERE), queues.turn(HERE):
            pass
    async with queues.turn("a"):
        pass


# Refusals


async def test_the_first_refusals_of_a_network_are_told_at_once() -> None:
    pace = Pace(first=3, longest_s=0.0, clock=lambda: 1000.0)

    assert [await pace.turn("a") for _ in range(4)] == [True, True, True, False]


async def test_a_network_is_refused_at_a_pace_and_no_other_waits() -> None:
    pace = Pace(first=2, a_second=100.0, longest_s=0.015)

    told = [await pace.turn("a"), await pace.turn("a")]
    told += await asyncio.gather(*(pace.turn("a") for _ in range(4)))

    assert told[:2] == [True, True]
    assert told[-1] is False
    assert await pace.turn("b")
    assert [await pace.turn(HERE) for _ in range(100)] == [True] * 100


async def test_who_only_asks_for_what_is_refused_is_cut_off_and_others_are_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps()) as origin:
        here = [await refused(origin, {}) for _ in range(40)]
        many = await asyncio.gather(*(refused(origin, ELSEWHERE) for _ in range(80)))
        other = await refused(origin, {"X-Forwarded-For": "198.51.100.7"})

    assert (here, other) == ([403] * 40, 403)
    assert {403, 0} == set(many)
    assert many.count(403) < 40


async def refused(origin: str, headers: Mapping[str, str]) -> int:
    """Ask for a stream without a cookie; the status, or 0 where the line was cut."""
    async with aiohttp.ClientSession(headers=headers) as web_:
        try:
            async with web_.get(f"{origin}/chat/stream") as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0


# Quotas


def test_a_quota_is_of_one_network_and_comes_back() -> None:
    now = [0.0]
    quota = Quota(most=3, window_s=60, clock=lambda: now[0])

    quota.take("a", 3)
    with pytest.raises(Full, match="network") as full:
        quota.take("a")
    quota.take("b")
    quota.take(HERE, 1_000)
    now[0] = 61.0
    quota.take("a")

    assert full.value.retry_after_s == 60


def test_what_is_too_much_uses_nothing_up() -> None:
    quota = Quota(most=3)
    quota.take("a village's", 2)

    with pytest.raises(Full):
        quota.take("a village's", 2)

    quota.take("a village's")


def test_no_network_is_forgotten_by_being_busy() -> None:
    quota = Quota(most=2)
    quota.take("the attacker's")
    for number in range(30_000):
        quota.take(f"10.{number}")
        if number % 1_000 == 0:
            with pytest.raises(Full):
                quota.take("the attacker's", 2)

    assert len(quota._taken) <= 20_000


@pytest.mark.parametrize("persons", [0, 1])
async def test_new_persons_of_a_network_have_an_end_and_known_ones_go_on(tmp_path: Path, persons: int) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps(persons=Quota(most=persons))) as origin:

        async def says(browser: aiohttp.ClientSession, **headers: str) -> tuple[int, bool]:
            body = {"text": "/start"}
            async with browser.post(f"{origin}/chat/messages", json=body, headers=headers) as answer:
                return answer.status, "Retry-After" in answer.headers

        async with aiohttp.ClientSession(cookie_jar=_jar()) as lan, aiohttp.ClientSession(cookie_jar=_jar()) as mai:
            first = await says(lan, **ELSEWHERE)
            again = await says(lan, **ELSEWHERE)
            new = await says(mai, **ELSEWHERE)
            from_here = await says(mai)

        assert first == again == ((202, False) if persons else (429, True))
        assert new == (429, True)
        assert from_here == (202, False)


# Photos


def _photo(desk: Desk, raw: bytes = b"raw") -> str:
    return desk.files.keep(raw)


async def test_nobody_s_second_photo_goes_before_another_s_first(town: Town) -> None:
    mallory, lan = town.citizen("Mallory"), town.citizen("Lan")
    await mallory.says("/start")
    await lan.says("/start")
    for _ in range(5):
        await mallory.at_desk(_photo)
    hers = await lan.at_desk(_photo)

    order = []
    for _ in range(2):
        found = await town.at_desk(Actor("clock"), lambda desk: desk.files.next_raw())
        assert found is not None
        order.append(found[0])
        which = found[0]
        await town.at_desk(Actor("clock"), lambda desk: desk.files.refuse(which, "broken"))  # noqa: B023  # done at once

    assert order[1] == hers


async def test_one_network_s_photos_do_not_hold_up_another_s(town: Town) -> None:
    for number in range(5):
        await sends_from(town, f"somebody new {number}", "the attacker's")
    for _ in range(2):
        found = await town.at_desk(Actor("clock"), lambda desk: desk.files.next_raw())
        assert found is not None
        which = found[0]
        await town.at_desk(Actor("clock"), lambda desk: desk.files.refuse(which, "broken"))  # noqa: B023  # done at once
    hers = await sends_from(town, "Lan", "hers")

    found = await town.at_desk(Actor("clock"), lambda desk: desk.files.next_raw())

    assert found is not None
    assert found[0] == hers


async def sends_from(town: Town, name: str, network: str) -> str:
    """Somebody sends a photo from a network; returns its id."""
    await town.citizen(name).says("/start")

    def keep(unit: Unit) -> str:
        chat = chats.find(unit, "webchat", name.encode())
        assert chat is not None
        actor = Actor("person", chat.person_id)
        return town.office.desk(unit, actor, "test", town.clock, chat, network=network).files.keep(b"raw")

    return await town.database.write(keep)


async def test_while_much_waits_only_a_network_of_which_none_does_is_let_in(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps(waiting_bytes=PHOTO_BYTES - 1)) as origin:
        networks = ["203.0.113.7", "203.0.113.8", "198.51.100.7", "192.0.2.7"]
        statuses = [await sends_photo(origin, address) for address in networks]

    assert statuses == [202, 503, 202, 503]


async def sends_photo(origin: str, address: str) -> int:
    form = aiohttp.FormData()
    form.add_field("photo", b"\xff\xd8\xff".ljust(PHOTO_BYTES), filename="a.jpg")
    headers = {"X-Forwarded-For": address}
    async with (
        aiohttp.ClientSession() as web_,
        web_.post(f"{origin}/chat/messages", data=form, headers=headers) as answer,
    ):
        return answer.status


async def test_nothing_of_a_photo_that_was_refused_is_held(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps(waiting_bytes=-1)) as origin:
        gc.collect()
        gc.disable()
        try:
            statuses = [await sends_photo(origin, f"203.0.113.{number}") for number in range(3)]
            await until("nothing is held", _sent_fields, lambda held: not held)
        finally:
            gc.enable()

    assert statuses == [503, 503, 503]


def _sent_fields() -> list[SentFields]:
    """What was sent and is still in memory."""
    return [held for held in gc.get_objects() if isinstance(held, SentFields)]


async def test_half_sent_photos_of_a_network_have_an_end_and_hold_up_no_other(tmp_path: Path) -> None:
    uploads, endless = ConcurrencyLimit(a_visitor=2, a_network=3, in_all=5), Quota(most=10**9)
    async with (
        open_house(tmp_path) as house,
        chat_beside(house, caps(uploads=uploads, photos=endless, persons=endless)) as origin,
        AsyncExitStack() as ends,
    ):
        port = int(origin.rpartition(":")[2])
        for _ in range(3):
            _, line = await asyncio.open_connection("127.0.0.1", port)
            ends.callback(line.close)
            line.write(HALF_A_PHOTO)
        refused = await until(
            "they are on their way", lambda: sends_photo(origin, "203.0.113.8"), lambda status: status != 202
        )
        taken = await sends_photo(origin, "198.51.100.7")

    assert (refused, taken) == (429, 202)


async def test_photos_that_wait_have_an_end_in_all(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, chat_beside(house, caps(waiting_bytes=-1)) as origin:
        async with aiohttp.ClientSession(cookie_jar=_jar()) as lan:
            form = aiohttp.FormData()
            form.add_field("photo", b"\xff\xd8\xff" * 100, filename="a.jpg")
            async with lan.post(f"{origin}/chat/messages", data=form) as answer:
                status, again = answer.status, answer.headers.get("Retry-After")
        kept = await house.database.read(waiting_bytes)

    assert (status, again, kept) == (503, "30", 0)

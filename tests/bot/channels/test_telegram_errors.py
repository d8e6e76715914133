"""What a call becomes when the other end does each of the things that ends do: one row each."""

import asyncio
import socket

import pytest
from aiohttp import ConnectionTimeoutError
from telegram import Bot

from bot.channels.contract import (
    Misconfigured,
    Moved,
    NotSent,
    PersonGone,
    PolledElsewhere,
    Refused,
    SendError,
    TryLater,
    Unclear,
)
from bot.channels.telegram.client import AiohttpRequest, open_bot
from bot.channels.telegram.errors import classified, is_done
from tests.kit.other_end import (
    CHAT,
    TOKEN,
    WORDS,
    Deed,
    Platform,
    answers,
    closes,
    failure,
    hangs,
    leads,
    page,
    refuses,
    resets,
)
from tests.kit.waiting import comes

ENDS = {
    "hangs up": (closes, Unclear, "disconnected"),
    "breaks off": (resets, Unclear, "reset"),
    "200 page": (page(200), Unclear, "no_json"),
    "200 half a JSON": (answers(200, b'{"ok":true,"resu'), Unclear, "no_json"),
    "200 cut off": (answers(200, b'{"ok":true', more=100), Unclear, "cut"),
    "200 a list": (answers(200, b"[]"), Unclear, "no_json"),
    "200 without result": (answers(200, b'{"ok":true}'), Unclear, "KeyError"),
    "302": (page(302), Unclear, "http_302"),
    "500": (refuses(500, "Internal Server Error"), Unclear, "http_500"),
    "502 page": (page(502), Unclear, "http_502"),
    "504 page": (page(504), Unclear, "http_504"),
    "429": (refuses(429, "Too Many Requests: retry after 7", retry_after=7), TryLater, "http_429"),
    "429 page": (page(429), TryLater, "http_429"),
    "429 at once": (refuses(429, "Too Many Requests: retry after 0", retry_after=0), TryLater, "http_429"),
    "413": (refuses(413, "Request Entity Too Large"), Refused, "http_413"),
    "401": (refuses(401, "Unauthorized"), Misconfigured, "token"),
    "404": (refuses(404, "Not Found"), Misconfigured, "token"),
    "409": (refuses(409, "Conflict: terminated by other getUpdates request"), PolledElsewhere, "conflict"),
    "401 page": (page(401), Unclear, "http_401"),
    "403 page": (page(403), Unclear, "http_403"),
    "404 page": (page(404), Unclear, "http_404"),
    "400 page": (page(400), Unclear, "http_400"),
    "blocked": (refuses(403, "Forbidden: bot was blocked by the user"), PersonGone, "blocked"),
    "deactivated": (refuses(403, "Forbidden: user is deactivated"), PersonGone, "deactivated"),
    "kicked": (refuses(403, "Forbidden: bot was kicked from the supergroup chat"), PersonGone, "kicked"),
    "not in it": (refuses(403, "Forbidden: bot is not a member of the supergroup chat"), PersonGone, "not_member"),
    "deleted": (refuses(403, "Forbidden: the group chat was deleted"), PersonGone, "deleted"),
    "stranger": (refuses(403, "Forbidden: bot can't initiate conversation with a user"), PersonGone, "never_wrote"),
    "other 403": (refuses(403, "Forbidden: bots can't send messages to bots"), PersonGone, "forbidden"),
    "no chat": (refuses(400, "Bad Request: chat not found"), PersonGone, "no_chat"),
    "no user": (refuses(400, "Bad Request: user not found"), PersonGone, "no_chat"),
    "no peer": (refuses(400, "Bad Request: PEER_ID_INVALID"), PersonGone, "no_chat"),
    "moved": (
        refuses(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001234567890),
        Moved,
        "migrated",
    ),
    "too long": (refuses(400, "Bad Request: message is too long"), Refused, "too_long"),
    "marked up": (refuses(400, "Bad Request: can't parse entities: at byte offset 3"), Refused, "entities"),
    "button": (refuses(400, "Bad Request: BUTTON_DATA_INVALID"), Refused, "button"),
    "other 400": (refuses(400, "Bad Request: not enough rights to send text messages"), Refused, "bad_request"),
}


@pytest.mark.parametrize(
    ("deed", "meaning", "reason"), [pytest.param(*row, id=name) for name, row in ENDS.items()]
)  # fmt: skip
async def test_what_the_other_end_does_decides_what_becomes_of_the_message(
    platform: Platform, bot: Bot, deed: Deed, meaning: type[SendError], reason: str
) -> None:
    platform.deed = deed

    error = await failure(bot.send_message(CHAT, WORDS))

    assert len(platform.calls) == 1
    assert type(classified(error)) is meaning
    assert classified(error).reason == reason


async def test_nobody_is_followed_to_another_address(platform: Platform, bot: Bot, request_: AiohttpRequest) -> None:
    platform.deed = leads("/elsewhere")

    sent = classified(await failure(bot.send_message(CHAT, WORDS)))
    fetched = classified(await failure(request_.download(f"{platform.origin}/file/x", 100)))

    assert [sent.reason, fetched.reason] == ["http_307", "http_307"]
    assert [call.path for call in platform.calls] == [f"/bot{TOKEN}/sendMessage", "/file/x"]


async def test_an_answer_that_does_not_come_in_time_leaves_it_unclear(platform: Platform, bot: Bot) -> None:
    platform.deed = hangs

    error = classified(await comes("it gives up", failure(bot.send_message(CHAT, WORDS, read_timeout=0.3))))

    assert len(platform.calls) == 1
    assert type(error) is Unclear
    assert error.reason == "read_timeout"


async def test_nobody_at_the_address_is_not_sent(platform: Platform, request_: AiohttpRequest) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bot = open_bot(TOKEN, f"http://127.0.0.1:{taken.getsockname()[1]}", platform.origin, request_)

        error = classified(await failure(bot.send_message(CHAT, WORDS)))

    assert type(error) is NotSent
    assert error.reason == "connect"


async def test_a_name_without_an_address_is_not_sent(platform: Platform, request_: AiohttpRequest) -> None:
    bot = open_bot(TOKEN, "http://nowhere.invalid", platform.origin, request_)

    error = classified(await failure(bot.send_message(CHAT, WORDS)))

    assert type(error) is NotSent
    assert error.reason == "dns"


async def test_another_end_that_does_not_speak_tls_is_not_sent(request_: AiohttpRequest) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 welcome to something else\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    origin = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    bot = open_bot(TOKEN, origin, origin, request_)

    error = classified(await failure(bot.send_message(CHAT, WORDS)))

    server.close()
    assert type(error) is NotSent
    assert error.reason == "tls"


@pytest.mark.parametrize(
    ("error", "meaning", "reason"),
    [
        pytest.param(ConnectionTimeoutError(), NotSent, "connect_timeout", id="connecting takes too long"),
        pytest.param(TimeoutError(), Unclear, "TimeoutError", id="all of it takes too long"),
        pytest.param(ValueError(WORDS), Unclear, "ValueError", id="nobody thought of it"),
        pytest.param(asyncio.CancelledError(), Unclear, "CancelledError", id="we stop"),
        pytest.param(Refused("too_big"), Refused, "too_big", id="told already"),
    ],
)
def test_an_exception_that_no_server_of_ours_can_cause(
    error: BaseException, meaning: type[SendError], reason: str
) -> None:
    told = classified(error)

    assert type(told) is meaning
    assert told.reason == reason


async def test_a_wait_is_told_in_seconds(platform: Platform, bot: Bot) -> None:
    platform.deed = refuses(429, "Too Many Requests: retry after 35", retry_after=35)

    error = classified(await failure(bot.send_message(CHAT, WORDS)))

    assert isinstance(error, TryLater)
    assert error.after_s == 35.0


async def test_a_chat_that_moved_is_told_with_its_new_id(platform: Platform, bot: Bot) -> None:
    platform.deed = refuses(400, "Bad Request: upgraded", migrate_to_chat_id=-1001234567890)

    error = classified(await failure(bot.send_message(CHAT, WORDS)))

    assert isinstance(error, Moved)
    assert error.chat == "-1001234567890"


@pytest.mark.parametrize(
    ("description", "done"),
    [
        ("Bad Request: message is not modified: specified new message content is exactly the same", True),
        ("Bad Request: query is too old and response timeout expired or query ID is invalid", True),
        ("Bad Request: chat not found", False),
    ],
)
async def test_what_changes_nothing_is_done(platform: Platform, bot: Bot, description: str, done: bool) -> None:
    platform.deed = refuses(400, description)

    error = await failure(bot.answer_callback_query("1"))

    assert is_done(error) is done


async def test_no_reason_holds_words_of_the_platform(platform: Platform, bot: Bot) -> None:
    platform.deed = refuses(400, f"Bad Request: {WORDS} {CHAT}")

    error = classified(await failure(bot.send_message(CHAT, WORDS)))

    assert str(error) == "bad_request"


async def test_half_a_letter_is_refused_before_anything_is_sent(platform: Platform, bot: Bot) -> None:
    error = classified(await failure(bot.send_message(CHAT, "\ud83d")))

    assert type(error) is Refused
    assert platform.calls == []

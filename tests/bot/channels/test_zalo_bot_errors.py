"""What a call to the Bot Platform becomes when the other end does each of the things that ends do: one row each."""

import socket
import traceback

import pytest

from bot.channels.contract import Fitted, Misconfigured, NotSent, PersonGone, Refused, SendError, TryLater, Unclear
from bot.channels.media import Media
from bot.channels.zalo_bot.channel import SHAKEN, ZaloBot
from bot.channels.zalo_bot.client import Client
from tests.kit.other_end import TOKEN, WORDS, Deed, Platform, answers, closes, failure, leads, page, refuses, resets

CHAT = "6ede0a1b2c3d4e5f6071"
ENDS = {
    "hangs up": (closes, Unclear, "disconnected"),
    "breaks off": (resets, Unclear, "reset"),
    "200 page": (page(200), Unclear, "http_200"),
    "200 half a JSON": (answers(200, b'{"ok":true,"resu'), Unclear, "http_200"),
    "200 cut off": (answers(200, b'{"ok":true', more=100), Unclear, "cut"),
    "200 without result": (answers(200, b'{"ok":true}'), Unclear, "no_message_id"),
    "200 that is not ok": (answers(200, b'{"ok":false,"error_code":400}'), Refused, "http_400"),
    "400": (refuses(400, "Bad Request"), Refused, "http_400"),
    "401": (refuses(401, "Unauthorized"), Misconfigured, "token"),
    "403": (refuses(403, "Internal server error"), TryLater, "http_403"),
    "404": (refuses(404, "Not Found"), Refused, "http_404"),
    "408": (refuses(408, "Request timeout"), Unclear, "http_408"),
    "429": (refuses(429, "Quota exceeded"), TryLater, "zalo_bot_quota"),
    "429 page": (page(429), TryLater, "zalo_bot_quota"),
    "500": (refuses(500, "Internal server error"), Unclear, "http_500"),
    "502 page": (page(502), Unclear, "http_502"),
    "401 page": (page(401), Unclear, "http_401"),
    "403 page": (page(403), Unclear, "http_403"),
    "307": (leads("/elsewhere"), Unclear, "http_307"),
}


async def opened(origin: str) -> tuple[ZaloBot, Client]:
    client = Client(origin, TOKEN)
    await client.open()
    return ZaloBot(client, Media(()), lambda picture: ""), client


@pytest.mark.parametrize(
    ("deed", "meaning", "reason"), [pytest.param(*row, id=name) for name, row in ENDS.items()]
)  # fmt: skip
async def test_what_the_other_end_does_decides_what_becomes_of_the_message(
    platform: Platform, deed: Deed, meaning: type[SendError], reason: str
) -> None:
    platform.deed = deed
    bot, client = await opened(platform.origin)

    error = await failure(bot.send(CHAT, Fitted(text=WORDS)))
    await client.close()

    assert len(platform.calls) == 1
    assert (type(error), str(error)) == (meaning, reason)
    assert error.__cause__ is None
    assert TOKEN not in "".join(traceback.format_exception(error))


async def test_nobody_at_the_address_is_not_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bot, client = await opened(f"http://127.0.0.1:{taken.getsockname()[1]}")
        error = await failure(bot.send(CHAT, Fitted(text=WORDS)))
        await client.close()

    assert (type(error), str(error)) == (NotSent, "connect")


async def test_after_three_more_tries_its_strange_403_means_that_she_can_not_be_reached(platform: Platform) -> None:
    platform.deed = refuses(403, "Internal server error")
    bot, client = await opened(platform.origin)

    errors = [type(await failure(bot.send(CHAT, Fitted(text=WORDS)))) for _ in range(SHAKEN + 1)]
    again = type(await failure(bot.send(CHAT, Fitted(text=WORDS))))
    await client.close()

    assert errors == [TryLater] * SHAKEN + [PersonGone]
    assert again is TryLater


async def test_a_used_up_quota_is_the_whole_accounts_until_a_call_succeeds(platform: Platform) -> None:
    platform.deed = refuses(429, "Quota exceeded")
    bot, client = await opened(platform.origin)

    refused = await failure(bot.send(CHAT, Fitted(text=WORDS)))
    reasons = bot.reasons()
    platform.deed = answers(200, b'{"ok":true,"result":{"message_id":"m1","date":1}}')
    sent = await bot.send(CHAT, Fitted(text=WORDS))
    await client.close()

    assert isinstance(refused, TryLater)
    assert (refused.account, refused.after_s) == (True, 60.0)
    assert (reasons, sent, bot.reasons()) == (["zalo_bot_quota"], "m1", [])

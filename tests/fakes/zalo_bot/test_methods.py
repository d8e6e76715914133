"""The fake refuses what the wire contract says is refused, and shows what it takes."""

import pytest
from aiohttp import ServerDisconnectedError, web
from aiohttp.test_utils import TestServer

from fakes.faults import RESET
from fakes.zalo_bot.faults import QUOTA, SERVER_ERROR
from fakes.zalo_bot.methods import FETCHES
from fakes.zalo_bot.server import FakeZaloBot
from fakes.zalo_bot.user import ZaloBotUser
from tests.fakes.zalo_bot.conftest import Caller
from tests.kit.private_page import jpeg

SECRET = "s" * 32


async def test_it_says_who_it_is(bot: Caller) -> None:
    status, said = await bot.calls("getMe")

    assert (status, said["ok"], said["result"]["account_type"]) == (200, True, "BASIC")


async def test_a_wrong_token_is_401_and_a_method_in_other_letters_404(bot: Caller) -> None:
    assert (await bot.calls("getMe", token="1234567890:wrong"))[0] == 401  # it is none
    assert (await bot.calls("getme"))[0] == 404


@pytest.mark.parametrize(
    ("text", "status"),
    [("x" * 2000, 200), ("x" * 2001, 400), ("", 400), ("   ", 400), ("😀" * 1000, 200), ("😀" * 1001, 400)],
    ids=["2000", "2001", "empty", "blank", "2000 units", "2002 units"],
)
async def test_a_text_has_1_to_2000_letters(bot: Caller, lan: ZaloBotUser, text: str, status: int) -> None:
    assert (await bot.calls("sendMessage", chat_id=lan.id, text=text))[0] == status
    assert len(lan.heard) == (status == 200)


async def test_an_unknown_chat_and_one_out_of_reach_are_its_strange_403(bot: Caller, lan: ZaloBotUser) -> None:
    lan.leaves()

    answers = [await bot.calls("sendMessage", chat_id=chat, text="chào") for chat in ("00", lan.id)]

    assert answers == [(403, {"ok": False, "error_code": 403, "description": "Internal server error"})] * 2


async def test_a_photo_is_fetched_more_than_once_and_its_bytes_kept(bot: Caller, lan: ZaloBotUser) -> None:
    asked = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=jpeg(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/card", serve)
    async with TestServer(app) as server:
        status, _ = await bot.calls("sendPhoto", chat_id=lan.id, photo=str(server.make_url("/card")), caption="mã")
        missing, _ = await bot.calls("sendPhoto", chat_id=lan.id, photo=str(server.make_url("/none")))

    assert (status, missing, len(asked)) == (200, 400, FETCHES)
    assert (lan.heard[-1].text, lan.heard[-1].photo) == ("mã", jpeg())


async def test_a_webhook_needs_a_secret_and_where_it_is_asked_a_public_address(
    zalo: FakeZaloBot, bot: Caller
) -> None:  # fmt: skip
    short = await bot.calls("setWebhook", url="http://127.0.0.1:9/hook", secret_token="1234567")
    taken = await bot.calls("setWebhook", url="http://127.0.0.1:9/hook", secret_token=SECRET)
    zalo.world.public_only = True
    private = await bot.calls("setWebhook", url="https://127.0.0.1/hook", secret_token=SECRET)
    public = await bot.calls("setWebhook", url="https://chungtay.example/hook", secret_token=SECRET)

    assert [short[0], taken[0], private[0], public[0]] == [400, 200, 400, 200]


async def test_without_a_webhook_there_is_no_information_about_one(bot: Caller) -> None:
    before = await bot.calls("getWebhookInfo")
    await bot.calls("setWebhook", url="http://127.0.0.1:9/hook", secret_token=SECRET)
    during = await bot.calls("getWebhookInfo")
    await bot.calls("deleteWebhook")

    assert (before[0], during[1]["result"]["url"]) == (404, "http://127.0.0.1:9/hook")
    assert (await bot.calls("getWebhookInfo"))[0] == 404


async def test_after_so_many_messages_the_quota_is_used_up(
    zalo: FakeZaloBot, bot: Caller, lan: ZaloBotUser
) -> None:  # fmt: skip
    zalo.world.quota = 2

    statuses = [(await bot.calls("sendMessage", chat_id=lan.id, text=str(n)))[0] for n in range(4)]

    assert (statuses, len(lan.heard)) == ([200, 200, 429, 429], 2)


async def test_what_is_planned_goes_wrong_once(zalo: FakeZaloBot, bot: Caller, lan: ZaloBotUser) -> None:
    zalo.faults.add(QUOTA)
    zalo.faults.add(SERVER_ERROR)

    statuses = [(await bot.calls("sendMessage", chat_id=lan.id, text="chào"))[0] for _ in range(3)]

    assert statuses == [429, 500, 200]


async def test_a_line_may_break_after_the_message_was_shown(
    zalo: FakeZaloBot, bot: Caller, lan: ZaloBotUser
) -> None:  # fmt: skip
    zalo.faults.add(RESET)

    with pytest.raises((ConnectionResetError, ServerDisconnectedError, OSError)):
        await bot.calls("sendMessage", chat_id=lan.id, text="chào")

    assert [call.outcome for call in zalo.world.accepted(lan.id)] == [RESET.name]


async def test_that_the_bot_is_at_work_has_no_result(bot: Caller, lan: ZaloBotUser) -> None:
    assert await bot.calls("sendChatAction", chat_id=lan.id, action="typing") == (200, {"ok": True})
    assert (await bot.calls("sendChatAction", chat_id=lan.id, action="upload_photo"))[0] == 400

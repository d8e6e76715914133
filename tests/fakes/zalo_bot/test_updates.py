"""Updates are given one a call and once, or pushed with the secret, in both shapes that were seen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from fakes.wire import Json
from fakes.zalo_bot.pusher import HEADER
from fakes.zalo_bot.server import FakeZaloBot
from fakes.zalo_bot.user import ZaloBotUser
from tests.fakes.zalo_bot.conftest import Caller

SECRET = "s" * 32


@dataclass
class Hook:
    """A webhook that keeps what comes. answers: the statuses to come, 200 when there is none."""

    url: str = ""
    came: list[Json] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.came.append(await request.json())
        self.secrets.add(request.headers.get(HEADER, ""))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with TestServer(app) as server:
        hook.url = str(server.make_url("/hook"))
        yield hook


async def test_one_update_a_call_and_each_once(bot: Caller, lan: ZaloBotUser) -> None:
    lan.says("một")
    lan.says("hai")

    found = [await bot.calls("getUpdates", timeout="0") for _ in range(3)]

    assert [said["result"]["message"]["text"] for _, said in found[:2]] == ["một", "hai"]
    assert found[2] == (408, {"ok": False, "error_code": 408, "description": "Request timeout"})


async def test_while_a_webhook_is_set_none_is_given(bot: Caller, lan: ZaloBotUser, hook: Hook) -> None:
    await bot.calls("setWebhook", url=hook.url, secret_token=SECRET)

    status, said = await bot.calls("getUpdates", timeout=0)

    assert (status, said["ok"]) == (400, False)


async def test_pushes_are_flat_or_wrapped_and_bear_the_secret(
    zalo: FakeZaloBot, bot: Caller, lan: ZaloBotUser, hook: Hook
) -> None:
    await bot.calls("setWebhook", url=hook.url, secret_token=SECRET)
    lan.says("một")
    await zalo.settles()
    zalo.world.wrapped = True
    lan.says("hai")
    await zalo.settles()

    flat, wrapped = hook.came
    assert flat["message"]["text"] == "một"
    assert wrapped["result"]["message"]["text"] == "hai"
    assert hook.secrets == {SECRET}


async def test_a_push_that_is_not_taken_comes_again_before_the_next_of_its_chat(
    zalo: FakeZaloBot, bot: Caller, lan: ZaloBotUser, hook: Hook
) -> None:
    hook.answers = [503, 500]
    await bot.calls("setWebhook", url=hook.url, secret_token=SECRET)

    lan.says("một")
    lan.says("hai")
    await zalo.settles()

    assert [update["message"]["text"] for update in hook.came] == ["một", "một", "một", "hai"]
    assert zalo.pusher.given_up == 0


async def test_each_kind_has_its_fields(zalo: FakeZaloBot, lan: ZaloBotUser) -> None:
    live = lan.sends_photo(b"jpeg", caption="nhà")
    zalo.world.photo_name = "photo"
    documented = lan.sends_photo(b"jpeg")
    group = lan.says_in(lan.makes_group(), "@bot chào")

    assert "photo_url" in live["message"]
    assert "photo" in documented["message"]
    assert live["message"]["caption"] == "nhà"
    assert group["message"]["chat"]["chat_type"] == "GROUP"
    assert "message" in lan.sends_hidden()
    assert "message" not in lan.sends_hidden(with_message=False)
    assert lan.sends_sticker()["event_name"] == "message.sticker.received"
    assert lan.sends_voice()["message"]["voice_url"].endswith(".aac")


async def test_of_somebody_protected_every_message_is_hidden(lan: ZaloBotUser) -> None:
    lan.hidden = True

    update = lan.says("chào")

    assert update["event_name"] == "message.unsupported.received"
    assert "text" not in update["message"]

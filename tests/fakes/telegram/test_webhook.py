"""Updates are pushed to a webhook by Telegram's own rules."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import Conflict

from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser
from tests.fakes.telegram.conftest import YES_NO
from tests.fakes.telegram.hook import Hook
from tests.kit.clock import HandClock
from tests.kit.waiting import until

SECRET = "s" * 32


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    hook.open.set()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    server = TestServer(app)
    await server.start_server()
    hook.url = str(server.make_url("/hook"))
    yield hook
    hook.open.set()
    await server.close()


@pytest.fixture
def lan(telegram: FakeTelegram) -> TelegramUser:
    return telegram.user("Lan")


async def test_with_a_webhook_there_is_no_polling(bot: Bot, hook: Hook) -> None:
    await bot.set_webhook(hook.url, secret_token=SECRET)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()

    await bot.delete_webhook()

    assert await bot.get_updates() == ()


async def test_what_waited_is_pushed_with_the_secret_once_a_webhook_is_set(
    telegram: FakeTelegram, bot: Bot, lan: TelegramUser, hook: Hook
) -> None:
    lan.says("một")
    lan.says("hai")

    await bot.set_webhook(hook.url, secret_token=SECRET)
    await telegram.settles()

    info = await bot.get_webhook_info()
    assert (hook.texts, hook.secrets) == (["Lan một", "Lan hai"], {SECRET})
    assert (info.url, info.pending_update_count, info.last_error_message) == (hook.url, 0, None)


async def test_only_the_chosen_kinds_come(telegram: FakeTelegram, bot: Bot, lan: TelegramUser, hook: Hook) -> None:
    await bot.set_webhook(hook.url, allowed_updates=["message"])

    lan.says("một")
    lan.edits("hai")
    lan.blocks()
    await telegram.settles()

    assert hook.texts == ["Lan một"]


async def test_a_failed_push_is_tried_again_before_the_next_of_its_chat(
    telegram: FakeTelegram, lan: TelegramUser, hook: Hook
) -> None:
    hook.answers = [500, 503, 404]
    telegram.push_to(hook.url)

    lan.says("một")
    lan.says("hai")
    await telegram.settles()

    assert hook.texts == ["Lan một"] * 4 + ["Lan hai"]
    assert len({update_id for update_id, _ in hook.came}) == 2


async def test_another_chat_goes_on_meanwhile(telegram: FakeTelegram, lan: TelegramUser, hook: Hook) -> None:
    huy = telegram.user("Huy")
    hook.open.clear()
    telegram.push_to(hook.url)

    lan.says("một")
    lan.says("hai")
    huy.says("chào")
    await hook.until_came(2)
    before = sorted(hook.texts)
    hook.open.set()
    await telegram.settles()

    assert before == ["Huy chào", "Lan một"]
    assert hook.most_busy == {"Lan": 1, "Huy": 1}


async def test_a_press_overtakes_the_message_before_it(
    telegram: FakeTelegram, bot: Bot, lan: TelegramUser, hook: Hook
) -> None:
    lan.says("/start")
    await bot.send_message(lan.id, "Chọn", reply_markup=YES_NO)
    await bot.get_updates(offset=-1)
    await bot.set_webhook(hook.url, drop_pending_updates=True)
    hook.answers = [500]

    lan.says("một")
    lan.presses("Có")
    await telegram.settles()

    assert sorted(hook.texts) == ["Lan một", "Lan một", "press yes"]
    assert hook.texts.index("press yes") < 2


async def test_without_an_answer_it_is_tried_again(telegram: FakeTelegram, lan: TelegramUser, hook: Hook) -> None:
    telegram.pusher.patience_s = 0.1
    hook.open.clear()
    telegram.push_to(hook.url)

    lan.says("một")
    await until("it was pushed once", lambda: telegram.pusher.pushed)
    hook.open.set()
    await telegram.settles()

    assert telegram.pusher.pushed[0].status == 0
    assert telegram.world.webhook.error == "Read timeout expired"
    assert set(hook.texts) == {"Lan một"}


async def test_waits_double_after_the_first_and_a_given_one_is_kept(hook: Hook) -> None:
    pace = 0.01
    async with fake_telegram(pace=pace) as telegram:
        lan = telegram.user("Lan")
        telegram.push_to(hook.url)
        hook.answers = [500, 500, 500, 500, 200]
        lan.says("một")
        await telegram.settles()
        hook.answers, hook.headers = [503, 200], {"Retry-After": "30"}
        lan.says("hai")
        await telegram.settles()

        waits = [(later - earlier) / pace for earlier, later in pairwise(hook.at)]
        # The first again comes at once; how late any comes is the machine's business.
        assert [wait >= least for wait, least in zip(waits[1:4], (2, 4, 8), strict=True)] == [True] * 3
        assert waits[5] >= 30


async def test_a_push_that_would_be_too_late_is_given_up(hook: Hook) -> None:
    clock = HandClock()
    async with fake_telegram(clock=clock) as telegram:
        lan = telegram.user("Lan")
        hook.answers, hook.headers = [503], {"Retry-After": "3600"}
        hook.open.clear()
        telegram.push_to(hook.url)
        lan.says("một")
        await hook.until_came(1)

        clock.move(hours=23, minutes=30)
        lan.says("hai")
        hook.open.set()
        await hook.until_came(2)
        await telegram.settles()

        assert hook.texts == ["Lan một", "Lan hai"]

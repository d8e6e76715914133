"""The same made-up words told on either channel of Zalo, to officials who work from Telegram: their servers are abroad.

Why one long walk: every message is a call to another process, and everything is looked for in all places at once.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from bot.channels.zalo_oa.signature import TIMESTAMP
from fakes.bot_api import Refusal, refused
from fakes.faults import NOT_JSON
from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser
from fakes.zalo_bot.pusher import HEADER
from fakes.zalo_bot.server import FakeZaloBot, fake_zalo_bot
from fakes.zalo_bot.user import ZaloBotUser
from fakes.zalo_oa import faults
from fakes.zalo_oa.pusher import SIGNATURE
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.user import ZaloUser
from handlers.desk import Desk
from handlers.vietnamese import units
from storage.queries.incoming import chats
from tests.kit import zalo_bot_house, zalo_oa_house
from tests.kit.process import Process
from tests.kit.telegram_house import SECRET
from tests.kit.waiting import until
from tests.test_canaries import (
    ADDED,
    ELSEWHERE,
    NAME,
    NUMBERS,
    PHONE,
    PLACE,
    STORY,
    URGENT,
    URGENT_PHONE,
    WORDS,
    found_in,
)

HER_NAME, OFFICIAL = "Tựđặtzx Wqên", 6177183943
TOLD = ("/dangky", "1", "1", "1 4", "Hòa Khánh", PLACE, NAME, "1954", PHONE, STORY, "3", "Gửi yêu cầu", "1")
ECHO = f"can't send {STORY} to {NAME}"
AT = "1764720000000"
SPOILED = f'{{"message": "{STORY}", "from": "{NAME} {PHONE}'.encode()


@dataclass(frozen=True, slots=True)
class Told:
    """A service with one channel of Zalo and Telegram; lan tells it everything, and hoa works for the office."""

    process: Process
    zalo: FakeZaloOa | FakeZaloBot
    telegram: FakeTelegram
    lan: ZaloUser | ZaloBotUser
    hoa: TelegramUser

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand nowhere."""
        account = self.zalo.world.account if isinstance(self.zalo, FakeZaloOa) else None
        ours = (account.app_secret, account.secret_key) if account else (self.zalo.token,)  # type: ignore[union-attr]  # the bot's
        return (*ours, self.telegram.token, SECRET, HER_NAME, self.lan.id, *WORDS, *NUMBERS)

    def open_in_files(self) -> dict[str, list[str]]:
        """What can be read in the log, and in each file of the data folder."""
        files = [self.process.log, *self.process.data.iterdir()]
        return {path.name: found for path in files if (found := found_in(path.read_bytes(), *self.secrets))}

    def gone_abroad(self) -> list[str]:
        """What can be read in any call to Telegram."""
        calls = json.dumps([call.arguments for call in self.telegram.calls], ensure_ascii=False)
        return found_in(calls.encode(), HER_NAME, self.lan.id, *WORDS, *NUMBERS)

    def hoa_was_told(self, *parts: str) -> bool:
        """Whether the official was told something with each of these words."""
        return all(any(part in shown.text for shown in self.hoa.heard) for part in parts)

    async def finds(self, pattern: str) -> str:
        """Wait for words like this on her screen; returns the first."""

        def found() -> list[str]:
            return [match[0] for one in self.lan.heard if (match := re.search(pattern, one.text))]

        return (await until(f"{pattern} is shown", found))[0]

    async def says(self, words: str) -> str:
        """She writes; returns the first text that comes back."""
        before = len(self.lan.heard)
        self.lan.says(words)
        return (await self.lan.hears_more(before))[0].text


@pytest.fixture(params=["zalo_oa", "zalo_bot"])
async def told(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Told]:
    """A service that logs all it ever would, and an official whose chat on Telegram acts for her."""
    process = Process(tmp_path, LOG_LEVEL="DEBUG")
    process.settings["PUBLIC_URL"] = process.url
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(fake_telegram())
        process.settings |= telegram.settings | {
            "TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET, "TELEGRAM_RATE": "1000",
        }  # fmt: skip
        zalo: FakeZaloOa | FakeZaloBot
        if request.param == "zalo_oa":
            zalo = await stack.enter_async_context(fake_zalo_oa())
            process.settings |= zalo.settings | {"ZALO_OA_RATE": "1000"}
            zalo.world.limiter.limit = zalo_oa_house.UNCOUNTED
        else:
            zalo = await stack.enter_async_context(fake_zalo_bot())
            hook = {"ZALO_BOT_MODE": "webhook", "ZALO_BOT_WEBHOOK_SECRET": zalo_bot_house.SECRET}
            process.settings |= zalo.settings | hook
        await process.prepare()
        stack.push_async_callback(process.close)
        if isinstance(zalo, FakeZaloOa):
            pair = json.dumps({"access_token": zalo.seed.access, "refresh_token": zalo.seed.refresh})
            assert (await process.run("zalo", "seed-tokens", said=pair)).code == 0
        await process.start()
        await until("Telegram's webhook is set", lambda: telegram.world.webhook.url)
        if isinstance(zalo, FakeZaloOa):
            assert await zalo.save_webhook(process.url + zalo_oa_house.HOOK)
        else:
            await until("Zalo's webhook is set", lambda: zalo.world.webhook)
        hoa = telegram.user("Hoa", id=OFFICIAL)
        hoa.says("/start")
        await hoa.hears_more(0)
        await asyncio.to_thread(process.at_desk, works_from_telegram)
        yield Told(process, zalo, telegram, zalo.user(HER_NAME), hoa)


def works_from_telegram(desk: Desk) -> None:
    """Give an official of every unit an account, for which her chat acts."""
    made = desk.accounts.invite("hoa@example.test", "Hoa", "", ("officer",), tuple(units.all_units()))
    assert made
    desk.signing_in.hand_out(made[0], "")
    chat = chats.find(desk.unit, "telegram", desk.vault.look_up("telegram chat", str(OFFICIAL)))
    assert chat
    desk.acting_chats.bind(made[0], chat)


async def test_nothing_told_on_zalo_lies_in_the_open_or_goes_abroad(told: Told) -> None:
    for words in TOLD:
        await told.says(words)
    code = await told.finds(r"HS-[0-9A-Z]{4}-[0-9A-Z]{4}")
    for words in ("/gap", URGENT, "1", URGENT_PHONE, "/canbo"):
        await told.says(words)
    await until("the official is rung for both", lambda: told.hoa_was_told("Việc gấp", "muốn nói chuyện"))
    told.hoa.presses("Nhận việc gấp")
    await told.hoa.hears("anh/chị đã nhận")
    told.hoa.presses("Nhận trò chuyện")
    await told.lan.hears("Hoa")
    told.lan.says(ELSEWHERE)
    await told.hoa.hears("Người dân vừa nhắn thêm")
    told.hoa.says("/dong")
    await told.hoa.hears("Đã kết thúc")
    told.hoa.says(f"/viec {code}")
    await told.hoa.hears(f"/console/requests/{code}")
    await what_fails_repeats_her_words(told)
    pages = await error_pages(told)

    assert any(NAME in shown.text for shown in told.lan.heard)
    assert told.gone_abroad() == []
    assert pages == []
    serving_still = told.open_in_files()
    assert await told.process.stop() == 0
    assert (serving_still, told.open_in_files()) == ({}, {})


async def what_fails_repeats_her_words(told: Told) -> None:
    """A refusal that repeats what it refuses, an answer that is none, and events that nobody can read or may bring."""
    for fault in (refused(Refusal(400, ECHO)), faults.code(-201, ECHO), NOT_JSON):
        if isinstance(told.zalo, FakeZaloOa):
            told.zalo.faults.add(fault)
        else:
            told.zalo.faults.add(fault, method="sendMessage")
        told.lan.says(ADDED)
        await until("the fault is met", lambda: told.zalo.faults.left == 0)
    is_oa = isinstance(told.zalo, FakeZaloOa)
    hook = told.process.url + (zalo_oa_house.HOOK if is_oa else zalo_bot_house.HOOK)
    right = f"mac={told.zalo.pusher.sign(SPOILED, AT)}" if isinstance(told.zalo, FakeZaloOa) else zalo_bot_house.SECRET
    async with aiohttp.ClientSession() as web:
        for secret, status in ((right, 200), ("mac=wrong", 401)):
            headers = {SIGNATURE if is_oa else HEADER: secret, TIMESTAMP: AT, "Content-Type": "application/json"}
            async with web.post(hook, data=BytesIO(SPOILED), headers=headers) as answer:
                assert answer.status == status
                assert found_in(await answer.read(), *told.secrets) == []
    assert b"zalo" in told.process.log.read_bytes()


async def error_pages(told: Told) -> list[str]:
    """What pages and machines' pages repeat."""
    repeated = []
    async with aiohttp.ClientSession() as web:
        for path in ("/metrics", "/health/ready", f"/p/{NAME}", f"/hooks/{STORY}", f"/hooks/zalo-oa?{PHONE}"):
            async with web.get(told.process.url + path) as answer:
                repeated += found_in(await answer.read() + str(answer.headers).encode(), *told.secrets)
    return repeated

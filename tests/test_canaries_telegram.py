"""The same made-up words told on Telegram: not they, nor who told them, nor what lets us speak there lies in the open.

Why one long walk: a chat takes a message a second, and everything that is told is looked for in all places at once.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import col, select

from fakes.faults import NOT_JSON, Fault
from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser
from handlers.desk import Desk
from storage.tables import Address, DeadLetter, File
from storage.vault import KeyGone
from tests.kit.addresses import platform_chat
from tests.kit.private_page import jpeg
from tests.kit.process import Process
from tests.kit.telegram_house import HOOK, SECRET, SECRET_HEADER
from tests.kit.waiting import until
from tests.test_canaries import (
    ADDED,
    NAME,
    NUMBERS,
    PHONE,
    PLACE,
    STORY,
    WORDS,
    found_in,
    sealed_under,
    wrapped_keys,
)

ACCOUNT, FIRST_NAME, CAPTION, WRONG_SECRET = 6177183942, "Tựđặtzx Wqên", "Ảnhzw chụpqj", "wrong-secret-0123456789-wxyzq"
SPOILED = json.dumps({"update_id": 1, "message": {"message_id": "x", "text": STORY, "from": {"id": ACCOUNT}}}).encode()
WALK = ("/dangky", "1", "1", "1 4", "Hòa Khánh", PLACE, NAME, "1954")


@dataclass(frozen=True, slots=True)
class Told:
    """A service that was told everything on Telegram, and by whom."""

    process: Process
    telegram: FakeTelegram
    user: TelegramUser

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand nowhere."""
        token = self.telegram.token
        hidden = (token, token.partition(":")[2], SECRET, WRONG_SECRET, FIRST_NAME, CAPTION, str(ACCOUNT))
        return (*hidden, *WORDS, *NUMBERS)

    def open_in(self, content: bytes) -> list[str]:
        return found_in(content, *self.secrets)

    def open_in_files(self) -> dict[str, list[str]]:
        """What can be read in the log, and in each file of the data folder."""
        files = [self.process.log, *self.process.data.iterdir()]
        return {path.name: found for path in files if (found := self.open_in(path.read_bytes()))}

    async def says(self, text: str) -> str:
        """Write a text; returns the first that comes back."""
        before = len(self.user.heard)
        self.user.says(text)
        return (await self.user.hears_more(before))[0].text

    async def presses(self, label: str, heard: str) -> None:
        self.user.presses(label)
        await self.user.hears(heard)


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    """Everything a person can tell on Telegram, while the service logs all it ever would."""
    process = Process(tmp_path, LOG_LEVEL="DEBUG")
    async with fake_telegram() as telegram:
        process.settings |= {
            "PUBLIC_URL": process.url,
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_BASE": telegram.origin,
            "TELEGRAM_FILE_BASE": telegram.origin,
        }
        await process.prepare()
        try:
            await process.start()
            await until("the webhook is set", lambda: telegram.world.webhook.url)
            told = Told(process, telegram, telegram.user(FIRST_NAME, id=ACCOUNT))
            await tell(told)
            yield told
        finally:
            await process.close()


async def tell(told: Told) -> None:
    """Register with her own number, send a photo, and say more."""
    for text in WALK:
        await told.says(text)
    before = len(told.user.heard)
    told.user.shares_contact(f"+84{PHONE[1:]}")
    await told.user.hears_more(before)
    for text in (STORY, "3"):
        await told.says(text)
    await told.says("Gửi yêu cầu")
    await told.user.hears("nhắn cho ông/bà ở đây, được không ạ")
    told.user.sends_photo(jpeg(), caption=CAPTION)
    await until("the photo is asked for", lambda: any(call.method == "getFile" for call in told.telegram.calls))


def echoing() -> Fault:
    """A refusal that repeats what it refuses, as a platform might."""
    words = f"Bad Request: can't parse {STORY} of {ACCOUNT} {NAME}"
    return Fault("400", status=400, body=json.dumps({"ok": False, "error_code": 400, "description": words}))


async def test_nothing_told_on_telegram_lies_in_the_open(told: Told) -> None:
    await everything_fails_once(told)
    pages = await error_pages(told)
    serving_still = told.open_in_files()
    before = await asyncio.to_thread(told.process.at_desk, standing)
    keys = await asyncio.to_thread(told.process.at_desk, wrapped_keys)

    told.user.says("/riengtu")
    await told.user.hears("Tôi đang giữ")
    await told.presses("Xóa hết", "Ông/bà chắc chứ?")
    await told.presses("Xóa hết", "Đã xóa hết")
    after = await asyncio.to_thread(told.process.at_desk, standing)
    kept = await asyncio.to_thread(told.process.at_desk, wrapped_keys)
    closed = await asyncio.to_thread(told.process.at_desk, lambda desk: closed_for(desk, before))
    assert await told.process.stop() == 0

    assert pages == {}
    assert (serving_still, told.open_in_files()) == ({}, {})
    assert before.sealed
    assert not before.sealed & after.sealed
    assert before.person != after.person
    assert closed
    gone = keys.keys() - kept.keys()
    content = b"".join(path.read_bytes() for path in told.process.data.iterdir())
    assert f"person:{before.person}" in gone
    assert [name for name in gone if keys[name] in content] == []


async def everything_fails_once(told: Told) -> None:
    """Each way of failing while what she said is on its way, and updates that nobody can read or may bring."""
    for fault in (echoing(), NOT_JSON):
        told.telegram.faults.add(fault)
        told.user.says(ADDED)
    await until("every fault is met", lambda: told.telegram.faults.left == 0)
    async with aiohttp.ClientSession() as web:
        for secret in (SECRET, WRONG_SECRET):
            headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
            async with web.post(told.process.url + HOOK, data=BytesIO(SPOILED), headers=headers) as answer:
                assert answer.status == (200 if secret == SECRET else 401)
                assert told.open_in(await answer.read()) == []
    told.telegram.faults.clear()
    assert b"telegram" in told.process.log.read_bytes()
    letters = await asyncio.to_thread(
        told.process.at_desk, lambda desk: len(list(desk.unit.scalars(select(DeadLetter))))
    )
    assert letters


async def error_pages(told: Told) -> dict[str, list[str]]:
    """What pages and machines' pages repeat."""
    repeated = {}
    async with aiohttp.ClientSession() as web:
        for path in ("/metrics", "/health/ready", f"/p/{NAME}", f"/hooks/{STORY}", f"/hooks/telegram?{SECRET}"):
            async with web.get(told.process.url + path) as answer:
                content = await answer.read() + str(answer.headers).encode()
            if found := told.open_in(content):
                repeated[path] = found
    return repeated


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose her chat is, what seals it, and the names of all keys of people and what is theirs."""

    person: str
    address: str
    chat: bytes
    sealed: set[str]


def standing(desk: Desk) -> Standing:
    address = desk.unit.scalars(select(Address)).one()
    assert platform_chat(desk.unit, desk.vault, address.id) == str(ACCOUNT)
    assert address.chat is not None
    return Standing(address.person_id, address.id, address.chat, sealed_under(desk))


def closed_for(desk: Desk, before: Standing) -> bool:
    """Whether what sealed her chat before opens nothing any more, and no photo of hers is left."""
    photos = desk.unit.scalars(select(File).where(col(File.person_id) == before.person)).all()
    with pytest.raises(KeyGone):
        desk.vault.open(f"person:{before.person}", f"address.chat:{before.address}", before.chat)
    return not photos

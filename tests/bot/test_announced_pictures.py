"""The picture of an announcement: shown in the web chat and on Telegram, and kept once for all who get it."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import col, select

from bot.channels.telegram.channel import LIMITS
from fakes.telegram.server import FakeTelegram
from handlers.console.announcing.broadcast import CAPTION
from handlers.desk import Actor
from storage.database import Unit
from storage.queries.incoming import chats
from storage.queries.outgoing import sending
from storage.tables import Address, ChatLine, OutboxRow
from storage.vault import Vault
from tests.kit.house import House, visit
from tests.kit.news import Press, press
from tests.kit.private_page import TownOf
from tests.kit.telegram_house import greeted, telegram_house

SHORT = "Trạm mở cửa sáng thứ bảy."
LONG = "Trạm mở cửa sáng thứ bảy. Mang theo thẻ bảo hiểm. " * 25


@pytest.fixture
async def served(tmp_path: Path, database_url: str) -> AsyncIterator[tuple[House, FakeTelegram]]:
    async with telegram_house(tmp_path, database_url=database_url) as served:
        yield served


@pytest.fixture
async def town(served: tuple[House, FakeTelegram]) -> TownOf:
    return TownOf(served[0])


@pytest.fixture
async def office(town: TownOf) -> Press:
    return await press(town)


def jpeg() -> bytes:
    written = BytesIO()
    Image.effect_noise((320, 200), 60).convert("RGB").save(written, "JPEG")
    return written.getvalue()


async def all_subscribe(town: TownOf) -> None:
    """Everybody who has written wants news of health."""

    def subscribe(unit: Unit) -> None:
        for address_id in unit.scalars(select(Address.id)).all():
            chat = chats.at_address(unit, address_id)
            desk = town.office.desk(unit, Actor("person", chat.person_id), f"test:{address_id}", town.clock, chat)
            desk.subscriptions.subscribe(("health",))

    await town.database.write(subscribe)


async def test_each_channel_shows_the_picture_with_the_words(
    served: tuple[House, FakeTelegram], town: TownOf, office: Press
) -> None:
    house, telegram = served
    lan, picture = telegram.user("Lan"), jpeg()
    await greeted(lan)
    async with visit(house) as ba:
        await ba.says("/start")
        last = str(ba.heard[-1]["id"])
        await all_subscribe(town)
        code = await office.approves("Lịch trạm y tế", SHORT, picture=picture)

        on_telegram = await lan.hears("Lịch trạm y tế")
        await ba.hears_after(last)

        shown = ba.heard[-1]
        image = await ba.gets(str(shown["image"]))
        async with visit(house) as thief:
            await thief.says("/start")
            stolen = await thief.gets(str(shown["image"]))
    assert code in str(on_telegram.text)
    assert on_telegram.photo is not None
    assert Image.open(BytesIO(on_telegram.photo)).size == (320, 200)
    assert (image.status, image.headers["Content-Type"], image.body) == (200, "image/jpeg", picture)
    assert stolen.status == 404


async def test_words_too_long_for_a_caption_come_before_the_picture(
    served: tuple[House, FakeTelegram], town: TownOf, office: Press
) -> None:
    lan = served[1].user("Lan")
    await greeted(lan)
    await all_subscribe(town)
    before = len(lan.heard)
    await office.approves("Lịch trạm y tế", LONG, picture=jpeg())

    await lan.hears("Lịch trạm y tế")
    await lan.hears_more(before + 1)

    words, picture = lan.heard[before:]
    assert (words.photo, words.text.startswith("Lịch trạm y tế"), picture.text) == (None, True, "")
    assert picture.photo is not None


async def test_the_picture_is_in_no_message_and_in_no_line_of_a_chat(
    served: tuple[House, FakeTelegram], town: TownOf, office: Press
) -> None:
    lan, picture = served[1].user("Lan"), jpeg()
    await greeted(lan)
    await town.citizen("Ba").says("/menu")
    await all_subscribe(town)
    await office.approves("Lịch trạm y tế", SHORT, picture=picture)
    await lan.hears("Lịch trạm y tế")

    def copy(unit: Unit) -> None:
        query = select(OutboxRow.id).where(OutboxRow.kind == "broadcast", OutboxRow.channel == "telegram")
        found, now = unit.scalars(query).one(), town.clock.now()
        assert found is not None
        sending.copy(unit, Vault(unit, town.office.master), found, now, now)

    await town.database.write(copy)

    kinds = select(OutboxRow.body).where(col(OutboxRow.kind) == "broadcast")
    bodies = await town.database.read(lambda unit: unit.scalars(kinds).all())
    lines = await town.database.read(lambda unit: unit.scalars(select(ChatLine.body)).all())
    assert len(bodies) == 3
    assert max(len(body or b"") for body in (*bodies, *lines)) < len(picture) / 2


def test_the_preview_knows_what_telegram_takes_under_a_picture() -> None:
    assert LIMITS.caption == CAPTION

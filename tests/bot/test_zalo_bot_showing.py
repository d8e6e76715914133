"""What the bot shows: whole and in order, cards by an address that ends, and photos that people send."""

import re
import unicodedata
from pathlib import Path

from aiohttp import ClientSession
from sqlmodel import select

from bot.channels.zalo_bot.channel import SHAKEN
from fakes.faults import HANG, RESET
from fakes.zalo_bot.faults import BAD_REQUEST, FORBIDDEN
from fakes.zalo_bot.methods import FETCHES
from storage.database import Unit
from storage.tables import File
from tests.kit.private_page import TO_PHOTOS, jpeg
from tests.kit.telegram_house import eventually
from tests.kit.zalo_bot_house import greeted, queue, until, zalo_bot_house

CARD = {
    "kind": "code",
    "values": {"title": "Mã yêu cầu", "code": "HS-0000-0000", "line1": "một", "line2": "", "line3": "", "note": "",
               "demo": ""},
}  # fmt: skip


async def test_nine_thousand_letters_and_twelve_options_come_whole_and_in_order(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan")
        words = " ".join(f"từ{number}" for number in range(1500))[:9000]
        options = [{"label": f"Lựa chọn {number}", "press": f"n.{number}"} for number in range(1, 13)]
        [long, last] = await queue(house, lan, words, "sau cùng", kind="question", options=options)
        await until(house, long, "sent")
        await until(house, last, "sent")

        shown = [message.text for message in lan.heard]
        together = "".join(shown)
        assert together.startswith(words)
        assert max(map(len, shown)) <= 2000
        assert re.findall(r"^(\d+)\. Lựa chọn (\d+)$", "\n".join(shown), re.MULTILINE)[:12] == [
            (str(number), str(number)) for number in range(1, 13)
        ]
        assert "sau cùng" in shown[-1]


async def test_loose_accents_are_composed(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan")
        [number] = await queue(house, lan, unicodedata.normalize("NFD", "Người nghèo Đà Nẵng"))
        await until(house, number, "sent")

        assert lan.heard[-1].text == "Người nghèo Đà Nẵng"


async def test_a_card_is_fetched_from_us_under_an_address_that_ends_and_says_nothing(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo), ClientSession() as web:
        lan = zalo.user("Lan")
        [number] = await queue(house, lan, "Mã của ông/bà: HS-0000-0000", card=CARD)
        await until(house, number, "sent")

        card = lan.heard[-1]
        assert (card.text, (card.photo or b"")[:4]) == ("Mã của ông/bà: HS-0000-0000", b"\x89PNG")
        assert zalo.called("sendPhoto")[0].outcome == "ok"
        assert FETCHES > 1
        address = card.address
        changed = address[:-3] + ("AAA" if address[-3:] != "AAA" else "BBB")
        async with web.get(address) as again, web.get(changed) as forged, web.get(address[:-9]) as short:
            assert [again.status, forged.status, short.status] == [200, 404, 404]
            assert again.headers["Cache-Control"] == "no-store"
        house.clock.move(minutes=31)
        async with web.get(address) as late:
            assert late.status == 404


async def test_without_a_public_address_or_where_it_is_refused_the_words_come_alone(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path / "a", mode="polling", public=False) as (house, zalo):
        lan = zalo.user("Lan")
        [number] = await queue(house, lan, "Mã: HS-0000-0000", card=CARD)
        await until(house, number, "sent")
        assert ([m.text for m in lan.heard], zalo.called("sendPhoto")) == (["Mã: HS-0000-0000"], [])
    async with zalo_bot_house(tmp_path / "b") as (house, zalo):
        lan = zalo.user("Lan")
        zalo.faults.add(BAD_REQUEST, method="sendPhoto")
        [number] = await queue(house, lan, "Mã: HS-0000-0000", card=CARD)
        await until(house, number, "sent")
        assert [(m.text, m.photo) for m in lan.heard] == [("Mã: HS-0000-0000", None)]


async def test_a_photo_she_sends_is_fetched_and_cleaned(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan")
        await greeted(lan)
        for words in (*TO_PHOTOS,):
            before = len(lan.heard)
            lan.says(words)
            await lan.hears_more(before)
        lan.sends_photo(jpeg())

        def clean(unit: Unit) -> File | None:
            row = unit.scalars(select(File)).first()
            return row if row is not None and row.state == "clean" else None

        found = await eventually(house, "the photo is clean", clean)
        assert found.size > 0


async def test_when_the_line_breaks_after_a_question_it_is_repeated_once_and_a_link_never(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        lan, mai = zalo.user("Lan"), zalo.user("Mai")
        zalo.faults.add(RESET, times=None)
        [question] = await queue(house, lan, "Mấy người?", kind="question")
        [link] = await queue(house, mai, "Bấm vào đây", kind="link")
        await until(house, question, "unknown")
        await until(house, link, "unknown")
        zalo.faults.clear()
        house.clock.move(seconds=11)
        house.service.platforms[0].sender.wake()
        await lan.hears_more(1)

        assert ([m.text for m in lan.heard], [m.text for m in mai.heard]) == (["Mấy người?"] * 2, ["Bấm vào đây"])


async def test_killed_before_the_answer_came_a_question_is_repeated_once(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        lan, sender = zalo.user("Lan"), house.service.platforms[0].sender
        zalo.faults.add(HANG)
        [number] = await queue(house, lan, "Mấy người?", kind="question")
        await lan.hears("Mấy người?")

        for task in list(sender._at_work.values()):
            task.cancel()
        house.clock.move(seconds=31)
        await until(house, number, "unknown")
        house.clock.move(seconds=11)
        await lan.hears_more(1)

        assert [message.text for message in lan.heard] == ["Mấy người?"] * 2


async def test_after_four_times_its_strange_403_she_can_not_be_reached(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        channel = house.service.platforms[0]._channel  # type: ignore[attr-defined]  # a bot is the only platform here
        lan = zalo.user("Lan")
        zalo.faults.add(FORBIDDEN, times=None)
        channel._shaken[lan.id] = SHAKEN  # it was so three times before
        [first, second] = await queue(house, lan, "một", "hai")

        rows = [await until(house, number, "failed") for number in (first, second)]

        assert [row.reason for row in rows] == ["http_403"] * 2
        assert len(zalo.called("sendMessage")) == 1


async def test_a_used_up_quota_is_told_and_holds_all_but_what_is_on_its_way(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        people = [zalo.user(f"người {number}") for number in range(6)]
        zalo.world.quota = 0
        numbers = [number for user in people for number in await queue(house, user, "chào")]
        while (await until(house, numbers[0], "queued")).attempt == 0:
            house.service.platforms[0].sender.wake()

        assert "zalo_bot_quota" in house.service.platforms[0].reasons()
        assert len(zalo.called("sendMessage")) < len(people)

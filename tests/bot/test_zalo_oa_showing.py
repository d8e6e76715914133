"""What the account shows: whole and in order, buttons or numbered lines, pictures uploaded once, photos of people."""

import re
import unicodedata
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from sqlmodel import select

from bot.channels.contract import Fitted, Picture
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.user import ZaloUser
from storage.database import Unit
from storage.queries import machine
from storage.tables import File
from tests.kit.clock import HandClock
from tests.kit.house import House
from tests.kit.private_page import TO_PHOTOS, jpeg
from tests.kit.telegram_house import eventually
from tests.kit.zalo_oa_house import answered, greeted, house_of, knows, queue, until, zalo_oa_house

UPLOAD = "/v2.0/oa/upload/image"
CARD = {
    "kind": "code",
    "values": {"title": "Mã yêu cầu", "code": "HS-0000-0000", "line1": "một", "line2": "", "line3": "", "note": "",
               "demo": ""},
}  # fmt: skip
YES_NO = [{"label": "Có", "press": "n.0"}, {"label": "Không", "press": "n.1"}]
Place = tuple[House, FakeZaloOa, ZaloUser]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """The service, and somebody who wrote and was answered."""
    async with zalo_oa_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan", phone="84905123456")
        await knows(house, lan)
        yield house, zalo, lan
        assert zalo.world.complaints == []


def uploads(zalo: FakeZaloOa) -> int:
    return sum(call.path == UPLOAD for call in zalo.calls)


async def test_nine_thousand_letters_twelve_options_and_a_card_come_whole_and_in_order(place: Place) -> None:
    house, _, lan = place
    before = len(lan.heard)
    words = " ".join(f"từ{number}" for number in range(1500))[:9000]
    options = [{"label": f"Lựa chọn {number}", "press": f"n.{number}"} for number in range(1, 12)]
    options.append({"label": "Xong", "press": "n.12", "leads": True})  # type: ignore[dict-item]  # as it is kept

    [long, last] = await queue(
        house, lan, words, "sau cùng", kind="notice", options=options, back="Quay lại", card=CARD
    )
    await until(house, long, "sent", "delivered")
    await until(house, last, "sent", "delivered")

    shown = lan.heard[before:]
    texts = [one.text for one in shown]
    assert [one.picture is not None for one in shown] == [True, *[False] * 5, True, False]
    together = "".join(texts[1:-2])
    assert together.startswith(words)
    assert max(map(len, texts)) <= 2000
    assert re.findall(r"^(\d+)\. (.+)$", together, re.MULTILINE) == [
        (str(number), option["label"]) for number, option in enumerate(options, start=1)
    ]
    assert shown[5].titles == ("Xong", "Quay lại")
    assert all(one.buttons == [] for one in shown[:5])
    assert texts[-1].startswith("sau cùng")


async def test_five_options_are_buttons_whose_payload_is_not_shown(place: Place) -> None:
    house, _, lan = place

    [number] = await queue(house, lan, "Chọn một", options=[{"label": f"Mục {n}", "press": f"n.{n}"} for n in range(5)])
    await until(house, number, "sent", "delivered")

    assert lan.heard[-1].buttons == [
        {"title": f"Mục {n}", "type": "oa.query.hide", "payload": f"#n.{n}"} for n in range(5)
    ]


async def test_loose_accents_are_composed(place: Place) -> None:
    house, _, lan = place

    [number] = await queue(house, lan, unicodedata.normalize("NFD", "Người nghèo Đà Nẵng"))
    await until(house, number, "sent", "delivered")

    assert lan.heard[-1].text == "Người nghèo Đà Nẵng"


async def test_a_picture_is_uploaded_once_and_again_before_it_expires(place: Place) -> None:
    house, zalo, lan = place

    for days, wanted in ((0, 1), (3, 1), (4, 2)):
        house.clock.move(days=days)
        lan.says("/menu")
        [number] = await queue(house, lan, "Mã: HS-0000-0000", card=CARD)
        await until(house, number, "sent", "delivered")
        assert uploads(zalo) == wanted


async def test_an_upload_that_zalo_forgot_is_made_anew_once(place: Place) -> None:
    house, zalo, lan = place
    [number] = await queue(house, lan, "một", card=CARD)
    await until(house, number, "sent", "delivered")
    pictures = sum(shown.picture is not None for shown in lan.heard)

    zalo.faults.add(faults.code(-100), path=faults.CS)
    [number] = await queue(house, lan, "hai", card=CARD)
    await until(house, number, "sent", "delivered")
    zalo.faults.add(faults.code(-100), path=faults.CS, times=2)
    [number] = await queue(house, lan, "ba", card=CARD)
    await until(house, number, "sent", "delivered")

    assert uploads(zalo) == 3
    assert sum(shown.picture is not None for shown in lan.heard) == pictures + 1
    assert [shown.text for shown in lan.heard[-2:]] == ["hai", "ba"]


async def test_a_photo_of_more_than_a_megabyte_is_sent_smaller(place: Place) -> None:
    house, _, lan = place
    noise = Image.frombytes("RGB", (1600, 1600), Random(1).randbytes(1600 * 1600 * 3))  # noqa: S311  # no secret
    written = BytesIO()
    noise.save(written, "JPEG", quality=95)
    assert written.tell() > 1 << 20
    large = written.getvalue()

    channel = house.service.platforms[0].channel  # type: ignore[attr-defined]  # the account is the only platform here
    shown = await channel.send(lan.id, Fitted(text="", card=Picture("announced", {}, large)))

    assert shown == lan.heard[-1].id
    assert len(lan.heard[-1].picture or b"") <= 1 << 20
    assert Image.open(BytesIO(lan.heard[-1].picture or b"")).size[0] > 700


async def test_what_can_not_be_drawn_or_uploaded_leaves_its_words(place: Place) -> None:
    house, zalo, lan = place
    before = len(lan.heard)

    [odd] = await queue(house, lan, "một", card={"kind": "none", "values": {}})
    await until(house, odd, "sent", "delivered")
    zalo.faults.add(faults.code(-210), path=UPLOAD)
    [number] = await queue(house, lan, "hai", card=CARD, options=YES_NO)
    await until(house, number, "sent", "delivered")

    assert [(shown.text.split("\n")[0], shown.picture) for shown in lan.heard[before:]] == [
        ("một", None),
        ("hai", None),
    ]


async def test_her_number_is_asked_for_and_what_she_gives_is_heard(place: Place) -> None:
    house, _, lan = place
    [number] = await queue(house, lan, "Cán bộ gọi số nào?", contact=True)
    await until(house, number, "sent", "delivered")

    assert [shown.kind for shown in lan.heard[-2:]] == ["text", "info"]
    before = len(lan.heard)
    lan.shares_contact("84905123456")
    assert await lan.hears_more(before)


async def test_where_her_number_can_not_be_asked_for_the_words_are_enough(tmp_path: Path) -> None:
    async with zalo_oa_house(tmp_path, PUBLIC_URL="") as (house, zalo):
        lan = zalo.user("Lan")
        await knows(house, lan)
        [number] = await queue(house, lan, "Cán bộ gọi số nào?", contact=True)
        row = await until(house, number, "sent", "delivered")
        assert (lan.heard[-1].text, row.platform_id) == ("Cán bộ gọi số nào?", lan.heard[-1].id)


async def test_a_refused_wish_for_her_number_leaves_the_question(place: Place) -> None:
    house, zalo, lan = place
    [first] = await queue(house, lan, "trước")
    await until(house, first, "sent", "delivered")
    [number] = await queue(house, lan, "Cán bộ gọi số nào?", contact=True)
    zalo.faults.add(faults.slow(0.01), path=faults.CS)
    zalo.faults.add(faults.code(-233), path=faults.CS)
    await until(house, number, "sent", "delivered")

    assert lan.heard[-1].text == "Cán bộ gọi số nào?"


async def test_a_photo_she_sends_is_fetched_and_cleaned(place: Place) -> None:
    house, _, lan = place
    for words in (*TO_PHOTOS,):
        await answered(lan, words)
    lan.sends_image(jpeg())

    def clean(unit: Unit) -> File | None:
        row = unit.scalars(select(File)).first()
        return row if row is not None and row.state == "clean" else None

    assert await eventually(house, "the photo is clean", clean)


async def test_people_elsewhere_are_told_where_the_account_is(place: Place) -> None:
    house, zalo, _ = place

    link = await eventually(house, "the link is known", lambda unit: machine.fact(unit, "link:zalo_oa"))

    assert link == f"https://zalo.me/{zalo.world.account.oa_id}"


# Buttons that are refused


@pytest.mark.parametrize(("code", "tries"), [(-233, 1), (-201, 2)])
async def test_refused_buttons_are_learned_and_remembered_until_they_are_allowed(
    tmp_path: Path, code: int, tries: int
) -> None:
    async with fake_zalo_oa(clock=HandClock()) as zalo:
        lan, mai = zalo.user("Lan"), zalo.user("Mai")
        await refused_until_learned(zalo, lan, tmp_path, code, tries)
        async with house_of(zalo, tmp_path, seeded=False) as house:
            await greeted_by_number(mai)
            assert not any(shown.buttons for shown in mai.heard)
            await house.database.write(lambda unit: machine.set_fact(unit, "zalo_oa:buttons", ""))
            await house.service.platforms[0]._look_at_buttons()  # type: ignore[attr-defined]  # as above
            zalo.world.account.buttons_refused = 0
            await answered(mai, "/menu")
            assert mai.heard[-1].buttons


async def refused_until_learned(zalo: FakeZaloOa, lan: ZaloUser, folder: Path, code: int, tries: int) -> None:
    async with house_of(zalo, folder) as house:
        await knows(house, lan)
        zalo.world.account.buttons_refused = code
        for number in range(4):
            [row] = await queue(house, lan, f"lần {number}", options=YES_NO)
            await until(house, row, "sent", "delivered")
        with_buttons = [c for c in zalo.calls if "attachment" in str(c.given) and c.outcome.startswith(str(code))]

        assert len(with_buttons) == tries
        assert [shown.text for shown in lan.heard[-4:]] == [f"lần {n}\n1. Có\n2. Không" for n in range(4)]


async def greeted_by_number(user: ZaloUser) -> None:
    """She begins where there are no buttons."""
    before = len(user.heard)
    user.says("/start")
    await user.hears_more(before)
    user.says("1")
    await user.hears("Ông/bà cần việc gì?")


async def test_an_unknown_person_does_not_cost_others_their_buttons(place: Place) -> None:
    house, zalo, lan = place
    mai = zalo.user("Mai")
    await greeted(mai)
    gone = zalo.world.people.pop(mai.id)

    for number in range(3):
        [row] = await queue(house, mai, f"lần {number}", options=YES_NO)
        await until(house, row, "failed")
    [row] = await queue(house, lan, "một", options=YES_NO)
    await until(house, row, "sent", "delivered")

    zalo.world.people[mai.id] = gone
    assert lan.heard[-1].titles == ("Có", "Không")

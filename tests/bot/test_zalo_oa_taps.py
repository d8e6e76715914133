"""Tapped buttons come back as typed words: none has any authority of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import func, select

from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from storage.tables import Case
from tests.kit.house import House
from tests.kit.telegram_house import counted
from tests.kit.zalo_oa_house import answered, greeted, zalo_oa_house
from tests.kit.zalo_oa_phone import ZaloOaPhone
from tests.walks.steps import follow
from tests.walks.table import REGISTERED

# All of a registration but the last tap and what follows.
UNTIL_SENT = REGISTERED[: REGISTERED.index("[Gửi yêu cầu]")]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[House, FakeZaloOa]]:
    async with zalo_oa_house(tmp_path) as (house, zalo):
        yield house, zalo
        assert zalo.world.complaints == []


def payload(user: ZaloUser, title: str) -> str:
    """What the latest button with this title sends."""
    found = [b for shown in user.heard for b in shown.buttons if b["title"] == title]
    return str(found[-1]["payload"])


async def test_only_her_own_tap_on_the_open_question_sends_her_request(place: tuple[House, FakeZaloOa]) -> None:
    house, zalo = place
    lan, mai = zalo.user("Lan"), zalo.user("Mai")
    phone = ZaloOaPhone(house, zalo=zalo, user=lan)
    await greeted(mai)
    await follow(phone, *UNTIL_SENT)
    send = payload(lan, "Gửi yêu cầu")
    nonce, _, index = send.partition(".")
    agreed = payload(lan, "Đồng ý gửi")

    await answered(mai, send)
    for typed in (f"{nonce}x.{index}", f"{nonce}.9", f"{nonce}.-1", f"{nonce}.٣", f"{nonce[:-1]}.{index}", agreed):
        await follow(phone, typed)
    assert await counted(house, Case) == 0
    await follow(phone, "[Gửi yêu cầu]", "< Đã nhận yêu cầu của ông/bà. Mã: HS-")
    await follow(phone, send)

    count = select(func.count()).select_from(Case)
    assert await house.database.read(lambda unit: unit.scalar(count)) == 1

"""How the Official Account stands, on the page of messages; and who is to be called or visited while messages wait."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.channels.zalo_oa.buttons import FACT, REFUSED
from fakes.zalo_oa.server import FakeZaloOa
from storage.database import Unit
from storage.queries import machine
from storage.queries.outgoing import account, tokens
from storage.tables import Case, OutboxRow
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, asks
from tests.kit.zalo_oa_house import greeted, zalo_oa_house


@pytest.fixture
async def with_account(tmp_path: Path) -> AsyncIterator[tuple[House, FakeZaloOa]]:
    async with zalo_oa_house(tmp_path / "zalo", ZALO_PAID_CS="30") as both:
        yield both


async def holds(house: House, code: str, key: str = "test/1") -> None:
    """A message to whoever sent a request waits until she writes."""
    now = house.clock.now()

    def put(unit: Unit) -> None:
        case = unit.scalars(select(Case).where(col(Case.code) == code)).one()
        row = OutboxRow(
            key=key, kind="reminder", channel="zalo_oa", state="held", reason="window", person_id=case.person_id,
            address_id="a", not_before=now, cause="test", created_at=now, changed_at=now,
        )  # fmt: skip
        unit.add_all([row])

    await house.database.write(put)


async def test_the_page_says_how_the_account_stands(with_account: tuple[House, FakeZaloOa]) -> None:
    house, zalo = with_account
    await greeted(zalo.user("Lan"))
    await house.database.write(lambda unit: account.called(unit, "zalo_oa", house.clock.now()))
    async with clerk(house, "an", "admin") as an:
        said = text(await an.opens("/outbox"))

    assert "Zalo Official Account" in said
    assert "1 người không mất tiền, 0 người phải trả tiền, 0 người phải chờ họ nhắn lại" in said
    assert "0 trong tối đa 30 tin" in said
    assert "còn 24 giờ, lấy lúc" in said or "còn 25 giờ, lấy lúc" in said
    assert "chưa lần nào" not in said


async def test_what_needs_a_hand_is_said(with_account: tuple[House, FakeZaloOa]) -> None:
    house, _ = with_account

    def spoil(unit: Unit) -> None:
        machine.set_fact(unit, FACT, REFUSED)
        tokens.spend(unit, "zalo_oa", 1, "invalid_grant")

    await house.database.write(spoil)
    async with clerk(house, "an", "admin") as an:
        said = text(await an.opens("/outbox"))

    assert "không dùng được nữa" in said
    assert "Zalo không nhận, nên câu hỏi hiện thành dòng có số" in said


async def test_without_an_account_nothing_is_said_of_one(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        page = await an.opens("/outbox")
        as_json = (await an.opens("/api/outbox")).json

    assert "Zalo Official Account" not in text(page)
    assert as_json["account"] == []


async def test_only_who_sees_messages_sees_the_account(with_account: tuple[House, FakeZaloOa]) -> None:
    async with clerk(with_account[0], "an", "officer") as an:
        assert (await an.opens("/outbox")).status == 403


async def test_what_is_held_leads_to_the_open_request_of_its_person(house: House, town: TownOf) -> None:
    code = await asks(town, "Lan")
    await holds(house, code)
    async with clerk(house, "an", "admin") as an:
        page = await an.opens("/outbox?state=held")

    assert "gọi hoặc đến nhà" in text(page)
    assert "đã lâu người nhận chưa nhắn lại" in text(page)
    assert f'href="/console/requests/{code}"' in page.body.decode()


async def test_a_request_says_that_its_person_is_to_be_called_or_visited(house: House, town: TownOf) -> None:
    code = await asks(town, "Lan")
    case_id = await town.database.read(lambda unit: unit.scalars(select(Case.id).where(Case.code == code)).one())
    await holds(house, code, key=f"test/case/{case_id}/approved")
    async with clerk(house, "hoa", "officer", places=(HERE,)) as hoa:
        assert "Có 1 tin chưa tới được người này" in text(await hoa.opens(f"/requests/{code}"))


async def test_a_call_of_the_platform_is_noted_once_a_minute(town: TownOf) -> None:
    now, seen = town.clock.now(), []

    def call(unit: Unit, moment: datetime) -> datetime | None:
        account.called(unit, "zalo_oa", moment)
        return account.called_at(unit, "zalo_oa")

    for seconds in (0, 30, 59, 61, 3600):
        moment = now + timedelta(seconds=seconds)
        seen.append(await town.database.write(partial(call, moment=moment)))

    assert seen == [now + timedelta(seconds=seconds) for seconds in (0, 0, 0, 61, 3600)]

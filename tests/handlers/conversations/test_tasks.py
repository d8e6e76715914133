"""What an official is shown in her chat: her list, and a request with what she may do to it. Nobody else is."""

import pytest
from sqlmodel import col, select

from handlers.desk.cases import Registration
from storage.tables import OutboxRow
from tests.handlers.conversations.walks import registers
from tests.kit.audit import actions
from tests.kit.on_duty import PLACE, Clerk, clerk
from tests.kit.town import Citizen, Town

THERE = "xa_tay_giang"
REQUEST = Registration(needs=("food",), unit_id=PLACE, place="tổ 3")


@pytest.fixture
async def tam(town: Town) -> Clerk:
    """An officer of the ward."""
    return await clerk(town, "Tâm", "officer")


@pytest.fixture
def lan(town: Town) -> Citizen:
    """Somebody in need."""
    return town.citizen("Lan")


@pytest.fixture
async def code(lan: Citizen) -> str:
    """A request that she sent; she wants news of it."""
    return await registers(lan, news="1")


async def test_the_list_counts_what_waits_and_opens_a_request(tam: Clerk, code: str) -> None:
    await tam.says("/viec")
    tam.hears("casework.to_do", "casework.which")
    assert "1 yêu cầu" in tam.heard[0].text

    await tam.presses(code)

    shown = tam.hears_last("casework.request")
    assert all(words in shown.text for words in ("Nguyễn Thị Lan", "0905123456", "tổ 3, gần chợ", "Phường Hòa Khánh"))
    assert shown.text.startswith(f"Yêu cầu {code}: mới gửi.\n")


@pytest.mark.parametrize("typed", ["/viec", "/tasks", "việc được giao"])
async def test_the_list_opens_by_command_and_in_words(tam: Clerk, typed: str) -> None:
    await tam.says(typed)

    tam.hears("casework.nothing_to_do")


async def test_urgent_requests_and_talks_that_wait_are_counted(town: Town, tam: Clerk) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await mai.at_desk(lambda desk: desk.talks.wish(PLACE))
    await mai.at_desk(lambda desk: desk.urgent.raise_one("Hòa Khánh, ngõ sau chợ", "hunger", None))

    await tam.says("/viec")

    assert "1 việc gấp, 1 người" in tam.hears_last("casework.nothing_to_do").text


async def test_the_overdue_come_first_and_further_ones_are_a_button_away(town: Town, tam: Clerk) -> None:
    for number in range(11):
        citizen = town.citizen(f"C{number}")
        await citizen.says("/menu")
        await citizen.at_desk(lambda desk: desk.cases.open(REQUEST))
        town.clock.move(days=1)

    await tam.says("/viec")
    first = tam.heard[-1].options
    await tam.presses("Xem thêm")

    assert [option.startswith("Quá hạn") for option in first] == [True] * 5 + [False] * 5
    assert len(tam.heard[-1].options) == 2
    assert not set(tam.heard[-1].options) & set(first)


async def test_a_reading_is_noted_and_a_foreign_request_is_absent(town: Town, tam: Clerk, code: str) -> None:
    xa = await clerk(town, "Xa", "officer", places=(THERE,))

    await tam.says(f"/viec {code}")
    await xa.says(f"/viec {code}")

    xa.hears("casework.wrong.absent")
    assert await actions(town, "case.read", "rights.refused") == ["case.read", "rights.refused"]


async def test_no_citizen_s_number_is_shown_in_a_chat(town: Town, tam: Clerk, lan: Citizen, code: str) -> None:
    await lan.at_desk(lambda desk: desk.cases.add_words(code, "căn cước của tôi 048 154 001 234, hoặc 048154001234"))

    await tam.says(f"/viec {code}")

    shown = tam.hears_last("casework.request").text
    assert "•••234, hoặc •••234" in shown
    assert "048" not in shown


async def test_what_was_shown_in_a_chat_goes_when_she_erases_herself(
    town: Town, tam: Clerk, lan: Citizen, code: str
) -> None:
    await tam.says(f"/viec {code}")
    await lan.at_desk(lambda desk: desk.people.erase())

    chat = await tam.chat()
    query = select(OutboxRow).where(OutboxRow.address_id == chat.address_id).order_by(col(OutboxRow.id).desc())
    last = await town.database.read(lambda unit: unit.scalars(query).first())

    assert last is not None
    assert last.body is None


async def test_a_helper_is_offered_nothing_but_notes(town: Town, code: str) -> None:
    helper = await clerk(town, "Bảy", "helper")

    await helper.says(f"/viec {code}")

    assert helper.heard[-1].options == ("Ghi chú", "Việc được giao")


async def test_a_resident_who_types_the_command_is_told_so_and_it_is_noted(town: Town, lan: Citizen, code: str) -> None:
    await lan.says("/viec", f"/viec {code}")

    lan.hears("casework.officials_only")
    assert await actions(town, "rights.refused", "case.read") == ["rights.refused"] * 2

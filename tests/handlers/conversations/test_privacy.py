"""What is kept, a link to it, a consent taken back, and everything erased."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from storage.tables import Case, CaseLookUp, ChatLine, DataKey, InboxRow, OutboxRow
from storage.unit import Unit
from storage.vault import KeyGone, Vault
from tests.handlers.conversations.walks import ANSWERED, cases, registers
from tests.kit.dead_letters import set_aside
from tests.kit.town import Citizen, Town

CANARIES = ("Nguyễn Thị Lan", "0905", "905123456", "tổ 3, gần chợ")


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody with a request on file who wants news of it."""
    lan = town.citizen("Lan")
    await registers(lan, news="1")
    return lan


async def erases(citizen: Citizen) -> None:
    await citizen.says("/riengtu")
    await citizen.presses("Xóa hết", "Xóa hết")


async def data_keys(town: Town) -> set[str]:
    return set(await town.database.read(lambda unit: unit.scalars(select(col(DataKey.name))).all()))


def every_value(unit: Unit) -> Sequence[object]:
    """Whatever stands in any column of any table."""
    return [value for table in SQLModel.metadata.sorted_tables for row in unit.execute(select(table)) for value in row]


async def test_what_is_kept_is_told(lan: Citizen) -> None:
    await lan.says("/riengtu")

    told = lan.hears_last("privacy.kept").text
    assert "1 yêu cầu" in told
    assert "gửi yêu cầu hỗ trợ cho cán bộ" in told


async def test_a_link_to_everything_is_given(lan: Citizen) -> None:
    await lan.says("/riengtu")

    await lan.presses("Xem, tải về")

    assert "http://localhost/p/" in lan.hears_last("download.link").text


async def test_a_consent_is_taken_back(lan: Citizen) -> None:
    await lan.says("/riengtu")

    await lan.presses("Rút lại đồng ý", "nhắn tin mới")

    lan.hears("withdraw_consent.withdrawn")
    assert not await lan.at_desk(lambda desk: desk.consents.in_force("case_news"))


async def test_none_may_be_taken_back_after_all(lan: Citizen) -> None:
    await lan.says("/riengtu")

    await lan.presses("Rút lại đồng ý", "Không rút gì")

    lan.hears("withdraw_consent.nothing_withdrawn")
    assert await lan.at_desk(lambda desk: desk.consents.in_force("case_news"))


async def test_a_consent_taken_back_is_asked_for_again(lan: Citizen) -> None:
    await lan.says("/riengtu")
    await lan.presses("Rút lại đồng ý", "gửi yêu cầu hỗ trợ")

    await lan.says("/dangky")

    lan.hears("consent_register.for_whom")


async def test_erasing_is_confirmed_first(lan: Citizen) -> None:
    await lan.says("/riengtu")

    await lan.presses("Xóa hết", "Không xóa")

    lan.hears("erase.nothing_erased")


async def test_erasing_withdraws_the_open_request_and_says_so(town: Town, lan: Citizen) -> None:
    await erases(lan)

    lan.hears("erase.erased_with_cases")
    [case] = await cases(town)
    assert (case.state, case.body) == ("withdrawn", None)


async def test_erasing_keeps_code_unit_and_needs(town: Town, lan: Citizen) -> None:
    [before] = await cases(town)

    await erases(lan)

    [case] = await cases(town)
    assert (case.code, case.unit_id, case.needs) == (before.code, "phuong_hoa_khanh", ["review", "school"])


async def test_erasing_without_a_request_says_nothing_of_one(town: Town) -> None:
    mai = town.citizen("Mai")

    await erases(mai)

    mai.hears("erase.erased")


async def test_after_erasing_the_chat_is_a_new_persons(lan: Citizen) -> None:
    before = (await lan.chat()).person_id
    await erases(lan)

    await lan.says("/dangky")

    lan.hears("consent_register.for_whom")
    assert (await lan.chat()).person_id != before


async def test_after_erasing_she_has_no_requests(lan: Citizen) -> None:
    await erases(lan)

    await lan.says("/hoso")

    lan.hears("my_cases.none")


async def test_after_erasing_old_buttons_are_nobodys(lan: Citizen) -> None:
    await lan.says("/hoso")
    stop = lan.button("Dừng yêu cầu")
    await erases(lan)

    await lan.presses_again(stop)

    lan.hears("old_button")


async def test_erasing_destroys_her_key_and_her_requests(town: Town, lan: Citizen) -> None:
    person, [case] = (await lan.chat()).person_id, await cases(town)
    assert {f"person:{person}", f"case:{case.id}"} <= await data_keys(town)

    await erases(lan)

    assert not {f"person:{person}", f"case:{case.id}"} & await data_keys(town)


async def test_what_her_key_sealed_is_opened_by_none(town: Town, lan: Citizen) -> None:
    [case] = await cases(town)
    await erases(lan)

    def opens(unit: Unit, vault: Vault) -> object:
        return vault.open(f"case:{case.id}", f"cases.body:{case.id}", case.body or b"")

    with pytest.raises(KeyGone):
        await town.read(opens)


async def test_after_erasing_no_word_of_hers_is_kept_even_sealed(town: Town, lan: Citizen) -> None:
    before = await town.database.read(lan._last_message)

    await erases(lan)

    def kept(unit: Unit) -> list[int]:
        old = unit.query(OutboxRow).filter(col(OutboxRow.id) <= before, col(OutboxRow.body).is_not(None)).count()
        said = unit.query(InboxRow).filter(col(InboxRow.kind) == "text", col(InboxRow.body).is_not(None)).count()
        lines = unit.query(ChatLine).count()
        return [old, said, lines, unit.query(CaseLookUp).count()]

    # What is left in the chat is the one line that says it is done.
    assert await town.database.read(kept) == [0, 0, 1, 0]


async def test_erasing_empties_messages_set_aside_as_well(town: Town, lan: Citizen) -> None:
    await town.database.write(lambda unit: set_aside(unit, town.clock.now(), newest=False))

    await erases(lan)

    dead = await town.database.read(lambda unit: unit.query(InboxRow).filter(col(InboxRow.state) == "dead").all())
    assert [row.body for row in dead] == [None]


@pytest.mark.parametrize("erased", [False, True], ids=["before erasing", "after erasing"])
async def test_nothing_she_said_stands_in_plain_words_anywhere(town: Town, lan: Citizen, *, erased: bool) -> None:
    if erased:
        await erases(lan)

    stored = await town.database.read(every_value)

    seen = [value if isinstance(value, bytes) else str(value).encode() for value in stored]
    assert not [canary for canary in CANARIES if any(canary.encode() in value for value in seen)]


async def test_a_request_for_somebody_else_is_kept_without_the_helper(town: Town) -> None:
    ba = town.citizen("Ba")
    await ba.says("/dangky", "2", "2", "3", "1", "Hòa Sơn", "cuối xóm", "Trần Văn Ba", "0905 123 456", "gửi yêu cầu")

    await erases(ba)

    [case] = await cases(town)
    content = await ba.at_desk(lambda desk: desk.cases.read(case.id))
    assert case.state == "submitted"
    assert (content["place"], content["helper_name"], content["helper_phone"]) == ("cuối xóm", "", "")


async def test_erasing_leaves_other_people_alone(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/dangky", "1", "1", *ANSWERED[:3])

    await erases(lan)
    await mai.says("Trần Thị Mai")

    mai.hears("registration.birth_year")
    assert (await mai.answers())["name"] == "Trần Thị Mai"


async def test_an_erased_form_is_not_taken_up_again(town: Town) -> None:
    mai = town.citizen("Mai")
    await mai.says("/dangky", "1", "1", *ANSWERED[:3])

    await erases(mai)
    await mai.says("menu")

    assert "Làm tiếp" not in mai.hears_last("menu").options
    assert await town.database.read(lambda unit: unit.query(Case).count()) == 0

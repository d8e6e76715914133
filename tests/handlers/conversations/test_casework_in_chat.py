"""What officials do with requests in their chats, from the list to the hand-over, and who may not."""

import pytest

from handlers.desk import Actor
from handlers.desk.cases import Support
from handlers.flow.message import Opening, Say
from storage.tables import Case
from tests.handlers.conversations.walks import cases, registers
from tests.kit.audit import actions
from tests.kit.on_duty import Clerk, clerk
from tests.kit.town import Citizen, Town

# What no message through servers abroad may hold: who she is, where, and how she is reached.
PRIVATE = ("Nguyễn Thị Lan", "Lan", "0905", "905123456", "1954", "tổ 3", "gần chợ")


@pytest.fixture
async def tam(town: Town) -> Clerk:
    """An officer of the ward."""
    return await clerk(town, "Tâm", "officer")


@pytest.fixture
async def hoa(town: Town) -> Clerk:
    """The lead of the ward."""
    return await clerk(town, "Hòa", "lead")


@pytest.fixture
def lan(town: Town) -> Citizen:
    """Somebody in need."""
    return town.citizen("Lan")


@pytest.fixture
async def code(lan: Citizen) -> str:
    """A request that she sent; she wants news of it."""
    return await registers(lan, news="1")


async def case_of(town: Town) -> Case:
    return (await cases(town))[0]


async def propose(town: Town, official: Clerk, code: str) -> None:
    """An official proposes money at her desk."""
    support = Support(what="tiền học", amount=500_000)
    assert await town.as_official(official.id, lambda desk: desk.casework.propose(code, support)) == "done"


async def sees_a_button(official: Clerk, opens: str, code: str) -> None:
    """Show an official a button that she would not be shown now."""
    say = Say("casework.not_approved", code=code, openings=(Opening("doors.act.approve", opens, {"code": code}),))
    chat = await official.chat()
    await official.town.at_desk(Actor("clock"), lambda desk: desk.messages.say(chat, say))
    await official.listens(0)


async def told(citizen: Citizen) -> list[str]:
    """Everything a citizen was ever told, by its text's key."""
    await citizen.listens(0)
    return [message.key for message in citizen.heard]


# The way of a request


async def test_a_request_goes_from_asking_to_the_hand_over(
    town: Town, tam: Clerk, hoa: Clerk, lan: Citizen, code: str
) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Hỏi thêm người dân")
    await tam.says("giấy xác nhận của thôn")
    tam.hears("casework.did.ask")
    await lan.says("/hoso")
    await lan.presses("Tôi không có giấy này")
    await tam.listens(0)
    await tam.presses("Xem yêu cầu")
    await tam.presses("Đề xuất hỗ trợ")
    await tam.says("sửa mái nhà", "5 triệu")
    assert "5.000.000 đ" in tam.hears_last("casework.amount").text
    await tam.says("đúng", "đầu tháng 12", "Báo sau", "không")
    assert "5.000.000 đ" in tam.hears_last("casework.@review").text
    assert (await case_of(town)).state == "in_review"
    await tam.presses("Trình duyệt")
    tam.hears("casework.did.propose")
    assert "Duyệt đề xuất" not in tam.heard[-1].options
    await hoa.listens(0)
    await hoa.presses("Xem yêu cầu")
    assert "sửa mái nhà, 5.000.000 đ" in hoa.hears_last("casework.request").text
    await hoa.presses("Duyệt đề xuất", "Có, duyệt")
    hoa.hears("casework.did.approve")
    await tam.says(f"/viec {code}")
    await tam.presses("Hẹn ngày trao")
    await tam.says("9 giờ 5/12", "nhà văn hóa thôn")
    await tam.presses("Kết thúc yêu cầu")
    await tam.says("đã trao đủ")

    tam.hears("casework.did.close")
    assert [key for key in await told(lan) if key.startswith("case.")] == [
        "case.need_info", "case.approved", "case.delivering", "case.closed",
    ]  # fmt: skip


async def test_she_is_told_what_is_planned_and_reads_it_again(
    town: Town, tam: Clerk, hoa: Clerk, lan: Citizen, code: str
) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Đề xuất hỗ trợ")
    await tam.says("gạo 10 kg", "Không phải tiền", "Báo sau", "Báo sau", "con đi học đều", "25/2/2027")
    await tam.presses("Trình duyệt")

    await hoa.says(f"/viec {code}")
    assert "con đi học đều" in hoa.heard[-1].text
    await hoa.presses("Duyệt đề xuất", "Có, duyệt")
    await lan.says("/hoso")

    assert "Phường Hòa Khánh dự kiến hỗ trợ: gạo 10 kg, ngày trao sẽ báo sau. Người duyệt: Hòa." in lan.heard[-1].text


async def test_who_thinks_better_of_approving_approves_nothing(town: Town, tam: Clerk, hoa: Clerk, code: str) -> None:
    await propose(town, tam, code)
    await hoa.says(f"/viec {code}")

    await hoa.presses("Duyệt đề xuất", "Chưa duyệt")

    hoa.hears("casework.not_approved")
    assert "Duyệt đề xuất" in hoa.heard[-1].options
    assert (await case_of(town)).state == "proposed"


async def test_an_own_proposal_is_not_offered_for_approval(town: Town, hoa: Clerk, code: str) -> None:
    await propose(town, hoa, code)

    await hoa.says(f"/viec {code}")

    assert "Duyệt đề xuất" not in hoa.heard[-1].options
    assert "Gửi lại để xem thêm" in hoa.heard[-1].options


async def test_an_own_proposal_s_approval_is_refused_before_anything_is_asked(
    town: Town, hoa: Clerk, code: str
) -> None:
    await propose(town, hoa, code)
    await sees_a_button(hoa, "approve_case", code)

    await hoa.presses("Duyệt đề xuất")

    hoa.hears("casework.wrong.own.approve")
    assert (await case_of(town)).state == "proposed"


async def test_a_proposal_is_sent_back_with_words_for_colleagues(
    town: Town, tam: Clerk, hoa: Clerk, lan: Citizen, code: str
) -> None:
    await propose(town, tam, code)
    await hoa.says(f"/viec {code}")
    await hoa.presses("Gửi lại để xem thêm")

    await hoa.says("xin hỏi lại giá tôn")

    hoa.hears("casework.did.send_back")
    await tam.says(f"/viec {code}")
    assert "xin hỏi lại giá tôn" in tam.heard[-1].text
    assert not any(key.startswith("case.") for key in await told(lan))


async def test_a_refusal_takes_a_reason_of_the_list_and_own_words(
    town: Town, tam: Clerk, lan: Citizen, code: str
) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Chưa hỗ trợ được")
    tam.hears("casework.reason")

    await tam.presses("hiện đơn vị chưa có nguồn")
    await tam.says("Mong bà thông cảm.")

    tam.hears("casework.did.refuse")
    assert (await told(lan))[-1] == "case.refused"


async def test_a_request_is_handed_to_a_colleague_who_is_told(town: Town, tam: Clerk, hoa: Clerk, code: str) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Giao cho đồng nghiệp", "Hòa")

    tam.hears("casework.did.hand_over")
    assert (await case_of(town)).officer_id == hoa.id
    assert "case_news.handed_on" in await told(hoa)


async def test_where_nobody_else_works_a_request_is_handed_to_nobody(tam: Clerk, code: str) -> None:
    await tam.says(f"/viec {code}")

    await tam.presses("Giao cho đồng nghiệp")

    tam.hears("casework.wrong.invalid")


async def test_an_amount_of_nothing_and_a_day_gone_by_are_asked_again(tam: Clerk, code: str) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Đề xuất hỗ trợ")
    await tam.says("tiền học", "0 đồng", "đúng")
    assert "lớn hơn không" in tam.hears_last("casework.amount").text

    await tam.says("500 nghìn", "đúng", "Báo sau", "Báo sau", "con đi học đều", "1/1/2026")

    assert "sau hôm nay" in tam.hears_last("casework.check_on").text


# Two at one request


async def test_the_second_of_two_is_told_what_the_first_did(town: Town, tam: Clerk, hoa: Clerk, code: str) -> None:
    await tam.says(f"/viec {code}")
    await hoa.says(f"/viec {code}")
    await tam.presses("Nhận yêu cầu")
    tam.hears("casework.did.take")

    await hoa.presses("Nhận yêu cầu")

    second = hoa.hears_last("casework.outdated")
    assert "cán bộ bắt đầu xem (Tâm)" in second.text
    assert (await case_of(town)).officer_id == tam.id
    await hoa.presses("Nhận yêu cầu")
    hoa.hears("casework.did.take")


async def test_what_happens_while_she_types_is_told_and_nothing_is_done(
    town: Town, tam: Clerk, hoa: Clerk, lan: Citizen, code: str
) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Chưa hỗ trợ được", "hiện đơn vị chưa có nguồn")
    await lan.at_desk(lambda desk: desk.cases.add_words(code, "con tôi đang ốm"))

    await tam.says("Mong bà thông cảm.")

    assert "nói thêm (người dân)" in tam.hears_last("casework.outdated").text
    assert "ốm" not in tam.heard[-1].text
    assert (await case_of(town)).state == "submitted"


# Through servers abroad


async def test_abroad_a_request_shows_nothing_of_whose_it_is(town: Town, hoa: Clerk, lan: Citizen, code: str) -> None:
    tam = await clerk(town, "Tám", "officer", "lead", channel="telegram")
    await lan.at_desk(lambda desk: desk.cases.add_words(code, "căn cước 048154001234, con tôi ốm nặng"))

    await tam.says("/viec")
    await tam.presses(code)
    shown = tam.hears_last("casework.request_abroad")
    await tam.presses("Hỏi thêm người dân")
    await tam.says("giấy xác nhận")
    await lan.says("/hoso")
    await lan.presses("Trả lời cán bộ")
    await lan.says("tôi tên Nguyễn Thị Lan, số 0905 123 456")
    await propose(town, hoa, code)
    await tam.says(f"/viec {code}")
    await tam.presses("Duyệt đề xuất")
    assert "trang làm việc" in tam.hears_last("casework.approves").text
    await tam.presses("Có, duyệt")

    assert f"http://localhost/console/requests/{code}" in shown.text
    await tam.listens(0)
    said = "\n".join(message.text for message in tam.heard)
    assert [words for words in (*PRIVATE, "048154", "ốm", "500.000") if words in said] == []
    assert (await case_of(town)).state == "approved"


# Whoever is no official


async def test_a_disabled_official_s_buttons_do_nothing(town: Town, tam: Clerk, hoa: Clerk, code: str) -> None:
    await tam.says(f"/viec {code}")
    buttons = [tam.button(label) for label in ("Nhận yêu cầu", "Đề xuất hỗ trợ", "Ghi chú", "Việc được giao")]
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.disable(tam.id, "left"))

    for button in buttons:
        await tam.presses_again(button)
        tam.hears("casework.officials_only")

    assert (await case_of(town)).state == "submitted"
    assert await actions(town, "rights.refused") == ["rights.refused"] * 4


async def test_a_right_taken_away_ends_what_was_begun(town: Town, tam: Clerk, code: str) -> None:
    await tam.says(f"/viec {code}")
    await tam.presses("Hỏi thêm người dân")
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.change(tam.id, ("auditor",), ()))
    await tam.is_bound()

    await tam.says("giấy xác nhận")

    tam.hears("casework.wrong.absent")
    assert (await case_of(town)).state == "submitted"

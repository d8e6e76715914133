"""Writing an announcement in the chat: who may, what is asked, what is shown before it is sent to be approved."""

import pytest

from tests.kit.announcing import FIRST_LINE, WORDS, states_of, subscribes, writes
from tests.kit.audit import actions, details
from tests.kit.on_duty import PLACE, Clerk, clerk, disable, listening
from tests.kit.town import Town

ELSEWHERE = "phuong_hai_chau"


@pytest.fixture
async def mai(town: Town) -> Clerk:
    """An editor, who may write for the whole city."""
    return await clerk(town, "Mai", "editor")


async def test_what_is_shown_before_is_what_will_be_read_for_how_many_and_when(town: Town, mai: Clerk) -> None:
    for name in ("Ba", "Tư"):
        await subscribes(town, name)
    await subscribes(town, "Năm", rhythm="weekly")

    await mai.says("/thongbao")
    await mai.presses("Tin tức", "Sức khỏe", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Ngay khi được duyệt")

    shown = mai.hears_last("announce.@review").text
    assert f"{FIRST_LINE}\n\n{WORDS}\n\n— UBND phường Thử, 25/11/2026. Mã tin TB-" in shown
    assert "Dành cho: người nhận tin “sức khỏe, khám chữa”, cả thành phố." in shown
    assert "trang web: 2; nhận trong bản tin gộp: 1; không nhắn tới được: 0; không muốn nhận: 0" in shown
    assert "Gửi: ngay khi được duyệt." in shown


async def test_it_ends_with_the_code_and_who_may_approve_who_are_told_with_a_button(town: Town, mai: Clerk) -> None:
    lan, xa = await clerk(town, "Lan", "admin"), await clerk(town, "Xa", "lead")
    await subscribes(town, "Ba")

    async with listening(lan, xa):
        code = await writes(mai)

    assert "Người duyệt được: Lan." in mai.hears_last("announce.submitted").text
    assert (lan.hears_last("broadcast_news.waits").kind, xa.heard) == ("notice", [])
    await lan.presses("Xem và duyệt")
    lan.hears("plain", "announce.to_decide")
    assert code in lan.heard[-1].text
    assert await actions(town, "broadcast.written", "broadcast.submitted") == [
        "broadcast.written", "broadcast.submitted",
    ]  # fmt: skip


async def test_a_lead_writes_for_her_own_unit_without_being_asked_for_where(town: Town) -> None:
    lead, other = await clerk(town, "Ba", "lead"), await clerk(town, "Tư", "lead")
    far = await clerk(town, "Năm", "lead", places=(ELSEWHERE,))
    await subscribes(town, "Hòa", unit=PLACE)

    async with listening(other, far):
        await lead.says("/thongbao")
        await lead.presses("Tin tức", "Sức khỏe")
        lead.hears("announce.title")
        await lead.says(FIRST_LINE, WORDS)
        await lead.presses("Ngay khi được duyệt", "Trình duyệt")

    assert "Người duyệt được: Tư." in lead.hears_last("announce.submitted").text
    other.hears("broadcast_news.waits")
    assert far.heard == []
    [seen] = await town.as_official(lead.id, lambda desk: desk.broadcasts.all())
    assert seen.audience.units == (PLACE,)


async def test_a_lead_of_several_units_chooses_among_them(town: Town) -> None:
    lead = await clerk(town, "Ba", "lead", places=(PLACE, ELSEWHERE))

    await lead.says("/thongbao")
    await lead.presses("Cho cán bộ")

    assert set(lead.hears_last("announce.her_unit").options) == {
        "Phường Hòa Khánh", "Phường Hải Châu", "Tất cả nơi tôi phụ trách",
    }  # fmt: skip
    await lead.says("Cả thành phố")
    lead.hears("announce.her_unit")


async def test_other_kinds_are_written_in_the_console(mai: Clerk) -> None:
    await mai.says("/announce")
    await mai.presses("Loại khác")

    assert "/console/broadcasts" in mai.hears_last("announce.in_console").text


@pytest.mark.parametrize("first", ["Quà cho hộ nghèo", "Mỗi nhà 500.000 đồng", "Một dòng\nvà một dòng"])
async def test_a_first_line_that_tells_a_bystander_too_much_is_asked_again(mai: Clerk, first: str) -> None:
    await mai.says("/thongbao")
    await mai.presses("Cảnh báo", "Cả thành phố")

    await mai.says(first)

    assert mai.hears_last("announce.title").text.startswith("Dòng đầu này chưa dùng được.")


async def test_an_account_number_is_refused(mai: Clerk) -> None:
    await mai.says("/thongbao")
    await mai.presses("Cảnh báo", "Cả thành phố")

    await mai.says(FIRST_LINE, "Chuyển về số 0123 4567 89 nhé.")

    assert "dãy số" in mai.hears_last("announce.body").text


@pytest.mark.parametrize(
    ("kind", "day", "hour", "key"),
    [
        ("Cảnh báo", "hôm nay", "8h", "start_past"),
        ("Cho cán bộ", "mai", "22h", "start_night"),
        ("Cho cán bộ", "mai", "6h30 sáng", "start_night"),
        ("Cảnh báo", "mai", "22h", ""),
        ("Cho cán bộ", "mai", "7h30", ""),
    ],
)
async def test_a_time_that_is_past_or_at_night_is_asked_again(
    town: Town, mai: Clerk, kind: str, day: str, hour: str, key: str
) -> None:
    await mai.says("/thongbao")
    await mai.presses(kind, "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Giờ khác")

    await mai.says(day, hour)

    if key:
        hint = town.office.texts.sentence("vi", f"announce.{key}")
        assert mai.hears_last("announce.hour").text.startswith(hint)
    else:
        mai.hears("announce.@review")


async def test_a_day_that_is_over_is_asked_again(mai: Clerk) -> None:
    await mai.says("/thongbao")
    await mai.presses("Cảnh báo", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Giờ khác")

    await mai.says("24/11/2026")

    assert mai.hears_last("announce.day").text.startswith("Ngày ấy đã qua.")


async def test_a_time_that_passes_while_she_looks_is_asked_again_and_nothing_is_kept(town: Town, mai: Clerk) -> None:
    await mai.says("/thongbao")
    await mai.presses("Cảnh báo", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Giờ khác")
    await mai.says("hôm nay", "10h")

    town.clock.move(hours=2)
    await mai.presses("Trình duyệt")

    mai.hears("announce.hour")
    assert await actions(town, "broadcast.written") == []


async def test_what_nobody_would_get_is_kept_as_a_draft_and_said(town: Town, mai: Clerk) -> None:
    await mai.says("/thongbao")
    await mai.presses("Tin tức", "Sức khỏe", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Ngay khi được duyệt", "Trình duyệt")

    mai.hears("announce.to_nobody")
    assert await actions(town, "broadcast.nobody_found", "broadcast.submitted") == ["broadcast.nobody_found"]
    assert await states_of(town) == ["draft"]


async def test_an_answer_can_be_changed_at_the_end(town: Town, mai: Clerk) -> None:
    await subscribes(town, "Ba")
    await mai.says("/thongbao")
    await mai.presses("Tin tức", "Sức khỏe", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Ngay khi được duyệt", "Sửa", "Dòng đầu")

    await mai.says("Trạm y tế đổi giờ")

    assert "Trạm y tế đổi giờ\n\n" in mai.hears_last("announce.@review").text


async def test_what_is_under_way_comes_first_with_its_counts(town: Town, mai: Clerk) -> None:
    await subscribes(town, "Ba")
    code = await writes(mai)

    await mai.says("/thongbao")

    mai.hears("announce.under_way", "announce.kind")
    assert f"• {code} “{FIRST_LINE}”: chờ duyệt. Đã gửi 0, còn chờ 1" in mai.heard[0].text


async def test_what_was_begun_is_taken_up_again(mai: Clerk) -> None:
    await mai.says("/thongbao")
    await mai.presses("Cảnh báo", "Cả thành phố")
    await mai.says(FIRST_LINE, "/menu")

    await mai.says("/thongbao")

    mai.hears("announce.body")


@pytest.mark.parametrize("role", ["officer", "admin", "auditor"])
async def test_an_official_who_may_not_write_is_told_so_and_it_is_noted(town: Town, role: str) -> None:
    tam = await clerk(town, "Tâm", role)

    await tam.says("/thongbao")

    tam.hears("announce.no_right")
    assert (await details(town, "rights.refused"))[-1]["action"] == "broadcast.write"


@pytest.mark.parametrize("typed", ["/thongbao", "/announce", "soạn thông báo", "/duyet", "/approve TB-4K7M-92QX"])
async def test_a_resident_gets_what_any_unknown_command_gets_and_it_is_noted(town: Town, typed: str) -> None:
    ba = town.citizen("Ba")
    await ba.says("/menu", "/khongco")
    unknown = ba.heard[-1].key

    await ba.says(typed)

    ba.hears(unknown)
    assert len(await actions(town, "rights.refused")) == 1


async def test_an_official_whose_account_ends_meanwhile_writes_nothing(town: Town, mai: Clerk) -> None:
    await subscribes(town, "Ba")
    await mai.says("/thongbao")
    await mai.presses("Tin tức", "Sức khỏe", "Cả thành phố")
    await mai.says(FIRST_LINE, WORDS)
    await mai.presses("Ngay khi được duyệt")

    await disable(town, mai)
    await mai.presses("Trình duyệt")

    mai.hears("not_understood")
    assert await states_of(town) == []

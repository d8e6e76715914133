"""Announcements on the console: written, submitted, approved by another as they were shown, stopped; or refused."""

import asyncio

import pytest

from tests.bot.web.console.announcements import (
    GOOD,
    HERE,
    THERE,
    approves,
    goes_out,
    noted,
    readers,
    seen,
    sent,
    submits,
    writes,
)
from tests.kit.announcing import states_of
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_one_writes_another_approves_and_those_who_subscribed_get_it(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town)
    code = await submits(mai)
    waiting = text(await lan.opens("/broadcasts"))
    page = text(await lan.opens(f"/broadcasts/{code}"))

    done = await approves(lan, code)
    await goes_out(town)

    after = text(await lan.opens(f"/broadcasts/{code}"))
    assert done.status == 303
    assert ("Chờ duyệt (1)" in waiting, "Lịch trạm y tế <b>" in waiting) == (True, True)
    assert "Trạm mở cửa sáng thứ bảy." in page
    assert f"Mã tin {code}" in page
    assert "2 người nhận ngay" in page
    assert "2 / 2 người đã qua" in after
    assert await sent(town) == 2
    for name in ("Ba", "Tư"):
        citizen = town.citizen(name)
        await citizen.listens(0)
        assert citizen.heard[-1].text.startswith("Lịch trạm y tế <b>")


async def test_today_and_the_stream_tell_whoever_may_approve_it(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    await submits(mai)

    assert "1 thông báo chờ anh/chị duyệt" in text(await lan.opens(""))
    assert "thông báo chờ anh/chị duyệt" not in text(await mai.opens(""))


# Refused: a clear sentence, nothing is sent, and it is noted


async def test_the_author_cannot_approve_it_in_another_tab_or_by_a_program(
    house: House, town: TownOf
) -> None:  # fmt: skip
    await readers(town)
    async with clerk(house, "vua", "editor", "admin") as vua:
        code = await submits(vua)
        stamp = await seen(vua, code)

        page = await vua.sends(f"/broadcasts/{code}/approve", {"seen": stamp})
        program = await vua.tells(f"/broadcasts/{code}/approve", {"seen": stamp})

    assert (page.status, program.status, program.json["wrong"]) == (400, 400, {"": "broadcast_own"})
    assert "Người soạn không tự duyệt" in text(page)
    assert await sent(town) == 0
    assert len(await noted(town, "broadcast.approval_refused")) == 2


async def test_approving_twice_is_approving_once(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai)
    stamp = await seen(lan, code)

    replies = await asyncio.gather(*(lan.sends(f"/broadcasts/{code}/approve", {"seen": stamp}) for _ in range(2)))
    await goes_out(town)

    assert sorted(reply.status for reply in replies) == [303, 400]
    assert await sent(town) == 2
    assert len(await noted(town, "broadcast.approved")) == 1


async def test_an_edit_takes_the_approval_and_every_stamp_back(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai, start_day="2026-11-25", start_time="15:00")
    before = await seen(lan, code)
    assert (await approves(lan, code)).status == 303
    assert "phải trình và duyệt lại" in text(await mai.opens(f"/broadcasts/{code}/again"))

    changed = {**GOOD, "words_vi": "Trạm đóng cửa.", "seen": await seen(mai, code)}
    edited = await mai.sends(f"/broadcasts/{code}/rewrite", changed)
    resubmitted = await mai.sends(f"/broadcasts/{code}/submit", {"seen": await seen(mai, code)})
    refused = await lan.sends(f"/broadcasts/{code}/approve", {"seen": before})

    assert (edited.status, resubmitted.status, refused.status) == (303, 303, 409)
    assert "Người khác vừa làm việc này trước" in text(refused)
    assert (await states_of(town), await sent(town)) == (["awaiting_approval"], 0)


async def test_given_back_with_a_reason_its_author_reads_it(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai)
    stamp = await seen(lan, code)

    unsaid = await lan.sends(f"/broadcasts/{code}/send-back", {"seen": stamp, "objection": " "})
    done = await lan.sends(f"/broadcasts/{code}/send-back", {"seen": stamp, "objection": "Thiếu giờ mở cửa."})

    assert (unsaid.status, done.status) == (400, 303)
    assert "Chưa trả lại" in text(unsaid)
    assert "Được trả lại: “Thiếu giờ mở cửa.”" in text(await mai.opens(f"/broadcasts/{code}"))
    assert (await states_of(town), await sent(town)) == (["draft"], 0)


async def test_too_late_is_told_and_nothing_goes(house: House, town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai, start_day="2026-11-25", start_time="10:00")
    stamp = await seen(lan, code)
    house.clock.move(hours=2)
    await lan.signs_in()

    reply = await lan.sends(f"/broadcasts/{code}/approve", {"seen": stamp})

    assert reply.status == 400
    assert "Giờ hẹn gửi đã qua" in text(reply)
    assert await sent(town) == 0


async def test_approving_needs_a_code_given_lately_and_keeps_what_was_sent(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town)
    code = await submits(mai)
    stamp = await seen(lan, code)
    house.clock.move(minutes=16)

    asked = await lan.sends(f"/broadcasts/{code}/approve", {"seen": stamp})
    done = await lan.sends(f"/broadcasts/{code}/approve", {"seen": stamp, "one_time_code": lan.code()})

    assert (asked.status, done.status) == (403, 303)
    assert stamp in asked.body.decode()


async def test_a_disabled_account_approves_nothing(house: House, town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai)
    async with clerk(house, "sep", "admin") as sep:
        stamp = await seen(sep, code)
        gone = await lan.sends(f"/officials/{sep.id}/disable", {"reason": "left"})

        page = await sep.sends(f"/broadcasts/{code}/approve", {"seen": stamp})
        program = await sep.tells(f"/broadcasts/{code}/approve", {"seen": stamp})

    assert (gone.status, page.status, program.status) == (303, 401, 401)
    assert (await states_of(town), await sent(town)) == (["awaiting_approval"], 0)


async def test_to_nobody_is_not_submitted(town: TownOf, mai: Clerk) -> None:
    code = await writes(mai)

    reply = await mai.sends(f"/broadcasts/{code}/submit", {"seen": await seen(mai, code)})

    assert reply.status == 400
    assert "Không có ai nhận" in text(reply)
    assert (await states_of(town), await sent(town)) == (["draft"], 0)
    assert len(await noted(town, "broadcast.nobody_found")) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start_day": "2026-11-25", "start_time": "08:59"}, "Giờ ấy đã qua."),
        ({"start_day": "2026-11-25", "start_time": "22:00"}, "Giờ ấy là giờ nghỉ đêm"),
        ({"start_day": "2026-11-26", "start_time": "06:59"}, "Giờ ấy là giờ nghỉ đêm"),
        ({"start_day": "2026-11-26"}, "Ghi cả ngày và giờ gửi"),
        ({"start_time": "10:00"}, "Ghi cả ngày và giờ gửi"),
        ({"start_day": "hôm nào", "start_time": "10:00"}, "Ghi cả ngày và giờ gửi"),
        ({"start_day": "9999-12-31", "start_time": "10:00"}, "Ngày ấy xa quá."),
        ({"kind": "everybody"}, "Mục này không có trong danh sách."),
        ({"topic": ""}, "Mục này không có trong danh sách."),
        ({"units": "none"}, "Mục này không có trong danh sách."),
        ({"language": "fr"}, "Mục này không có trong danh sách."),
        ({"kind": "rules", "change": "none"}, "Mục này không có trong danh sách."),
        ({"kind": "givers", "campaign": "none"}, "Mục này không có trong danh sách."),
        ({"asks_for": "none"}, "Mục này không có trong danh sách."),
        ({"kind": "service", "states": "new"}, "Mục này không có trong danh sách."),
        ({"title_vi": ""}, "Ô này chưa ghi gì."),
        ({"title_vi": "Hộ nghèo nhận gạo"}, "Dòng đầu hiện cả khi điện thoại khóa"),
        ({"title_en": "Clinic"}, "Ô này chưa ghi gì."),
        ({"words_vi": "Chuyển vào 0123 456 789 012"}, "không ghi số tài khoản"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_keeps_what_was_typed(
    town: TownOf, mai: Clerk, changed: dict[str, str], words: str
) -> None:
    page = await mai.sends("/broadcasts", {**GOOD, "words_en": "", "title_en": "", **changed})

    assert page.status == 400
    assert words in text(page)
    assert changed.get("words_vi", GOOD["words_vi"]) in text(page)
    assert (await states_of(town), len(await noted(town, "broadcast.not_written"))) == ([], 1)


async def test_a_warning_may_go_at_night(town: TownOf, mai: Clerk) -> None:
    code = await writes(mai, kind="warning", topic="", start_day="2026-11-25", start_time="23:00")

    page = text(await mai.opens(f"/broadcasts/{code}"))

    assert "bắt đầu gửi: 23 giờ ngày 25/11/2026. " in page
    assert "nên tin chờ" not in page


async def test_what_is_for_at_once_waits_at_night_and_the_page_says_so(house: House, town: TownOf, mai: Clerk) -> None:
    house.clock.move(hours=14)
    await mai.signs_in()
    code = await writes(mai)

    page = text(await mai.opens(f"/broadcasts/{code}"))

    assert "bắt đầu gửi: 7 giờ ngày 26/11/2026. Lúc này là giờ nghỉ hoặc ngày nghỉ, nên tin chờ." in page


async def test_a_lead_writes_for_her_own_units_alone(house: House, town: TownOf) -> None:
    async with clerk(house, "bo", "lead", places=(HERE,)) as bo:
        everywhere = await bo.sends("/broadcasts", GOOD)
        elsewhere = await bo.sends("/broadcasts", {**GOOD, "units": THERE})
        here = await bo.sends("/broadcasts", {**GOOD, "units": HERE})
        form = (await bo.opens("/broadcasts/new")).body.decode()

    assert [reply.status for reply in (everywhere, elsewhere, here)] == [400, 400, 303]
    assert "chọn ít nhất một nơi" in text(everywhere)
    assert (f'value="{HERE}"' in form, f'value="{THERE}"' in form) == (True, False)


async def test_the_form_begins_with_what_its_address_names(town: TownOf, mai: Clerk) -> None:
    form = (await mai.opens("/broadcasts/new?kind=service&topic=jobs")).body.decode()

    assert 'value="service" checked' in form
    assert '<option value="jobs" selected>' in form


async def test_the_audit_and_the_post_name_it_by_its_code(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai)
    await approves(lan, code)
    await goes_out(town)

    audit = await lan.opens("/audit")

    assert f"Thông báo {code}" in text(audit)
    assert "duyệt thông báo" in text(audit)
    assert f"/console/broadcasts/{code}" in audit.body.decode()

"""The calendar of what will go out, and the office days that an admin closes and opens."""

from bot.jobs.table import JOBS
from handlers.texts import load
from tests.bot.web.console.announcements import (
    noted,
    readers,
    submits,
    writes,
)
from tests.kit.console import Clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_the_calendar_shows_what_goes_out_and_what_the_clock_does(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town)
    code = await submits(mai, start_day="2026-11-27", start_time="15:00")

    page = await lan.opens("/outgoing")

    assert "Thứ sáu 27/11/2026 15:00 Lịch trạm y tế <b> chờ duyệt 2 người" in text(page)
    assert "07:00 việc trong ngày, gửi cán bộ" in text(page)
    assert "Từ 21 giờ đến 7 giờ không gửi tin ai không hỏi" in text(page)
    assert f"/console/broadcasts/{code}" in page.body.decode()


async def test_an_admin_closes_and_opens_days_and_takes_that_back(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    closed = await lan.sends("/outgoing/days", {"day": "2026-11-26", "kind": "closed"})
    page = text(await lan.opens("/outgoing"))
    past = await lan.sends("/outgoing/days", {"day": "2026-11-24", "kind": "closed"})
    none = await lan.sends("/outgoing/days", {"day": "2026-11-26", "kind": "half"})
    back = await lan.sends("/outgoing/days/take-back", {"day": "2026-11-26"})
    twice = await lan.sends("/outgoing/days/take-back", {"day": "2026-11-26"})
    refused = await mai.sends("/outgoing/days", {"day": "2026-11-26", "kind": "closed"})

    replies = (closed, past, none, back, twice, refused)
    assert [reply.status for reply in replies] == [303, 400, 400, 303, 409, 403]
    assert "Thứ năm 26/11/2026 ngày nghỉ lan ghi" in page
    assert "Ngày ấy đã qua." in text(past)
    assert len(await noted(town, "calendar.changed")) == 2


async def test_a_start_on_a_holiday_goes_the_day_after(town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await lan.sends("/outgoing/days", {"day": "2026-11-26", "kind": "closed"})
    code = await writes(mai, start_day="2026-11-26", start_time="15:00")

    page = text(await mai.opens(f"/broadcasts/{code}"))

    assert "bắt đầu gửi: 7 giờ ngày 27/11/2026. Lúc này" in page


async def test_whatever_the_clock_says_by_itself_each_day_stands_in_the_calendar() -> None:
    silent = {"forget", "look_for_damage", "anchor"}
    known = load()

    for job in JOBS:
        if job.at is not None:
            assert known.has(f"console.outgoing.job.{job.name}") == (job.name not in silent), job.name

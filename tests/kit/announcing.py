"""Announcements in a town: who subscribes, what is written in the chat, and the second check of who approves."""

import re

from sqlmodel import col, select

from storage.tables import Broadcast
from tests.kit.on_duty import Clerk
from tests.kit.town import Citizen, Town

FIRST_LINE = "Lịch trạm y tế"
WORDS = "Trạm y tế mở cửa sáng thứ bảy."


async def subscribes(
    town: Town, name: str, topic: str = "health", *, rhythm: str = "at_once", unit: str = ""
) -> Citizen:
    """Somebody who gets news of a topic."""
    citizen = town.citizen(name)
    await citizen.says("xin chào")
    await citizen.at_desk(lambda desk: desk.subscriptions.subscribe((topic,), unit, rhythm))
    return citizen


async def writes(official: Clerk, first_line: str = FIRST_LINE, words: str = WORDS) -> str:
    """Write a piece of health news for the whole city in the chat, and send it to be approved; returns its code."""
    await official.says("/thongbao")
    await official.presses("Tin tức", "Sức khỏe", "Cả thành phố")
    await official.says(first_line, words)
    await official.presses("Ngay khi được duyệt", "Trình duyệt")
    found = re.search(r"TB-\w{4}-\w{4}", official.hears_last("announce.submitted").text)
    assert found is not None
    return found[0]


async def states_of(town: Town) -> list[str]:
    """The states of all announcements, the oldest first."""
    query = select(Broadcast.state).order_by(col(Broadcast.id))
    return list(await town.database.read(lambda unit: unit.scalars(query).all()))

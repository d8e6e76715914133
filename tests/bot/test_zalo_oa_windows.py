"""The account's windows, by the hand's clock: no call outside one, no cost beyond the cap, nothing lost by waiting."""

import asyncio
from pathlib import Path

from tests.kit.zalo_oa_house import answered, knows, queue, until, zalo_oa_house
from tests.trial import zalo_windows


async def test_a_week_of_thirty_people_costs_no_more_than_was_allowed(tmp_path: Path) -> None:
    weeks = (
        zalo_windows.weeks(tmp_path / str(cap), "", people=30, days=8, cap=cap, restarts=1, seed=cap) for cap in (0, 2)
    )

    await asyncio.gather(*weeks)


async def test_a_reply_to_words_that_came_days_late_waits_until_she_writes(tmp_path: Path) -> None:
    async with zalo_oa_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan")
        await knows(house, lan)
        zalo.pusher.holding = True
        lan.says("/menu")
        house.clock.move(days=3)
        calls = len(zalo.accepted(lan))
        zalo.pusher.release()
        await zalo.settles()
        [number] = await queue(house, lan, "tin thêm")
        await until(house, number, "held")

        assert len(zalo.accepted(lan)) == calls
        assert await answered(lan, "cam on")
        await until(house, number, "sent", "delivered")
        assert sum("Ông/bà cần việc gì?" in shown.text for shown in lan.heard) >= 1
        assert [call.outcome for call in zalo.calls if call.outcome.startswith("-2")] == []

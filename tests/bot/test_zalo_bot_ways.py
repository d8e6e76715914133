"""The bot's ways in: what was handed out once is kept whatever the database does, and the webhook is ours."""

from pathlib import Path

import pytest

from fakes.zalo_bot.faults import BAD_REQUEST, TIMED_OUT
from fakes.zalo_bot.server import FakeZaloBot
from storage.tables import InboxRow
from tests.bot.test_telegram_ways import BOTH, Mode, locked, reasons, until_it_waits
from tests.kit.logbook import logged
from tests.kit.telegram_house import counted
from tests.kit.waiting import until
from tests.kit.zalo_bot_house import SECRET, answered, greeted, zalo_bot_house


async def until_refused(zalo: FakeZaloBot) -> None:
    """Wait until the webhook asked to bring something again."""
    await until(
        "the webhook answers 503",
        lambda: [push.status for push in zalo.pusher.pushed],
        lambda statuses: 503 in statuses,
    )


@pytest.mark.parametrize("mode", BOTH)
async def test_while_the_file_is_locked_nothing_is_lost(tmp_path: Path, mode: Mode) -> None:
    async with zalo_bot_house(tmp_path, mode=mode) as (house, zalo):
        lan = zalo.user("Lan")
        await greeted(lan)
        before = len(lan.heard)
        async with locked(tmp_path):
            with logged("bot.receiving.poller") as log:
                lan.says("/menu")
                await (until_refused(zalo) if mode == "webhook" else until_it_waits(log))
        await lan.hears_more(before)

        assert await counted(house, InboxRow) == 3


async def test_by_asking_one_update_comes_a_call_and_waiting_in_vain_is_no_trouble(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path, mode="polling") as (house, zalo):
        lan = zalo.user("Lan")
        zalo.faults.add(TIMED_OUT, method="getUpdates", times=3)
        await greeted(lan)
        for words in ("/trogiup", "/menu"):
            lan.says(words)
        await until("nothing waits", lambda: not zalo.world.waiting)
        await answered(lan, "/menu")

        given = [call for call in zalo.called("getUpdates") if call.outcome == "ok"]
        assert len(given) == await counted(house, InboxRow) == 5
        assert await reasons(house) == []
        assert zalo.world.webhook is None


async def test_a_webhook_set_by_others_is_told_to_the_operator(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path, mode="polling") as (house, zalo):
        await greeted(zalo.user("Lan"))
        zalo.faults.add(BAD_REQUEST, method="getUpdates", times=None)
        zalo.user("Mai").says("/start")

        assert await until("something is wrong", lambda: reasons(house)) == ["zalo_bot_conflict"]


async def test_the_webhook_is_set_with_our_address_and_secret(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path) as (house, zalo):
        hook = zalo.world.webhook

        assert hook is not None
        assert (hook.url, hook.secret) == (f"{house.origin}/hooks/zalo-bot", SECRET)
        assert await reasons(house) == []


async def test_while_zalo_is_away_what_is_said_waits(tmp_path: Path) -> None:
    async with zalo_bot_house(tmp_path, mode="polling") as (house, zalo):
        lan = zalo.user("Lan")
        await greeted(lan)
        with logged("bot.receiving.poller") as log:
            async with zalo.away():
                await until("it is asked in vain", lambda: "the platform can't be asked" in log)
        house.clock.move(minutes=2)

        assert "Ông/bà" in await answered(lan, "/menu")

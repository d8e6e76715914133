"""The pair of tokens: one renewal for all, in time, and nobody notices."""

import asyncio
import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import event

from bot.channels.contract import NeedsToken, TryLater
from bot.channels.zalo_oa.client import ZaloClient
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.channels.zalo_oa.tokens import NEEDS_REAUTH, Tokens
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from storage.database import Database
from storage.queries.outgoing import tokens
from storage.vault import Vault
from tests.bot.channels.zalo_oa.held import CS, MASTER, Make, give, row, say, worst
from tests.kit.clock import HandClock
from tests.kit.other_end import failure
from tests.kit.waiting import PATIENT_S, until


async def test_without_tokens_nothing_is_asked_and_the_reason_is_told(zalo: FakeZaloOa, make: Make) -> None:
    held = make()
    before = held.reasons()

    error = await failure(held.access())

    assert (type(error), held.reasons(), before) == (NeedsToken, [NEEDS_REAUTH], [])
    assert zalo.calls == []


@pytest.mark.parametrize("expires", ["by its hours", "before its time"])
async def test_twenty_messages_on_an_expired_token_renew_it_once(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, client: ZaloClient, lan: ZaloUser, expires: str
) -> None:
    before = len(zalo.world.tokens.presented)
    if expires == "by its hours":
        clock.move(hours=26)
    else:
        zalo.world.tokens.kill_access()

    await asyncio.gather(*(say(held, client, lan, f"tin {n}") for n in range(20)))

    assert len(zalo.world.tokens.presented) == before + 1
    assert sorted(shown.text for shown in lan.heard) == sorted(f"tin {n}" for n in range(20))
    assert held.reasons() == []


async def test_two_processes_renew_once(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, make: Make, client: ZaloClient, lan: ZaloUser
) -> None:
    other, before = make(), len(zalo.world.tokens.presented)
    await other.access()
    clock.move(hours=26)

    await asyncio.gather(*(say(one, client, lan, f"tin {n}") for n in range(10) for one in (held, other)))

    assert len(zalo.world.tokens.presented) == before + 1
    assert len(lan.heard) == 20


async def test_a_token_that_another_process_changed_is_read_before_anything_is_renewed(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, make: Make, client: ZaloClient, lan: ZaloUser
) -> None:
    other = make()
    await other.access()
    clock.move(hours=21)
    await held.access()
    before = len(zalo.world.tokens.presented)

    await say(other, client, lan, "vẫn tới")

    assert len(zalo.world.tokens.presented) == before
    assert lan.heard[-1].text == "vẫn tới"


async def test_a_given_pair_of_unknown_age_is_renewed_at_its_first_use(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, make: Make
) -> None:
    await give(shaped, clock, zalo.seed.access, zalo.seed.refresh)
    clock.move(hours=30)
    held = make()

    access = await held.access()

    assert access == zalo.world.tokens.current != zalo.seed.access
    assert held.life.expires_at == clock.now() + timedelta(hours=25)


async def test_a_week_of_hourly_messages_misses_no_renewal(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, client: ZaloClient, lan: ZaloUser
) -> None:
    for hour in range(24 * 7):
        clock.move(hours=1)
        lan.says("Chào")
        await say(held, client, lan, f"giờ {hour}")

    sent = [call for call in zalo.calls if call.path == CS]
    assert {call.outcome for call in sent} == {"ok"}
    assert len(sent) == len(lan.heard) == 24 * 7
    assert 8 <= len(zalo.world.tokens.presented) <= 10
    assert {one.outcome for one in zalo.world.tokens.presented} == {"issued"}


async def test_a_week_without_any_message_keeps_the_tokens_alive(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens
) -> None:
    for _ in range(24 * 7):
        clock.move(hours=1)
        await held.look()

    assert await held.access() == zalo.world.tokens.current
    assert len(zalo.calls) == len(zalo.world.tokens.presented) <= 10


async def test_a_renewal_that_fails_in_time_costs_no_message(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, client: ZaloClient, lan: ZaloUser
) -> None:
    clock.move(hours=21)
    lan.says("Chào")
    zalo.faults.add(faults.RESET_BEFORE, path=faults.TOKEN)

    await say(held, client, lan, "bằng mã cũ")
    clock.move(minutes=6)
    await held.look()
    await say(held, client, lan, "bằng mã mới")

    assert [shown.text for shown in lan.heard] == ["bằng mã cũ", "bằng mã mới"]
    assert (held.life.needs_reauth, worst(zalo)) == (False, 1)


async def test_while_zalo_is_away_no_presentation_is_counted(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, held: Tokens
) -> None:
    clock.move(hours=26)
    async with zalo.away():
        for _ in range(4):
            error = await failure(held.access())
            assert type(error) is TryLater
            clock.move(seconds=11)
        assert (await row(shaped)).presented == 0

    access = await held.access()

    assert access == zalo.world.tokens.current
    assert held.reasons() == []


async def test_a_new_pair_given_beside_us_is_used_and_ends_the_alarm(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, held: Tokens, client: ZaloClient, lan: ZaloUser
) -> None:
    zalo.world.tokens.revoke()
    await failure(say(held, client, lan, "x"))
    pair = zalo.world.tokens.issue()

    alarm = held.reasons()
    await give(shaped, clock, pair.access, pair.refresh)
    await held.look()
    await say(held, client, lan, "tới nơi")

    assert (alarm, held.reasons()) == ([NEEDS_REAUTH], [])
    assert lan.heard[-1].text == "tới nơi"


async def test_an_old_pair_given_whose_access_is_dead_is_renewed(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, make: Make, client: ZaloClient, lan: ZaloUser
) -> None:
    await give(shaped, clock, "no-such-access-token", zalo.seed.refresh)

    await say(make(), client, lan, "tới nơi")

    assert lan.heard[-1].text == "tới nơi"
    assert len(zalo.world.tokens.presented) == 1


async def test_a_caller_that_goes_away_leaves_the_renewal_alone(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, held: Tokens
) -> None:
    clock.move(hours=26)
    zalo.faults.add(faults.slow(0.3), path=faults.TOKEN)
    asking = asyncio.create_task(held.access())
    await until("it is renewed again", lambda: len(zalo.world.tokens.presented) == 2)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await held.finish(10)

    assert (await row(shaped)).number == 3
    assert await held.access() == zalo.world.tokens.current


async def test_a_pair_given_while_a_renewal_hangs_is_used_all_the_same(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, held: Tokens
) -> None:
    clock.move(hours=26)
    zalo.faults.add(faults.slow(0.5), path=faults.TOKEN)
    waiting = asyncio.create_task(held.access())
    await until("it is renewed again", lambda: len(zalo.world.tokens.presented) == 2)
    pair = zalo.world.tokens.issue()

    await give(shaped, clock, pair.access, pair.refresh)
    await waiting
    access = await held.access()

    assert access == zalo.world.tokens.current
    assert (await row(shaped)).presented == 0


async def test_nothing_readable_is_kept(shaped: Database, zalo: FakeZaloOa, held: Tokens) -> None:
    kept = await row(shaped)

    access = await held.access()
    for sealed in (kept.access, kept.refresh):
        assert sealed is not None
        assert access.encode() not in sealed
    assert (kept.channel, kept.presented, kept.spent, kept.refused) == (CHANNEL, 0, False, False)
    assert access not in repr(await shaped.read(lambda unit: tokens.find(unit, Vault(unit, MASTER), CHANNEL)))


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite's readers have connections of their own
async def test_a_look_that_ends_late_does_not_bring_the_pair_of_before(shaped: Database, held: Tokens) -> None:
    pair = await shaped.read(lambda unit: tokens.find(unit, Vault(unit, MASTER), CHANNEL))
    assert pair is not None
    looked, goes_on = threading.Event(), threading.Event()

    @partial(event.listen, shaped.engine, "after_cursor_execute")
    def hold_the_first(_c: object, _k: object, statement: str, *_: object) -> None:
        if "channel_token" in statement and not looked.is_set():
            looked.set()
            goes_on.wait(PATIENT_S)

    late = asyncio.create_task(held.look())
    await asyncio.to_thread(looked.wait, PATIENT_S)
    await shaped.write(lambda unit: tokens.spend(unit, CHANNEL, pair.number, "given up"))
    await held.look()
    goes_on.set()
    await late

    assert held.life.reason == "given up"

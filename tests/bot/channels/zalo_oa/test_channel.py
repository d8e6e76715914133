"""The channel alone: how its pace follows what Zalo says is left, and what each put-off means for whom."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.channels.contract import Fitted, TryLater
from bot.channels.media import Media
from bot.channels.zalo_oa.channel import NumberRequest, ZaloOa
from bot.channels.zalo_oa.client import ZaloClient
from bot.channels.zalo_oa.errors import refusal
from bot.channels.zalo_oa.tokens import Tokens
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from tests.kit.clock import MORNING, HandClock


@pytest.fixture
def holds() -> list[float]:
    """For how long nothing was to leave, each time."""
    return []


@pytest.fixture
def turns() -> list[int]:
    """How many calls had been made at each turn that was taken once more."""
    return []


@pytest.fixture
async def channel(
    held: Tokens, client: ZaloClient, clock: HandClock, zalo: FakeZaloOa, holds: list[float], turns: list[int]
) -> ZaloOa:
    async def phone(_: int) -> str:
        return ""

    async def learned() -> None: ...

    async def leaves() -> None:
        turns.append(len(zalo.calls))

    wish = NumberRequest("Số của bà", "Bấm vào đây", "")
    return ZaloOa(
        client, held, Media(()), clock, {}, wish=wish, phone=phone, learned=learned, hold=holds.append, leaves=leaves
    )


async def test_the_fewer_calls_are_left_the_further_apart_they_are(
    channel: ZaloOa, zalo: FakeZaloOa, lan: ZaloUser, holds: list[float], clock: HandClock
) -> None:
    clock.move(seconds=20)
    zalo.world.limiter.limit = 5

    for _ in range(5):
        await channel.send(lan.id, Fitted(text="Chào bà"))
    with pytest.raises(TryLater) as refused:
        await channel.send(lan.id, Fitted(text="Chào bà"))

    rest = 41.0
    assert holds == [rest / 4, rest / 3, rest / 2, rest, rest, rest]
    assert (refused.value.account, refused.value.after_s) == (True, rest)


async def test_who_waited_for_another_token_takes_a_turn_again(
    channel: ZaloOa, zalo: FakeZaloOa, lan: ZaloUser, turns: list[int]
) -> None:
    await channel.send(lan.id, Fitted(text="Chào bà"))
    before = list(turns)
    zalo.world.tokens.kill_access()

    await asyncio.gather(*(channel.send(lan.id, Fitted(text=f"Tin {number}")) for number in range(20)))
    waited = len(turns)
    await channel.send(lan.id, Fitted(text="Chào bà"))

    assert (before, waited, len(turns)) == ([], 20, 20)


async def test_nothing_is_asked_where_there_is_nothing_to_be_sent(
    channel: ZaloOa, zalo: FakeZaloOa, lan: ZaloUser
) -> None:
    calls = len(zalo.calls)

    assert [await channel.send(lan.id, piece) for piece in (Fitted(text=""), Fitted(text="", contact=True))] == ["", ""]
    assert len(zalo.calls) == calls


async def test_the_account_says_who_it_is_by_either_name(channel: ZaloOa, zalo: FakeZaloOa) -> None:
    for zalo.world.account.oaid in (False, True):
        channel.oa_id = ""
        await channel.probe()
        assert channel.oa_id == zalo.world.account.oa_id


@pytest.mark.parametrize(
    ("code", "second", "after_s", "account", "most"),
    [
        (-32, 0, 61, True, 0),
        (-32, 59, 2, True, 0),
        (-211, 0, 3600, True, 0),
        (-218, 0, 3600, False, 0),
        (-200, 0, 5, False, 3),
    ],
)
def test_what_is_put_off_says_for_how_long_and_for_whom(
    code: int, second: int, after_s: float, account: bool, most: int
) -> None:
    now: datetime = MORNING + timedelta(seconds=second)

    found = refusal("openapi", code, now)

    assert isinstance(found, TryLater)
    assert (found.after_s, found.account, found.alone, found.most) == (after_s, account, not account, most)


def test_a_quota_of_templates_by_phone_is_not_the_accounts() -> None:
    found = refusal("business", -144, MORNING)

    assert isinstance(found, TryLater)
    assert (found.account, found.alone) == (False, True)

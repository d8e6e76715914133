"""Each fault does what it says, to the caller and to what people see."""

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from fakes.faults import BAD_GATEWAY, CUT, HANG, NOT_JSON, RESET, RESET_BEFORE, Fault, gone, slow
from fakes.telegram import faults
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from tests.kit.waiting import until

# What the client says of each, and how many messages people see of one call.
SEEN: dict[str, tuple[Fault, type[TelegramError], str, int]] = {
    "hang": (HANG, TimedOut, "Timed out", 1),
    "reset": (RESET, NetworkError, "ReadError", 1),
    "reset before": (RESET_BEFORE, NetworkError, "ReadError", 0),
    "cut": (CUT, NetworkError, "RemoteProtocolError", 1),
    "not JSON": (NOT_JSON, TelegramError, "Invalid server response", 1),
    "500": (faults.SERVER_ERROR, NetworkError, "Internal Server Error", 0),
    "500 after all": (faults.SERVER_ERROR.after_effect(), NetworkError, "Internal Server Error", 1),
    "502": (BAD_GATEWAY, NetworkError, "Bad Gateway", 0),
    "502 after all": (BAD_GATEWAY.after_effect(), NetworkError, "Bad Gateway", 1),
    "429": (faults.too_many(7), RetryAfter, "7", 0),
    "blocked": (faults.BLOCKED, Forbidden, "bot was blocked by the user", 0),
    "deactivated": (faults.DEACTIVATED, Forbidden, "user is deactivated", 0),
    "kicked": (faults.KICKED, Forbidden, "bot was kicked from the group chat", 0),
    "chat not found": (faults.CHAT_NOT_FOUND, BadRequest, "not found", 0),
    "can't parse": (faults.CANNOT_PARSE, BadRequest, "parse entities", 0),
    "migrated": (faults.migrated(-1001), ChatMigrated, "-1001", 0),
    "401": (faults.UNAUTHORIZED, InvalidToken, "Unauthorized", 0),
    "404": (faults.NOT_FOUND, InvalidToken, "Not Found", 0),
    "slow": (slow(2.0), TimedOut, "Timed out", 1),
}


@pytest.mark.parametrize("name", SEEN)
async def test_a_fault_is_met_once_and_then_all_is_well(
    telegram: FakeTelegram, bot: Bot, lan: TelegramUser, name: str
) -> None:
    fault, error, words, seen = SEEN[name]
    telegram.faults.add(fault)

    with pytest.raises(error, match=words):
        await bot.send_message(lan.id, "một", read_timeout=0.5)
    met = (len(lan.heard), len(telegram.accepted(lan)), telegram.faults.left)
    await bot.send_message(lan.id, "hai")

    assert met == (seen, seen, 0)
    assert [message.text for message in lan.heard] == ["một", "hai"][-1 - seen :]


async def test_a_slow_answer_is_the_true_one(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    telegram.faults.add(slow(0.05))

    told = await bot.send_message(lan.id, "một")

    assert told.message_id == lan.heard[0].id


async def test_what_was_sent_again_after_an_unclear_end_is_counted_twice(
    telegram: FakeTelegram, bot: Bot, lan: TelegramUser
) -> None:
    telegram.faults.add(RESET, times=2)

    for _ in range(3):
        try:
            await bot.send_message(lan.id, "một")
        except NetworkError:
            continue

    assert [call.outcome for call in telegram.accepted(lan)] == [RESET.name, RESET.name, "ok"]
    assert [message.text for message in lan.heard] == ["một"] * 3


async def test_a_fault_waits_for_its_method_and_its_chat(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    huy = telegram.user("Huy")
    huy.says("/start")
    telegram.faults.add(faults.BLOCKED, chat=huy.id)
    telegram.faults.add(faults.SERVER_ERROR, method="sendChatAction", times=None)

    await bot.send_message(lan.id, "một")
    with pytest.raises(Forbidden):
        await bot.send_message(huy.id, "một")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_chat_action(lan.id, "typing")
    telegram.faults.clear()

    assert await bot.send_chat_action(lan.id, "typing")


async def test_a_conflict_can_be_had_without_another_poller(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.faults.add(faults.CONFLICT, method="getUpdates")

    with pytest.raises(Conflict, match="other getUpdates request"):
        await bot.get_updates()


async def test_while_it_is_away_no_connection_is_taken(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    await bot.send_message(lan.id, "một")

    async with telegram.away():
        with pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(lan.id, "hai")
        with pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(lan.id, "hai")
    await bot.send_message(lan.id, "ba")

    assert [message.text for message in lan.heard] == ["một", "ba"]


async def test_it_can_go_away_at_a_call_and_come_back_by_itself(
    telegram: FakeTelegram, bot: Bot, lan: TelegramUser
) -> None:
    telegram.faults.add(gone(0.3))
    met: list[str] = []

    async def send() -> list[str]:
        try:
            await bot.send_message(lan.id, "một")
        except NetworkError as error:
            met.append(str(error).split(":")[0])
        return met

    await until("it is back", send, lambda _: lan.heard)

    assert met[0] == "httpx.ReadError"
    assert set(met[1:]) == {"httpx.ConnectError"}
    assert len(telegram.accepted(lan)) == 1

"""The table of faults: what each of them makes of a message of each kind, step by step, and how often it is seen."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from fakes.faults import BAD_GATEWAY, CUT, HANG, NOT_JSON, RESET, RESET_BEFORE, Fault
from fakes.telegram.faults import (  # fmt: skip
    BLOCKED,
    CANNOT_PARSE,
    CHAT_NOT_FOUND,
    DEACTIVATED,
    KICKED,
    NOT_FOUND,
    SERVER_ERROR,
    UNAUTHORIZED,
    migrated,
    too_many,
)
from fakes.telegram.user import TelegramUser
from storage.queries.incoming.chats import Chat
from tests.kit.sending import PostOffice

# After how many seconds a copy of what may have arrived is due; kinds that are worse twice than never get none.
COPY_AFTER_S = {"question": 10, "receipt": 10, "group": 10, "notice": 120, "link": None}
NO_LINE = Fault("no connection is made", end="reset")
BUTTON = Fault(
    "button refused", status=400,
    body=json.dumps({"ok": False, "error_code": 400, "description": "Bad Request: BUTTON_DATA_INVALID"}),
)  # fmt: skip
# Well-formed and of another shape than every answer there is: what reads it fails with an error of Python's own.
STRANGE = Fault("an answer nobody thought of", accepts=True, body=json.dumps({"ok": True, "result": []}))
LATE_502, LATE_500 = BAD_GATEWAY.after_effect(), SERVER_ERROR.after_effect()
HOUSE = -1009000000000


@dataclass(frozen=True, slots=True)
class Row:
    """One row. then: the state after the call; seen: how often Telegram took it; again_s: when it is tried again."""

    fault: Fault
    then: str
    reason: str
    seen: int = 0
    again_s: tuple[float, float] = (0, 0)


TABLE = (
    #   what goes wrong    then       why               seen  tried again after
    Row(NO_LINE,           "queued",  "connect",        0,    (0.5, 1)),
    Row(HANG,              "unknown", "read_timeout",   1),
    Row(RESET,             "unknown", "reset",          1),
    Row(RESET_BEFORE,      "unknown", "reset",          0),
    Row(CUT,               "unknown", "cut",            1),
    Row(NOT_JSON,          "unknown", "no_json",        1),
    Row(STRANGE,           "unknown", "TypeError",      1),
    Row(SERVER_ERROR,      "unknown", "http_500",       0),
    Row(LATE_500,          "unknown", "http_500",       1),
    Row(BAD_GATEWAY,       "unknown", "http_502",       0),
    Row(LATE_502,          "unknown", "http_502",       1),
    Row(too_many(3),       "queued",  "http_429",       0,    (3, 3)),
    Row(migrated(HOUSE),   "queued",  "migrated",       0),
    Row(CANNOT_PARSE,      "queued",  "plain",          0),
    Row(BUTTON,            "queued",  "plain",          0),
    Row(UNAUTHORIZED,      "queued",  "token",          0,    (1, 1)),
    Row(NOT_FOUND,         "queued",  "token",          0,    (1, 1)),
    Row(BLOCKED,           "failed",  "blocked",        0),
    Row(DEACTIVATED,       "failed",  "deactivated",    0),
    Row(KICKED,            "failed",  "kicked",         0),
    Row(CHAT_NOT_FOUND,    "failed",  "no_chat",        0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to one person. moved: who is found where her chat is told to have gone."""

    id: int
    kind: str
    user: TelegramUser
    chat: Chat
    moved: TelegramUser


async def queued(office: PostOffice, row: Row) -> list[Sent]:
    """A message of each kind, each to another person, and each with this fault before it."""
    found = []
    for number, kind in enumerate(COPY_AFTER_S):
        user, moved = office.telegram.user(kind), office.telegram.user("moved", id=HOUSE - number)
        chat = await office.chat(user)
        moved.chat.status = "open"
        if row.fault is not NO_LINE:
            fault = migrated(moved.id) if row.reason == "migrated" else row.fault
            office.telegram.faults.add(fault, chat=user.id)
        [outbox_id] = await office.queue(chat, f"Lời nhắn: {kind}", kind=kind)
        found.append(Sent(outbox_id, kind, user, chat, moved))
    return found


@asynccontextmanager
async def unreachable(office: PostOffice, row: Row) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        if row.fault is NO_LINE:
            await stack.enter_async_context(office.telegram.away())
        yield


def seen(office: PostOffice, sent: Sent) -> int:
    return len(office.telegram.accepted(sent.user)) + len(office.telegram.accepted(sent.moved))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.fault.name)
async def test_a_fault_makes_of_each_kind_what_the_table_says(office: PostOffice, row: Row) -> None:
    now = office.town.clock.now()
    messages = await queued(office, row)
    ids = [sent.id for sent in messages]
    at_once = row.then == "queued" and row.again_s == (0, 0)

    async with unreachable(office, row):
        office.start()
        if row.then == "queued":
            await office.until_tried(ids)
        await office.until(ids, "sent" if at_once else row.then)
        kept = [await office.row(outbox_id) for outbox_id in ids]

    if not at_once:
        assert {r.reason for r in kept} == {row.reason}
        assert [seen(office, sent) for sent in messages] == [row.seen] * len(messages)
    if row.again_s != (0, 0):
        earliest, latest = (now + timedelta(seconds=seconds) for seconds in row.again_s)
        assert all(earliest <= r.not_before <= latest for r in kept)
    for sent in messages:
        await comes_to_its_end(office, row, sent)


async def comes_to_its_end(office: PostOffice, row: Row, sent: Sent) -> None:
    """Follow one message from the fault to where it stays."""
    copy, delay = await office.copy_of(sent.id), COPY_AFTER_S[sent.kind]
    if row.then == "failed":
        assert await office.steps(sent.id) == ["sending", "failed"]
        assert (seen(office, sent), copy, await office.reachable(sent.chat)) == (0, None, False)
    elif row.then == "queued":
        office.town.clock.move(seconds=3)
        await office.until([sent.id], "sent")
        assert await office.steps(sent.id) == ["sending", "queued", "sending", "sent"]
        assert (seen(office, sent), copy, (await office.row(sent.id)).attempt) == (1, None, 1)
    elif delay is None:
        office.town.clock.move(hours=1)
        assert await office.steps(sent.id) == ["sending", "unknown"]
        assert (seen(office, sent), copy) == (row.seen, None)
    else:
        assert copy is not None
        assert copy.id is not None
        assert copy.not_before == (await office.row(sent.id)).changed_at + timedelta(seconds=delay)
        office.town.clock.at = max(office.town.clock.at, copy.not_before)
        await office.until([copy.id], "sent")
        assert await office.steps(sent.id) == ["sending", "unknown"]
        assert seen(office, sent) == row.seen + 1


@pytest.mark.parametrize("lane", ["reply", "bulk"])
async def test_after_an_error_nobody_thought_of_the_sender_goes_on_with_that_chat_and_others(
    office: PostOffice, lane: str
) -> None:
    lan, mai = office.telegram.user("Lan"), office.telegram.user("Mai")
    hers = await office.chat(lan)
    office.telegram.faults.add(STRANGE, chat=lan.id)
    ids = [*await office.queue(hers, "một", kind="link"), *await office.queue(await office.chat(mai), "hai")]
    for outbox_id in ids:
        await office.change(outbox_id, lane=lane)

    office.start()
    await office.until(ids, "unknown", "sent")
    office.town.clock.move(hours=1)
    await office.until(await office.queue(hers, "ba"), "sent")

    assert await office.steps(ids[0]) == ["sending", "unknown"]
    assert [[shown.text for shown in user.heard] for user in (lan, mai)] == [["một", "ba"], ["hai"]]

"""What goes to many is marked some at a time just before it leaves, and given back where it does not leave."""

import asyncio
import sqlite3
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from bot.channels.telegram.channel import LIMITS
from bot.delivery.bulk import FAR_S
from fakes.faults import RESET, Fault
from fakes.telegram.faults import BLOCKED, CANNOT_PARSE, migrated, too_many
from fakes.telegram.user import TelegramUser
from storage.queries.incoming.chats import Chat
from tests.kit.clock import HandClock
from tests.kit.sending import Held, PostOffice
from tests.kit.waiting import PATIENT_S, SLOWLY, comes, until

AHEAD, ON_THE_WAY = 6, 30  # what leaves in a tenth of a second, and what may be on its way, at the rate of our office
Crowd = list[tuple[TelegramUser, Chat, int]]


async def bulk(office: PostOffice, chat: Chat, *words: str, kind: str = "link") -> list[int]:
    """Put messages in the bulk lane; of one whose fate nobody knows there is no copy."""
    ids = await office.queue(chat, *words, kind=kind)
    for number in ids:
        await office.change(number, lane="bulk")
    return ids


async def crowd(office: PostOffice, count: int) -> Crowd:
    """So many people, each with one message in the bulk lane."""
    users = [office.telegram.user(f"người {number}") for number in range(count)]
    found = [(user, await office.chat(user)) for user in users]
    return [(user, chat, (await bulk(office, chat, "tin"))[0]) for user, chat in found]


def ids_of(people: Crowd) -> list[int]:
    return [number for _, _, number in people]


def heard(people: Crowd) -> list[list[str]]:
    return [[message.text for message in user.heard] for user, _, _ in people]


async def until_accepted(office: PostOffice, count: int) -> None:
    await until(f"{count} are accepted", lambda: len(office.telegram.accepted()), lambda found: found >= count)


async def minutes_pass(office: PostOffice, people: Crowd) -> None:
    """Until what became of each is written down."""

    async def goes_on() -> set[str]:
        office.town.clock.move(seconds=61)
        office.wake()
        return {*await office.states(ids_of(people))}

    await until(
        "what became of each is written down", goes_on, lambda states: states <= {"sent", "unknown"}, pauses=SLOWLY
    )


async def test_everybody_gets_it_once_and_each_is_marked_before_and_settled_after(office: PostOffice) -> None:
    people = await crowd(office, 40)

    office.start()
    await office.until(ids_of(people), "sent")

    assert heard(people) == [["tin"]] * 40
    assert [await office.steps(number) for number in ids_of(people)] == [["sending", "sent"]] * 40
    assert None not in {row.platform_id for row in await office.rows()}


async def test_what_follows_in_a_chat_keeps_its_order_and_a_reply_goes_first(office: PostOffice) -> None:
    lan, mai = office.telegram.user("Lan"), office.telegram.user("Mai")
    hers, others = await office.chat(lan), await office.chat(mai)
    ids = await bulk(office, hers, "một", "a" * LIMITS.text + " b", "ba")
    ids += await bulk(office, others, "thông báo")
    ids += await office.queue(others, "trả lời")

    office.start()
    await office.until(ids, "sent")

    assert [message.text[0] for message in lan.heard] == ["m", "a", "b", "b"]
    assert [message.text for message in mai.heard] == ["trả lời", "thông báo"]


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        pytest.param(too_many(3), "queued", "http_429", id="told to wait"),
        pytest.param(RESET, "unknown", "reset", id="answer lost"),
        pytest.param(BLOCKED, "failed", "blocked", id="blocked"),
    ],
)
async def test_what_goes_wrong_for_one_of_many_is_hers_alone(
    office: PostOffice, fault: Fault, state: str, reason: str
) -> None:
    [(lan, _, hers), *rest] = await crowd(office, 20)
    office.telegram.faults.add(fault, chat=lan.id)

    office.start()
    await office.until([hers, *ids_of(rest)], state, *["sent"] * 19)

    assert (await office.row(hers)).reason == reason
    assert heard(rest) == [["tin"]] * 19


@pytest.mark.parametrize("refused", [True, False])
async def test_what_is_refused_or_has_moved_leaves_at_the_second_try(office: PostOffice, *, refused: bool) -> None:
    people = await crowd(office, 5)
    house = office.telegram.user("nhà", id=-1009000000001)
    house.chat.status = "open"
    office.telegram.faults.add(CANNOT_PARSE if refused else migrated(house.id), chat=people[0][0].id)

    office.start()
    await office.until(ids_of(people), "sent")

    assert heard(people)[1:] == [["tin"]] * 4
    assert [message.text for message in (people[0][0] if refused else house).heard] == ["tin"]


async def test_a_stop_gives_back_what_had_no_turn_yet(office: PostOffice) -> None:
    people = await crowd(office, 40)
    stopped = office.start(office.sender(times=0.1))
    await until_accepted(office, 5)

    await stopped.stop(PATIENT_S)
    states, accepted = Counter(await office.states(ids_of(people))), len(office.telegram.accepted())
    rows = await office.rows()
    office.start()
    await office.until(ids_of(people), "sent")

    assert states == {"sent": accepted, "queued": 40 - accepted}
    assert states["queued"] > 0
    assert {row.attempt for row in rows} == {0}
    assert heard(people) == [["tin"]] * 40


async def test_who_is_killed_leaves_no_more_unknown_than_a_moments_work_and_nobody_gets_it_twice(
    office: PostOffice,
) -> None:
    people = await crowd(office, 40)
    killed = office.start(office.sender(Held(office.channel), times=1))
    await until_accepted(office, 5)

    await office.kill(killed)
    left = Counter(await office.states(ids_of(people)))
    office.start()
    await minutes_pass(office, people)

    states = Counter(await office.states(ids_of(people)))
    # What it had handed to the database as it was killed may be marked a moment later.
    assert 0 < left["sending"] <= states["unknown"] <= AHEAD + ON_THE_WAY
    assert max(len(texts) for texts in heard(people)) == 1
    assert sum(len(texts) for texts in heard(people)) >= states["sent"]


class UnansweredMark:
    """The first COMMIT of messages that are marked together, whose answer is lost. kept: but it was kept."""

    def __init__(self, engine: Engine, *, kept: bool) -> None:
        self.happened = False
        self._marks: set[Connection] = set()
        self._kept = kept
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "commit", self._behind)

    def _before(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        if statement.startswith("UPDATE outbox") and "RETURNING" in statement and "lease" in statement:
            self._marks.add(connection)
        if statement == "COMMIT" and not self._kept:  # which is a statement on SQLite alone
            self._lose(connection)

    def _behind(self, connection: Connection) -> None:
        if self._kept and connection in self._marks and not self.happened:
            self._raw(connection).commit()  # nothing where it was a statement
        self._lose(connection)

    def _lose(self, connection: Connection) -> None:
        if self.happened or connection not in self._marks:
            return
        self.happened, raw = True, self._raw(connection)
        if isinstance(raw, sqlite3.Connection):
            lost = sqlite3.OperationalError("disk I/O error")
            lost.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise OperationalError("COMMIT", None, lost)
        raw.close()  # and so SQLAlchemy's own COMMIT fails

    def _raw(self, connection: Connection) -> Any:
        return connection.connection.dbapi_connection


@pytest.mark.parametrize("kept", [True, False])
async def test_marks_whose_commit_nobody_answered_for_are_sent_by_nobody_or_anew(
    office: PostOffice, *, kept: bool
) -> None:
    people = await crowd(office, 20)
    lost = UnansweredMark(office.town.database.engine, kept=kept)

    office.start()
    await minutes_pass(office, people)

    states = await office.states(ids_of(people))
    assert lost.happened
    assert [len(texts) for texts in heard(people)] == [int(state == "sent") for state in states]
    assert states.count("unknown") in (range(1, AHEAD + 1) if kept else (0,))


async def test_what_waits_for_a_turn_that_is_far_away_is_given_back_and_leaves_later(office: PostOffice) -> None:
    people = await crowd(office, 40)
    sender = office.start(office.sender(times=1))
    await until_accepted(office, 5)
    sender._state.limiter.hold_all(2 * FAR_S + 2)

    await until(
        "the rest is given back",
        lambda: office.states(ids_of(people)),
        lambda states: set(states) == {"sent", "queued"},
    )
    rows = await office.rows()
    await office.until(ids_of(people), "sent")

    steps = [await office.steps(number) for number in ids_of(people)]
    assert ["sending", "queued", "sending", "sent"] in steps
    assert {row.attempt for row in rows} == {0}
    assert heard(people) == [["tin"]] * 40


async def test_while_the_account_pauses_nothing_is_marked(office: PostOffice) -> None:
    people = await crowd(office, 10)
    sender = office.sender(times=1)
    sender._state.limiter.hold_all(3600)

    office.start(sender)
    for _ in range(10):
        office.wake()
        await office.rows()

    assert [await office.steps(number) for number in ids_of(people)] == [[]] * 10


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_two_senders_send_nothing_of_the_bulk_twice(office: PostOffice) -> None:
    people = await crowd(office, 60)

    office.start()
    office.start()
    await office.until(ids_of(people), "sent")

    assert heard(people) == [["tin"]] * 60


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_new_leader_writes_off_what_the_old_one_marked_and_that_one_settles_nothing(
    office: PostOffice,
) -> None:
    [(lan, _, hers), *_] = await crowd(office, 1)
    held = Held(office.channel)
    # Its clock stands still, so that it still believes in its lease when the other takes it.
    late = office.start(office.sender(held, clock=HandClock(office.town.clock.at)))
    await until("a message to her is there", lambda: any(call.chat_id == lan.id for call in office.telegram.calls))

    office.town.clock.move(seconds=61)
    office.start()
    await office.until([hers], "unknown")
    await held.let_through()
    await comes("the late one is done", asyncio.gather(*late._at_work.values()))

    assert await office.steps(hers) == ["sending", "unknown"]

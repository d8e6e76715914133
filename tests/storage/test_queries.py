"""Small statements that much leans on: limits by window, numbers of a chat's lines, kept askings, and their indexes."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection

from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, Unit
from storage.queries import machine
from storage.queries.chains import chain
from storage.queries.incoming import chats, inbox, sessions
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox
from storage.vault import Vault
from tests.kit.clock import HandClock

WINDOW = timedelta(minutes=15)
MASTER = MasterKey(bytes(32))
OF_FEW = re.compile("ix_inbox_waiting|ix_outbox_pending")  # these indexes hold only what is still to be done


@pytest.fixture
def kept(shaped: Database) -> Database:
    """A database with the product's tables."""
    return shaped


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def chat(kept: Database, clock: HandClock) -> Chat:
    """The chat of one person."""
    return await kept.write(lambda unit: chats.arrive(unit, Vault(unit, MASTER), "webchat", b"Lan", clock.now()))


async def count(kept: Database, clock: HandClock, name: bytes = b"tries") -> int:
    return await kept.write(lambda unit: machine.count(unit, name, clock.now(), WINDOW))


async def test_a_limit_counts_within_its_window_and_then_begins_anew(kept: Database, clock: HandClock) -> None:
    counts = []
    for minutes in (0, 10, 4.99, 0.01, 14):
        clock.move(minutes=minutes)
        counts.append(await count(kept, clock))

    assert counts == [1, 2, 3, 1, 2]


async def test_looking_at_a_limit_counts_nothing(kept: Database, clock: HandClock) -> None:
    await count(kept, clock)

    seen = [await kept.read(lambda u: machine.counted(u, b"tries", clock.now(), WINDOW)) for _ in range(3)]
    clock.move(minutes=15)

    assert seen == [1, 1, 1]
    assert await kept.read(lambda unit: machine.counted(unit, b"tries", clock.now(), WINDOW)) == 0


async def test_each_thing_is_counted_by_itself(kept: Database, clock: HandClock) -> None:
    await count(kept, clock, b"tries of Lan")

    assert await count(kept, clock, b"tries of Mai") == 1


async def test_no_count_is_lost_when_many_count_at_once(kept: Database, clock: HandClock) -> None:
    async def once() -> int:
        while True:
            try:
                return await count(kept, clock)
            except DatabaseAway:  # collided on every try: nothing was kept
                continue

    counts = await asyncio.gather(*(once() for _ in range(30)))

    assert sorted(counts) == list(range(1, 31))


async def test_a_fact_set_again_is_the_new_one(kept: Database) -> None:
    for value in ("one", "two"):
        await kept.write(lambda unit, value=value: machine.set_fact(unit, "demo", value))  # type: ignore[misc]  # bound early

    assert await kept.read(lambda unit: machine.fact(unit, "demo")) == "two"
    assert await kept.read(lambda unit: machine.fact(unit, "other")) is None


async def test_the_owner_entered_last_counts(kept: Database, clock: HandClock) -> None:
    assert await kept.read(machine.owner) is None
    for body in ("phường một", "phường hai"):
        await kept.write(
            lambda unit, body=body: machine.set_owner(unit, body, "1022", "a@example.test", "test", clock.now())  # type: ignore[misc]  # bound early
        )

    assert await kept.read(machine.owner) == ("phường hai", "1022", "a@example.test")


def enters(body: str, clock: HandClock) -> Callable[[Unit], int]:
    return lambda unit: machine.enter_owner(unit, body, "1022", "a@example.test", "official:an", clock.now())


async def test_an_owner_counts_once_another_confirms_it(kept: Database, clock: HandClock) -> None:
    number = await kept.write(enters("phường một", clock))
    before = await kept.read(machine.owner)

    tried = [
        await kept.write(lambda unit, by=by: machine.confirm_owner(unit, number, by))  # type: ignore[misc]  # bound early
        for by in ("official:an", "official:binh", "official:chi")
    ]

    assert (before, tried) == (None, [False, True, False])
    assert await kept.read(machine.owner) == ("phường một", "1022", "a@example.test")


async def test_until_it_is_confirmed_the_owner_before_counts(kept: Database, clock: HandClock) -> None:
    await kept.write(
        lambda unit: machine.set_owner(unit, "phường một", "1022", "a@example.test", "operator", clock.now())
    )
    older, newer = [await kept.write(enters(body, clock)) for body in ("phường hai", "phường ba")]

    late = await kept.write(lambda unit: machine.confirm_owner(unit, older, "official:binh"))
    owner = await kept.read(machine.owner)
    in_time = await kept.write(lambda unit: machine.confirm_owner(unit, newer, "official:binh"))

    assert (late, owner and owner[0], in_time) == (False, "phường một", True)
    assert (await kept.read(machine.owner) or ("",))[0] == "phường ba"


async def test_lines_written_at_once_are_numbered_without_a_gap(kept: Database, clock: HandClock, chat: Chat) -> None:
    def add(unit: Unit) -> int:
        return chats.add_line(unit, Vault(unit, MASTER), chat, "us", {"text": "xin chào"}, clock.now())

    async def once() -> int:
        while True:
            try:
                return await kept.write(add)
            except DatabaseAway:  # collided on every try: nothing was kept
                continue

    numbers = await asyncio.gather(*(once() for _ in range(20)))

    assert sorted(numbers) == list(range(1, 21))
    assert await kept.read(lambda unit: chats.last_line(unit, chat)) == 20


async def test_lines_are_read_from_a_cursor_on(kept: Database, clock: HandClock, chat: Chat) -> None:
    def fill(unit: Unit) -> None:
        for n in range(1, 11):
            chats.add_line(unit, Vault(unit, MASTER), chat, "you", {"text": f"tin {n}"}, clock.now(), client=f"c{n}")

    await kept.write(fill)

    found = await kept.read(lambda unit: chats.lines(unit, Vault(unit, MASTER), chat, 7, 2))
    by_client = await kept.read(lambda unit: [chats.number_of(unit, chat, c) for c in ("c3", "none")])

    assert [(line.number, line.body["text"]) for line in found] == [(8, "tin 8"), (9, "tin 9")]
    assert by_client == [3, 0]


async def test_who_wrote_on_two_channels_is_answered_where_she_wrote_last(
    kept: Database, clock: HandClock, chat: Chat
) -> None:
    assert await kept.read(lambda unit: chats.last_used(unit, chat.person_id)) == chat
    assert await kept.read(lambda unit: chats.last_used(unit, "nobody")) is None


async def test_the_last_fifty_askings_are_kept_and_every_button_that_still_works(
    kept: Database, clock: HandClock, chat: Chat
) -> None:
    def show(unit: Unit) -> None:
        for n in range(60):
            clock.move(seconds=1)
            until = clock.now() + timedelta(days=90) if n == 3 else None
            sessions.show(unit, Vault(unit, MASTER), chat.person_id, f"nonce {n}", {}, clock.now(), until)
        sessions.forget_old(unit, chat.person_id, clock.now())

    await kept.write(show)

    def known(unit: Unit) -> list[int]:
        vault = Vault(unit, MASTER)
        return [n for n in range(60) if sessions.shown(unit, vault, chat.person_id, f"nonce {n}")]

    assert await kept.read(known) == [3, *range(10, 60)]


async def test_an_asking_is_nobody_elses(kept: Database, clock: HandClock, chat: Chat) -> None:
    await kept.write(
        lambda unit: sessions.show(unit, Vault(unit, MASTER), chat.person_id, "nonce", {}, clock.now(), None)
    )

    assert await kept.read(lambda unit: sessions.shown(unit, Vault(unit, MASTER), "somebody else", "nonce")) is None


# What a message does, and that none of it reads a whole table, however long the service has been running.


def accepts(unit: Unit, chat: Chat, clock: HandClock) -> None:
    inbox.accept(unit, Vault(unit, MASTER), chat, "update 1", "text", {}, clock.now())


def knows(unit: Unit, chat: Chat, clock: HandClock) -> None:
    inbox.known(unit, "webchat", "update 1")


def takes_the_oldest(unit: Unit, chat: Chat, clock: HandClock) -> None:
    inbox.oldest(unit, Vault(unit, MASTER), chat.person_id, clock.now())


def looks_for_waiting(unit: Unit, chat: Chat, clock: HandClock) -> None:
    inbox.waiting(unit)


def looks_for_ready(unit: Unit, chat: Chat, clock: HandClock) -> None:
    outbox.ready(unit, "webchat", clock.now())


def takes_the_next(unit: Unit, chat: Chat, clock: HandClock) -> None:
    outbox.next_of(unit, chat.address_id, clock.now())


def finds_the_chat(unit: Unit, chat: Chat, clock: HandClock) -> None:
    chats.find(unit, "webchat", b"Lan")


def finds_the_last_chat(unit: Unit, chat: Chat, clock: HandClock) -> None:
    chats.last_used(unit, chat.person_id)


def reads_lines(unit: Unit, chat: Chat, clock: HandClock) -> None:
    chats.lines(unit, Vault(unit, MASTER), chat, 0, 100)


def forgets_askings(unit: Unit, chat: Chat, clock: HandClock) -> None:
    sessions.forget_old(unit, chat.person_id, clock.now())


def seals(unit: Unit, chat: Chat, clock: HandClock) -> None:
    chain.seal(unit)


# PostgreSQL is left out: it reads a nearly empty table whole, and is right.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "work",
    [
        accepts, knows, takes_the_oldest, looks_for_waiting, looks_for_ready, takes_the_next, finds_the_chat,
        finds_the_last_chat, reads_lines, forgets_askings, seals,
    ],
)  # fmt: skip
async def test_no_statement_of_a_message_reads_a_whole_table(
    work: Callable[[Unit, Chat, HandClock], None], kept: Database, clock: HandClock, chat: Chat
) -> None:
    scans: list[str] = []

    def explain(
        connection: Connection, cursor: object, statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        if re.match("SELECT|UPDATE|DELETE", statement):
            raw = connection.connection.cursor()
            raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scans.extend(step for *_, step in raw.fetchall() if step.startswith("SCAN") and not OF_FEW.search(step))

    event.listen(kept.engine, "before_cursor_execute", explain)
    await kept.write(lambda unit: work(unit, chat, clock))
    event.remove(kept.engine, "before_cursor_execute", explain)

    assert scans == []

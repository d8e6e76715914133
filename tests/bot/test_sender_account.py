"""One person who can't be reached is called once; an account that is refused or can't be reached waits and goes on."""

import pytest

from bot.channels.contract import Fitted, NotSent
from bot.channels.telegram.channel import LIMITS
from fakes.telegram.faults import BLOCKED, UNAUTHORIZED, migrated, too_many
from fakes.telegram.user import TelegramUser
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import sending
from storage.vault import Vault
from tests.kit.sending import Held, PostOffice
from tests.kit.waiting import SLOWLY, until

REFUSED, UNREACHABLE = "telegram_account_refused", "telegram_unreachable"


async def crowd(office: PostOffice, count: int) -> list[tuple[TelegramUser, Chat]]:
    """So many people who wrote to us."""
    users = [office.telegram.user(f"người {number}") for number in range(count)]
    return [(user, await office.chat(user)) for user in users]


async def test_who_blocked_us_is_called_once_and_all_that_waits_for_her_has_failed(office: PostOffice) -> None:
    [(lan, chat), (mai, other)] = await crowd(office, 2)
    office.telegram.faults.add(BLOCKED, chat=lan.id, times=None)
    hers = await office.queue(chat, "một", "hai", "ba", kind="question")
    await office.change(hers[2], lane="bulk")
    others = await office.queue(other, "cho Mai")

    office.start()
    await office.until([*hers, *others], "failed", "failed", "failed", "sent")

    assert {(await office.row(outbox_id)).reason for outbox_id in hers} == {"blocked"}
    assert sum(call.chat_id == lan.id for call in office.telegram.calls) == 1
    assert (await office.reachable(chat), await office.reachable(other)) == (False, True)
    assert [message.text for message in mai.heard] == ["cho Mai"]


async def test_who_comes_back_is_reached_again(office: PostOffice) -> None:
    [(lan, chat)] = await crowd(office, 1)
    office.telegram.faults.add(BLOCKED, chat=lan.id)
    first = await office.queue(chat, "một")
    office.start()
    await office.until(first, "failed")

    await office.chat(lan)
    second = await office.queue(chat, "hai")
    await office.until(second, "sent")

    assert await office.reachable(chat)


async def test_a_chat_that_is_told_to_wait_holds_up_nobody_else(office: PostOffice) -> None:
    [(slow_one, chat), *rest] = await crowd(office, 51)
    office.telegram.faults.add(too_many(3600), chat=slow_one.id, times=None)
    waiting = await office.queue(chat, "một", "hai")
    others = [outbox_id for _, other in rest for outbox_id in await office.queue(other, "một", "hai")]

    sender = office.start()
    await office.until(others, "sent")

    assert await office.states(waiting) == ["queued", "queued"]
    assert [len(user.heard) for user, _ in rest] == [2] * 50
    assert sender.reasons() == []


async def test_a_chat_whose_first_message_was_put_off_is_not_ready(office: PostOffice) -> None:
    [(_, put_off), (_, sends), (_, free)] = await crowd(office, 3)
    now = office.town.clock.now()
    first, _ = await office.queue(put_off, "một", "hai")
    await office.change(first, not_before=now.replace(year=now.year + 1), attempt=1)
    at_work, _ = await office.queue(sends, "một", "hai")
    await office.change(at_work, state="sending")
    await office.queue(free, "một", "hai")

    found = await office.town.database.read(lambda unit: sending.ready(unit, "telegram", now, 500))

    assert [ready.address_id for ready in found] == [free.address_id]


async def test_what_waits_in_one_lane_leaves_the_other_ready(office: PostOffice) -> None:
    [(_, chat)] = await crowd(office, 1)
    now = office.town.clock.now()
    first, second = await office.queue(chat, "một", "hai")
    await office.change(first, not_before=now.replace(year=now.year + 1))
    await office.change(second, lane="bulk")

    found = await office.town.database.read(lambda unit: sending.ready(unit, "telegram", now, 500))

    assert [(ready.address_id, ready.lane) for ready in found] == [(chat.address_id, "bulk")]


async def test_an_account_refused_three_times_stops_keeps_its_queue_and_goes_on_once_it_is_taken(
    office: PostOffice,
) -> None:
    people = await crowd(office, 60)
    ids = [outbox_id for _, chat in people for outbox_id in await office.queue(chat, "một")]
    office.telegram.faults.add(UNAUTHORIZED, times=None)
    held = Held(office.channel)

    sender = office.start(office.sender(held))
    await until("the account is asked for", lambda: any(call.method == "getMe" for call in office.telegram.calls))
    refused, states = sender.reasons(), set(await office.states(ids))
    called = sum(call.method == "sendMessage" for call in office.telegram.calls)
    office.telegram.faults.clear()
    await held.let_through()

    async def goes_on() -> set[str]:
        office.town.clock.move(seconds=1)  # a question on its way may still be refused: then it is asked again
        office.wake()
        return set(await office.states(ids))

    await until("all are sent", goes_on, lambda states: states == {"sent"}, pauses=SLOWLY)

    assert refused == [REFUSED]
    assert states <= {"queued", "sending"}  # what was on its way when it was refused has its answer to come
    assert 3 <= called < 33  # what was on its way at the third is called too
    assert [len(user.heard) for user, _ in people] == [1] * 60
    assert sender.reasons() == []


async def test_after_five_failures_the_account_is_unreachable_until_one_arrives(office: PostOffice) -> None:
    people = await crowd(office, 5)
    ids = [outbox_id for _, chat in people for outbox_id in await office.queue(chat, "một", "hai")]

    async with office.telegram.away():
        sender = office.start()

        async def tries_again() -> list[str]:
            office.town.clock.move(minutes=1)
            office.wake()
            return sender.reasons()

        await until("it is unreachable", tries_again, lambda reasons: reasons == [UNREACHABLE], pauses=SLOWLY)
    # What was on its way waits as what failed, and for longer than the clock was moved.
    await until("no call is under way", lambda: office.states(ids), lambda states: "sending" not in states)
    office.town.clock.move(minutes=1)
    await office.until(ids, "sent")

    assert sender.reasons() == []
    assert [[message.text for message in user.heard] for user, _ in people] == [["một", "hai"]] * 5


class NoLine:
    """A channel to which no connection can be made."""

    name, limits, abroad = "telegram", LIMITS, True
    probes = 0

    async def send(self, chat: str, message: Fitted) -> str:
        raise NotSent("connect")

    async def probe(self) -> None:
        self.probes += 1
        raise NotSent("connect")


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_however_long_the_platform_is_away_nothing_is_lost(office: PostOffice) -> None:
    ids = [outbox_id for _, chat in await crowd(office, 100) for outbox_id in await office.queue(chat, "một")]

    no_line = NoLine()

    office.start(office.sender(no_line, times=1e6))

    async def asked() -> int:
        office.town.clock.move(minutes=1)
        office.wake()
        return no_line.probes

    await until("it was asked eleven times", asked, lambda probes: probes >= 11, pauses=SLOWLY)
    await office.until(ids, "queued")


async def test_a_group_that_moved_is_written_to_where_it_is_now(office: PostOffice) -> None:
    [(old, chat)] = await crowd(office, 1)
    new = office.telegram.user("nhóm", id=-1009000000001)
    new.chat.status = "open"
    office.telegram.faults.add(migrated(new.id), chat=old.id)

    ids = await office.queue(chat, "một", "hai", kind="group")
    office.start()
    await office.until(ids, "sent")

    assert ([len(old.heard)], [message.text for message in new.heard]) == ([0], ["một", "hai"])
    external = await office.town.read(lambda _, vault: vault.look_up("telegram chat", str(new.id)))
    found = await office.town.read(lambda unit, _: chats.find(unit, "telegram", external))
    assert found is not None
    assert found.address_id == chat.address_id


async def test_a_group_that_moved_to_a_chat_known_already_is_given_up_and_not_asked_for_ever(
    office: PostOffice,
) -> None:
    [(old, chat), (new, _)] = await crowd(office, 2)
    office.telegram.faults.add(migrated(new.id), chat=old.id, times=None)

    ids = await office.queue(chat, "một", "hai", kind="group")
    office.start()
    await office.until(ids, "failed")

    assert sum(call.chat_id == old.id for call in office.telegram.calls) == 1
    assert not await office.reachable(chat)


async def test_a_chat_that_moved_while_its_person_was_erased_is_not_left_on_its_way(office: PostOffice) -> None:
    [(lan, chat)] = await crowd(office, 1)
    faults = office.telegram.faults
    faults.add(migrated(-1009000000001), chat=lan.id)
    [first] = await office.queue(chat, "một", kind="question")
    person = f"person:{chat.person_id}"

    async def erase() -> None:
        await until("a message to her is there", lambda: any(c.chat_id == lan.id for c in office.telegram.calls))
        await office.town.database.write(lambda unit: Vault(unit, office.town.office.master).forget(person))

    office.start()
    await erase()

    await office.until([first], "failed")

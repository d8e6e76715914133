"""News is what the rows say, the consent is in step with them, and what was stopped never arrives."""

import asyncio

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.consents import Again, Wanted
from storage.database import Unit
from storage.queries.outgoing import outbox
from storage.tables import Broadcast, OutboxRow, Recipient, Subscription
from tests.kit.news import Press, press, subscriber
from tests.kit.requests import HERE
from tests.kit.town import Citizen, Town

CLOCK = Actor("clock")


@pytest.fixture
async def office(town: Town) -> Press:
    return await press(town)


async def topics(citizen: Citizen) -> list[str]:
    found: tuple[Wanted, ...] = await citizen.at_desk(lambda desk: desk.subscriptions.mine())
    return [one.topic for one in found]


async def agreed(citizen: Citizen) -> bool:
    return await citizen.at_desk(lambda desk: desk.consents.in_force("news"))


async def recipients(town: Town) -> list[str]:
    query = select(Recipient.state).order_by(col(Recipient.broadcast_id), col(Recipient.address_id))
    return await town.database.read(lambda unit: list(unit.scalars(query)))


async def waits(town: Town, citizen: Citizen, office: Press, topic: str = "jobs") -> str:
    """An announcement to her stands in the outbox, and the sender has not come to it; its code."""
    code = await office.approves("Có tin mới", "Xin xem.", topic)
    address = (await citizen.chat()).address_id

    def release(unit: Unit) -> None:
        row = unit.scalars(select(Broadcast).where(Broadcast.code == code)).one()
        row.state, row.began_at, row.rendered = "sending", town.clock.now(), {"vi": "Có tin mới"}
        unit.add(row)
        unit.flush()
        recipient = unit.scalars(
            select(Recipient).where(Recipient.broadcast_id == row.id, Recipient.address_id == address)
        ).one()
        message = OutboxRow(
            key=f"broadcast:{row.id}/{address}", person_id=chat.person_id, address_id=address,
            channel=chat.channel, lane="bulk", kind="broadcast", cause=f"broadcast:{row.id}", not_before=later,
            created_at=later, changed_at=later,
        )  # fmt: skip
        unit.add(message)
        unit.flush()
        recipient.state, recipient.outbox_id = "released", message.id
        unit.add(recipient)

    chat, later = await citizen.chat(), town.clock.now().replace(year=2027)
    await town.database.write(release)
    return code


async def messages(town: Town, kind: str = "broadcast") -> list[tuple[str, str | None]]:
    query = select(OutboxRow.state, OutboxRow.reason).where(OutboxRow.kind == kind).order_by(col(OutboxRow.id))
    return await town.database.read(lambda unit: [(row[0], row[1]) for row in unit.execute(query)])


# Wanting


async def test_wanting_gives_the_yes_once(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")
    await lan.at_desk(lambda desk: desk.subscriptions.subscribe(("health",), HERE, "weekly"))

    [consent] = await lan.at_desk(lambda desk: desk.consents.given())

    assert (consent.purpose, consent.text_version) == ("news", "news/1")
    found = await lan.at_desk(lambda desk: [(w.topic, w.unit_id, w.rhythm) for w in desk.subscriptions.mine()])
    assert found == [("jobs", "", "daily"), ("health", HERE, "weekly")]


async def test_wanting_again_changes_the_rhythm_and_not_since_when(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")
    since = town.clock.now()
    town.clock.move(days=1)

    await lan.at_desk(lambda desk: desk.subscriptions.subscribe(("jobs",), rhythm="at_once"))

    [row] = await lan.at_desk(lambda desk: desk.subscriptions.mine())
    assert (row.rhythm, row.since) == ("at_once", since)


@pytest.mark.parametrize(("topic", "rhythm"), [("gossip", "daily"), ("jobs", "hourly"), ("", "daily")])
async def test_what_there_is_not_can_not_be_wanted(town: Town, topic: str, rhythm: str) -> None:
    lan = await subscriber(town, "Lan", "jobs")

    with pytest.raises(ValueError, match="no such"):
        await lan.at_desk(lambda desk: desk.subscriptions.subscribe((topic,), rhythm=rhythm))


async def test_a_choice_of_nothing_is_none(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")

    with pytest.raises(ValueError, match="no topic"):
        await lan.at_desk(lambda desk: desk.subscriptions.choose(()))

    assert await topics(lan) == ["jobs"]


# Stopping


async def test_stopping_one_leaves_the_others_and_the_yes(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    assert (await topics(lan), await agreed(lan)) == (["health"], True)


async def test_the_last_one_stopped_takes_the_yes_back(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs", "health"))

    assert (await topics(lan), await agreed(lan)) == ([], False)


async def test_what_waits_in_the_outbox_is_cancelled(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await waits(town, lan, office, "jobs")
    await waits(town, lan, office, "health")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    assert await messages(town) == [("cancelled", "opted_out"), ("queued", None)]


async def test_what_failed_before_she_stopped_is_not_sent_again(town: Town, office: Press) -> None:
    lan, tam = [await subscriber(town, name, "jobs", rhythm="at_once") for name in ("Lan", "Tâm")]
    hers, his = [(await citizen.chat()).person_id for citizen in (lan, tam)]
    for citizen in (lan, tam):
        await waits(town, citizen, office)

    def fail(unit: Unit) -> list[OutboxRow]:
        rows = list(unit.scalars(select(OutboxRow).where(OutboxRow.kind == "broadcast")))
        for row in rows:
            row.state, row.body = "failed", b"sealed"
            unit.add(row)
        return rows

    failed = {row.person_id: row.id or 0 for row in await town.database.write(fail)}
    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    def retry(unit: Unit) -> list[bool]:
        now = town.clock.now()
        return [outbox.retry(unit, failed[person_id], now) for person_id in (hers, his)]

    assert await town.database.write(retry) == [False, True]


async def test_what_nobody_knows_of_is_not_sent_once_more_to_who_stopped_it_since(town: Town, office: Press) -> None:
    lan, _ = [await subscriber(town, name, "jobs", rhythm="at_once") for name in ("Lan", "Tâm")]
    code = await office.announces("Phiên việc làm", topic="jobs")
    lost = update(OutboxRow).where(col(OutboxRow.kind) == "broadcast").values(state="unknown")
    await town.database.write(lambda unit: unit.change(lost))

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))
    town.clock.move(minutes=1)
    await office.acts(office.editor, code, lambda desk, _: desk.broadcasts.ask_again(code))
    assert await office.acts(office.admin, code, lambda desk, _: desk.broadcasts.send_again(code)) == "done"
    await town.service.outbox.drain()

    assert await messages(town) == [("unknown", None), ("unknown", None), ("expired", "deadline"), ("sent", None)]


async def test_what_waits_for_others_still_goes(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", rhythm="at_once")
    mai = await subscriber(town, "Mai", "jobs", rhythm="at_once")
    await waits(town, mai, office, "jobs")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    assert await messages(town) == [("queued", None)]
    assert sorted(await recipients(town)) == ["opted_out", "released"]


async def test_who_is_frozen_and_stops_before_the_start_gets_nothing(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await office.approves("Phiên việc làm", "Xin xem.", "jobs")
    await office.approves("Trạm y tế", "Xin xem.", "health")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))
    await town.announces()

    await lan.listens(0)
    assert [m.text.split("\n")[0] for m in lan.heard if m.kind == "broadcast"] == ["Trạm y tế"]
    assert await recipients(town) == ["opted_out", "released"]


async def test_what_waits_for_the_next_digest_is_left_out_of_it(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await office.announces("Phiên việc làm", topic="jobs")
    await office.announces("Trạm y tế", topic="health")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    assert await recipients(town) == ["opted_out", "digest"]


async def test_a_digest_that_waits_is_gathered_anew_without_it(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await office.announces("Phiên việc làm", topic="jobs")
    await office.announces("Trạm y tế", topic="health")
    town.clock.move(hours=13)  # at night
    await town.at_desk(CLOCK, lambda desk: desk.digests.run())
    before = await messages(town, "digest")

    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    assert before == [("queued", None)]
    assert await messages(town, "digest") == [("cancelled", "opted_out")]
    assert await recipients(town) == ["opted_out", "digest"]


@pytest.mark.parametrize("stopped", ["jobs", "city"])
async def test_a_digest_that_was_tried_is_not_tried_again_with_what_she_stopped(
    town: Town, office: Press, stopped: str
) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", "city")
    await office.announces("Phiên việc làm", topic="jobs")
    await office.announces("Trạm y tế", topic="health")
    town.clock.move(hours=13)  # at night
    await town.at_desk(CLOCK, lambda desk: desk.digests.run())

    def fail(unit: Unit) -> int:
        [row] = unit.scalars(select(OutboxRow).where(OutboxRow.kind == "digest"))
        row.state = "failed"
        unit.add(row)
        return row.id or 0

    failed = await town.database.write(fail)
    await lan.at_desk(lambda desk: desk.subscriptions.stop(stopped))

    again = await town.database.write(lambda unit: outbox.retry(unit, failed, town.clock.now()))

    assert again == (stopped == "city")


async def test_a_yes_taken_back_elsewhere_stops_every_row_and_what_waits(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await waits(town, lan, office, "jobs")

    await lan.at_desk(lambda desk: desk.consents.withdraw("news"))

    assert (await topics(lan), await messages(town)) == ([], [("cancelled", "opted_out")])


async def test_stopping_everything_is_noted_even_by_whoever_wanted_nothing(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("DỪNG HẾT")
    await lan.says("DỪNG HẾT")

    taken_back = await lan.at_desk(
        lambda desk: [desk.consents.taken_back(p, desk.here().person_id) for p in ("news", "case_news", "rule_changes")]
    )

    assert taken_back == [True, True, False]


# Again


async def test_what_was_stopped_last_comes_back_with_a_yes_of_its_own(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await lan.at_desk(lambda desk: desk.subscriptions.stop_all())
    town.clock.move(days=1)

    again = await lan.at_desk(lambda desk: desk.subscriptions.take_up_again())

    [consent] = await lan.at_desk(lambda desk: desk.consents.given())
    assert again == Again(("jobs", "health"))
    assert (consent.text_version, consent.at) == ("news.receive/1", town.clock.now())


async def test_where_nothing_was_stopped_nothing_comes_back(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")

    assert await lan.at_desk(lambda desk: desk.subscriptions.take_up_again()) == Again()


async def test_a_topic_for_two_places_comes_back_for_both(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")
    await lan.at_desk(lambda desk: desk.subscriptions.subscribe(("jobs",), HERE))
    await lan.at_desk(lambda desk: desk.subscriptions.stop("jobs"))

    again = await lan.at_desk(lambda desk: desk.subscriptions.take_up_again())

    assert again == Again(("jobs",))
    assert await topics(lan) == ["jobs", "jobs"]


# Leaving, and two who are one


async def test_erasing_forgets_what_was_wanted_and_takes_the_chat_out_of_what_waits(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health", rhythm="at_once")
    await office.approves("Phiên việc làm", "Xin xem.", "jobs")

    await lan.at_desk(lambda desk: desk.people.erase())
    await town.announces()

    assert await town.database.read(lambda unit: unit.scalars(select(Subscription)).all()) == []
    assert await recipients(town) == ["gone"]


async def test_a_chat_that_is_parted_gets_no_news_of_the_other(town: Town, office: Press) -> None:
    lan, other = await subscriber(town, "Lan", "jobs", rhythm="at_once"), town.citizen("Lan ở máy khác")
    await other.says("/menu")
    await joined(other, lan)
    await office.approves("Phiên việc làm", "Xin xem.", "jobs")

    await other.at_desk(lambda desk: desk.links.unlink())
    await town.announces()

    assert (await topics(lan), await topics(other)) == (["jobs"], [])
    await other.listens(0)
    assert [m for m in other.heard if m.kind == "broadcast"] == []


async def joined(here: Citizen, there: Citizen) -> None:
    code, _ = await there.at_desk(lambda desk: desk.links.make_code())
    await here.at_desk(lambda desk: desk.links.join(code))


async def test_two_who_are_joined_get_what_either_wants(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")
    other = await subscriber(town, "Lan ở máy khác", "health")

    await joined(other, lan)

    assert (await topics(lan), await agreed(lan)) == (["jobs", "health"], True)


@pytest.mark.parametrize(
    ("stops", "left"),
    [
        pytest.param("here", [], id="she stopped all here, later than she wanted it there"),
        pytest.param("before", ["jobs"], id="she stopped all here before she wanted it there"),
    ],
)
async def test_her_last_word_on_a_topic_stands(town: Town, stops: str, left: list[str]) -> None:
    lan, other = await subscriber(town, "Lan", "jobs"), await subscriber(town, "Lan ở máy khác", "jobs")
    town.clock.move(days=1)
    await other.at_desk(lambda desk: desk.subscriptions.stop_all())
    if stops == "before":
        town.clock.move(days=1)
        await lan.at_desk(lambda desk: desk.subscriptions.stop_all())
        await lan.at_desk(lambda desk: desk.subscriptions.subscribe(("jobs",)))

    await joined(other, lan)

    assert (await topics(lan), await agreed(lan)) == (left, bool(left))


async def test_a_later_no_at_the_other_place_ends_what_was_wanted_here(town: Town, office: Press) -> None:
    lan, other = await subscriber(town, "Lan", "jobs", rhythm="at_once"), town.citizen("Lan ở máy khác")
    await office.approves("Phiên việc làm", "Xin xem.", "jobs")
    town.clock.move(days=1)
    await other.says("/tintuc", "không")

    await joined(other, lan)

    assert (await topics(lan), await agreed(lan), await recipients(town)) == ([], False, ["opted_out"])


# At once


async def test_two_who_want_and_stop_at_once_end_in_step(town: Town) -> None:
    lan = await subscriber(town, "Lan", "jobs")

    def wants(desk: Desk) -> None:
        desk.subscriptions.subscribe(("jobs", "city"))

    def stops(desk: Desk) -> None:
        desk.subscriptions.stop_all()

    await asyncio.gather(*(lan.at_desk(work) for work in (wants, stops, wants, stops, wants, wants)))

    assert await agreed(lan) == bool(await topics(lan))

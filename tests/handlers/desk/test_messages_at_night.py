"""At night a chat is answered at once, and what nobody asked for waits there without holding anything up."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from handlers.desk import Actor, Desk
from handlers.flow.message import Say
from storage.queries.outgoing import sending
from storage.tables import OutboxRow
from tests.kit.requests import asks
from tests.kit.town import Citizen, Town

NIGHT = timedelta(hours=13)  # from nine in the morning
MORNING = datetime(2026, 11, 26, 0, tzinfo=UTC)  # 07:00


async def notice(town: Town, citizen: Citizen, kind: str) -> None:
    person = (await citizen.chat()).person_id

    def tell(desk: Desk) -> None:
        assert desk.messages.tell(person, Say("plain", words="Có tin mới."), kind=kind, place=kind)

    await town.at_desk(Actor("clock"), tell)


async def of_kind(town: Town, kind: str) -> OutboxRow:
    return await town.read(lambda unit, _: unit.scalars(select(OutboxRow).where(OutboxRow.kind == kind)).one())


async def test_an_answer_of_an_official_waits_for_the_morning(town: Town) -> None:
    code = await asks(town, "Lan")
    town.clock.move(hours=13)

    await town.asks_for(code, "Xin gửi thêm giấy khai sinh.")
    row = await of_kind(town, "notice")
    at_night = row.state
    town.clock.at = MORNING
    await town.service.outbox.drain()

    assert (at_night, row.not_before) == ("queued", MORNING)
    assert (await of_kind(town, "notice")).state == "sent"


async def test_she_is_answered_at_night_though_something_waits_in_her_chat(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    town.clock.move(hours=13)
    await notice(town, lan, "notice")

    await lan.says("/menu")

    assert [row.kind for row in lan.heard] == ["receipt"]


async def test_through_a_platform_neither_it_is_in_the_way(town: Town) -> None:
    lan = town.citizen("Lan", channel="telegram")
    await lan.says("/menu")
    before = await town.read(lambda unit, _: len(unit.scalars(select(OutboxRow)).all()))
    town.clock.move(hours=13)
    await notice(town, lan, "notice")
    await notice(town, lan, "reminder")
    await lan.says("/menu")

    def lined_up(unit: object, _: object) -> list[sending.Ready]:
        return sending.ready(unit, "telegram", town.clock.now(), 10)  # type: ignore[arg-type]  # a unit

    assert before == 1
    assert [one.lane for one in await town.read(lined_up)] == ["reply"]


async def test_a_warning_and_an_urgent_notice_do_not_wait(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    town.clock.move(hours=13)

    for kind in ("urgent", "warning"):
        await notice(town, lan, kind)

    assert [(await of_kind(town, kind)).state for kind in ("urgent", "warning")] == ["sent", "sent"]


async def test_what_waited_too_long_is_not_sent(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    person = (await lan.chat()).person_id
    town.clock.move(hours=13)
    until = town.clock.now() + timedelta(hours=2)
    await town.at_desk(
        Actor("clock"),
        lambda desk: desk.messages.tell(person, Say("plain", words="Sáng nay"), kind="digest", until=until),
    )

    town.clock.at = MORNING
    await town.service.outbox.drain()

    assert (await of_kind(town, "digest")).state == "expired"

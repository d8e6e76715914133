"""An announcement goes to those it is for, after a second official approved just that, and stops when one says so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.announcing import (
    Audience,
    AudienceCounts,
    BroadcastDraft,
    BroadcastOutcome,
    SeenBroadcast,
    broadcast_faults,
)
from handlers.desk.cases import CLASSES, Recognition
from handlers.vietnamese.units import all_units
from storage.database import Unit
from storage.queries.announcing import broadcasts
from storage.queries.incoming import chats
from storage.tables import Address, Case, Subscription
from tests.kit.cases import for_each
from tests.kit.clock import MORNING
from tests.kit.requests import HERE, asks
from tests.kit.requests import THERE as ELSEWHERE
from tests.kit.town import Town

DRAFT = BroadcastDraft(
    kind="news",
    title={"vi": "Lịch trạm y tế"},
    words={"vi": "Trạm y tế mở cửa sáng thứ bảy."},
    audience=Audience(),
    topic="health",
)


@pytest.fixture
async def office(town: Town) -> tuple[str, str]:
    """An editor and an admin."""
    return await town.official("mai", "editor"), await town.official("lan", "admin")


async def subscribes(town: Town, name: str, topic: str = "health", rhythm: str = "at_once", unit: str = "") -> None:
    citizen = town.citizen(name)
    await citizen.says("xin chào")
    person = (await citizen.chat()).person_id

    def keep(desk: Desk) -> None:
        row = Subscription(person_id=person, topic=topic, unit_id=unit, rhythm=rhythm, since=desk.now)
        desk.unit.add(row)

    await citizen.at_desk(keep)


async def acts(
    town: Town, official: str, act: Callable[[Desk, SeenBroadcast], BroadcastOutcome], code: str
) -> BroadcastOutcome:
    def run(desk: Desk) -> BroadcastOutcome:
        seen = desk.broadcasts.read(code)
        assert seen is not None
        return act(desk, seen)

    return await town.as_official(official, run)


async def submitted(town: Town, editor: str, draft: BroadcastDraft = DRAFT) -> str:
    code = await town.as_official(editor, lambda desk: desk.broadcasts.write(draft))
    assert code is not None
    assert await acts(town, editor, lambda desk, seen: desk.broadcasts.submit(code, seen.stamp), code) == "done"
    return code


async def test_who_subscribed_gets_it_once_with_sender_code_and_how_to_stop(
    town: Town, office: tuple[str, str]
) -> None:
    for name in ("Ba", "Tư"):
        await subscribes(town, name)
    await subscribes(town, "Năm", topic="jobs")
    code = await submitted(town, office[0])
    done = await acts(town, office[1], lambda desk, seen: desk.broadcasts.approve(code, seen.stamp), code)

    await town.announces()

    for name, count in (("Ba", 1), ("Tư", 1), ("Năm", 0)):
        citizen = town.citizen(name)
        await citizen.listens(0)
        found = [m for m in citizen.heard if code in m.text]
        assert len(found) == count, name
        assert all(m.text.startswith("Lịch trạm y tế\n\nTrạm y tế") and "DỪNG" in m.text for m in found)
    seen = await town.as_official(office[1], lambda desk: desk.broadcasts.read(code))
    assert seen is not None
    assert (done, seen.state, seen.people, await states(town)) == ("done", "done", 2, {"sent": 2})


async def counted(town: Town, official: str, draft: BroadcastDraft) -> AudienceCounts:
    def count(desk: Desk) -> AudienceCounts:
        return desk.audiences.counts(draft.kind, draft.topic, draft.audience, desk.now)

    return await town.as_official(official, count)


async def states(town: Town, which: int = 1) -> dict[str, int]:
    found = await town.read(lambda unit, _: broadcasts.counts(unit, which))
    return {state: count for (_, state), count in found.items()}


async def test_who_was_joined_to_another_after_it_was_frozen_gets_it_once(town: Town, office: tuple[str, str]) -> None:
    names = ("Ba", "Ba ở máy khác")
    for name in names:
        await subscribes(town, name)
    code = await submitted(town, office[0])
    await acts(town, office[1], lambda desk, seen: desk.broadcasts.approve(code, seen.stamp), code)
    mine, other = [await town.citizen(name).chat() for name in names]

    await town.at_desk(
        Actor("clock"), lambda desk: chats.hand_over(desk.unit, desk.vault, other.address_id, mine.person_id)
    )
    await town.announces()

    assert await states(town) == {"sent": 1, "elsewhere": 1}


async def test_what_is_not_approved_goes_nowhere(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    await submitted(town, office[0])

    await town.announces()

    assert await states(town) == {"planned": 1}


async def test_an_author_cannot_approve_nor_can_another_who_wrote_in_it(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    lead = await town.official("hoa", "lead", "editor", places=(HERE,))
    here = replace(DRAFT, audience=Audience(units=(HERE,)))
    code = await town.as_official(office[0], lambda desk: desk.broadcasts.write(here)) or ""
    await acts(town, lead, lambda desk, seen: desk.broadcasts.rewrite(code, here, seen.stamp), code)
    await acts(town, office[0], lambda desk, seen: desk.broadcasts.submit(code, seen.stamp), code)

    assert await acts(town, lead, lambda desk, seen: desk.broadcasts.approve(code, seen.stamp), code) == "own"


async def test_an_edit_takes_the_approval_back(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    code = await submitted(town, office[0])
    await acts(town, office[1], lambda desk, seen: desk.broadcasts.approve(code, seen.stamp), code)
    other = replace(DRAFT, words={"vi": "Trạm đóng cửa."})

    done = await acts(town, office[0], lambda desk, seen: desk.broadcasts.rewrite(code, other, seen.stamp), code)
    await town.announces()

    seen = await town.as_official(office[0], lambda desk: desk.broadcasts.read(code))
    assert seen is not None
    assert (done, seen.state, seen.approved_by, seen.people, await states(town)) == ("done", "draft", None, 0, {})


async def test_a_stamp_of_before_the_edit_approves_nothing(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    code = await submitted(town, office[0])
    before = await town.as_official(office[1], lambda desk: desk.broadcasts.read(code))
    assert before is not None
    await acts(town, office[0], lambda desk, seen: desk.broadcasts.rewrite(code, DRAFT, seen.stamp), code)
    await acts(town, office[0], lambda desk, seen: desk.broadcasts.submit(code, seen.stamp), code)

    done = await acts(town, office[1], lambda desk, _: desk.broadcasts.approve(code, before.stamp), code)

    assert (done, await states(town)) == ("outdated", {"planned": 1})


async def test_given_back_it_keeps_the_objection_until_it_is_submitted_again(
    town: Town, office: tuple[str, str]
) -> None:
    await subscribes(town, "Ba")
    code = await submitted(town, office[0])

    async def objection() -> str:
        seen = await town.as_official(office[0], lambda desk: desk.broadcasts.read(code))
        assert seen is not None
        return seen.objection

    async def sends_back(why: str) -> BroadcastOutcome:
        return await acts(town, office[1], lambda desk, seen: desk.broadcasts.send_back(code, seen.stamp, why), code)

    for nothing in ("", " \n", "a" * 501):
        assert (await sends_back(nothing), await objection()) == ("unsaid", "")
    assert await sends_back("Thiếu  giờ\nmở cửa.") == "done"
    assert await objection() == "Thiếu giờ mở cửa."
    await acts(town, office[0], lambda desk, seen: desk.broadcasts.rewrite(code, DRAFT, seen.stamp), code)
    assert await objection() == "Thiếu giờ mở cửa."
    await acts(town, office[0], lambda desk, seen: desk.broadcasts.submit(code, seen.stamp), code)

    assert await objection() == ""


async def test_one_that_would_reach_nobody_stays_a_draft(town: Town, office: tuple[str, str]) -> None:
    code = await town.as_official(office[0], lambda desk: desk.broadcasts.write(DRAFT)) or ""

    done = await acts(town, office[0], lambda desk, seen: desk.broadcasts.submit(code, seen.stamp), code)

    seen = await town.as_official(office[0], lambda desk: desk.broadcasts.read(code))
    assert seen is not None
    assert (done, seen.state) == ("nobody", "draft")


async def test_at_night_it_waits_for_the_morning_and_a_warning_does_not(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    news = await submitted(town, office[0])
    storm = replace(DRAFT, kind="warning", topic="", title={"vi": "Bão số 9"}, words={"vi": "Ở trong nhà."})
    warning = await submitted(town, office[0], storm)
    town.clock.move(hours=13)  # 22:00
    for code in (news, warning):
        await acts(town, office[1], lambda desk, seen: desk.broadcasts.approve(seen.code, seen.stamp), code)

    await town.announces()
    at_night = (await states(town, 1), await states(town, 2))
    town.clock.move(hours=9)
    await town.announces()

    assert at_night == ({"planned": 1}, {"sent": 1})
    assert await states(town, 1) == {"sent": 1}


async def test_who_stops_meanwhile_gets_nothing(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    await subscribes(town, "Tư")
    code = await submitted(town, office[0])
    await acts(town, office[1], lambda desk, seen: desk.broadcasts.approve(code, seen.stamp), code)
    stop = update(Subscription).where(col(Subscription.person_id) == (await town.citizen("Ba").chat()).person_id)
    await town.database.write(lambda unit: unit.change(stop.values(stopped_at=town.clock.now())))

    await town.announces()

    assert await states(town) == {"opted_out": 1, "sent": 1}


async def test_a_stop_leaves_what_has_not_left(town: Town, office: tuple[str, str]) -> None:
    for name in ("Ba", "Tư"):
        await subscribes(town, name)
    code = await submitted(town, office[0])
    await acts(town, office[1], lambda desk, seen: desk.broadcasts.approve(code, seen.stamp), code)

    def one_slice(unit: Unit) -> int:
        run = town.office.desk(unit, Actor("clock"), "announce", town.clock).broadcast_run
        return run.begin() and run.release({"webchat": 1.0})

    taken = await town.database.write(one_slice)
    done = await acts(town, office[0], lambda desk, _: desk.broadcasts.stop(code), code)
    await town.announces()

    assert (taken, done, await states(town)) == (1, "done", {"cancelled": 1, "stopped": 1})


async def test_one_person_with_two_chats_gets_it_where_she_wants_it(town: Town, office: tuple[str, str]) -> None:
    await subscribes(town, "Ba")
    phone = town.citizen("Ba của Telegram", channel="telegram")
    await phone.says("xin chào")
    first = await town.citizen("Ba").chat()
    moves = update(Address).where(col(Address.id) == (await phone.chat()).address_id)
    await town.database.write(lambda unit: unit.change(moves.values(person_id=first.person_id, chosen=True)))

    found = await counted(town, office[0], DRAFT)

    assert (dict(found.by_channel), found.people) == ({"telegram": 1}, 1)


async def test_the_preview_counts_who_is_reached_who_gathers_who_is_not_and_who_stopped(
    town: Town, office: tuple[str, str]
) -> None:
    for name, rhythm in (("Ba", "at_once"), ("Tư", "daily"), ("Năm", "at_once"), ("Sáu", "at_once")):
        await subscribes(town, name, rhythm=rhythm)
    gone, stopped = await town.citizen("Năm").chat(), await town.citizen("Sáu").chat()
    unreachable = update(Address).where(col(Address.id) == gone.address_id).values(reachable=False)
    stop = update(Subscription).where(col(Subscription.person_id) == stopped.person_id)
    await town.database.write(lambda unit: unit.change(unreachable))
    await town.database.write(lambda unit: unit.change(stop.values(stopped_at=town.clock.now())))

    found = await counted(town, office[0], DRAFT)

    assert found == AudienceCounts(by_channel={"webchat": 1}, digest=1, unreachable=1, opted_out=1)


@pytest.mark.parametrize(("unit", "count"), [(HERE, 2), (ELSEWHERE, 1)])
async def test_who_wants_news_of_the_whole_city_gets_that_of_every_unit(
    town: Town, office: tuple[str, str], unit: str, count: int
) -> None:
    await subscribes(town, "Ba", unit=HERE)
    await subscribes(town, "Tư")

    found = await counted(town, office[0], replace(DRAFT, audience=Audience(units=(unit,))))

    assert found.people == count


async def test_requests_are_narrowed_by_unit_state_need_and_recognised_class(
    town: Town, office: tuple[str, str]
) -> None:
    code = await asks(town, "Ba")
    lead = await town.official("hoa", "lead", places=tuple(all_units()))
    case = await town.read(lambda unit, _: unit.scalars(select(Case).where(Case.code == code)).one())
    decision = Recognition("near_poor", "12/QĐ", date(2026, 11, 20))
    await town.as_official(lead, lambda desk: desk.casework.recognise(code, decision))
    fits = Audience(units=(case.unit_id or "",), needs=(case.needs[0],), states=(case.state,), classes=("near_poor",))
    others = (
        replace(fits, units=(ELSEWHERE if case.unit_id != ELSEWHERE else HERE,)),
        replace(fits, needs=("water" if case.needs[0] != "water" else "health",)),
        replace(fits, states=("closed",)),
        replace(fits, classes=("poor",)),
    )

    found = [await counted(town, office[0], replace(DRAFT, kind="service", audience=one)) for one in (fits, *others)]

    assert [one.people for one in found] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("grade", "reached_by"),
    [
        ("poor", {"poor"}),
        ("poor_again", {"poor", "poor_again"}),
        ("left_poor", {"left_poor"}),
        ("left_near_poor", {"left_near_poor"}),
    ],
)
async def test_who_is_poor_again_is_meant_by_poor_and_who_is_not_any_more_is_not(
    town: Town, office: tuple[str, str], grade: str, reached_by: set[str]
) -> None:
    code = await asks(town, "Ba")
    lead = await town.official("hoa", "lead", places=tuple(all_units()))
    await town.as_official(
        lead, lambda desk: desk.casework.recognise(code, Recognition(grade, "12/QĐ", date(2026, 11, 20)))
    )
    drafts = {one: replace(DRAFT, kind="service", audience=Audience(classes=(one,))) for one in CLASSES}

    found = {one: (await counted(town, office[0], draft)).people for one, draft in drafts.items()}

    assert {one for one, people in found.items() if people} == reached_by


async def test_staff_are_found_by_role_in_their_linked_chats(town: Town, office: tuple[str, str]) -> None:
    citizen = town.citizen("Hoa")
    await citizen.says("xin chào")
    lead = await town.official("hoa", "lead", places=(HERE,))
    chat = await citizen.chat()
    await town.as_official(lead, lambda desk: desk.acting_chats.bind(lead, chat))

    found = [
        (await counted(town, office[0], replace(DRAFT, kind="staff", audience=Audience(roles=(role,))))).people
        for role in ("lead", "officer")
    ]

    assert found == [1, 0]


@for_each(
    ("change", "field", "what"),
    [
        ({"title": {"vi": "Hỗ trợ hộ nghèo"}}, "title_vi", "tells_too_much"),
        ({"title": {"vi": "Nhận 500.000 đồng"}}, "title_vi", "tells_too_much"),
        ({"title": {"vi": ""}}, "title_vi", "needed"),
        ({"words": {"vi": "Chuyển vào 0041 000 123 456"}}, "words_vi", "no_number"),
        ({"words": {"vi": "x" * 1501}}, "words_vi", "say_long"),
        ({"title": {"vi": "Lịch", "en": "Hours"}}, "words_en", "needed"),
        ({"topic": "gossip"}, "topic", "choose"),
        ({"audience": Audience(units=("atlantis",))}, "units", "choose"),
        ({"start": MORNING - timedelta(minutes=1)}, "start", "past"),
    ],
)
def test_a_draft_is_refused_for_what_is_wrong_with_it(change: dict[str, Any], field: str, what: str) -> None:
    assert broadcast_faults(replace(DRAFT, **change), MORNING).get(field) == what

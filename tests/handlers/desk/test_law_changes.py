"""A change of the law: an admin confirms it, the clock finds whose result differs, and those who agreed may be told."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.announcing import Audience, BroadcastDraft
from handlers.desk.cases import Kept, Upcoming, told
from storage.queries import law_changes
from storage.tables import LawChange, LawChangePerson
from tests.handlers.conversations.checks import ABOVE, CONSENTED, POOR
from tests.kit.news import Press, press
from tests.kit.on_duty import listening
from tests.kit.town import Citizen, Town

NEW_YEAR, DUAL = date(2027, 1, 1), date(2026, 9, 1)
DECREE = date(2026, 10, 5)  # NĐ 335/2026: what is paid at a burial and in an emergency
# NĐ 335/2026 counts from here; and the day after the last standard we know.
REACHES_BACK, END, LONG_AGO = date(2026, 7, 1), date(2031, 1, 1), date(2025, 9, 3)
OLDER = ("phường Hòa Khánh", "Không có", "2", "0", "Người từ 75 tuổi", "xong", "1", "Không", "90 triệu", "đúng")
NOBODY = ("phường Hòa Khánh", "Không có", "2", "0", "Không có ai như trên", "90 triệu", "đúng")


@pytest.fixture
async def desk(town: Town) -> Press:
    return await press(town)


async def checks(town: Town, name: str, answers: tuple[str, ...] = POOR, *, wants: bool = False) -> Citizen:
    """Somebody who told us of her family. wants: to hear of changes of the law."""
    citizen = town.citizen(name)
    await citizen.says(*CONSENTED, *answers)
    if wants:
        await citizen.at_desk(lambda desk: desk.consents.give("rule_changes", "rule_changes/1"))
    return citizen


async def confirms(town: Town, official: str, day: date = NEW_YEAR) -> str:
    return await town.as_official(official, lambda desk: desk.law_changes.confirm(day))


async def looks(town: Town, *, most: int = 50) -> int:
    """Let the clock look until there is nothing to look at; returns how often it looked."""
    times = 0
    while await town.at_desk(Actor("clock"), lambda desk: desk.law_changes.look(most)):
        times += 1
    return times


async def found(town: Town) -> dict[date, tuple[str, int, set[str]]]:
    """(state, how many, whose) of each change."""

    def read(desk: Desk) -> dict[date, tuple[str, int, set[str]]]:
        people = select(LawChangePerson)
        rows = [(one.change_id, one.person_id) for one in desk.unit.scalars(people)]
        return {
            row.day: (row.state, row.found, {person for change, person in rows if change == row.id})
            for row in desk.unit.scalars(select(LawChange).order_by(col(LawChange.day)))
        }

    return await town.at_desk(Actor("clock"), read)


def of_day(listed: list[Upcoming], day: date) -> Upcoming:
    return next(one for one in listed if one.turn.day == day)


async def person(citizen: Citizen) -> str:
    return (await citizen.chat()).person_id


async def test_the_days_on_which_rules_change_are_listed_with_what_stands_in_the_way(town: Town, desk: Press) -> None:
    listed = await town.as_official(desk.editor, lambda desk: desk.law_changes.upcoming())

    seen = {one.turn.day: (one.state, one.can_not) for one in listed}
    assert {day: seen[day] for day in (REACHES_BACK, DECREE, NEW_YEAR, END)} == {
        REACHES_BACK: ("open", ""),
        DECREE: ("open", ""),
        NEW_YEAR: ("open", ""),
        END: ("open", "no_standard"),
    }
    assert list(seen) == sorted(seen)
    lines = {one.id: one.is_known for one in of_day(listed, NEW_YEAR).turn.turnings}
    assert (lines["standard.line.rural"], lines["standard.middle_cap.rural"]) == (True, False)


async def test_days_of_the_last_year_are_listed_too(town: Town, desk: Press) -> None:
    town.clock.at = datetime(2027, 9, 1, 3, tzinfo=UTC)

    listed = await town.as_official(desk.admin, lambda desk: desk.law_changes.upcoming())
    town.clock.move(days=1)
    later = await town.as_official(desk.admin, lambda desk: desk.law_changes.upcoming())

    assert [one.turn.day for one in (*listed[:1], *later[:1])] == [DUAL, DECREE]


async def test_whoever_is_owed_by_an_act_that_reaches_back_is_found(town: Town, desk: Press) -> None:
    """NĐ 335/2026 entered into force on 5 October and counts from 1 July: the pension is another one since then."""
    older = await checks(town, "Lan", OLDER)
    await checks(town, "Mai", NOBODY)
    await confirms(town, desk.admin, REACHES_BACK)

    await looks(town)

    assert await found(town) == {REACHES_BACK: ("found", 1, {await person(older)})}


async def test_only_an_admin_confirms_and_each_day_once(town: Town, desk: Press) -> None:
    lead = await town.official("truong", "lead", places=("phuong_hoa_khanh",))

    outcomes = [await confirms(town, who) for who in (desk.editor, lead, desk.admin, desk.admin)]

    assert outcomes == ["absent", "absent", "done", "not_now"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2031, 1, 1), "no_standard"),
        (date(2026, 12, 2), "absent"),  # nothing changes
        (LONG_AGO, "absent"),
        (date.min, "absent"),
        (date.max, "absent"),
    ],
)
async def test_other_days_can_not_be_confirmed(town: Town, desk: Press, day: date, why: str) -> None:
    assert await confirms(town, desk.admin, day) == why
    assert await found(town) == {}


async def test_two_admins_at_once_confirm_it_once(town: Town, desk: Press) -> None:
    other = await town.official("hai", "admin")

    outcomes = await asyncio.gather(*(confirms(town, who) for who in (desk.admin, other) * 3))

    assert sorted(outcomes) == ["done"] + ["not_now"] * 5


async def test_whose_result_differs_is_found_and_nothing_of_the_result_is_kept(town: Town, desk: Press) -> None:
    poor, above = await checks(town, "Lan"), await checks(town, "Mai", ABOVE)
    await town.citizen("Ba").says("/menu")
    before = await looks(town)
    await confirms(town, desk.admin)

    times = await looks(town)

    assert (before, times) == (0, 1)
    assert await found(town) == {NEW_YEAR: ("found", 2, {await person(poor), await person(above)})}
    assert set(LawChangePerson.model_fields) == {"change_id", "person_id"}


async def test_a_day_that_changes_no_result_finds_nobody(town: Town, desk: Press) -> None:
    await checks(town, "Lan")
    town.clock.at = datetime(2026, 10, 1, 3, tzinfo=UTC)
    await confirms(town, desk.admin, DUAL)

    await looks(town)

    assert await found(town) == {DUAL: ("found", 0, set())}


async def test_whose_result_stays_is_not_found(town: Town, desk: Press) -> None:
    rich, poor = await checks(town, "Lan", NOBODY), await checks(town, "Mai")
    assert await rich.at_desk(lambda desk: desk.households.mine()) is not None
    await confirms(town, desk.admin)

    await looks(town)

    assert await found(town) == {NEW_YEAR: ("found", 1, {await person(poor)})}


async def test_all_are_looked_at_in_slices_and_how_far_is_shown(town: Town, desk: Press) -> None:
    people = {await person(await checks(town, f"Người {number}")) for number in range(5)}
    await confirms(town, desk.admin)
    progress = []

    for _ in range(3):
        first = of_day(await town.as_official(desk.admin, lambda desk: desk.law_changes.upcoming()), NEW_YEAR)
        progress.append((first.state, first.looked, first.families, first.found))
        await town.at_desk(Actor("clock"), lambda desk: desk.law_changes.look(2))

    assert progress == [("confirmed", 0, 5, 0), ("confirmed", 2, 5, 0), ("confirmed", 4, 5, 0)]
    assert await found(town) == {NEW_YEAR: ("found", 5, people)}


async def test_two_leaders_find_each_once(town: Town, desk: Press) -> None:
    people = {await person(await checks(town, f"Người {number}")) for number in range(5)}
    await confirms(town, desk.admin)

    await asyncio.gather(*(looks(town, most=2) for _ in range(3)))

    assert await found(town) == {NEW_YEAR: ("found", 5, people)}


async def test_who_took_her_answers_back_is_not_looked_at(town: Town, desk: Press) -> None:
    lan = await checks(town, "Lan")
    await lan.at_desk(lambda desk: desk.consents.withdraw("check"))
    await confirms(town, desk.admin)

    await looks(town)

    assert await found(town) == {NEW_YEAR: ("found", 0, set())}


@pytest.mark.parametrize("forgets", [lambda desk: desk.people.erase(), lambda desk: desk.households.forget()])
async def test_it_is_forgotten_with_what_she_told(town: Town, desk: Press, forgets: object) -> None:
    lan = await checks(town, "Lan")
    await confirms(town, desk.admin)
    await looks(town)

    await lan.at_desk(forgets)  # type: ignore[arg-type]  # one of the two above

    assert (await found(town))[NEW_YEAR][2] == set()


async def test_it_goes_with_her_when_two_of_her_chats_are_joined(town: Town, desk: Press) -> None:
    lan, mai = await checks(town, "Lan"), await checks(town, "Mai")
    gone, kept = await person(lan), await person(mai)
    await confirms(town, desk.admin)
    await looks(town)

    await town.database.write(lambda unit: law_changes.move(unit, gone, kept))

    assert (await found(town))[NEW_YEAR][2] == {kept}


async def test_those_who_agreed_are_told_by_an_announcement_under_four_eyes(town: Town, desk: Press) -> None:
    wants, not_asked = await checks(town, "Lan", wants=True), await checks(town, "Mai")
    other = town.citizen("Ba")
    await other.says("/menu")
    await other.at_desk(lambda desk: desk.consents.give("rule_changes", "rule_changes/1"))
    await confirms(town, desk.admin)
    await looks(town)
    change = await town.database.read(lambda unit: unit.scalars(select(LawChange.id)).one())
    draft = BroadcastDraft(
        kind="rules",
        title={"vi": "Quy định mới từ đầu năm"},
        words={"vi": "Xin kiểm tra lại."},
        audience=Audience(change=change),
    )
    code = await town.as_official(desk.editor, lambda desk: desk.broadcasts.write(draft))
    assert code
    assert await desk.acts(desk.editor, code, lambda desk, seen: desk.broadcasts.submit(code, seen.stamp)) == "done"
    assert await desk.acts(desk.admin, code, lambda desk, seen: desk.broadcasts.approve(code, seen.stamp)) == "done"

    async with listening(wants, not_asked, other):
        await town.announces()

    assert [len(one.heard) for one in (wants, not_asked, other)] == [1, 0, 0]
    text = wants.heard[0].text
    assert text.startswith("Quy định mới từ đầu năm\n\nXin kiểm tra lại.\n\nCăn cứ: ")
    assert "hiệu lực 1/1/2027" in text or "hiệu lực 01/01/2027" in text, text


def test_the_same_answers_give_the_same_on_a_day_that_changes_nothing() -> None:
    kept = Kept({"unit": "xa_tay_giang", "members": "3", "income": "3000000-3000000"}, date(2026, 11, 25), "open", ())

    days = (date(2026, 11, 25), date(2026, 12, 31), NEW_YEAR)
    results = [told(kept, day, abroad=False) for day in days]

    assert results[0] == results[1] != results[2]

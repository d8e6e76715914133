"""A case goes only where it may, is found by those who may find it, and is readable only with its key."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.cases import OpenedCase, Registration
from storage.tables import Case, CaseEvent, OutboxRow, Task
from tests.kit.town import Citizen, Town

OFFICIAL = Actor("official", "tam")
REQUEST = Registration(
    needs=("food",),
    unit_id="phuong_hoa_khanh",
    place="ngõ sau chợ Khánh",
    name="Nguyễn Thị Lan",
    birth_year=1954,
    phone="+84905123456",
    story="mái nhà dột",
)
# What may follow what, as the design has it.
ALLOWED = {
    "submitted": {"in_review", "withdrawn"},
    "in_review": {"need_info", "proposed", "refused", "withdrawn"},
    "need_info": {"in_review", "withdrawn"},
    "proposed": {"approved", "in_review", "withdrawn"},
    "approved": {"delivering", "withdrawn"},
    "refused": {"in_review", "closed"},
    "delivering": {"closed"},
    "closed": set[str](),
    "withdrawn": {"submitted"},
}


async def opens(citizen: Citizen, request: Registration = REQUEST) -> OpenedCase:
    return await citizen.at_desk(lambda desk: desk.cases.open(request))


async def case_of(town: Town, code: str) -> Case:
    return await town.database.read(lambda unit: unit.scalars(select(Case).where(Case.code == code)).one())


async def put_in(town: Town, code: str, state: str) -> None:
    """Set a state by hand, as no one at the desk could."""
    await town.database.write(
        lambda unit: unit.execute(update(Case).where(col(Case.code) == code).values(state=state, closed_at=None))
    )


async def tasks(town: Town, code: str) -> set[str]:
    case = await case_of(town, code)
    return set(
        await town.database.read(lambda unit: unit.scalars(select(Task.kind).where(Task.case_id == case.id)).all())
    )


async def test_a_case_moves_only_where_it_may(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code

    def try_all(desk: Desk) -> dict[str, set[str]]:
        moved: dict[str, set[str]] = {state: set() for state in ALLOWED}
        for old in ALLOWED:
            for new in ALLOWED:
                desk.unit.execute(update(Case).where(col(Case.code) == code).values(state=old))
                desk.unit.expire_all()
                if desk.cases.move(code, new, "a try"):
                    moved[old].add(new)
                desk.unit.flush()
        return moved

    assert await town.at_desk(OFFICIAL, try_all) == ALLOWED


async def test_a_person_can_not_move_a_case_herself(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code

    moved = await lan.at_desk(lambda desk: desk.cases.move(code, "in_review", "mine"))

    assert (moved, (await case_of(town, code)).state) == (False, "submitted")


async def test_a_case_that_does_not_exist_can_not_be_moved(town: Town) -> None:
    assert not await town.at_desk(OFFICIAL, lambda desk: desk.cases.move("HS-0000-0000", "in_review", ""))


async def test_the_registrant_may_stop_her_case_before_anything_is_handed_over(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code

    stopped = {}
    for state in ALLOWED:
        await put_in(town, code, state)
        may = await lan.at_desk(lambda desk: desk.cases.withdraw(code))
        stopped[state] = (may, (await case_of(town, code)).state)

    assert stopped == {
        state: (True, "withdrawn") if "withdrawn" in follows else (False, state) for state, follows in ALLOWED.items()
    }


async def test_a_stopped_case_is_taken_up_again_and_counts_as_open(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code
    await lan.at_desk(lambda desk: desk.cases.withdraw(code))
    stopped = (await case_of(town, code)).closed_at

    again = await lan.at_desk(lambda desk: desk.cases.reopen(code))

    case = await case_of(town, code)
    assert (stopped, again, case.state, case.closed_at) == (town.clock.now(), True, "submitted", None)


async def test_nobody_else_can_stop_reopen_or_add_to_a_case(town: Town, lan: Citizen, mai: Citizen) -> None:
    code = (await opens(lan)).code

    def meddle(desk: Desk) -> tuple[bool, bool, bool, int, int]:
        cases = desk.cases
        tried = (cases.withdraw(code), cases.reopen(code), cases.add_words(code, "của tôi"))
        return *tried, len(cases.history(code)), len(cases.mine())

    assert await mai.at_desk(meddle) == (False, False, False, 0, 0)


# Opening


@pytest.mark.parametrize(
    ("request_", "kinds"),
    [
        pytest.param(REQUEST, {"first_contact"}, id="one need"),
        pytest.param(replace(REQUEST, needs=("review", "food")), {"first_contact", "review_form"}, id="review"),
        pytest.param(
            replace(REQUEST, for_other=True, helper_name="Mai"), {"first_contact", "ask_person"}, id="for another"
        ),
        pytest.param(
            replace(REQUEST, for_other=True, needs=("review",)),
            {"first_contact", "ask_person", "review_form"},
            id="all of it",
        ),
    ],
)
async def test_opening_gives_officers_their_tasks(
    town: Town, lan: Citizen, request_: Registration, kinds: set[str]
) -> None:
    code = (await opens(lan, request_)).code

    assert await tasks(town, code) == kinds


@pytest.mark.parametrize(
    ("second", "twins"),
    [
        pytest.param(REQUEST, True, id="all the same"),
        pytest.param(replace(REQUEST, name="Trần Văn Ba", birth_year=1980), True, id="the same phone"),
        pytest.param(replace(REQUEST, phone=""), True, id="the same name, year and ward"),
        pytest.param(replace(REQUEST, phone="", name="NGUYEN THI LAN"), True, id="the name without accents"),
        pytest.param(replace(REQUEST, phone="", birth_year=1955), False, id="another year"),
        pytest.param(replace(REQUEST, phone="", unit_id="xa_tay_giang"), False, id="another ward"),
        pytest.param(replace(REQUEST, phone="+84905000000", birth_year=None), False, id="another phone"),
        pytest.param(Registration(needs=("food",), unit_id=None, place=""), False, id="hardly anything known"),
    ],
)
async def test_a_likely_duplicate_is_flagged_for_officers(
    town: Town, lan: Citizen, mai: Citizen, second: Registration, twins: bool
) -> None:
    first = await opens(lan)

    other = await opens(mai, second)

    case = await case_of(town, other.code)
    assert ("duplicate" in await tasks(town, other.code)) is twins
    assert case.duplicate_of == ((await case_of(town, first.code)).id if twins else None)


async def test_a_case_that_ended_is_no_duplicate(town: Town, lan: Citizen, mai: Citizen) -> None:
    first = await opens(lan)
    await lan.at_desk(lambda desk: desk.cases.withdraw(first.code))

    second = await opens(mai)

    assert await tasks(town, second.code) == {"first_contact"}


async def test_ones_own_duplicate_is_known_and_anothers_is_not_told(lan: Citizen, mai: Citizen) -> None:
    code = (await opens(lan)).code

    mine = await lan.at_desk(lambda desk: desk.cases.my_twin(REQUEST))
    anothers = await mai.at_desk(lambda desk: desk.cases.my_twin(REQUEST))

    assert (mine, anothers) == (code, None)


@pytest.mark.parametrize(
    ("hours_later", "due"),
    [
        pytest.param(0, date(2026, 12, 2), id="on a Wednesday morning"),
        pytest.param(8, date(2026, 12, 2), id="at five o'clock"),
        pytest.param(8.5, date(2026, 12, 3), id="after five"),
    ],
)
async def test_somebody_is_in_touch_within_five_working_days(
    town: Town, lan: Citizen, hours_later: float, due: date
) -> None:
    town.clock.move(hours=hours_later)

    opened = await opens(lan)

    case = await case_of(town, opened.code)
    assert (opened.due, case.due) == (due, due)


# What happened to it


async def test_the_history_tells_what_happened_in_order(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code
    for state in ("in_review", "proposed", "approved"):
        town.clock.move(hours=1)
        await town.at_desk(OFFICIAL, lambda desk, state=state: desk.cases.move(code, state, "as decided"))  # type: ignore[misc]  # bound early
    await lan.at_desk(lambda desk: desk.cases.add_words(code, "cảm ơn"))

    history = await lan.at_desk(lambda desk: desk.cases.history(code))

    assert [(kind, new) for _, kind, new in history] == [
        ("opened", "submitted"),
        ("in_review", "in_review"),
        ("proposed", "proposed"),
        ("approved", "approved"),
        ("words_added", None),
    ]
    assert [at - history[0][0] for at, *_ in history] == [timedelta(hours=h) for h in (0, 1, 2, 3, 3)]


async def test_each_step_says_who_took_it_and_why(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code

    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "read on Monday"))

    query = select(CaseEvent).where(CaseEvent.kind == "in_review")
    event = await town.database.read(lambda unit: unit.scalars(query).one())
    assert (event.actor, event.old, event.new, event.reason) == (
        "official:tam", "submitted", "in_review", "read on Monday",
    )  # fmt: skip


async def test_what_is_missing_is_asked_for_and_the_answer_brings_the_case_back(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code
    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "read"))

    asked = await town.asks_for(code, "giấy ra viện")
    [seen] = await lan.at_desk(lambda desk: desk.cases.mine())
    answered = await lan.at_desk(lambda desk: desk.case_answers.answer(code, "đây"))

    assert (asked, seen.state, seen.question) == ("done", "need_info", "giấy ra viện")
    assert (answered, (await case_of(town, code)).state) == (True, "in_review")


@pytest.mark.parametrize("agreed", [True, False])
async def test_what_is_missing_is_told_only_to_who_agreed_to_be_told(town: Town, lan: Citizen, agreed: bool) -> None:
    code = (await opens(lan)).code
    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "read"))
    if agreed:
        await lan.at_desk(lambda desk: desk.consents.give("case_news", "case_news/1"))
    before = await town.database.read(lambda unit: len(unit.scalars(select(OutboxRow.id)).all()))

    await town.asks_for(code, "giấy ra viện")

    await lan.listens(before)
    lan.hears(*["case.need_info"] * agreed)


async def test_only_an_official_may_ask_for_something(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code
    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "read"))

    assert await lan.at_desk(lambda desk: desk.casework.ask(code, "tiền")) == "absent"


async def test_nothing_is_added_to_a_case_that_ended(town: Town, lan: Citizen) -> None:
    code = (await opens(lan)).code

    added = []
    for state in ("refused", "closed", "withdrawn"):
        await put_in(town, code, state)
        added.append(await lan.at_desk(lambda desk: desk.cases.add_words(code, "thêm nữa")))

    assert added == [False, False, False]

"""The officials' morning: one message a working day to each who has something to do, with numbers and codes alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from handlers.desk import Actor, Desk
from handlers.desk.cases import Support
from handlers.desk.mornings import Mornings
from storage.ids import new_code
from storage.queries.chains import chain
from storage.tables import Broadcast, Case, Task
from tests.kit.gifts import books, brings, gives, needs, promises
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.requests import HERE, LAN, THERE, asks
from tests.kit.rounds import goes_round
from tests.kit.town import Town

TODAY = date(2026, 11, 25)  # a Wednesday
PLAIN = replace(LAN, needs=("food",))


@pytest.fixture
async def tam(town: Town) -> Clerk:
    """An officer of the place."""
    return await clerk(town, "Tâm", places=(HERE,))


@pytest.fixture
async def an(town: Town) -> Clerk:
    """A lead of the place."""
    return await clerk(town, "An", "lead", places=(HERE,))


async def asked(town: Town, who: str, due: date, *, taken_by: Clerk | None = None, **changed: object) -> str:
    """Somebody's request is due on a day; returns its code."""
    code = await asks(town, who, PLAIN, news=False, **changed)  # type: ignore[arg-type]  # fields of a request
    if taken_by is not None:
        assert await town.as_official(taken_by.id, lambda desk: desk.casework.take(code)) == "done"
    await change(town, update(Case).where(col(Case.code) == code).values(due=due))
    return code


async def change(town: Town, statement: object) -> None:
    await town.database.write(lambda unit: unit.execute(statement))  # type: ignore[call-overload]  # an UPDATE


async def hears(town: Town, *who: Clerk) -> list[list[str]]:
    """The lines of what each is told this morning, first and last left out; none if she is told nothing."""
    async with listening(*who):
        await goes_round(town, Mornings, times=2)
    assert all(len(one.heard) <= 1 for one in who)
    return [one.heard[0].text.split("\n")[1:-1] if one.heard else [] for one in who]


async def test_who_has_nothing_to_do_is_told_nothing(town: Town, tam: Clerk, an: Clerk) -> None:
    await asked(town, "Lan", TODAY, unit_id=THERE)

    assert await hears(town, tam, an) == [[], []]


@pytest.mark.parametrize(
    ("days", "line"),
    [(-1, "• Đã quá hạn"), (0, "• Đến hạn hôm nay"), (1, "• Đến hạn ngày làm việc tới"), (2, None)],
)
async def test_a_request_of_hers_is_told_of_by_its_day(town: Town, tam: Clerk, days: int, line: str | None) -> None:
    code = await asked(town, "Lan", TODAY + timedelta(days=days), taken_by=tam)

    assert await hears(town, tam) == [[f"{line}: 1 ({code})"] if line else []]


async def test_on_a_friday_what_is_due_on_monday_is_next(town: Town, tam: Clerk) -> None:
    town.clock.move(days=2)
    code = await asked(town, "Lan", TODAY + timedelta(days=5), taken_by=tam)

    assert await hears(town, tam) == [[f"• Đến hạn ngày làm việc tới: 1 ({code})"]]


async def test_what_nobody_took_is_told_to_everybody_of_the_place(town: Town, tam: Clerk, an: Clerk) -> None:
    code = await asked(town, "Lan", TODAY)
    elsewhere = await clerk(town, "Bảo", places=(THERE,))

    lines = [f"• Đến hạn hôm nay: 1 ({code})", f"• Hôm nay chưa có người phụ trách: 1 ({code})"]
    assert await hears(town, tam, an, elsewhere) == [lines, lines, []]


@pytest.mark.parametrize(("days", "told"), [(-1, False), (-5, False), (-6, True), (-30, True)])
async def test_from_the_third_working_day_on_the_leads_hear_of_it_too(
    town: Town, tam: Clerk, an: Clerk, days: int, *, told: bool
) -> None:
    # Three working days before the Wednesday is the Thursday before: the Tuesday is a holiday.
    code = await asked(town, "Lan", TODAY + timedelta(days=days), taken_by=tam)

    hers, leads = await hears(town, tam, an)

    assert hers == [f"• Đã quá hạn: 1 ({code})"]
    assert leads == ([f"• Đồng nghiệp đang giữ, quá hạn nhiều ngày: 1 ({code})"] if told else [])


async def test_whoever_stands_in_sees_the_work_of_who_is_away_who_is_told_nothing(
    town: Town, tam: Clerk, an: Clerk
) -> None:
    code = await asked(town, "Lan", TODAY, taken_by=tam)
    away = (TODAY, TODAY + timedelta(days=3))
    await town.as_official(an.id, lambda desk: desk.accounts.set_leave(tam.id, an.id, away))

    lines = [f"• Đến hạn hôm nay: 1 ({code})", f"• Hôm nay chưa có người phụ trách: 1 ({code})"]
    assert await hears(town, tam, an) == [[], lines]


async def test_a_proposal_waits_for_another_lead_alone(town: Town, tam: Clerk, an: Clerk) -> None:
    code = await asked(town, "Lan", TODAY + timedelta(days=9), taken_by=an)
    binh = await clerk(town, "Bình", "lead", places=(HERE,))
    support = Support(what="gạo")
    assert await town.as_official(an.id, lambda desk: desk.casework.propose(code, support)) == "done"

    assert await hears(town, binh, an, tam) == [[f"• Chờ anh/chị duyệt: 1 ({code})"], [], []]


async def test_of_her_own_request_an_official_is_not_told(town: Town, tam: Clerk, an: Clerk) -> None:
    person = (await tam.chat()).person_id
    code = await asked(town, "Lan", TODAY)
    await change(town, update(Case).where(col(Case.code) == code).values(person_id=person))

    hers, others = await hears(town, tam, an)

    assert (hers, len(others)) == ([], 2)


async def test_help_with_the_official_form_is_told_of_until_something_is_decided(town: Town, tam: Clerk) -> None:
    code = await asked(town, "Lan", TODAY + timedelta(days=9), taken_by=tam, needs=("review",))
    early = await hears(town, tam)
    await change(town, update(Task).values(due=TODAY + timedelta(days=1)))
    town.clock.move(days=1)

    told = await hears(town, tam)

    assert (early, told) == ([[]], [[f"• Đến ngày giúp viết đơn rà soát: 1 ({code})"]])
    await town.as_official(tam.id, lambda desk: desk.casework.refuse(code, "other_request", "đã có rồi ạ"))
    town.clock.move(days=1)
    assert await hears(town, tam) == [[]]


async def test_on_the_last_day_of_the_review_every_form_is_due(town: Town, tam: Clerk) -> None:
    town.clock.move(days=19)  # 14 December
    code = await asked(town, "Lan", TODAY + timedelta(days=30), taken_by=tam, needs=("review",))

    assert await hears(town, tam) == [[f"• Đến ngày giúp viết đơn rà soát: 1 ({code})"]]


async def test_people_who_want_to_talk_are_counted(town: Town, tam: Clerk) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu", "/canbo", "xã Tây Giang")

    assert await hears(town, tam) == [["• Người muốn nói chuyện: 1"]]


async def test_a_hand_over_is_looked_into_by_somebody_else_than_who_handed_over(
    town: Town, tam: Clerk, an: Clerk
) -> None:
    case = await asked(town, "Lan", TODAY + timedelta(days=9), taken_by=tam)
    slot, gift = await needs(town, tam.id, case), await promises(town, "Cho")
    await gives(town, tam.id, gift, slot)
    allocation = (await books(town)).allocation.id
    await brings(town, tam.id, allocation)
    await town.citizen("Lan").at_desk(lambda desk: desk.household_gifts.confirm(allocation, "not_yet"))

    assert await hears(town, tam, an) == [[], [f"• Phản ánh nhận thiếu cần kiểm tra: 1 ({gift})"]]


async def test_an_announcement_waits_for_whoever_did_not_write_it(town: Town, an: Clerk) -> None:
    binh, elsewhere = (
        await clerk(town, "Bình", "lead", places=(HERE,)),
        await clerk(town, "Bảo", "lead", places=(THERE,)),
    )

    def submit(desk: Desk) -> str:
        row = Broadcast(
            code=new_code("TB"), kind="service", title={}, words={}, audience={}, unit_id=HERE, authors=[an.id],
            state="awaiting_approval", created_at=desk.now, changed_at=desk.now,
        )  # fmt: skip
        desk.unit.add(row)
        return row.code

    code = await town.at_desk(Actor("operator"), submit)

    assert await hears(town, binh, an, elsewhere) == [[f"• Thông báo chờ duyệt: 1 ({code})"], [], []]


async def test_no_more_than_ten_codes_stand_in_a_line(town: Town, tam: Clerk) -> None:
    codes = [await asked(town, f"Lan {n}", TODAY, taken_by=tam) for n in range(12)]

    assert await hears(town, tam) == [[f"• Đến hạn hôm nay: 12 ({', '.join(codes[:10])}, …)"]]


async def test_nothing_in_it_says_who_and_it_is_no_more_than_a_digest(town: Town, tam: Clerk) -> None:
    await asked(town, "Lan", TODAY)

    await hears(town, tam)

    told = tam.hears_last("morning.list")
    assert told.kind == "digest"
    assert told.text.startswith("Việc sáng nay của anh/chị.\n")
    assert told.text.endswith("Trang làm việc: http://localhost/console")
    assert not any(word in told.text for word in ("Lan", "Nguyễn", "Bhlô", "905"))
    assert told.options == ("Việc được giao",)


def on_leave(desk: Desk, official: str) -> None:
    assert desk.accounts.set_leave(official, None, (TODAY, TODAY))


def disabled(desk: Desk, official: str) -> None:
    assert desk.accounts.disable(official, "left")


def without_a_chat(desk: Desk, official: str) -> None:
    desk.acting_chats.end(official)


@pytest.mark.parametrize("how", [on_leave, disabled, without_a_chat])
async def test_nobody_is_told_who_is(town: Town, tam: Clerk, how: Callable[[Desk, str], None]) -> None:
    await asked(town, "Lan", TODAY)
    await town.at_desk(Actor("operator"), lambda desk: how(desk, tam.id))

    assert await hears(town, tam) == [[]]


@pytest.mark.parametrize("roles", [("helper",), ("auditor",), ("editor",), ("admin",), ("treasurer",)])
async def test_whoever_takes_no_requests_is_not_told_of_them(town: Town, roles: tuple[str, ...]) -> None:
    other = await clerk(town, "Hoa", *roles, places=(HERE,))
    await asked(town, "Lan", TODAY)

    assert await hears(town, other) == [[]]


async def test_admins_alone_are_told_where_the_chains_end(town: Town, tam: Clerk) -> None:
    admin = await clerk(town, "Hoa", "admin")
    await asked(town, "Lan", TODAY, taken_by=tam)
    await town.database.write(chain.seal)
    [end] = await town.database.read(lambda unit: chain.ends(unit, TODAY))

    hers, others = await hears(town, admin, tam)

    kept = f"nhật ký dòng {end.sequence}, {end.digest.hex()[:16]}"
    assert hers == [f"• Số niêm phong cuối sổ sáng nay, anh/chị giữ lại tin này để đối chiếu khi cần: {kept}"]
    assert not any("Số niêm phong cuối sổ" in line for line in others)


async def test_every_working_day_anew_and_on_no_other(town: Town, tam: Clerk) -> None:
    await asked(town, "Lan", TODAY)
    told: list[str] = []
    for _ in range(7):
        if await hears(town, tam) != [[]]:
            told.append(f"{town.clock.now():%a}")
        town.clock.move(days=1)

    assert told == ["Wed", "Thu", "Fri", "Mon", "Tue"]


async def test_every_official_is_looked_at_though_not_in_one_go(town: Town, tam: Clerk, an: Clerk) -> None:
    await asked(town, "Lan", TODAY)

    async with listening(tam, an):
        await goes_round(town, Mornings, times=2, most=1)

    for one in (tam, an):
        one.hears("morning.list")

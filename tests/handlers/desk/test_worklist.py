"""An official's open requests: which are hers to do, in which order, and none of anybody else's."""

from dataclasses import replace

import pytest

from handlers.desk import Actor
from handlers.desk.cases import CaseLine, Registration, Support
from tests.kit.town import Citizen, Town

HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"
REQUEST = Registration(needs=("food",), unit_id=HERE, place="tổ 3")


async def opens(lan: Citizen, unit_id: str | None = HERE) -> str:
    """A request, a day after the one before."""
    opened = await lan.at_desk(lambda desk: desk.cases.open(replace(REQUEST, unit_id=unit_id)))
    lan.town.clock.move(days=1)
    return opened.code


async def rows(town: Town, official: str, *, everybodys: bool = False) -> list[CaseLine]:
    return await town.as_official(official, lambda desk: desk.worklist.rows(everybodys=everybodys))


async def codes(town: Town, official: str, *, everybodys: bool = False) -> list[str]:
    return [row.code for row in await rows(town, official, everybodys=everybodys)]


async def test_her_list_has_what_is_hers_or_nobody_s_by_due_day(town: Town, lan: Citizen) -> None:
    tam, ba = [await town.official(name, "officer", places=(HERE,)) for name in ("Tam", "Ba")]
    first, second, third = [await opens(lan) for _ in range(3)]
    await town.as_official(ba, lambda desk: desk.casework.take(first))
    await town.as_official(tam, lambda desk: desk.casework.take(third))

    assert await codes(town, tam) == [second, third]
    assert await codes(town, tam, everybodys=True) == [first, second, third]
    assert [row.hers for row in await rows(town, tam)] == [False, True]


async def test_only_open_requests_of_her_units_are_listed(town: Town, lan: Citizen) -> None:
    tam = await town.official("Tam", "officer", places=(HERE,))
    here, stopped = await opens(lan), await opens(lan)
    await opens(lan, THERE)
    await opens(lan, None)
    await lan.at_desk(lambda desk: desk.cases.withdraw(stopped))

    assert await codes(town, tam, everybodys=True) == [here]


@pytest.mark.parametrize(("role", "sees"), [("lead", True), ("officer", False)])
async def test_what_waits_for_approval_is_listed_for_who_may_approve(
    town: Town, lan: Citizen, role: str, sees: bool
) -> None:
    tam, other = await town.official("Tam", "officer", places=(HERE,)), await town.official("X", role, places=(HERE,))
    code = await opens(lan)
    await town.as_official(tam, lambda desk: desk.casework.propose(code, Support(what="gạo")))

    assert await codes(town, other) == [code] * sees


@pytest.mark.parametrize(("role", "count"), [("admin", 3), ("helper", 1), ("auditor", 0), ("treasurer", 0)])
async def test_who_takes_no_requests_sees_what_her_role_may_see(
    town: Town, lan: Citizen, role: str, count: int
) -> None:
    official = await town.official("X", role, places=(HERE,))
    for unit_id in (HERE, THERE, None):
        await opens(lan, unit_id)

    assert len(await rows(town, official)) == count


async def test_one_is_overdue_from_the_day_after_it_was_due(town: Town, lan: Citizen) -> None:
    tam = await town.official("Tam", "officer", places=(HERE,))
    await opens(lan)  # on a Wednesday; due the next Wednesday

    late: list[tuple[bool, tuple[int, int]]] = []
    for _ in range(2):
        town.clock.move(days=6 if not late else 1)
        late.append(
            ((await rows(town, tam))[0].overdue, await town.as_official(tam, lambda desk: desk.worklist.count()))
        )

    assert late == [(False, (1, 0)), (True, (1, 1))]


async def test_the_list_goes_on_after_the_last_one_shown(town: Town, lan: Citizen) -> None:
    tam = await town.official("Tam", "officer", places=(HERE,))
    for _ in range(5):
        await lan.at_desk(lambda desk: desk.cases.open(REQUEST))  # all due on one day

    first = await town.as_official(tam, lambda desk: desk.worklist.rows(most=2))
    rest = await town.as_official(tam, lambda desk: desk.worklist.rows(after=first[-1].place))

    assert [row.code for row in (*first, *rest)] == await codes(town, tam)
    assert len(rest) == 3


async def test_an_erased_request_is_not_listed(town: Town, lan: Citizen) -> None:
    tam = await town.official("Tam", "officer", places=(HERE,))
    await opens(lan)
    await lan.at_desk(lambda desk: desk.people.erase())

    assert await rows(town, tam, everybodys=True) == []


async def test_what_somebody_had_who_is_gone_is_everybody_s(town: Town, lan: Citizen) -> None:
    tam, ba = [await town.official(name, "officer", places=(HERE,)) for name in ("Tam", "Ba")]
    code = await opens(lan)
    await town.as_official(ba, lambda desk: desk.casework.take(code))

    before = await codes(town, tam)
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.disable(ba, "left"))

    assert (before, await codes(town, tam)) == ([], [code])


async def test_who_stands_in_sees_what_the_absent_one_has_as_long_as_she_is_away(town: Town, lan: Citizen) -> None:
    tam, ba, mai = [await town.official(name, "officer", places=(HERE,)) for name in ("Tam", "Ba", "Mai")]
    code = await opens(lan)
    await town.as_official(ba, lambda desk: desk.casework.take(code))
    today = town.clock.now().date()
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.set_leave(ba, tam, (today, today)))

    away = await codes(town, tam), await codes(town, mai)
    town.clock.move(days=1)

    assert away == ([code], [])
    assert await codes(town, tam) == []

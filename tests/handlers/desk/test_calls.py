"""What calls for an official is listed and counted without reading what is long over."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, event

from handlers.desk import Desk
from tests.kit.on_duty import PLACE, Clerk, clerk, disable
from tests.kit.town import Citizen, Town


@pytest.fixture
async def hoa(town: Town) -> Clerk:
    """An official of the unit, at her phone."""
    return await clerk(town, "Hoa")


def _waiting(desk: Desk) -> tuple[int, int]:
    return desk.calls.talks_waiting(), desk.calls.urgent_waiting()


async def test_what_nobody_can_act_on_any_more_waits_again_and_what_is_over_does_not(
    town: Town, lan: Citizen, mai: Citizen, hoa: Clerk
) -> None:
    binh = await clerk(town, "Bình")
    await lan.at_desk(lambda desk: desk.talks.wish(PLACE))
    codes = [
        (await lan.at_desk(lambda desk: desk.urgent.raise_one("phường Hòa Khánh", "hunger", None))).code
        for _ in range(2)
    ]
    begun = await town.as_official(binh.id, _waiting)

    def takes(desk: Desk) -> None:
        desk.talks.take(desk.calls.talks()[0].id, in_chat=False)
        for code in codes:
            desk.urgent.take(code)

    await town.as_official(hoa.id, takes)
    await town.as_official(hoa.id, lambda desk: desk.urgent.close(codes[0], "xong"))
    taken = await town.as_official(binh.id, _waiting)
    closed = await town.as_official(binh.id, lambda desk: desk.calls.closed_urgent())
    await disable(town, hoa)
    left = await town.as_official(binh.id, _waiting)

    assert (begun, taken, left) == ((1, 2), (0, 0), (1, 1))
    assert [seen.code for seen in closed] == [codes[0]]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("work", "reads"),
    [
        pytest.param(lambda desk: desk.calls.talks(), 1, id="talks"),
        pytest.param(_waiting, 2, id="counts"),
        pytest.param(lambda desk: desk.talks.mine(desk.acting()), 1, id="her talks"),
        pytest.param(lambda desk: desk.talks.end_idle(), 1, id="idle talks"),
        pytest.param(lambda desk: desk.urgent.waiting(desk.acting()), 1, id="urgent requests nobody has"),
        pytest.param(lambda desk: desk.urgent.mine(desk.acting()), 1, id="her urgent requests"),
        pytest.param(lambda desk: desk.urgent.ring(), 1, id="those to ring for"),
    ],
)
async def test_only_what_is_open_is_read(town: Town, hoa: Clerk, work: Callable[[Desk], object], reads: int) -> None:
    plans: list[str] = []

    def explain(connection: Connection, cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        if statement.startswith("SELECT") and (" talk" in statement or " urgent_request" in statement):
            raw = connection.connection.cursor()
            raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(step for *_, step in raw.fetchall() if "talk" in step or "urgent" in step)

    event.listen(town.database.engine, "before_cursor_execute", explain)
    try:
        await town.as_official(hoa.id, work)
    finally:
        event.remove(town.database.engine, "before_cursor_execute", explain)

    assert len(plans) == reads
    assert all(" INDEX ix_talk_o" in plan or " INDEX ix_urgent_request_open" in plan for plan in plans), plans

"""The list of requests and the search: what is within reach, in which order, and that every query has its index."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlmodel import text

from handlers.desk import Desk
from handlers.desk.cases import CaseFilter, Support
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Town

OLD = "xã A Tiêng"  # part of xã Tây Giang since 1 July 2025
ALL = CaseFilter()


async def listed(town: Town, who: str, narrowed: CaseFilter = ALL) -> list[str]:
    return await town.as_official(who, lambda d: [one.row.code for one in d.case_list.page(narrowed, 50)])


async def found(town: Town, who: str, typed: str) -> list[str]:
    return await town.as_official(who, lambda d: [one.row.code for one in d.case_list.search(typed, 50).listed])


async def test_the_list_has_what_is_open_within_reach_and_what_is_late_first(town: Town) -> None:
    first = await asks(town, "a")
    town.clock.move(days=6)
    second = await asks(town, "b", name="Trần Văn Bình", phone="+84905000001")
    far = await asks(town, "c", name="Lê Văn Ba", phone="", unit_id=THERE)
    nowhere = await asks(town, "d", name="Lê Văn Tư", phone="", unit_id=None)
    gone = await asks(town, "e", name="Lê Văn Sáu", phone="+84905000002")
    await town.citizen("e").at_desk(lambda d: d.cases.withdraw(gone))
    town.clock.move(days=3)
    officer, admin = await town.official("tam", "officer", places=(HERE,)), await town.official("kim", "admin")

    rows = await town.as_official(officer, lambda d: d.case_list.page(CaseFilter(), 50))

    assert [(one.row.code, one.name, one.row.overdue) for one in rows] == [
        (first, "Nguyễn Thị Lan", True),
        (second, "Trần Văn Bình", False),
    ]
    assert await listed(town, admin) == [first, second, far, nowhere]


async def test_a_list_is_narrowed_and_walked_page_by_page(town: Town) -> None:
    codes = [await asks(town, f"c{n}", name=f"Ông Số {n}", phone="") for n in range(5)]
    twins = [await asks(town, f"t{n}") for n in range(2)]
    officer = await town.official("tam", "officer", places=(HERE, THERE))
    lead = await town.official("an", "lead", places=(HERE,))
    await town.as_official(officer, lambda d: d.casework.take(codes[1]))
    await town.as_official(officer, lambda d: d.casework.propose(codes[2], Support(what="gạo")))

    pages: list[str] = []
    after = None
    while rows := await town.as_official(lead, lambda d, a=after: d.case_list.page(CaseFilter(after=a), 3)):  # type: ignore[misc]  # bound early
        pages += [one.row.code for one in rows]
        after = rows[-1].row.place

    assert pages == [*codes, *twins]
    assert await listed(town, officer, CaseFilter(mine=True)) == [codes[1], codes[2]]
    assert await listed(town, officer, CaseFilter(mine=True, state="in_review")) == [codes[1]]
    assert await listed(town, lead, CaseFilter(to_approve=True)) == [codes[2]]
    assert await listed(town, lead, CaseFilter(twins=True)) == [twins[1]]
    assert await listed(town, officer, CaseFilter(unit_id=THERE)) == []
    assert await listed(town, lead, CaseFilter(overdue=True)) == []
    assert await listed(town, lead, CaseFilter(unit_id=THERE)) == [], "what is out of reach is not reached by asking"


@pytest.mark.parametrize(
    "typed",
    [
        "Nguyễn Thị Lan", "nguyen thi lan", "lan nguyen", "NGU", "0905 123 456", "+84905123456", "xa tay giang",
        "xã Tây Gian", OLD,
    ],
)  # fmt: skip
async def test_a_request_is_found_as_people_type(town: Town, typed: str) -> None:
    code = await asks(town, "lan")
    await asks(town, "ba", name="Trần Văn Ba", phone="", unit_id=THERE)
    officer = await town.official("tam", "officer", places=(HERE, THERE))

    assert await found(town, officer, typed) == [code]


@pytest.mark.parametrize(
    "typed",
    [
        "Lan Trần",
        "langgg",
        "%",
        "_",
        "la",
        "' OR 1=1 --",
        "HS-0000-0000",
        "🌾",
        "\u202e",
        "0",
        "Vũ Minh Ánh",
        "tay gian",
    ],
)
async def test_what_does_not_fit_finds_nothing(town: Town, typed: str) -> None:
    await asks(town, "lan")
    officer = await town.official("tam", "officer", places=(HERE,))

    assert await found(town, officer, typed) == []


async def test_a_code_is_found_however_it_is_typed_and_a_foreign_one_is_not(town: Town) -> None:
    code = await asks(town, "lan")
    near, far = (
        await town.official("tam", "officer", places=(HERE,)),
        await town.official("xa", "lead", places=(THERE,)),
    )
    loosely = code.replace("-", " ").lower()

    assert (await found(town, near, loosely), await found(town, far, code)) == ([code], [])
    assert [await found(town, far, typed) for typed in ("lan", "0905123456", OLD)] == [[], [], []]


async def test_the_newest_come_first_and_an_erased_one_not_at_all(town: Town) -> None:
    codes = [await asks(town, f"c{n}", phone="") for n in range(3)]
    await town.citizen("c1").at_desk(lambda d: d.people.erase())
    officer = await town.official("tam", "officer", places=(HERE,))

    assert await found(town, officer, "nguyen lan") == [codes[2], codes[0]]


# Indexes

READS: dict[str, Callable[[Desk], object]] = {
    "list": lambda d: d.case_list.page(CaseFilter(), 50),
    "unit": lambda d: d.case_list.page(CaseFilter(unit_id=HERE), 50),
    "mine": lambda d: d.case_list.page(CaseFilter(mine=True), 50),
    "overdue": lambda d: d.case_list.page(CaseFilter(overdue=True), 50),
    "state": lambda d: d.case_list.page(CaseFilter(state="closed"), 50),
    "to_approve": lambda d: d.case_list.page(CaseFilter(to_approve=True), 50),
    "twins": lambda d: d.case_list.page(CaseFilter(twins=True), 50),
    "name": lambda d: d.case_list.search("nguyen lan", 50),
    "phone": lambda d: d.case_list.search("0905123456", 50),
    "code": lambda d: d.case_list.search("HS-1234-5678", 50),
    "place": lambda d: d.case_list.search("xã Tây Giang", 50),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("role", ["admin", "lead"])
async def test_every_query_of_the_list_and_the_search_has_its_index(town: Town, read: str, role: str) -> None:
    places = () if role == "admin" else (HERE, THERE)
    who = await town.official("tam", role, places=places)
    await asks(town, "lan")

    plans = await town.as_official(who, lambda d: explained(d, READS[read]))

    assert plans
    for plan in plans:
        assert not re.search(r"SCAN (cases|case_look_up|data_key)(?! USING)|Seq Scan on", plan), plan


def explained(desk: Desk, read: Callable[[Desk], object]) -> list[str]:
    """The plans of the queries that a reading makes."""
    connection = desk.unit.connection()
    asked: list[tuple[str, object]] = []

    def hear(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    read(desk)
    event.remove(connection, "before_cursor_execute", hear)
    if not desk.unit.on_sqlite:
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is read whole otherwise
    explain = "EXPLAIN QUERY PLAN " if desk.unit.on_sqlite else "EXPLAIN "
    of_cases = [(statement, values) for statement, values in asked if "cases" in statement or "look_up" in statement]
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values))  # type: ignore[arg-type]  # as they were sent
        for statement, values in of_cases
    ]

"""Damage done by hand to gifts and to the ledger is named, each kind in its own sentence."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.pledges import Offer
from storage.database import Unit
from storage.queries.chains import chain, ledger_totals
from storage.tables import LedgerLine, LedgerTotal
from storage.verify import broken
from tests.kit.town import Town

CLOCK = Actor("clock")


async def damages(town: Town, *statements: str) -> None:
    def run(unit: Unit) -> None:
        for statement in statements:
            unit.execute(text(statement))

    await town.database.write(run)


async def found(town: Town) -> list[str]:
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


async def one(town: Town, query: str) -> str:
    return str(await town.database.read(lambda unit: unit.execute(text(query)).scalar_one()))


async def lines(town: Town) -> list[LedgerLine]:
    query = select(LedgerLine).order_by(col(LedgerLine.id))
    return await town.database.read(lambda unit: list(unit.scalars(query)))


def receives(desk: Desk, code: str, amounts: tuple[int, ...]) -> None:
    pledges = desk.pledges
    pledge = pledges.by_code(code)
    assert pledge is not None
    for amount in amounts:
        pledges.receive(pledge, amount, reference=f"FT-{amount}")


@pytest.fixture
async def code(town: Town) -> str:
    """The code of a pledge of which five parts have come, in a town whose chains are sealed."""
    lan = town.citizen("Lan")
    await lan.says("/menu")
    offer = Offer(kind="money", giver="person", amount=1_000_000, name="Lan", unit_id="phuong_hoa_khanh")
    code = await lan.at_desk(lambda desk: desk.pledges.offer(offer).code)
    await town.at_desk(CLOCK, lambda desk: receives(desk, code, (10, 20, 30, 40, 50)))
    await town.database.write(chain.seal)
    return code


async def test_a_ledger_in_order_has_nothing_to_name(town: Town, code: str) -> None:
    assert await found(town) == []


async def test_lines_are_sealed_in_the_order_they_were_written_and_added_up_once(town: Town, code: str) -> None:
    await town.at_desk(CLOCK, lambda desk: receives(desk, code, (60,)))
    sealed = [await town.database.write(chain.LEDGER.seal) for _ in range(2)]

    rows = await lines(town)
    [total] = await town.database.read(lambda unit: unit.scalars(select(LedgerTotal)).all())
    assert sealed == [1, 0]
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous for row in rows] == [b"", *(row.hash for row in rows[:-1])]
    assert (total.month, total.unit_id, total.kind) == (rows[0].day.replace(day=1), "phuong_hoa_khanh", "received")
    assert (total.amount, total.lines) == (210, 6)
    assert await found(town) == []


async def test_a_year_s_totals_are_that_year_s_alone(town: Town, code: str) -> None:
    def write(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)):
            desk.ledger.write(pledge, "received", 1, day=day)

    await town.at_desk(CLOCK, write)
    await town.database.write(chain.seal)

    rows = await town.database.read(lambda unit: ledger_totals.by_month(unit, 2025))

    assert [row.month for row in rows] == [date(2025, 1, 1), date(2025, 12, 1)]


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        pytest.param(["UPDATE ledger SET reference = NULL WHERE sequence = 3"], 3, id="a reference taken away"),
        pytest.param(["UPDATE ledger SET day = '2020-01-01' WHERE sequence = 3"], 3, id="a day changed"),
        pytest.param(["UPDATE ledger SET campaign_code = 'CD-1' WHERE sequence = 3"], 3, id="a campaign changed"),
        pytest.param(["UPDATE ledger SET hash = previous WHERE sequence = 3"], 3, id="a hash changed"),
        pytest.param(
            [
                "UPDATE ledger SET sequence = 99 WHERE sequence = 3",
                "UPDATE ledger SET sequence = 3 WHERE sequence = 4",
                "UPDATE ledger SET sequence = 4 WHERE sequence = 99",
            ],
            4,
            id="two lines changed places",
        ),
    ],
)
async def test_a_change_of_the_ledger_is_named(town: Town, code: str, statements: list[str], named: int) -> None:
    first_id = (await lines(town))[0].id or 0

    await damages(town, *statements)

    [sentence] = [said for said in await found(town) if "chain" in said]
    assert sentence.startswith(f"ledger row {first_id + named - 1} (")
    assert sentence.endswith("does not fit the chain")


async def test_lines_taken_from_the_end_are_missed(town: Town, code: str) -> None:
    await damages(town, "DELETE FROM ledger WHERE sequence = 5")

    assert "ledger row of sequence 5 is missing at the end of the chain" in await found(town)


async def test_a_line_unsealed_for_more_than_a_minute_is_named(town: Town, code: str) -> None:
    await town.at_desk(CLOCK, lambda desk: receives(desk, code, (60,)))
    await town.database.write(chain.AUDIT.seal)
    last = (await lines(town))[-1].id

    town.clock.move(minutes=1)
    in_time = await found(town)
    town.clock.move(seconds=1)

    assert in_time == []
    assert await found(town) == [f"ledger row {last} has been unsealed for more than a minute"]


PLEDGE = "SELECT id FROM pledge"
MONTH = "SELECT substr(CAST(month AS VARCHAR(10)), 1, 7) FROM ledger_total"


# A need of a campaign, and a part of the pledge that is held for it.
MADE = (
    "INSERT INTO campaign (id, code, state, title, about, organiser, basis, first_day, last_day, written_by,"
    " created_at, changed_at) SELECT 'drive', 'CD-1', 'open', '{}', '{}', 'a', 'b', '2026-01-01', '2026-12-31', 'c',"
    " created_at, created_at FROM pledge",
    "INSERT INTO need_slot (id, campaign_id, need, kind, amount, measure, months, state, opened_by, created_at)"
    " SELECT 'slot', 'drive', 'food', 'money', 5, 'VND', '[]', 'open', 'a', created_at FROM pledge",
    "INSERT INTO allocation (id, pledge_id, slot_id, amount, state, allocated_by, allocated_at)"
    " SELECT 'given', id, 'slot', 5, 'allocated', 'a', created_at FROM pledge",
)


# Each row: what is done by hand, where the damaged row's id is read, and the sentence that names it.
@pytest.mark.parametrize(
    ("statements", "row", "sentence"),
    [
        pytest.param(
            ["UPDATE pledge SET state = 'allocated'"],
            PLEDGE,
            "pledge {} stands in a state that its history does not lead to",
            id="a state from nowhere",
        ),
        pytest.param(["DELETE FROM pledge_event"], PLEDGE, "pledge {} has no history", id="a pledge without history"),
        pytest.param(
            ["DELETE FROM data_key WHERE name LIKE 'pledge:%'"],
            PLEDGE,
            "pledge {} has a body and no key to open it",
            id="a giver that can't be read",
        ),
        pytest.param(
            ["UPDATE pledge SET closed_at = created_at"],
            PLEDGE,
            "pledge {} is over and no day says since when, or the other way round",
            id="closed and open",
        ),
        pytest.param(
            ["UPDATE pledge SET received = received + 1"],
            PLEDGE,
            "pledge {} has received something else than its ledger says",
            id="more received",
        ),
        pytest.param(
            ["UPDATE pledge SET allocated = 1"],
            PLEDGE,
            "pledge {} was given on otherwise than its ledger says",
            id="given on without a line",
        ),
        pytest.param(
            ["UPDATE pledge SET handed = 1"],
            PLEDGE,
            "pledge {} was handed over otherwise than its ledger says",
            id="handed over without a line",
        ),
        pytest.param(
            ["UPDATE pledge SET confirmed = 1"],
            PLEDGE,
            "pledge {} was confirmed otherwise than its ledger says",
            id="confirmed without a line",
        ),
        pytest.param(
            ["UPDATE ledger SET code = 'UH-0000-0000' WHERE sequence = 2"],
            "SELECT id FROM ledger WHERE sequence = 2",
            "ledger row {} is of no pledge",
            id="a line of nobody's",
        ),
        pytest.param(
            ["UPDATE ledger_total SET amount = amount - 1"],
            MONTH,
            "the ledger's total of {} is not the sum of its lines",
            id="a total changed",
        ),
        pytest.param(
            ["UPDATE ledger_total SET lines = lines + 1"],
            MONTH,
            "the ledger's total of {} is not the sum of its lines",
            id="a count changed",
        ),
        pytest.param(
            ["DELETE FROM ledger_total"],
            "SELECT substr(CAST(min(day) AS VARCHAR(10)), 1, 7) FROM ledger",
            "the ledger's total of {} is not the sum of its lines",
            id="a total deleted",
        ),
        pytest.param(
            MADE,
            PLEDGE,
            "pledge {} was given on otherwise than its allocations say",
            id="an allocation that no sum knows",
        ),
        pytest.param(
            [*MADE, "UPDATE pledge SET state = 'withdrawn', closed_at = created_at"],
            "SELECT id FROM allocation",
            "allocation {} is held and its pledge is over",
            id="held of what is over",
        ),
        pytest.param(
            [*MADE, "UPDATE allocation SET state = 'handed_over'"],
            "SELECT id FROM allocation",
            "allocation {} was handed over and nobody is named for it",
            id="handed over by nobody",
        ),
        pytest.param(
            [
                *MADE,
                "INSERT INTO grievance (id, allocation_id, cause, state, handed_by, opened_at)"
                " SELECT 'g', 'given', 'less', 'open', 'a', allocated_at FROM allocation",
            ],
            "SELECT id FROM grievance",
            "grievance {} is open and its allocation does not differ",
            id="a grievance about nothing",
        ),
        pytest.param(
            [
                "INSERT INTO gift_account (id, owner, bank, bank_bin, number, swift, first_day, demo, entered_by,"
                " entered_at) SELECT 'one', 'a', 'b', '', '1', '', '2026-01-01', FALSE, 'a', created_at FROM pledge",
                "INSERT INTO bank_line (id, account_id, reference, day, amount, state, imported_by, imported_at)"
                " SELECT 'line', 'one', 'FT1', '2026-01-01', 5, 'matched', 'a', entered_at FROM gift_account",
            ],
            "SELECT id FROM bank_line",
            "bank line {} is matched with no pledge",
            id="a transfer matched with nothing",
        ),
    ],
)  # fmt: skip
async def test_damage_is_named(town: Town, code: str, statements: Sequence[str], row: str, sentence: str) -> None:
    await damages(town, *statements)

    assert sentence.format(await one(town, row)) in await found(town)


async def test_a_line_written_by_whom_no_pledge_was_changed_is_named(town: Town, code: str) -> None:
    def write(desk: Desk) -> str:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        desk.ledger.write(pledge, "received", 5)
        return pledge.id

    pledge_id = await town.at_desk(CLOCK, write)
    await town.database.write(chain.seal)

    assert await found(town) == [f"pledge {pledge_id} has received something else than its ledger says"]


async def test_a_line_about_nothing_is_refused(town: Town, code: str) -> None:
    def write(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        desk.ledger.write(pledge, "received", 0)

    with pytest.raises(ValueError, match="about something"):
        await town.at_desk(CLOCK, write)

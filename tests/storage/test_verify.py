"""Damage done by hand is named, each kind in its own sentence; and a town that lived a while has none."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import bindparam, text
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.cases import FOLLOWS, Registration
from handlers.flow.message import Say
from storage.columns import UtcTime
from storage.database import DatabaseAway, Unit
from storage.queries.chains import chain
from storage.tables import AuditRow, Case
from storage.verify import broken
from tests.kit.town import Citizen, Town

OFFICIAL = Actor("official", "tam")


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody with a case in review, in a town whose audit is sealed."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu", "/dangky")
    code = await citizen.at_desk(
        lambda desk: desk.cases.open(Registration(needs=("food",), unit_id=None, place="tổ 3", name="Lan")).code
    )
    await town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "read"))
    await town.database.write(chain.seal)
    return citizen


async def found(town: Town) -> list[str]:
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


async def damages(town: Town, *statements: str) -> None:
    def run(unit: Unit) -> None:
        for statement in statements:
            unit.execute(text(statement))

    await town.database.write(run)


async def one(town: Town, query: str) -> str:
    return str(await town.database.read(lambda unit: unit.execute(text(query)).scalar_one()))


async def test_a_town_in_order_has_nothing_to_name(town: Town, lan: Citizen) -> None:
    assert await found(town) == []


# Each row: what is done by hand, where the damaged row's id is read, and the sentence that names it.
@pytest.mark.parametrize(
    ("statements", "row", "sentence"),
    [
        pytest.param(
            ["UPDATE outbox SET cause = 'inbox:999' WHERE id = (SELECT min(id) FROM outbox)"],
            "SELECT min(id) FROM outbox",
            "outbox row {} has no cause",
            id="a message without a cause",
        ),
        pytest.param(
            ["UPDATE outbox SET state = 'sending' WHERE id = (SELECT min(id) FROM outbox)"],
            "SELECT min(id) FROM outbox",
            "outbox row {} has been sending past its lease",
            id="sending without a lease",
        ),
        pytest.param(
            [
                "INSERT INTO person (id, state, language, created_at, last_in_at)"
                " SELECT 'other', 'active', 'vi', created_at, last_in_at FROM person",
                "INSERT INTO data_key (name, wrapped, created_at)"
                " SELECT 'person:other', wrapped, created_at FROM data_key WHERE name LIKE 'person:%'",
                "UPDATE asking SET person_id = 'other' WHERE nonce = (SELECT screen FROM address)",
            ],
            "SELECT id FROM address",
            "address {} shows an asking that was not shown to its person",
            id="a screen that is another's",
        ),
        pytest.param(
            ["UPDATE cases SET state = 'approved'"],
            "SELECT id FROM cases",
            "case {} stands in a state that its history does not lead to",
            id="a state from nowhere",
        ),
        pytest.param(
            ["DELETE FROM case_event"],
            "SELECT id FROM cases",
            "case {} has no history",
            id="a case without history",
        ),
        pytest.param(
            ["UPDATE case_event SET actor = 'official:mai' WHERE new = 'in_review'"],
            "SELECT id FROM case_event WHERE new = 'in_review'",
            "case event {} has no audit row",
            id="a step in another's name",
        ),
        pytest.param(
            ["DELETE FROM data_key WHERE name LIKE 'case:%'"],
            "SELECT id FROM cases",
            "case {} has a body and no key to open it",
            id="a case that can't be read",
        ),
        pytest.param(
            ["DELETE FROM data_key WHERE name LIKE 'person:%'"],
            "SELECT id FROM person",
            "person {} has no data key",
            id="a person without a key",
        ),
        pytest.param(
            ["UPDATE person SET state = 'erased'"],
            "SELECT id FROM person",
            "person {} was erased and still has a data key",
            id="erased, but not her key",
        ),
        pytest.param(
            ["UPDATE address SET last_line = 1"],
            "SELECT id FROM address",
            "chat line {} is numbered beyond its chat's last",
            id="a line too many",
        ),
    ],
)
async def test_damage_is_named(town: Town, lan: Citizen, statements: list[str], row: str, sentence: str) -> None:
    await damages(town, *statements)

    assert sentence.format(await one(town, row)) in await found(town)


async def test_a_message_that_is_being_sent_under_its_lease_is_no_damage(town: Town, lan: Citizen) -> None:
    until = town.clock.now() + timedelta(seconds=20)
    moment = bindparam("until", until, type_=UtcTime())
    sending = text("UPDATE outbox SET state = 'sending', lease_until = :until").bindparams(moment)
    await town.database.write(lambda unit: unit.execute(sending))

    at_once = await found(town)
    town.clock.move(seconds=80)
    in_time = await found(town)
    town.clock.move(seconds=1)

    assert (at_once, in_time) == ([], [])
    assert any("sending past its lease" in sentence for sentence in await found(town))


# The audit's chain


async def notes(town: Town, count: int) -> None:
    def write(desk: Desk) -> None:
        for n in range(count):
            desk.note("test.noted", f"test:{n}", number=n)

    await town.at_desk(OFFICIAL, write)


async def audit(town: Town) -> list[AuditRow]:
    return await town.database.read(lambda unit: list(unit.scalars(select(AuditRow).order_by(col(AuditRow.id)))))


async def test_audit_rows_are_sealed_in_the_order_they_were_written(town: Town) -> None:
    await notes(town, 3)
    first = await town.database.write(chain.seal)
    await notes(town, 2)
    second = await town.database.write(chain.seal)

    rows = await audit(town)
    assert (first, second, await town.database.write(chain.seal)) == (3, 2, 0)
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous for row in rows] == [b"", *(row.hash for row in rows[:-1])]
    assert await found(town) == []


async def test_many_rows_are_sealed_a_portion_at_a_time(town: Town) -> None:
    await notes(town, 5)

    sealed = [await town.database.write(lambda unit: chain.seal(unit, 2)) for _ in range(4)]

    assert sealed == [2, 2, 1, 0]
    assert await found(town) == []


async def test_sealing_many_times_at_once_makes_one_chain(town: Town) -> None:
    await notes(town, 40)

    async def seal() -> None:
        while True:
            try:
                if not await town.database.write(lambda unit: chain.seal(unit, 7)):
                    return
            except DatabaseAway:  # collided on every try: nothing was kept
                continue

    await asyncio.gather(*(seal() for _ in range(5)), *(notes(town, 1) for _ in range(5)))
    await seal()

    assert sorted(row.sequence or 0 for row in await audit(town)) == list(range(1, 46))
    assert await found(town) == []


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        pytest.param(["UPDATE audit SET reason = 'another' WHERE sequence = 3"], 3, id="a reason changed"),
        pytest.param(["UPDATE audit SET actor = 'official:mai' WHERE sequence = 3"], 3, id="an actor changed"),
        pytest.param(["""UPDATE audit SET detail = '{"number": 7}' WHERE sequence = 3"""], 3, id="a detail changed"),
        pytest.param(["UPDATE audit SET at = '2020-01-01 00:00:00+00' WHERE sequence = 3"], 3, id="a time changed"),
        pytest.param(["DELETE FROM audit WHERE sequence = 3"], 4, id="a row deleted"),
        pytest.param(["DELETE FROM audit WHERE sequence = 1"], 2, id="the first row deleted"),
        pytest.param(
            [
                "UPDATE audit SET sequence = 99 WHERE sequence = 3",
                "UPDATE audit SET sequence = 3 WHERE sequence = 4",
                "UPDATE audit SET sequence = 4 WHERE sequence = 99",
            ],
            4,
            id="two rows changed places",
        ),
        pytest.param(
            ["DELETE FROM audit WHERE sequence = 3", "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3"],
            4,
            id="a row deleted and the rest moved up",
        ),
        pytest.param(["UPDATE audit SET hash = previous WHERE sequence = 3"], 3, id="a hash changed"),
    ],
)
async def test_a_change_of_the_audit_is_named(town: Town, statements: list[str], named: int) -> None:
    await notes(town, 5)
    await town.database.write(chain.seal)
    first_id = (await audit(town))[0].id or 0

    await damages(town, *statements)

    [sentence] = await found(town)
    assert sentence.startswith(f"audit row {first_id + named - 1} (")
    assert sentence.endswith("does not fit the chain")


@pytest.mark.parametrize(
    ("statement", "missed"),
    [("DELETE FROM audit WHERE sequence = 5", 5), ("DELETE FROM audit WHERE sequence > 2", 3)],
)
async def test_rows_taken_from_the_end_of_the_audit_are_missed(town: Town, statement: str, missed: int) -> None:
    await notes(town, 5)
    await town.database.write(chain.seal)

    await damages(town, statement)

    assert await found(town) == [f"audit row of sequence {missed} is missing at the end of the chain"]


async def test_what_is_written_after_rows_were_taken_from_the_end_does_not_hide_it(town: Town) -> None:
    await notes(town, 5)
    await town.database.write(chain.seal)
    await damages(town, "DELETE FROM audit WHERE sequence = 5")
    await notes(town, 2)
    await town.database.write(chain.seal)

    [sentence] = await found(town)

    assert "(sequence 6) does not fit the chain" in sentence


async def test_a_row_unsealed_for_more_than_a_minute_is_named(town: Town) -> None:
    await notes(town, 2)
    first_id = (await audit(town))[0].id

    town.clock.move(minutes=1)
    in_time = await found(town)
    town.clock.move(seconds=1)

    assert in_time == []
    assert await found(town) == [f"audit row {first_id} has been unsealed for more than a minute"]


# A town that lived a while

WORDS = (
    "/dangky", "/menu", "1", "2", "3", "1 4", "Hòa Sơn", "Nguyễn Thị Lan", "1954", "0905 123 456", "Bỏ qua", "/riengtu",
    "quay lại", "hủy", "có", "không", "hết gạo", "/huy", "sửa 2", "xong", "Gửi yêu cầu", "tổ 3, gần chợ", "5", "6",
)  # fmt: skip


async def lives(town: Town, chance: Random, citizen: Citizen) -> None:
    """One thing that happens: she writes, presses something she sees, or an official moves a case of the town."""
    pressable = [press for message in citizen.heard for press in message.presses]
    happens = chance.randrange(10)
    if happens < 4 and pressable:
        await citizen.presses_again(chance.choice(pressable))
    elif happens < 9:
        await citizen.says(chance.choice(WORDS))
    else:
        await town.at_desk(OFFICIAL, lambda desk: moves_a_case(desk, chance))


def moves_a_case(desk: Desk, chance: Random) -> None:
    cases = desk.unit.scalars(select(Case).order_by(Case.id)).all()
    if cases:
        case = chance.choice(cases)
        if FOLLOWS[case.state]:
            desk.cases.move(case.code, chance.choice(FOLLOWS[case.state]), "a walk")


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_walk_nothing_is_damaged(town: Town, seed: int) -> None:
    chance = Random(seed)  # noqa: S311  # the same walk every time
    people = [town.citizen(name) for name in ("Lan", "Mai", "Huy")]

    for step in range(90):
        await lives(town, chance, chance.choice(people))
        town.clock.move(seconds=chance.randrange(120))
        if step % 30 == 29:
            await chance.choice(people).at_desk(lambda desk: desk.people.erase())
            await town.at_desk(OFFICIAL, lambda desk: say_to_all(desk))
    await town.database.write(chain.seal)

    assert await found(town) == []


def say_to_all(desk: Desk) -> None:
    for number, person in enumerate(desk.unit.execute(text("SELECT id FROM person WHERE state = 'active'")).scalars()):
        desk.messages.tell(str(person), Say("plain", words="tin chung"), place=str(number))

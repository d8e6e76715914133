"""The vault: personal fields open while their data key is there, and never again once it was destroyed."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from storage.crypto import MasterKey, WrongKey
from storage.database import Database, Unit, WentOnAfterFailure
from storage.tables import Meta
from storage.vault import KeyGone, Vault
from tests.kit.clock import MORNING

MASTER, OTHER_MASTER = MasterKey(bytes(range(32))), MasterKey(bytes(range(1, 33)))
LAN, HOA = "person:lan", "person:hoa"
NAME = "person.name:lan"
DAY = "day:2026-11-24"
META = Meta.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
FACT = select(META.c.value).where(META.c.name == "said")
SAY = insert(META).values(name="another", value="after it")


@pytest.fixture
def furnished(shaped: Database) -> Database:
    return shaped


def seal(unit: Unit) -> bytes:
    vault = Vault(unit, MASTER)
    vault.make(LAN, MORNING)
    return vault.seal(LAN, NAME, {"name": "Lan", "years": [1954]})


async def test_what_was_sealed_is_read_in_a_later_transaction(furnished: Database) -> None:
    sealed = await furnished.write(seal)

    opened = await furnished.read(lambda unit: Vault(unit, MASTER).open(LAN, NAME, sealed))

    assert opened == {"name": "Lan", "years": [1954]}


async def test_what_is_stored_shows_nothing(furnished: Database) -> None:
    sealed = await furnished.write(seal)

    assert b"Lan" not in sealed


async def test_forgetting_a_key_makes_everything_it_sealed_unreadable(furnished: Database) -> None:
    sealed = await furnished.write(seal)

    await furnished.write(lambda unit: Vault(unit, MASTER).forget(LAN))

    for work in (
        lambda unit: Vault(unit, MASTER).open(LAN, NAME, sealed),
        lambda unit: Vault(unit, MASTER).open_bytes(LAN, NAME, sealed),
        lambda unit: Vault(unit, MASTER).seal(LAN, NAME, "more"),
        lambda unit: Vault(unit, MASTER).seal_bytes(LAN, NAME, b"more"),
    ):
        with pytest.raises(KeyGone):
            await furnished.read(work)


async def test_forgetting_works_at_once_for_the_vault_that_had_the_key_in_use(furnished: Database) -> None:
    def forget(unit: Unit) -> None:
        vault = Vault(unit, MASTER)
        vault.make(LAN, MORNING)
        sealed = vault.seal(LAN, NAME, "Lan")
        vault.forget(LAN)
        assert not vault.has(LAN)
        vault.open(LAN, NAME, sealed)

    with pytest.raises(KeyGone):
        await furnished.write(forget)


async def test_a_new_key_of_the_same_name_does_not_bring_it_back(furnished: Database) -> None:
    sealed = await furnished.write(seal)

    def make_another(unit: Unit) -> None:
        vault = Vault(unit, MASTER)
        vault.forget(LAN)
        vault.make(LAN, MORNING)

    await furnished.write(make_another)

    with pytest.raises(WrongKey):
        await furnished.read(lambda unit: Vault(unit, MASTER).open(LAN, NAME, sealed))


async def test_forgetting_one_person_leaves_the_others(furnished: Database) -> None:
    def work(unit: Unit) -> object:
        vault = Vault(unit, MASTER)
        vault.make(LAN, MORNING)
        vault.make(HOA, MORNING)
        sealed = vault.seal(HOA, "person.name:hoa", "Hoa")
        vault.forget(LAN)
        return vault.open(HOA, "person.name:hoa", sealed)

    assert await furnished.write(work) == "Hoa"


async def test_ensuring_a_key_keeps_the_one_there_is(furnished: Database) -> None:
    sealed = await furnished.write(seal)

    await furnished.write(lambda unit: Vault(unit, MASTER).ensure(LAN, MORNING))

    assert await furnished.read(lambda unit: Vault(unit, MASTER).open(LAN, NAME, sealed))


async def test_another_master_key_opens_nothing(furnished: Database) -> None:
    sealed = await furnished.write(seal)

    with pytest.raises(WrongKey):
        await furnished.read(lambda unit: Vault(unit, OTHER_MASTER).open(LAN, NAME, sealed))


async def test_the_refusal_names_no_person(furnished: Database) -> None:
    with pytest.raises(KeyGone) as refusal:
        await furnished.read(lambda unit: Vault(unit, MASTER).seal(LAN, NAME, "Lan"))

    assert str(refusal.value) == "person"


async def test_the_key_of_a_day_that_was_undone_is_not_remembered(furnished: Database) -> None:
    def make_and_fail(unit: Unit) -> None:
        Vault(unit, MASTER).make(DAY, MORNING)
        assert Vault(unit, MASTER).has(DAY)
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await furnished.write(make_and_fail)

    found = await asyncio.gather(*(furnished.write(lambda unit: Vault(unit, MASTER).has(DAY)) for _ in range(12)))

    assert found == [False] * 12


async def test_the_key_of_a_day_is_gone_at_once_for_the_connection_that_destroyed_it(furnished: Database) -> None:
    def use_then_forget(unit: Unit) -> bool:
        Vault(unit, MASTER).make(DAY, MORNING)
        assert Vault(unit, MASTER).has(DAY)
        Vault(unit, MASTER).forget(DAY)
        return Vault(unit, MASTER).has(DAY)

    assert await furnished.write(use_then_forget) is False


async def test_a_statement_built_before_sees_what_the_session_has_still_to_send(furnished: Database) -> None:
    def add_then_read(unit: Unit) -> str | None:
        unit.add(Meta(name="said", value="by the session"))
        return unit.run(FACT).scalar()

    assert await furnished.write(add_then_read) == "by the session"


async def test_a_statement_built_before_does_not_go_on_after_a_flush_that_failed(furnished: Database) -> None:
    def add_twice(unit: Unit) -> None:
        unit.add(Meta(name="said", value="once"))
        unit.flush()
        unit.expunge_all()
        unit.add(Meta(name="said", value="twice"))
        with suppress(IntegrityError):
            unit.flush()
        unit.run(SAY)

    with pytest.raises(WentOnAfterFailure):
        await furnished.write(add_twice)

    assert await furnished.read(lambda unit: unit.run(FACT).all()) == []

"""One master key takes over from another: either opens meanwhile, and what was destroyed stays so."""

import pytest
from sqlalchemy import select

from storage import bridge, rotation
from storage.crypto import BEFORE, NEXT, MasterKey, WrongKey
from storage.database import Database, Unit
from storage.queries import machine
from storage.rotation import NotYet
from storage.tables import DataKey
from storage.vault import TO_SCRUB, KeyGone, Vault
from tests.kit.clock import MORNING

OLD, FOREIGN = bytes(range(32)), bytes(range(1, 33))
LAN, HOA, NAME = "person:lan", "person:hoa", "person.name:lan"
KEYS = DataKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


@pytest.fixture
def furnished(shaped: Database) -> Database:
    """A database with two data keys, settled on the old master key."""

    def fill(unit: Unit) -> None:
        machine.set_fact(unit, bridge.KEY_CHECK, MasterKey(OLD).check_value())
        for name in (LAN, HOA):
            Vault(unit, MasterKey(OLD)).make(name, MORNING)

    shaped.write_now(fill)
    return shaped


def begun(database: Database) -> MasterKey:
    """A master key that has both, once the new one takes over."""
    master = MasterKey(OLD)
    assert database.write_now(lambda unit: rotation.begin(unit, master, MORNING))
    assert database.read_now(lambda unit: bridge.fit(unit, master))
    return master


def rewrap(database: Database, master: MasterKey) -> None:
    some = database.read_now(lambda unit: rotation.some_left(unit, master))
    renewed = {name: master.renew(one, name) for name, one in some.items()}
    database.mark_now(lambda unit: rotation.put(unit, some, renewed))


def newest(master: MasterKey) -> MasterKey:
    """One that was told the newest key alone."""
    return MasterKey(master.keys[0].secret)


def fits(database: Database, master: MasterKey) -> bool:
    return database.read_now(lambda unit: bridge.fit(unit, master))


def seal(unit: Unit) -> bytes:
    return Vault(unit, MasterKey(OLD)).seal(LAN, NAME, "Lan")


async def test_a_process_that_knows_the_old_key_alone_learns_the_new_one_when_it_needs_it(furnished: Database) -> None:
    sealed, still = await furnished.write(seal), MasterKey(OLD)
    rewrap(furnished, begun(furnished))

    opened = await furnished.read(lambda unit: Vault(unit, still).open(LAN, NAME, sealed))

    assert (opened, len(still.keys)) == ("Lan", 2)


async def test_a_process_that_starts_with_the_new_key_opens_what_the_old_one_wrapped(furnished: Database) -> None:
    sealed, new = await furnished.write(seal), newest(begun(furnished))
    assert fits(furnished, new)

    opened = await furnished.read(lambda unit: Vault(unit, new).open(LAN, NAME, sealed))

    assert (opened, new.look_up("phone", "1")) == ("Lan", MasterKey(OLD).look_up("phone", "1"))


def test_another_key_fits_at_no_time(furnished: Database) -> None:
    before = fits(furnished, MasterKey(FOREIGN))
    master = begun(furnished)
    meanwhile = fits(furnished, MasterKey(FOREIGN))
    rewrap(furnished, master)
    furnished.write_now(lambda unit: rotation.end(unit, master))

    assert (before, meanwhile) == (False, False)
    assert [fits(furnished, MasterKey(key)) for key in (FOREIGN, OLD)] == [False, False]


def test_it_begins_once(furnished: Database) -> None:
    master = begun(furnished)

    assert not furnished.write_now(lambda unit: rotation.begin(unit, master, MORNING))


async def test_a_key_destroyed_while_it_is_wrapped_stays_destroyed(furnished: Database) -> None:
    master = begun(furnished)
    some = furnished.read_now(lambda unit: rotation.some_left(unit, master))
    renewed = {name: master.renew(one, name) for name, one in some.items()}
    furnished.write_now(lambda unit: Vault(unit, master).forget(LAN))

    furnished.mark_now(lambda unit: rotation.put(unit, some, renewed))

    assert sorted(some) == [HOA, LAN]
    with pytest.raises(KeyGone):
        await furnished.read(lambda unit: Vault(unit, master).open(LAN, NAME, b""))


def test_it_does_not_end_while_the_old_key_is_needed(furnished: Database) -> None:
    master = begun(furnished)

    with pytest.raises(NotYet):
        furnished.write_now(lambda unit: rotation.end(unit, master))

    assert furnished.read_now(bridge.stands)


def test_at_the_end_the_new_key_alone_opens_and_finds(furnished: Database) -> None:
    master = begun(furnished)
    rewrap(furnished, master)
    furnished.write_now(lambda unit: rotation.end(unit, master))
    new = newest(master)

    assert fits(furnished, new)
    kept = furnished.read_now(lambda unit: {row.name: row.wrapped for row in unit.execute(select(KEYS))})
    for name, wrapped in kept.items():
        assert new.renew(wrapped, name) == wrapped
        with pytest.raises(WrongKey):
            MasterKey(OLD).unwrap(wrapped, name)
    assert not {NEXT, BEFORE} & kept.keys()
    assert new.look_up("phone", "1") == MasterKey(OLD).look_up("phone", "1")
    assert furnished.read_now(lambda unit: machine.fact(unit, TO_SCRUB)) is not None


def test_a_second_time_look_up_values_are_still_those_of_the_first_key(furnished: Database) -> None:
    master = begun(furnished)
    rewrap(furnished, master)
    furnished.write_now(lambda unit: rotation.end(unit, master))
    once = newest(master)
    assert fits(furnished, once)

    furnished.write_now(lambda unit: rotation.begin(unit, once, MORNING))
    assert fits(furnished, once)
    rewrap(furnished, once)
    furnished.write_now(lambda unit: rotation.end(unit, once))
    twice = newest(once)

    assert fits(furnished, twice)
    assert not fits(furnished, newest(master))
    assert twice.look_up("phone", "1") == MasterKey(OLD).look_up("phone", "1")

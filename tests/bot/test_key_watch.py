"""A process learns by itself which master key is in use, and says when it has none any more."""

from pathlib import Path

import pytest

from bot.jobs import anchors
from bot.jobs.key_watch import KeyWatch
from storage import bridge, rotation
from storage.crypto import MasterKey
from storage.queries import machine
from tests.kit.town import Town


@pytest.fixture
def alarms() -> list[str]:
    return []


@pytest.fixture
async def watch(town: Town, tmp_path: Path, alarms: list[str]) -> KeyWatch:
    """A watch in a process whose database is settled on its key, and which forgets the key before at once."""
    master = town.office.master
    await town.database.write(lambda unit: machine.set_fact(unit, bridge.KEY_CHECK, master.check_value()))
    return KeyWatch(town.database, master, tmp_path / anchors.NAME, alarms.append, forget_s=0.0)


async def begin(town: Town) -> None:
    now, other = town.clock.now(), MasterKey(town.office.master.keys[0].secret)  # as the command line has it
    await town.database.write(lambda unit: rotation.begin(unit, other, now))


async def end(town: Town) -> None:
    """Rewrap everything and end it, as the command line does."""
    other = MasterKey(town.office.master.keys[-1].secret)
    await town.database.read(lambda unit: bridge.fit(unit, other))
    some = await town.database.read(lambda unit: rotation.some_left(unit, other))
    renewed = {name: other.renew(one, name) for name, one in some.items()}
    await town.database.mark(lambda unit: rotation.put(unit, some, renewed))
    await town.database.write(lambda unit: rotation.end(unit, other))


async def unaware(town: Town) -> list[str]:
    """Who does not know the new key, as somebody else asks."""
    other = MasterKey(town.office.master.keys[-1].secret)
    await town.database.read(lambda unit: bridge.fit(unit, other))
    return await town.database.read(lambda unit: rotation.unaware(unit, other, "chungtay-another", served=True))


async def test_the_new_key_is_learned_and_that_is_said(town: Town, watch: KeyWatch) -> None:
    await begin(town)
    before = await unaware(town)

    await watch.look()

    assert (len(before), await unaware(town), len(town.office.master.keys)) == (1, [], 2)


async def test_the_key_before_is_forgotten_after_the_end(town: Town, watch: KeyWatch, alarms: list[str]) -> None:
    await begin(town)
    await watch.look()
    await end(town)

    await watch.look()

    assert (len(town.office.master.keys), alarms) == (1, [])


async def test_a_process_that_missed_it_all_raises_an_alarm_once(
    town: Town, watch: KeyWatch, alarms: list[str]
) -> None:
    await begin(town)
    await end(town)

    for _ in range(2):
        await watch.look()

    assert alarms == ["key_replaced"]

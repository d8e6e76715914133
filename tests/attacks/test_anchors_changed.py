"""Whoever has the files or the database, and not the key: anchors that are gone, edited, moved or cut short."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.jobs import anchors
from bot.jobs.chores import look_for_damage, write_anchors
from bot.jobs.key_watch import sign
from handlers.desk import Actor
from storage import bridge, rotation
from storage.crypto import MasterKey, decode_key
from storage.queries import machine
from storage.queries.chains import chain
from tests.kit.process import Process
from tests.kit.town import Town

Change = Callable[[list[str]], list[str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / anchors.NAME


async def lives(town: Town, file: Path, days: int) -> None:
    """Something is noted each day, and anchored at its end."""
    for _ in range(days):
        await town.at_desk(Actor("clock"), lambda desk: desk.note("test.noted", "test"))
        await town.database.write(chain.seal)
        assert await write_anchors(town.work(anchors=file))
        town.clock.move(days=1)


async def found(town: Town, file: Path, *, unsigned: bool = False) -> list[str]:
    master = town.office.master
    return await town.database.read(lambda unit: list(anchors.broken(unit, file, master, unsigned=unsigned)))


async def alarms(town: Town, file: Path) -> list[str]:
    """What the nightly look finds."""
    told: list[str] = []
    await look_for_damage(town.work(anchors=file, broke=told.append))
    return told


def change(file: Path, how: Change) -> None:
    file.write_text("".join(f"{line}\n" for line in how(file.read_text().splitlines())))


def edited(lines: list[str]) -> list[str]:
    day, name, sequence, digest, mac = lines[1].split()
    return [lines[0], " ".join((day, name, sequence, digest[::-1], mac)), *lines[2:]]


def made_without_the_key(lines: list[str]) -> list[str]:
    body, _, _ = lines[-1].rpartition(" ")
    above = bytes.fromhex(lines[-2].split()[-1])
    mac = anchors._mac(MasterKey(b"x" * 32), above, body)
    return [*lines[:-1], f"{body} {mac.hex()}"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        pytest.param(lambda lines: lines[:-1], "has 2 lines of the 3 that were written", id="its last line less"),
        pytest.param(lambda _: [], "has 0 lines of the 3 that were written", id="emptied"),
        pytest.param(lambda lines: [lines[0], *lines[2:]], "line 2 was changed or moved", id="a line less within"),
        pytest.param(lambda lines: lines[1:], "line 1 was changed or moved", id="its first line less"),
        pytest.param(lambda lines: [lines[0], lines[2], lines[1]], "line 2 was changed or moved", id="moved"),
        pytest.param(edited, "line 2 was changed or moved", id="edited"),
        pytest.param(made_without_the_key, "line 3 was changed or moved", id="another key"),
        pytest.param(
            lambda lines: [line.rpartition(" ")[0] for line in lines], "line 3 is not the one", id="all MACs taken away"
        ),
        pytest.param(lambda lines: [*lines, lines[-1].rpartition(" ")[0]], "line 4 has no MAC", id="one without a MAC"),
    ],
)
async def test_a_changed_file_is_found_and_not_written_on(town: Town, file: Path, how: Change, said: str) -> None:
    await lives(town, file, 3)
    assert await found(town, file) == []

    await asyncio.to_thread(change, file, how)

    [sentence] = await found(town, file)
    assert said in sentence
    assert await alarms(town, file) == [sentence]
    with pytest.raises(anchors.BadAnchors, match=said):
        await write_anchors(town.work(anchors=file))


async def test_a_file_that_was_deleted_is_missed(town: Town, file: Path) -> None:
    await lives(town, file, 2)

    await asyncio.to_thread(file.unlink)

    assert await found(town, file) == ["anchors.txt has 0 lines of the 2 that were written"]
    assert await alarms(town, file) == ["anchors.txt has 0 lines of the 2 that were written"]


@pytest.mark.parametrize("end", ["1 00ff", "", "0 ", "-1 00", "eins", "2", "é"])
async def test_who_has_the_database_can_not_say_that_fewer_were_written(town: Town, file: Path, end: str) -> None:
    await lives(town, file, 2)
    forged = text("UPDATE meta SET value = :end WHERE name LIKE 'anchors_end%'").bindparams(end=end)
    await town.database.write(lambda unit: unit.execute(forged))

    assert len(await found(town, file)) == 1


async def test_the_macs_in_the_file_make_no_end_for_the_database(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    first = (await asyncio.to_thread(file.read_text)).splitlines()[0].split()[-1]
    forged = text("UPDATE meta SET value = :end WHERE name LIKE 'anchors_end%'").bindparams(end=f"1 {first}")
    await town.database.write(lambda unit: unit.execute(forged))
    await asyncio.to_thread(change, file, lambda lines: lines[:1])

    assert await found(town, file) == ["anchors.txt line 1 is not the one that was written last"]


async def test_a_second_beginning_is_noted(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    await asyncio.to_thread(file.unlink)
    await town.database.write(lambda unit: unit.execute(text("DELETE FROM meta WHERE name LIKE 'anchors_end%'")))

    await lives(town, file, 1)

    begun = text("SELECT count(*) FROM audit WHERE action = 'anchors.begun'")
    assert await town.database.read(lambda unit: unit.execute(begun).scalar_one()) == 2


async def test_a_line_that_the_database_does_not_know_of_yet_is_no_damage(town: Town, file: Path) -> None:
    await lives(town, file, 1)
    before = text("SELECT name, value FROM meta WHERE name LIKE 'anchors_end%'")
    name, end = await town.database.read(lambda unit: unit.execute(before).one())
    await lives(town, file, 1)
    crashed = text("UPDATE meta SET value = :end WHERE name = :name").bindparams(end=end, name=name)
    await town.database.write(lambda unit: unit.execute(crashed))

    assert await found(town, file) == []
    await lives(town, file, 1)
    assert await found(town, file) == []


# A file of an older release


async def test_lines_of_an_older_release_are_signed_below_by_the_next_anchor(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    await asyncio.to_thread(change, file, lambda lines: [line.rpartition(" ")[0] for line in lines])
    await town.database.write(lambda unit: unit.execute(text("DELETE FROM meta WHERE name LIKE 'anchors_end%'")))

    refused = await found(town, file)
    accepted, nightly = await found(town, file, unsigned=True), await alarms(town, file)
    await lives(town, file, 1)
    lines = (await asyncio.to_thread(file.read_text)).splitlines()

    assert refused == ["anchors.txt is of an older release, without MACs, until the next night; --unsigned accepts it"]
    assert (accepted, nightly) == ([], [])
    assert await found(town, file) == []
    assert [len(line.split()) for line in lines] == [4, 4, 5, 5]
    assert lines[2].split()[1:3] == ["unsigned", "2"]
    await asyncio.to_thread(change, file, lambda lines: lines[1:])
    assert len(await found(town, file)) == 1


async def test_a_line_above_the_mark_can_not_be_edited(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    await asyncio.to_thread(change, file, lambda lines: [line.rpartition(" ")[0] for line in lines])
    await town.database.write(lambda unit: unit.execute(text("DELETE FROM meta WHERE name LIKE 'anchors_end%'")))
    await lives(town, file, 1)

    await asyncio.to_thread(change, file, lambda lines: [lines[1], *lines[1:]])

    assert await found(town, file) == ["anchors.txt line 3 does not say what stands above it"]


# While another key takes over


async def takes_over(town: Town) -> MasterKey:
    """A new master key takes over, and is known; returns one that knows the new key alone."""
    now = town.clock.now()
    await town.database.write(lambda unit: rotation.begin(unit, town.office.master, now))
    await town.database.read(lambda unit: bridge.fit(unit, town.office.master))
    return MasterKey(decode_key(town.office.master.setting()))


async def test_the_file_and_its_end_are_signed_with_the_new_key(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    new = await takes_over(town)
    not_yet = await found(town, file)

    await asyncio.to_thread(sign, town.database, file, town.office.master)

    assert (not_yet, await found(town, file)) == ([], [])
    assert len(anchors.read(file, new).anchors) == 2
    town.office.master.forget_before()
    end = await town.database.read(lambda unit: machine.fact(unit, anchors.end_fact(unit, file)))
    assert anchors.sign_anew(file, new, end) == end
    await lives(town, file, 1)
    assert len(anchors.read(file, new).anchors) == 3


async def test_a_crash_before_the_new_end_is_kept_is_no_damage(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    new = await takes_over(town)
    end = await town.database.read(lambda unit: machine.fact(unit, anchors.end_fact(unit, file)))
    anchors.sign_anew(file, town.office.master, end)

    crashed = await found(town, file)
    await asyncio.to_thread(sign, town.database, file, town.office.master)

    assert (crashed, len(anchors.read(file, new).anchors)) == ([], 2)


async def test_a_changed_file_is_not_signed_anew(town: Town, file: Path) -> None:
    await lives(town, file, 3)
    await takes_over(town)
    await asyncio.to_thread(change, file, edited)
    before = await asyncio.to_thread(file.read_text)

    with pytest.raises(anchors.BadAnchors, match="line 2 was changed or moved"):
        await asyncio.to_thread(sign, town.database, file, town.office.master)

    assert await asyncio.to_thread(file.read_text) == before


async def test_the_first_anchor_after_it_began_signs_what_stands_above(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    new = await takes_over(town)

    await lives(town, file, 1)

    assert len(anchors.read(file, new).anchors) == 3
    assert await found(town, file) == []


async def test_who_has_not_looked_yet_writes_on_behind_what_another_process_signed(town: Town, file: Path) -> None:
    await lives(town, file, 2)
    now, another = town.clock.now(), MasterKey(town.office.master.keys[0].secret)
    await town.database.write(lambda unit: rotation.begin(unit, another, now))
    await town.database.read(lambda unit: bridge.fit(unit, another))
    await asyncio.to_thread(sign, town.database, file, another)

    await lives(town, file, 1)

    assert len(anchors.read(file, another).anchors) == 3
    assert await found(town, file) == []


# The commands


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_verify_misses_a_deleted_file_until_the_operator_begins_anew(tmp_path: Path, database_url: str) -> None:
    process = Process.on(database_url, tmp_path)
    await process.prepare()
    file, key = process.data / anchors.NAME, MasterKey(b"k" * 32)
    end = anchors.append(file, key, [chain.Anchor(date(2026, 11, 25), "audit", 1, b"\xab")], None)
    process.at_desk(lambda desk: desk.unit.execute(text("INSERT INTO meta VALUES ('anchors_end', :e)"), {"e": end}))
    await asyncio.to_thread(file.unlink)

    missed = await process.run("verify")
    renewed = await process.succeed("anchors", "renew")
    verified = await process.succeed("verify")

    assert (missed.code, missed.out) == (1, "anchors.txt has 0 lines of the 1 that were written\n")
    assert renewed == "the anchors begin anew\n"
    assert verified == "all invariants hold\n"

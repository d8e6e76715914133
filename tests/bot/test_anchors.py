"""The ends of the chains outside of the database: what was changed with every hash made anew is found by them."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.jobs import anchors
from bot.jobs.chores import Work, look_for_damage, write_anchors
from handlers.desk import Actor
from storage.crypto import MasterKey
from storage.database import Unit
from storage.queries import machine
from storage.queries.chains import chain
from storage.queries.chains.chain import AUDIT, Anchor
from storage.tables import AuditRow
from storage.verify import broken
from tests.kit.town import Town

DAY = date(2026, 11, 25)
ANCHOR = Anchor(DAY, "audit", 3, b"\xab\xcd")
KEY = MasterKey(b"k" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / anchors.NAME


def work(town: Town, file: Path, alarms: list[str]) -> Work:
    return town.work(broke=alarms.append, anchors=file)


async def lives(town: Town, days: int, file: Path) -> None:
    """Something is noted each day, and anchored at its end."""
    for _ in range(days):
        await town.at_desk(Actor("clock"), lambda desk: desk.note("test.noted", "test"))
        await town.database.write(chain.seal)
        assert await write_anchors(work(town, file, []))
        town.clock.move(days=1)


async def found(town: Town, file: Path) -> list[str]:
    return await town.database.read(lambda unit: list(anchors.broken(unit, file, town.office.master)))


def forge(unit: Unit) -> None:
    """Change the second row, and make every hash and the chain's end anew, as who has the database can."""
    unit.execute(update(AuditRow).where(col(AuditRow.sequence) == 2).values(actor="nobody"))
    unit.execute(update(AuditRow).values(sequence=None, previous=None, hash=None))
    machine.set_fact(unit, AUDIT.end_fact, "0 ")
    chain.seal(unit)


async def test_each_day_one_line_a_chain_and_nobody_else_reads_it(town: Town, file: Path) -> None:
    await lives(town, 2, file)

    last = await town.database.read(
        lambda unit: unit.scalars(select(AuditRow).order_by(col(AuditRow.id).desc())).first()
    )
    assert last is not None
    lines, mode = await asyncio.to_thread(_written, file)
    assert [line.split()[:2] for line in lines] == [["2026-11-25", "audit"], ["2026-11-26", "audit"]]
    assert lines[-1].rpartition(" ")[0] == f"2026-11-26 audit {last.sequence} {(last.hash or b'').hex()}"
    assert mode == 0o600


def _written(file: Path) -> tuple[list[str], int]:
    return file.read_text().splitlines(), file.stat().st_mode & 0o777


async def test_what_grew_since_fits_every_anchor(town: Town, file: Path) -> None:
    await lives(town, 3, file)
    await town.at_desk(Actor("clock"), lambda desk: desk.note("test.noted", "test"))

    assert await found(town, file) == []


async def test_a_history_made_anew_holds_together_and_is_found_all_the_same(town: Town, file: Path) -> None:
    await lives(town, 3, file)
    second = anchors.read(file, town.office.master).anchors[1]

    await town.database.write(forge)

    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []
    sentence = f"audit row of sequence {second.sequence}, anchored on 2026-11-26, is not the row of that day"
    assert await found(town, file) == [sentence]


async def test_what_was_cut_off_at_the_end_is_found(town: Town, file: Path) -> None:
    await lives(town, 3, file)
    *_, last = anchors.read(file, town.office.master).anchors

    def cut(unit: Unit) -> None:
        unit.execute(delete(AuditRow).where(col(AuditRow.sequence) == last.sequence))

    await town.database.write(cut)

    assert await found(town, file) == [f"audit row of sequence {last.sequence}, anchored on 2026-11-27, is missing"]


async def test_the_nightly_look_raises_an_alarm(town: Town, file: Path) -> None:
    await lives(town, 2, file)
    alarms: list[str] = []
    assert not await look_for_damage(work(town, file, alarms))

    await town.database.write(forge)

    assert await look_for_damage(work(town, file, alarms))
    assert len(alarms) == 1
    assert "anchored on 2026-11-26" in alarms[0]


async def test_of_an_empty_chain_nothing_is_written(town: Town, file: Path) -> None:
    assert not await write_anchors(work(town, file, []))
    assert not await asyncio.to_thread(file.exists)


async def test_a_folder_that_can_not_be_written_is_said_and_nothing_is_lost(town: Town, tmp_path: Path) -> None:
    (tmp_path / "in the way").touch()
    await town.at_desk(Actor("clock"), lambda desk: desk.note("test.noted", "test"))
    await town.database.write(chain.seal)

    with pytest.raises(OSError, match="in the way"):
        await write_anchors(work(town, tmp_path / "in the way" / anchors.NAME, []))


def test_what_was_written_is_read_again(file: Path) -> None:
    end = anchors.append(file, KEY, [ANCHOR], None)
    anchors.append(file, KEY, [ANCHOR], end)

    assert anchors.read(file, KEY).anchors == (ANCHOR, ANCHOR)
    assert anchors.read(file.with_name("none"), KEY).anchors == ()


def test_what_is_restored_begins_anchors_of_its_own(file: Path) -> None:
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)
    nothing = anchors.set_aside(file, now)
    anchors.append(file, KEY, [ANCHOR], None)

    aside = anchors.set_aside(file, now)

    assert (nothing, anchors.read(file, KEY).anchors) == (None, ())
    assert aside is not None
    assert (aside.name, anchors.read(aside, KEY).anchors) == ("anchors-until-20261125T020000.txt", (ANCHOR,))


@pytest.mark.parametrize(
    "line",
    ["", "2026-11-25 audit 3", "2026-11-25 audit three abcd", "2026-11-25 official 3 abcd", "gestern audit 3 ab", "é"],
)
async def test_a_line_that_is_no_anchor_is_named(town: Town, file: Path, line: str) -> None:
    written(file, f"{ANCHOR.day} audit 3 abcd\n{line}\n")

    [sentence] = await found(town, file)

    assert sentence in ("anchors.txt line 2 can't be read", "anchors.txt can't be read")


def written(file: Path, words: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(words, encoding="utf-8")

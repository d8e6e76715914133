"""A restored backup that would go on where it stood: to send once more what was sent since it was taken."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.jobs.chores import announce
from bot.jobs.table import JOBS, JobClock
from handlers.desk import Desk
from handlers.desk.announcing import BroadcastDraft, BroadcastOutcome, SeenBroadcast
from handlers.desk.privacy import SettledRestore
from storage.database import Database
from storage.tables import Broadcast, OutboxRow, Recipient
from storage.verify import broken
from tests.kit.announcing import subscribes
from tests.kit.news import Press, press
from tests.kit.on_duty import clerk
from tests.kit.requests import HERE, asks
from tests.kit.restoring import back_up, restore
from tests.kit.town import Town
from tests.storage.test_backup import unused

PEOPLE = [f"Ba {number}" for number in range(12)]
SLOWLY = {"webchat": 5.0}
NOT_DAILY = ("seal", "fetch_photos", "clean_photos", "look_at_law_changes")
DAILY = tuple(job for job in JOBS if job.at is not None and job.name not in ("forget", "look_for_damage", "anchor"))
OFTEN = tuple(job for job in JOBS if job.every is not None and job.name not in NOT_DAILY)


@pytest.fixture
def target(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An unused database of the same kind."""
    with unused(engine_name, request, tmp_path, has_tables=True) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (folder := tmp_path / "kept").mkdir()
    return folder / "monday.backup"


async def got(town: Town) -> Counter[str]:
    """How often each chat was sent an announcement."""
    query = select(OutboxRow.address_id).where(
        col(OutboxRow.kind).in_(("broadcast", "warning")), col(OutboxRow.state).in_(("sent", "delivered"))
    )
    return Counter(await town.database.read(lambda unit: unit.scalars(query).all()))


async def states(town: Town) -> list[str]:
    query = select(Broadcast.state).order_by(col(Broadcast.id))
    return list(await town.database.read(lambda unit: unit.scalars(query).all()))


async def left(town: Town) -> list[str]:
    """What left since the restore, or may leave by itself."""
    query = select(OutboxRow.key).where(
        col(OutboxRow.changed_at) >= town.clock.now() - timedelta(minutes=10),
        col(OutboxRow.state).in_(("queued", "sending", "sent", "delivered")),
        col(OutboxRow.kind).in_(("broadcast", "warning", "digest", "reminder", "notice")),
    )
    return list(await town.database.read(lambda unit: unit.scalars(query).all()))


async def ticks(town: Town) -> None:
    """Have every job done that says anything, as a service that was just started does."""
    jobs = JobClock(town.work(rates={"webchat": 400.0, "telegram": 25.0, "zalo_oa": 10.0}), town.office.zone)
    for job in (*DAILY, *OFTEN):
        await jobs.tick(job)
    await town.service.outbox.drain()


async def found_broken(town: Town) -> list[str]:
    return await town.database.read(lambda unit: list(broken(unit, town.clock.now())))


async def begins(town: Town) -> tuple[Press, str]:
    """An announcement of which some have left and most have not."""
    for name in PEOPLE:
        await subscribes(town, name)
    office = await press(town)
    code = await office.approves("Lịch trạm y tế", "Mở cửa sáng thứ bảy.")
    work = town.work(rates=SLOWLY)
    assert await announce(work)
    assert await announce(work)
    await town.service.outbox.drain()
    return office, code


async def serves(town: Town, file: Path, target: Database) -> tuple[Town, SettledRestore]:
    """Restore the backup half an hour later, and serve it."""
    town.clock.move(minutes=30)
    settled = restore(town, file, target)
    again = Town(target, like=town)
    await ticks(again)
    return again, settled


async def test_an_announcement_half_sent_waits_for_two_officials(town: Town, file: Path, target: Database) -> None:
    office, code = await begins(town)
    had = await got(town)
    back_up(town, file)
    await town.announces()
    assert 0 < len(had) < len(await got(town)) == len(PEOPLE)

    again, settled = await serves(town, file, target)

    assert await got(again) == had
    assert await states(again) == ["draft"]
    [held] = settled.broadcasts
    assert (held.code, held.state, held.had, held.waits) == (code, "sending", len(had), len(PEOPLE) - len(had))
    assert await found_broken(again) == []

    second = Press(again, office.editor, office.admin)
    assert await second.acts(office.admin, code, lambda desk, seen: desk.broadcasts.approve(code, seen.stamp)) == (
        "not_now"
    )
    assert await second.acts(office.editor, code, lambda desk, seen: desk.broadcasts.submit(code, seen.stamp)) == "done"
    await again.announces()
    assert await got(again) == had
    assert await second.acts(office.admin, code, lambda desk, seen: desk.broadcasts.approve(code, seen.stamp)) == "done"
    await again.announces()

    assert set((await got(again)).values()) == {1}
    assert len(await got(again)) == len(PEOPLE)
    assert await states(again) == ["done"]
    assert await found_broken(again) == []


async def test_what_was_written_anew_does_not_go_to_who_has_it(town: Town, file: Path, target: Database) -> None:
    office, code = await begins(town)
    had = await got(town)
    back_up(town, file)

    again, _ = await serves(town, file, target)
    second = Press(again, office.editor, office.admin)

    def writes_anew(desk: Desk, seen: SeenBroadcast) -> BroadcastOutcome:
        draft = BroadcastDraft(
            kind="news", title=seen.title, words={"vi": "Mở cửa chủ nhật."}, audience=seen.audience, topic="health"
        )
        return desk.broadcasts.rewrite(code, draft, seen.stamp)

    assert await second.acts(office.editor, code, writes_anew) == "done"
    assert await found_broken(again) == []
    assert await second.acts(office.editor, code, lambda desk, seen: desk.broadcasts.submit(code, seen.stamp)) == "done"
    assert await second.acts(office.admin, code, lambda desk, seen: desk.broadcasts.approve(code, seen.stamp)) == "done"
    await again.announces()

    assert had.keys() < (await got(again)).keys()
    assert set((await got(again)).values()) == {1}
    assert await found_broken(again) == []


async def test_what_was_approved_or_asked_for_is_approved_anew(town: Town, file: Path, target: Database) -> None:
    await subscribes(town, "Ba")
    office = await press(town)
    await office.approves("Ngay", "Đi ngay.")
    await office.approves("Mai", "Đi ngày mai.", start=town.clock.now() + timedelta(days=1))
    await office.approves("Bão", "Ở trong nhà.", "", kind="warning")
    back_up(town, file)

    again, settled = await serves(town, file, target)
    again.clock.move(days=2)
    await ticks(again)

    assert await states(again) == ["draft"] * 3
    assert await got(again) == {}
    assert [(one.state, one.had) for one in settled.broadcasts] == [("scheduled", 0)] * 3


async def test_news_that_waits_for_a_digest_is_approved_anew(town: Town, file: Path, target: Database) -> None:
    for name, rhythm in (("Ba", "daily"), ("Tư", "weekly")):
        await subscribes(town, name, rhythm=rhythm)
    office = await press(town)
    await office.announces("Lịch trạm y tế")
    back_up(town, file)
    town.clock.move(days=1)
    await ticks(town)

    again, settled = await serves(town, file, target)
    for _ in range(7):
        again.clock.move(days=1)
        await ticks(again)

    query = select(Recipient.state)
    assert await again.database.read(lambda unit: set(unit.scalars(query))) == {"digest"}
    assert await states(again) == ["draft"]
    assert [(one.had, one.waits) for one in settled.broadcasts] == [(0, 2)]


async def test_what_the_clock_said_since_the_backup_is_held_and_not_said_again(
    town: Town, file: Path, target: Database
) -> None:
    tam = await clerk(town, "Tâm", places=(HERE,))
    await town.citizen("Hoa").says("/dangky", "1", "1")
    await asks(town, "Lan")
    code = await asks(town, "Mai")
    assert await town.as_official(tam.id, lambda desk: desk.casework.ask(code, "Xin ảnh giấy ra viện.")) == "done"
    town.clock.move(days=4, hours=20)
    await ticks(town)
    back_up(town, file)
    town.clock.move(hours=6)
    before = await said(town)
    await ticks(town)
    sent = await said(town) - before
    assert {place.partition("/")[0] for place in sent} >= {"question", "morning"}

    again, settled = await serves(town, file, target)

    assert await left(again) == []
    held = await said(again, "held")
    assert held == sent
    assert settled.kept_back >= len(sent)
    again.clock.move(hours=1)
    await ticks(again)
    assert await left(again) == []


async def test_what_the_clock_said_before_a_holiday_is_held_where_it_is_restored_on_one(
    town: Town, file: Path, target: Database
) -> None:
    town.clock.move(days=35, hours=-4)  # the day before New Year's Eve, early
    await town.citizen("Hoa").says("/dangky", "1", "1")
    town.clock.move(days=1)
    back_up(town, file)
    town.clock.move(hours=5)
    before = await said(town)
    await ticks(town)
    sent = await said(town) - before
    assert {place.partition("/")[0] for place in sent} == {"form"}
    town.clock.move(days=1)

    again, _ = await serves(town, file, target)

    assert await said(again, "held") == sent


async def said(town: Town, *only: str) -> Counter[str]:
    """What the clock said, each message by its place. only: in these states."""
    query = select(OutboxRow.key, OutboxRow.cause).where(col(OutboxRow.kind).in_(("reminder", "digest", "notice")))
    rows = await town.database.read(
        lambda unit: unit.execute(query.where(col(OutboxRow.state).in_(only)) if only else query).all()
    )
    names = tuple(job.name for job in JOBS)
    return Counter(key.removeprefix(f"{cause}/") for key, cause in rows if cause.startswith(names))

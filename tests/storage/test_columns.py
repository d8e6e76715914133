"""Moments, JSON and constraint names are the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from storage.database import Database
from tests.storage.notes import moments

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))


async def test_a_moment_comes_back_in_utc(kept: Database) -> None:
    await kept.write(lambda unit: unit.execute(insert(moments).values(id=1, at=NOON)))

    at = await kept.read(lambda unit: unit.execute(select(moments.c.at)).scalar_one())

    assert at == NOON
    assert at.tzinfo is UTC


@pytest.mark.parametrize("later", [timedelta(microseconds=1), timedelta(0)], ids=["after", "the same moment"])
async def test_moments_compare_across_zones(kept: Database, later: timedelta) -> None:
    await kept.write(lambda unit: unit.execute(insert(moments).values(id=1, at=NOON)))

    found = await kept.read(lambda unit: unit.execute(select(moments.c.id).where(moments.c.at < NOON + later)).all())

    assert bool(found) is bool(later)


async def test_no_moment_stays_none(kept: Database) -> None:
    await kept.write(lambda unit: unit.execute(insert(moments).values(id=1)))

    assert await kept.read(lambda unit: unit.execute(select(moments.c.at)).scalar_one()) is None


async def test_a_moment_without_a_zone_is_refused(kept: Database) -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(StatementError, match="a moment needs its time zone"):
        await kept.write(lambda unit: unit.execute(insert(moments).values(id=1, at=naive)))


async def test_json_comes_back_as_it_went(kept: Database) -> None:
    answers = {"đủ": True, "món": [1, None, "gạo"]}

    await kept.write(lambda unit: unit.execute(insert(moments).values(id=1, answers=answers)))

    assert await kept.read(lambda unit: unit.execute(select(moments.c.answers)).scalar_one()) == answers


def test_constraints_are_named() -> None:
    assert {str(constraint.name) for constraint in moments.constraints} == {"pk_moments", "ck_moments_id_positive"}

"""Whoever can write to the database changes an announcement after it was approved: nobody agreed to that."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import select

from handlers.desk import Desk
from storage.database import Unit
from storage.tables import Broadcast
from tests.handlers.desk.test_broadcasts import DRAFT
from tests.kit.announcing import subscribes
from tests.kit.audit import actions
from tests.kit.on_duty import clerk, listening
from tests.kit.town import Town


def words(unit: Unit) -> None:
    unit.execute(text('UPDATE broadcast SET words = \'{"vi": "Chuyển tiền vào số này"}\''))


def more_people(unit: Unit) -> None:
    others = (
        "INSERT INTO recipient (broadcast_id, address_id, channel, state) SELECT b.id, a.id, a.channel, 'planned' "
        "FROM broadcast b CROSS JOIN address a WHERE a.id NOT IN (SELECT address_id FROM recipient)"
    )
    unit.execute(text(others))


def the_rule(unit: Unit) -> None:
    unit.execute(text('UPDATE broadcast SET audience = \'{"units": ["xa_tay_giang"]}\''))


def the_kind(unit: Unit) -> None:
    unit.execute(text("UPDATE broadcast SET kind = 'warning'"))


CHANGES: dict[str, Callable[[Unit], None]] = {
    "words": words, "recipients": more_people, "rule": the_rule, "kind": the_kind,
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("when", ["before it is approved", "before it begins"])
async def test_what_nobody_agreed_to_does_not_go(town: Town, what: str, when: str) -> None:
    ba, other = await subscribes(town, "Ba"), town.citizen("Tư")
    await other.says("/menu")
    mai, lan = await clerk(town, "mai", "editor"), await clerk(town, "lan", "admin")

    def write(desk: Desk) -> tuple[str, str]:
        code = desk.broadcasts.write(DRAFT)
        assert code
        seen = desk.broadcasts.read(code)
        assert seen
        assert desk.broadcasts.submit(code, seen.stamp) == "done"
        seen = desk.broadcasts.read(code)
        assert seen
        return code, seen.stamp

    code, stamp = await town.as_official(mai.id, write)
    if when == "before it is approved":
        await town.database.write(CHANGES[what])
        went = await town.as_official(lan.id, lambda desk: desk.broadcasts.approve(code, stamp))
        assert went == "outdated"
    else:
        assert await town.as_official(lan.id, lambda desk: desk.broadcasts.approve(code, stamp)) == "done"
        await town.database.write(CHANGES[what])

    async with listening(ba, other, mai, lan):
        await town.announces()

    assert (ba.heard, other.heard) == ([], [])
    if when == "before it begins":
        assert await town.database.read(lambda unit: list(unit.scalars(select(Broadcast.state)))) == ["cancelled"]
        told = {said.key for said in (*mai.heard, *lan.heard)}
        assert "broadcast_news.not_as_approved" in told
        assert "broadcast.not_as_approved" in await actions(town)

"""Wishes to speak with an officer, and urgent requests."""

import pytest
from sqlmodel import col, select

from handlers.desk import Desk
from storage.tables import AuditRow, Talk, UrgentRequest
from storage.vault import KeyGone
from tests.kit.town import Citizen, Town


async def actions(town: Town) -> list[str]:
    return list(
        await town.database.read(lambda unit: unit.scalars(select(AuditRow.action).order_by(col(AuditRow.id))).all())
    )


async def test_a_wish_to_speak_is_recorded_once_until_it_is_answered(town: Town, lan: Citizen) -> None:
    wished = [await lan.at_desk(lambda desk: desk.talks.wish()) for _ in range(3)]

    await town.database.write(lambda unit: setattr(unit.scalars(select(Talk)).one(), "state", "closed"))
    again = await lan.at_desk(lambda desk: desk.talks.wish())

    assert (wished, again) == ([True, False, False], True)
    assert await actions(town) == ["talk.wished", "talk.wished"]


async def test_everybody_has_a_wish_of_her_own(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await lan.at_desk(lambda desk: desk.talks.wish())

    assert await mai.at_desk(lambda desk: desk.talks.wish())


def raise_one(desk: Desk) -> str:
    return desk.urgent.raise_one("ngõ sau chợ", "food", "+84905123456")


async def test_an_urgent_request_is_kept_sealed_with_a_key_of_its_own(town: Town, lan: Citizen) -> None:
    code = await lan.at_desk(raise_one)

    row = await town.database.read(lambda unit: unit.scalars(select(UrgentRequest)).one())
    content = await town.read(
        lambda _, vault: vault.open(f"urgent:{row.id}", f"urgent_request.body:{row.id}", row.body or b"")
    )
    assert (row.code, row.state) == (code, "raised")
    assert content == {"where": "ngõ sau chợ", "what": "food", "phone": "+84905123456"}
    assert await actions(town) == ["urgent.raised"]


async def test_every_urgent_request_has_its_own_code(lan: Citizen) -> None:
    codes = {await lan.at_desk(raise_one) for _ in range(3)}

    assert len(codes) == 3
    assert all(code.startswith("KC-") for code in codes)


async def test_an_urgent_request_of_a_person_who_erased_herself_can_not_be_opened(town: Town, lan: Citizen) -> None:
    await lan.at_desk(raise_one)
    before = await town.database.read(lambda unit: unit.scalars(select(UrgentRequest)).one())

    await lan.at_desk(lambda desk: desk.people.erase())

    after = await town.database.read(lambda unit: unit.scalars(select(UrgentRequest)).one())
    assert (after.code, after.body) == (before.code, None)
    with pytest.raises(KeyGone):
        await town.read(
            lambda _, vault: vault.open(f"urgent:{before.id}", f"urgent_request.body:{before.id}", before.body or b"")
        )

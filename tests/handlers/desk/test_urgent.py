"""Urgent requests: kept sealed, rung until somebody takes them, and never told through servers abroad."""

import asyncio

import pytest
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.talks import Raised, UrgentOutcome
from storage.database import Unit
from storage.queries.outgoing import sending
from storage.tables import AuditRow, ChatLine, OutboxRow, PassedOn, UrgentRequest
from storage.vault import KeyGone, Vault
from tests.kit.on_duty import PLACE, Clerk, clerk, disable, listening
from tests.kit.town import Citizen, Town

WHERE = "ngõ sau chợ, phường Hòa Khánh"


def raise_one(desk: Desk) -> Raised:
    return desk.urgent.raise_one(WHERE, "hunger", "+84905123456")


async def request(town: Town) -> UrgentRequest:
    return await town.database.read(lambda unit: unit.scalars(select(UrgentRequest)).one())


async def rings(town: Town, **later: float) -> bool:
    town.clock.move(**later)
    return await town.at_desk(Actor("clock"), lambda desk: desk.urgent.ring())


async def takes(town: Town, official: Clerk) -> UrgentOutcome:
    code = (await request(town)).code
    return await town.as_official(official.id, lambda desk: desk.urgent.take(code))


@pytest.fixture
async def hoa(town: Town) -> Clerk:
    """An official of the unit, at her phone."""
    return await clerk(town, "Hoa")


async def test_it_is_kept_sealed_with_a_key_of_its_own(town: Town, lan: Citizen) -> None:
    raised = await lan.at_desk(raise_one)

    row = await request(town)
    content = await town.read(
        lambda _, vault: vault.open(f"urgent:{row.id}", f"urgent_request.body:{row.id}", row.body or b"")
    )
    assert (row.code, row.state, row.unit_id, raised.told) == (raised.code, "raised", PLACE, 0)
    assert content == {"where": WHERE, "what": "hunger", "phone": "+84905123456", "done": ""}


async def test_every_one_has_its_own_code(lan: Citizen) -> None:
    codes = {(await lan.at_desk(raise_one)).code for _ in range(3)}

    assert len(codes) == 3
    assert all(code.startswith("KC-") for code in codes)


async def test_it_rings_every_three_minutes_and_from_the_third_time_at_leads_too(
    town: Town, lan: Citizen, hoa: Clerk
) -> None:
    lead = await clerk(town, "Bình", "lead")
    admin = await clerk(town, "An", "admin", places=())
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.set_duty(lead.id, on=False))

    async with listening(hoa, lead, admin):
        assert (await lan.at_desk(raise_one)).told == 1
    hoa.hears("urgent.alarm")
    assert all(word in hoa.heard[0].text for word in ("Hết ăn", "ngõ sau chợ", "0905123456"))

    assert not await rings(town, minutes=2, seconds=59)
    async with listening(hoa, lead, admin):
        assert await rings(town, seconds=1)
        assert not await rings(town)
    hoa.hears("urgent.again")
    lead.hears()
    admin.hears()

    async with listening(hoa, lead, admin):
        assert await rings(town, minutes=3)
    for one in (hoa, lead, admin):
        one.hears("urgent.again")
        assert "ngõ sau chợ" not in one.heard[0].text


async def test_once_taken_it_rings_no_more_and_she_is_told_by_whom(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await lan.at_desk(raise_one)

    async with listening(lan, hoa):
        assert (await takes(town, hoa)).how == "done"

    assert "Hoa" in lan.hears_last("urgent.taken").text
    assert "ngõ sau chợ" in hoa.hears_last("urgent.yours").text
    assert not await rings(town, hours=1)


async def test_of_two_who_take_it_at_once_one_does(town: Town, lan: Citizen, hoa: Clerk) -> None:
    binh = await clerk(town, "Bình")
    await lan.at_desk(raise_one)

    both = await asyncio.gather(takes(town, hoa), takes(town, binh))

    assert sorted(outcome.how for outcome in both) == ["done", "taken"]


async def test_where_nobody_on_duty_can_be_told_whoever_decides_there_is_at_once(town: Town, lan: Citizen) -> None:
    lead = await clerk(town, "Bình", "lead")
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.set_duty(lead.id, on=False))

    async with listening(lead):
        raised = await lan.at_desk(raise_one)

    assert raised.told == 1
    lead.hears("urgent.alarm")


async def test_as_soon_as_somebody_can_be_told_she_is(town: Town, lan: Citizen) -> None:
    assert (await lan.at_desk(raise_one)).told == 0
    hoa = await clerk(town, "Hoa")

    async with listening(hoa):
        assert await rings(town, minutes=3)

    hoa.hears("urgent.alarm")


async def test_one_whose_official_is_disabled_rings_again_and_can_be_taken(
    town: Town, lan: Citizen, hoa: Clerk
) -> None:
    binh = await clerk(town, "Bình")
    await lan.at_desk(raise_one)
    await takes(town, hoa)
    assert (await takes(town, binh)) == UrgentOutcome("taken", "Hoa")
    await disable(town, hoa)

    async with listening(binh):
        assert await rings(town, minutes=3)

    binh.hears("urgent.again")
    assert (await takes(town, binh)).how == "done"


async def test_closing_keeps_what_was_done(town: Town, lan: Citizen, hoa: Clerk) -> None:
    code = (await lan.at_desk(raise_one)).code
    early = await town.as_official(hoa.id, lambda desk: desk.urgent.close(code, "đã đến"))
    await takes(town, hoa)

    went = await town.as_official(hoa.id, lambda desk: desk.urgent.close(code, "đã đến, phát 10 kg gạo"))

    opened = await town.as_official(hoa.id, lambda desk: desk.urgent.read(code))
    assert (early.how, went.how) == ("gone", "done")
    assert opened is not None
    assert (opened.where, opened.done, opened.seen.state) == (WHERE, "đã đến, phát 10 kg gạo", "closed")


async def test_who_may_not_learns_nothing_and_is_noted(town: Town, lan: Citizen) -> None:
    stranger = await clerk(town, "An", places=("phuong_hai_chau",))
    code = (await lan.at_desk(raise_one)).code

    def tries(desk: Desk) -> list[object]:
        return [desk.urgent.read(code), desk.urgent.take(code).how, desk.urgent.close(code, "…").how]

    assert await town.as_official(stranger.id, tries) == [None, "gone", "gone"]
    refused = select(AuditRow).where(AuditRow.action == "rights.refused")
    assert len(await town.database.read(lambda unit: unit.scalars(refused).all())) == 3


async def test_no_word_of_it_goes_through_servers_abroad(town: Town, lan: Citizen) -> None:
    far = await clerk(town, "Hoa", channel="telegram")

    async with listening(far):
        await lan.at_desk(raise_one)
        await takes(town, far)

    far.hears("urgent.alarm", "urgent.yours")
    said = " ".join(message.text for message in far.heard)
    assert not any(word in said for word in ("Hết ăn", "ngõ sau chợ", "+84905123456"))


async def test_who_erases_herself_leaves_no_word_of_it_with_any_official_nor_in_a_copy(
    town: Town, lan: Citizen, hoa: Clerk
) -> None:
    raised = await lan.at_desk(raise_one)
    before = await request(town)
    alarm = select(OutboxRow).where(OutboxRow.kind == "urgent").order_by(col(OutboxRow.id))

    def copy(unit: Unit) -> None:
        original = unit.scalars(alarm).one()
        original.state = "unknown"
        unit.flush()
        sending.copy(unit, Vault(unit, town.office.master), original.id or 0, town.clock.now(), town.clock.now())

    await town.database.write(copy)
    assert [row.state for row in await town.database.read(lambda u: u.scalars(alarm).all())] == ["unknown", "queued"]

    await lan.at_desk(lambda desk: desk.people.erase())

    rows = await town.database.read(lambda unit: unit.scalars(alarm).all())
    assert [(row.body, row.state) for row in rows] == [(None, "unknown"), (None, "cancelled")]
    lines = select(ChatLine).where(ChatLine.outbox_id == rows[0].id)
    assert not await town.database.read(lambda unit: [*unit.scalars(lines), *unit.scalars(select(PassedOn))])
    after = await request(town)
    assert (after.code, after.body) == (raised.code, None)
    with pytest.raises(KeyGone):
        await town.read(
            lambda _, vault: vault.open(f"urgent:{before.id}", f"urgent_request.body:{before.id}", before.body or b"")
        )
    assert not await rings(town, minutes=5)  # there is nothing left to tell


async def test_nobody_takes_her_own(town: Town, hoa: Clerk) -> None:
    await hoa.at_desk(raise_one)

    assert (await takes(town, hoa)).how == "gone"
    assert (await request(town)).state == "raised"


async def test_what_waits_is_shown_to_officials_of_its_unit_alone(town: Town, lan: Citizen, hoa: Clerk) -> None:
    far = await clerk(town, "An", places=("xa_tay_giang",))
    raised = await lan.at_desk(raise_one)

    def waiting(desk: Desk) -> list[str]:
        return [seen.code for seen in desk.urgent.waiting(desk.acting())]

    shown = [await town.as_official(one.id, waiting) for one in (hoa, far)]

    assert shown == [[raised.code], []]

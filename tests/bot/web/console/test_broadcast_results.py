"""An announcement under way and after: stopped, counted by channel and by unit, and whom it does not reach."""

from sqlalchemy import update
from sqlmodel import col

from storage.tables import Address, Broadcast, OutboxRow
from tests.bot.web.console.announcements import (
    HERE,
    THERE,
    approves,
    goes_out,
    noted,
    readers,
    sent,
    submits,
    writes,
)
from tests.kit.announcing import states_of
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import asks
from tests.kit.waiting import until


async def test_it_is_stopped_without_a_second_check(house: House, town: TownOf, mai: Clerk, lan: Clerk) -> None:
    await readers(town)
    code = await submits(mai, start_day="2026-11-25", start_time="15:00")
    await approves(lan, code)
    house.clock.move(minutes=10)

    done = await mai.sends(f"/broadcasts/{code}/stop", {})
    again = await mai.sends(f"/broadcasts/{code}/stop", {})

    assert (done.status, again.status) == (303, 400)
    assert (await states_of(town), await sent(town)) == (["cancelled"], 0)

    async def shown() -> str:
        return text(await mai.opens(f"/broadcasts/{code}"))

    await until("both are counted", shown, lambda page: "2 / 2 người đã qua" in page)


async def test_what_came_of_it_adds_up_by_channel_and_by_unit(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town, "Ba")
    await asks(town, "Tư", unit_id=THERE)
    await readers(town, "Tư")
    code = await submits(mai)
    await approves(lan, code)
    await goes_out(town)

    found = (await lan.tells(f"/broadcasts/{code}", method="GET")).json

    units = [(row["unit"], row["people"], row["reached"]) for row in found["units"]]  # type: ignore[attr-defined]  # a list
    progress = found["progress"]
    assert isinstance(progress, dict)
    assert units == [("Xã Tây Giang", 1, 1), ("không rõ", 1, 1)]
    assert (progress["total"], progress["people"], progress["through"]) == (2, 2, 2)
    assert sum(row["total"] for row in progress["rows"]) == 2


# The sheet


async def test_what_nobody_knows_of_is_sent_again_by_two_officials_alone(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town)
    code = await submits(mai)
    await approves(lan, code)
    await goes_out(town)
    unknown = update(OutboxRow).where(col(OutboxRow.kind) == "broadcast").values(state="unknown")
    await town.database.write(lambda unit: unit.change(unknown))
    too_early = await lan.sends(f"/broadcasts/{code}/send-again", {})
    page = text(await mai.opens(f"/broadcasts/{code}"))

    asked = await mai.sends(f"/broadcasts/{code}/ask-again", {})
    waiting = text(await mai.opens(f"/broadcasts/{code}"))
    own = await mai.sends(f"/broadcasts/{code}/send-again", {})
    house.clock.move(minutes=16)
    unchecked = await lan.sends(f"/broadcasts/{code}/send-again", {})
    done = await lan.sends(f"/broadcasts/{code}/send-again", {"one_time_code": lan.code()})
    again = await lan.sends(f"/broadcasts/{code}/send-again", {})

    replies = (too_early, asked, own, unchecked, done, again)
    assert [reply.status for reply in replies] == [400, 303, 403, 403, 303, 400]
    assert "2 tin chưa rõ tới chưa." in page
    assert "mai đề nghị gửi lại 2 tin" in waiting
    assert await sent(town) == 4
    assert "chưa rõ tới chưa. Gửi lại" not in text(await mai.opens(f"/broadcasts/{code}"))


async def test_while_one_is_not_over_nobody_asks_to_send_it_again(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town)
    code = await submits(mai)
    await approves(lan, code)
    await goes_out(town)
    for change in (update(OutboxRow).values(state="unknown"), update(Broadcast).values(state="paused")):
        await town.database.write(lambda unit, change=change: unit.change(change))  # type: ignore[misc]  # bound at once

    asked = await mai.sends(f"/broadcasts/{code}/ask-again", {})

    assert asked.status == 400
    assert await sent(town) == 2


async def test_who_asked_that_it_is_sent_again_is_not_the_second_who_agrees(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await asks(town, "Ba", unit_id=HERE)
    await readers(town, "Ba")
    code = await submits(mai, units=HERE)
    await approves(lan, code)
    await goes_out(town)
    unknown = update(OutboxRow).where(col(OutboxRow.kind) == "broadcast").values(state="unknown")
    await town.database.write(lambda unit: unit.change(unknown))
    again = f"/broadcasts/{code}/send-again"

    async with clerk(house, "bo", "lead", places=(HERE,)) as bo, clerk(house, "tu", "lead", places=(HERE,)) as tu:
        asked = await bo.sends(f"/broadcasts/{code}/ask-again", {})
        offered = again in (await bo.opens(f"/broadcasts/{code}")).body.decode()
        own = await bo.sends(again, {})
        after_own = await sent(town)
        agreed = await tu.sends(again, {})

    assert [reply.status for reply in (asked, own, agreed)] == [303, 400, 303]
    assert (offered, after_own, await sent(town)) == (False, 1, 2)
    assert len(await noted(town, "broadcast.approval_refused")) == 1


async def test_whom_it_does_not_reach_is_read_by_who_may_see_their_requests_and_noted(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await asks(town, "Lan", unit_id=HERE, name="Nguyễn Thị Lan")
    await asks(town, "Mơ", unit_id=THERE, name="Alăng Thị Mơ", phone="+84905999888")
    await blocks(town, "Lan", "Mơ")
    everywhere = await writes(mai, kind="service")
    async with clerk(house, "bo", "lead", places=(HERE,)) as bo:
        here = await writes(bo, kind="service", units=HERE)
        hers = text(await bo.opens(f"/broadcasts/{here}/sheet"))
        not_hers = (await bo.opens(f"/broadcasts/{everywhere}/sheet")).status

    all_ = text(await lan.opens(f"/broadcasts/{everywhere}/sheet"))

    assert ("0905123456" in hers, "0905999888" in hers, not_hers) == (True, False, 404)
    assert ("Nguyễn Thị Lan" in all_, "Alăng Thị Mơ" in all_) == (True, True)
    assert (await mai.opens(f"/broadcasts/{everywhere}/sheet")).status == 403
    details = await noted(town, "broadcast.called")
    assert len(details) == 2
    assert "Lan" not in "".join(details)


async def blocks(town: TownOf, *names: str) -> None:
    """They can't be reached any more."""
    for name in names:
        address = (await town.citizen(name).chat()).address_id
        gone = update(Address).where(Address.id == address).values(reachable=False)  # type: ignore[arg-type]  # a column
        await town.database.write(lambda unit, gone=gone: unit.execute(gone) and None)  # type: ignore[misc]  # bound

"""Messages on the console: how many are stuck, which, and once more what may go once more; never what they say."""

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from storage.tables import OutboxRow
from tests.kit.audit import actions
from tests.kit.calls import PLACE, SCRIPT, resident, wishes
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


@pytest.fixture
async def number(house: House, town: TownOf) -> int:
    """The message that tells a resident that a talk with her was taken."""
    lan = await resident(town)
    talk_id = await wishes(town, lan)
    officer = await town.official("hoa", "officer", places=(PLACE,))
    await town.as_official(officer, lambda desk: desk.talks.take(talk_id, in_chat=False))
    query = select(OutboxRow.id).where(col(OutboxRow.key).like(f"%/talk/{talk_id}/taken"))
    found = await town.database.read(lambda unit: unit.scalars(query).one())
    assert isinstance(found, int)
    return found


async def becomes(house: House, number: int, state: str, reason: str | None = None, **values: object) -> None:
    moved = update(OutboxRow).where(col(OutboxRow.id) == number).values(state=state, reason=reason, **values)
    await house.database.write(lambda unit: unit.execute(moved))


async def row(house: House, number: int) -> OutboxRow:
    return await house.database.read(lambda unit: unit.get_one(OutboxRow, number))


def listed(page: dict[str, object]) -> list[dict[str, object]]:
    found = page["messages"]
    assert isinstance(found, list)
    return found


async def test_a_failed_message_goes_out_again_after_a_second_code(house: House, number: int) -> None:
    await becomes(house, number, "failed", "chat not found")
    async with clerk(house, "an", "admin") as an:
        house.clock.move(minutes=16)
        first = await an.sends(f"/outbox/{number}/retry", {})
        assert (first.status, (await row(house, number)).state) == (403, "failed")
        assert "Gõ lại mã một lần" in text(first)

        again = await an.sends(f"/outbox/{number}/retry", {"one_time_code": an.code()})

    assert again.headers["Location"] == "/console/outbox?done=outbox_again"
    assert (await row(house, number)).state in ("queued", "sent")


async def test_one_that_may_have_arrived_gets_one_copy_and_stays(house: House, number: int) -> None:
    await becomes(house, number, "unknown", "Timeout")
    async with clerk(house, "an", "admin") as an:
        assert "Người dân có thể nhận hai lần" in text(await an.opens("/outbox"))
        once = await an.sends(f"/outbox/{number}/retry", {})
        twice = await an.sends(f"/outbox/{number}/retry", {})

        assert "đã gửi lại một bản" in text(await an.opens("/outbox"))
    assert (once.status, twice.status) == (303, 409)
    assert (await row(house, number)).state == "unknown"
    query = select(OutboxRow.state).where(OutboxRow.copy_of == number)
    assert len(await house.database.read(lambda unit: unit.scalars(query).all())) == 1


@pytest.mark.parametrize("state", ["sent", "delivered", "cancelled", "queued"])
async def test_what_is_not_stuck_is_not_sent_again(house: House, number: int, state: str) -> None:
    # Put off, so that the service itself leaves it alone.
    await becomes(house, number, state, not_before=house.clock.now().replace(year=2030))
    async with clerk(house, "an", "admin") as an:
        assert (await an.sends(f"/outbox/{number}/retry", {})).status == 409
        assert (await an.sends("/outbox/none/retry", {})).status == 404

    assert (await row(house, number)).state == state


async def test_the_list_is_filtered_counts_and_says_no_word_of_a_message(
    house: House, town: TownOf, number: int
) -> None:
    await becomes(house, number, "unknown", SCRIPT)
    async with clerk(house, "an", "admin") as an:
        page = await an.opens("/outbox?state=unknown")
        as_json = (await an.opens("/api/outbox?state=unknown")).json
        failed = (await an.opens("/api/outbox?state=failed")).json

    assert [one["id"] for one in listed(as_json)] == [number]
    assert listed(failed) == []
    assert as_json["states"] == {"unknown": 1, "failed": 0, "held": 0, "expired": 0}
    assert SCRIPT in text(page)
    assert SCRIPT not in page.body.decode()
    assert "hoa" not in page.body.decode().partition('<main class="sheet"')[2]


async def test_one_that_waits_for_her_has_no_button(house: House, number: int) -> None:
    await becomes(house, number, "held")
    async with clerk(house, "an", "admin") as an:
        page = text(await an.opens("/outbox"))
        assert (await an.sends(f"/outbox/{number}/retry", {})).status == 409

    assert ("Gửi lại" in page, "tự hiện khi người dân nhắn lại" in page) == (False, True)
    assert (await row(house, number)).state == "held"


async def test_whoever_only_watches_can_not_send(house: House, number: int) -> None:
    await becomes(house, number, "failed")
    async with clerk(house, "an", "auditor") as an:
        assert "Gửi lại" not in text(await an.opens("/outbox"))
        assert (await an.sends(f"/outbox/{number}/retry", {})).status == 403

    assert (await row(house, number)).state == "failed"


async def test_a_long_list_goes_on(house: House, town: TownOf, number: int) -> None:
    def fill(n: int) -> OutboxRow:
        now = house.clock.now()
        return OutboxRow(
            key=f"test/{n}", person_id="p", address_id="a", channel="telegram", kind="notice", state="failed",
            not_before=now, cause="test", created_at=now, changed_at=now,
        )  # fmt: skip

    await house.database.write(lambda unit: unit.add_all(fill(n) for n in range(60)))
    async with clerk(house, "an", "admin") as an:
        first = (await an.opens("/api/outbox")).json
        rest = (await an.opens(f"/api/outbox?before={first['before']}")).json

    ids = [one["id"] for one in (*listed(first), *listed(rest))]
    assert (len(listed(first)), len(set(ids)), rest["before"]) == (50, 60, None)


async def test_every_try_is_noted(house: House, town: TownOf, number: int) -> None:
    await becomes(house, number, "failed")
    async with clerk(house, "an", "admin") as an:
        await an.sends(f"/outbox/{number}/retry", {})

    assert len(await actions(town, "outbox.retry")) == 1

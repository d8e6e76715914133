"""News once a day or once a week: one message with all of it, each announcement once, and none that was stopped."""

import asyncio
import re
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from handlers.desk.announcing import MOST_LETTERS, MOST_NEWS, Digests
from handlers.desk.consents import RHYTHMS
from storage.database import Unit
from storage.queries.announcing import broadcasts
from storage.queries.outgoing.outbox import body_of
from storage.tables import Address, Broadcast, OutboxRow, Recipient
from tests.kit.news import Press, press, subscriber
from tests.kit.on_duty import listening
from tests.kit.rounds import goes_round
from tests.kit.town import Citizen, Heard, Town

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
KEY = "digest.whole"
FOOT = re.compile(r"TB-\w{4}-\w{4}(?=[,.:])")  # a code as the footer names it first


@pytest.fixture
async def desk(town: Town) -> Press:
    return await press(town)


def goes_to(town: Town, text: str) -> None:
    town.clock.at = datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(UTC)


async def gathered(town: Town, *citizens: Citizen, times: int = 2, most: int = 50) -> list[list[Heard]]:
    """What each gets in a round of digests."""
    async with listening(*citizens):
        await goes_round(town, Digests, times=times, most=most)
    return [list(one.heard) for one in citizens]


async def fates(town: Town, code: str) -> dict[tuple[str, str], int]:
    """How the recipients of an announcement stand, which add up to those who were frozen."""

    def count(unit: Unit) -> dict[tuple[str, str], int]:
        row = unit.scalars(select(Broadcast).where(Broadcast.code == code)).one()
        found = dict(broadcasts.counts(unit, row.id or 0))
        assert sum(found.values()) == row.people
        return found

    return await town.database.read(count)


async def test_who_wants_it_daily_gets_one_message_with_everything_and_one_footer(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba", "health", "jobs")
    codes = [await desk.announces("Lịch trạm y tế"), await desk.announces("Phiên giới thiệu việc", "Sáng mai.", "jobs")]

    async with listening(ba):
        await town.announces()
    at_once = list(ba.heard)
    town.clock.move(days=1)
    [[digest]] = await gathered(town, ba)

    assert at_once == []
    assert (digest.key, digest.kind) == (KEY, "digest")
    assert digest.text.split("\n")[0] == "Tin ông/bà chọn nhận."
    assert "• Lịch trạm y tế\nXin xem bảng tin.\n\n• Phiên giới thiệu việc\nSáng mai.\n\n— UBND" in digest.text
    assert f"Mã tin: {', '.join(codes)}." in digest.text
    assert digest.text.count("DỪNG") == 1
    for code in codes:
        assert await fates(town, code) == {("webchat", "sent"): 1}


async def test_an_announcement_is_done_while_digests_still_wait(town: Town, desk: Press) -> None:
    await subscriber(town, "Ba")
    code = await desk.announces("Lịch trạm y tế")

    seen = await town.as_official(desk.admin, lambda desk: desk.broadcasts.read(code))

    assert seen is not None
    assert (seen.state, await fates(town, code)) == ("done", {("webchat", "digest"): 1})


async def test_what_has_not_begun_is_not_gathered(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba")
    await desk.approves("Lịch trạm y tế", "Sáng mai.")

    assert await gathered(town, ba) == [[]]


@pytest.mark.parametrize(
    ("begins", "days"),
    [
        ("2026-11-25 09:00", ["2026-11-30"]),  # a Wednesday
        ("2026-11-30 09:00", ["2026-12-07"]),  # a Monday, after that week's digest
        ("2027-01-29 09:00", ["2027-02-01"]),
        ("2027-02-03 09:00", ["2027-02-11"]),  # the Monday is in Tet
    ],
)
async def test_weekly_is_on_monday_or_the_first_day_after_its_holiday(
    town: Town, desk: Press, begins: str, days: list[str]
) -> None:
    goes_to(town, begins)
    ba = await subscriber(town, "Ba", rhythm="weekly")
    await desk.announces("Lịch trạm y tế")
    found = []

    for _ in range(16):
        town.clock.move(days=1)
        [heard] = await gathered(town, ba)
        found += [town.clock.now().astimezone(HERE).date().isoformat() for _ in heard]

    assert found == days


@pytest.mark.parametrize(("begins", "is_due"), [("2026-11-29 23:30", True), ("2026-11-30 00:30", False)])
async def test_a_week_begins_on_monday_at_midnight_in_the_city(
    town: Town, desk: Press, begins: str, *, is_due: bool
) -> None:
    ba = await subscriber(town, "Ba", rhythm="weekly")
    code = await desk.announces("Lịch trạm y tế")
    goes_to(town, begins)
    began_at, row = town.clock.now(), select(Broadcast).where(Broadcast.code == code)
    await town.database.write(lambda unit: setattr(unit.scalars(row).one(), "began_at", began_at))
    goes_to(town, "2026-11-30 07:00")

    [heard] = await gathered(town, ba)

    assert [one.key for one in heard] == ([KEY] if is_due else [])


async def test_a_monday_on_which_the_service_was_down_is_made_up_for(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba", rhythm="weekly")
    await desk.announces("Lịch trạm y tế")
    goes_to(town, "2026-12-02 08:00")

    [heard] = await gathered(town, ba)

    assert [one.key for one in heard] == [KEY]


async def test_what_was_stopped_meanwhile_is_left_out_by_her_and_by_the_office(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba", "health", "jobs", "weather")
    codes = {topic: await desk.announces(f"Tin {topic}", topic=topic) for topic in ("health", "jobs", "weather")}
    await ba.at_desk(lambda desk: desk.subscriptions.stop("jobs"))
    stopped = await town.as_official(desk.admin, lambda desk: desk.broadcasts.stop(codes["weather"]))
    await town.announces()

    town.clock.move(days=1)
    [[digest]] = await gathered(town, ba)

    assert stopped == "done"
    assert [topic for topic in codes if f"Tin {topic}" in digest.text] == ["health"]
    assert await fates(town, codes["jobs"]) == {("webchat", "opted_out"): 1}
    assert await fates(town, codes["weather"]) == {("webchat", "stopped"): 1}


async def test_what_has_gone_out_with_every_digest_can_not_be_stopped_any_more(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba")
    code = await desk.announces("Tin y tế")
    town.clock.move(days=1)
    await gathered(town, ba)

    assert await town.as_official(desk.admin, lambda desk: desk.broadcasts.stop(code)) == "not_now"


async def test_an_announcement_stopped_while_its_digest_waits_for_the_morning_is_taken_out(
    town: Town, desk: Press
) -> None:
    ba = await subscriber(town, "Ba", "health", "jobs")
    good, bad = await desk.announces("Tin y tế"), await desk.announces("Tin việc làm", topic="jobs")
    goes_to(town, "2026-11-26 06:00")
    await goes_round(town, Digests)

    stopped = await town.as_official(desk.admin, lambda desk: desk.broadcasts.stop(bad))
    await town.announces()
    goes_to(town, "2026-11-26 08:00")
    async with listening(ba):
        await goes_round(town, Digests)
    [digest] = ba.heard

    assert stopped == "done"
    assert ("Tin y tế" in digest.text, "Tin việc làm" in digest.text) == (True, False)
    assert await fates(town, bad) == {("webchat", "stopped"): 1}
    assert await fates(town, good) == {("webchat", "sent"): 1}
    assert await cancelled(town) == 1


async def cancelled(town: Town) -> int:
    query = select(OutboxRow).where(OutboxRow.kind == "digest", OutboxRow.state == "cancelled")
    return len(await town.database.read(lambda unit: unit.scalars(query).all()))


async def test_the_longest_is_named_only_where_all_would_be_too_long(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba")
    words = {"Tin một": "a " * 600, "Tin hai": "b " * 745, "Tin ba": "c " * 600, "Tin bốn": "Ngắn thôi."}
    codes = {title: await desk.announces(title, said.strip()) for title, said in words.items()}

    town.clock.move(days=1)
    [[digest]] = await gathered(town, ba)

    assert len(digest.text) <= MOST_LETTERS
    assert f"• Tin hai\nXem thêm: nhắn “tin {codes['Tin hai']}”." in digest.text
    assert "• Tin một\na a" in digest.text
    assert "• Tin ba\nc c" in digest.text
    assert "• Tin bốn\nNgắn thôi." in digest.text


async def test_what_is_too_much_for_one_digest_waits_for_the_next(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba")
    for number in range(MOST_NEWS + 2):
        await desk.announces(f"Tin số {number}", "x " * 400)

    counts = []
    for _ in range(3):
        town.clock.move(days=1)
        [heard] = await gathered(town, ba)
        counts += [(one.text.count("• "), len(one.text) <= MOST_LETTERS) for one in heard]

    assert counts == [(MOST_NEWS, True), (2, True)]


async def test_each_is_spoken_to_in_her_language(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ann", language="en")
    await desk.announces("Lịch trạm y tế")

    town.clock.move(days=1)
    [[digest]] = await gathered(town, ba)

    assert digest.text.startswith("The news you chose.\n\n• Lịch trạm y tế")


async def test_two_chats_of_one_person_get_one_message(town: Town, desk: Press) -> None:
    ba, other = await subscriber(town, "Ba", "health", "jobs"), town.citizen("Ba ở nơi khác")
    await other.says("/menu")
    await desk.announces("Tin y tế")
    kept, gone = (await ba.chat()).person_id, (await other.chat()).address_id
    await town.database.write(lambda unit: _moves(unit, gone, kept))
    town.clock.move(minutes=5)
    await other.says("/menu")
    await desk.announces("Tin việc làm", topic="jobs")

    town.clock.move(days=1)
    found = [heard for heard in await gathered(town, ba, other, most=1) if heard]

    [[digest]] = found
    assert ("Tin y tế" in digest.text, "Tin việc làm" in digest.text) == (True, True)


def _moves(unit: Unit, address_id: str, person_id: str) -> None:
    unit.get_one(Address, address_id).person_id = person_id


async def test_whoever_can_not_be_reached_any_more_is_counted_so(town: Town, desk: Press) -> None:
    ba = await subscriber(town, "Ba")
    code = await desk.announces("Tin y tế")
    await ba.at_desk(lambda desk: desk.people.erase())

    town.clock.move(days=1)
    await gathered(town, ba)

    assert await fates(town, code) == {("webchat", "gone"): 1}


@pytest.mark.parametrize("changes", [("daily", "at_once"), ("at_once", "daily"), ("weekly", "daily", "at_once")])
async def test_each_announcement_comes_once_however_the_rhythm_changes(
    town: Town, desk: Press, changes: tuple[str, ...]
) -> None:
    ba = await subscriber(town, "Ba", rhythm=changes[0])
    async with listening(ba):
        for number, rhythm in enumerate(changes):
            await ba.at_desk(lambda desk, rhythm=rhythm: desk.subscriptions.choose(("health",), rhythm=rhythm))  # type: ignore[misc]  # bound at once
            await desk.announces(f"Tin số {number}")
            town.clock.move(days=1)
            await goes_round(town, Digests, times=2)
        town.clock.move(days=8)
        await goes_round(town, Digests, times=2)

    told = "\n".join(one.text for one in ba.heard)
    assert [told.count(f"Tin số {number}") for number in range(len(changes))] == [1] * len(changes)
    left = select(Recipient.state).where(col(Recipient.state).in_(("digest", "planned")))
    assert await town.database.read(lambda unit: unit.scalars(left).all()) == []


async def test_two_who_gather_at_the_same_moment_send_one(town: Town, desk: Press) -> None:
    people = [await subscriber(town, f"Người {number}") for number in range(6)]
    await desk.announces("Tin y tế")
    town.clock.move(days=1)

    async with listening(*people):
        await asyncio.gather(*(goes_round(town, Digests, most=2) for _ in range(4)))

    assert [[one.key for one in who.heard] for who in people] == [[KEY]] * len(people)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_each_announcement_reaches_each_person_once_at_most(
    town: Town, desk: Press, seed: int
) -> None:
    chance, codes = Random(seed), list[str]()  # noqa: S311  # no secret
    people = [await subscriber(town, name, "health", "jobs", rhythm=chance.choice(RHYTHMS)) for name in ("Ba", "Tư")]

    for _ in range(25):
        who = chance.choice(people)
        match chance.choice(("announce", "announce", "day", "day", "night", "rhythm", "stop", "again", "halt")):
            case "announce":
                codes.append(await desk.announces(f"Tin {len(codes)}", topic=chance.choice(("health", "jobs"))))
            case "day" | "night" as when:
                await _next_day(town, "06:00" if when == "night" else "08:00")
            case "rhythm":
                rhythm = chance.choice(RHYTHMS)
                await who.at_desk(lambda desk, r=rhythm: desk.subscriptions.subscribe(("health", "jobs"), rhythm=r))  # type: ignore[misc]  # bound at once
            case "stop":
                await who.says("DỪNG")
            case "again":
                await who.says("NHẬN")
            case "halt" if codes:
                code = chance.choice(codes)
                await town.as_official(desk.admin, lambda desk, code=code: desk.broadcasts.stop(code))  # type: ignore[misc]  # bound at once
        await town.announces()

    for who in people:
        got = await _got(town, who)
        assert all(got.count(code) <= 1 for code in codes), got
    for code in codes:
        await fates(town, code)  # which add up


async def _next_day(town: Town, at: str) -> None:
    """Gather on the next day at this time; what is gathered at night waits for the morning."""
    town.clock.move(days=1)
    today = f"{town.clock.now().astimezone(HERE):%Y-%m-%d}"
    goes_to(town, f"{today} {at}")
    await goes_round(town, Digests)
    goes_to(town, f"{today} 09:00")


async def _got(town: Town, who: Citizen) -> list[str]:
    """The codes in the messages that reached her."""
    address = (await who.chat()).address_id
    query = select(OutboxRow).where(
        OutboxRow.address_id == address, col(OutboxRow.kind).in_(("digest", "broadcast")),
        col(OutboxRow.state).in_(("sent", "delivered")),
    )  # fmt: skip
    texts = await town.read(lambda unit, vault: [body_of(vault, row)["text"] for row in unit.scalars(query)])
    return [code for text in texts for code in FOOT.findall(str(text).rpartition("—")[2])]

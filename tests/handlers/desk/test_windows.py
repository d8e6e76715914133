"""What a platform takes free, for money, by template or not yet, by the hour and the month; what waits is shown."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft, SeenBroadcast
from handlers.flow.message import Say
from storage.database import Database, Unit
from storage.queries import machine
from storage.queries.announcing import results
from storage.queries.incoming import chats
from storage.queries.outgoing import sending, windows
from storage.queries.outgoing.sending import Leader
from storage.queries.outgoing.windows import Windows
from storage.tables import OutboxRow
from storage.vault import Vault
from tests.kit.town import Citizen, Town

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OA = Windows(
    channel="zalo_oa", free=timedelta(hours=48), paid=timedelta(days=7), paid_most=0, by_template=frozenset(), zone=ZONE
)
DRAFT = BroadcastDraft(
    kind="news",
    title={"vi": "Lịch trạm y tế"},
    words={"vi": "Trạm mở cửa sáng thứ bảy."},
    audience=Audience(),
    topic="health",
)


@dataclass
class Account:
    """The town, and whoever sends for its account."""

    town: Town
    windows: Windows
    leader: Leader

    async def person(self, name: str, wrote: timedelta | None, channel: str = "zalo_oa") -> Citizen:
        """Somebody who wrote so long ago; None: never, as far as the platform says."""
        citizen = self.town.citizen(name, channel=channel)
        await citizen.says("xin chào")
        await self.interacts(citizen)
        await self.sends()
        chat, now = await citizen.chat(), self.town.clock.now()
        await self.town.database.write(lambda unit: chats.close_window(unit, chat.address_id, now))
        if wrote is not None:
            await self.town.database.write(lambda unit: chats.interacts(unit, chat.address_id, now - wrote))
        return citizen

    async def interacts(self, citizen: Citizen) -> None:
        """She does something there now, as the platform says."""
        chat, now = await citizen.chat(), self.town.clock.now()
        await self.town.database.write(lambda unit: chats.interacts(unit, chat.address_id, now))

    async def sends(self) -> Counter[str]:
        """Send all that may leave; how many left in which way."""
        return await self.town.database.write(self._send)

    def _send(self, unit: Unit) -> Counter[str]:
        now, vault, left = self.town.clock.now(), Vault(unit, self.town.office.master), Counter[str]()
        while found := sending.ready(unit, "zalo_oa", now, 100):
            for one in found:
                claimed = sending.claim(unit, vault, self.leader, one.address_id, now, now, self.windows)
                if claimed is not None:
                    left[claimed.way] += 1
                    sending.settle(unit, self.leader, claimed, "sent", now)
                    if claimed.way == "template":
                        sending.hold_words(unit, vault, claimed.leaving.id, now)
        return left

    async def states(self, citizen: Citizen) -> list[tuple[str, str]]:
        """Kind and state of everything that was to go to somebody, the oldest first."""
        chat = await citizen.chat()
        query = select(OutboxRow.kind, OutboxRow.state).where(OutboxRow.address_id == chat.address_id)
        rows = await self.town.database.read(lambda unit: unit.execute(query.order_by(col(OutboxRow.id))).all())
        return [(kind, state) for kind, state in rows]

    async def tells(self, citizen: Citizen, kind: str = "notice") -> None:
        """Tell somebody something unasked."""
        person = (await citizen.chat()).person_id
        await citizen.at_desk(lambda desk: desk.messages.tell(person, Say("photo_added"), kind=kind, place="told"))


async def opened(town: Database, rules: Windows) -> Account:
    made = Town(town, rules)
    now = made.clock.now()
    epoch = made.database.write_now(lambda unit: machine.lease(unit, "sender:zalo_oa", "us", now, timedelta(days=900)))
    assert epoch is not None
    return Account(made, rules, Leader("zalo_oa", "sender:zalo_oa", "us", epoch))


@pytest.fixture
async def account(shaped: Database) -> Account:
    return await opened(shaped, OA)


@pytest.mark.parametrize(
    ("hours", "paid_most", "way"),
    [
        (0, 0, "free"), (47.9, 0, "free"), (48, 0, "held"), (48, 5, "paid"), (167.9, 5, "paid"), (168, 5, "held"),
        (None, 5, "held"),
    ],
)  # fmt: skip
async def test_how_a_message_leaves_is_told_by_when_she_wrote(
    shaped: Database, hours: float | None, paid_most: int, way: str
) -> None:
    account = await opened(shaped, replace(OA, paid_most=paid_most))
    lan = await account.person("Lan", None if hours is None else timedelta(hours=hours))
    await account.tells(lan)

    left = await account.sends()

    assert left == ({} if way == "held" else {way: 1})
    assert (await account.states(lan))[-1] == ("notice", "held" if way == "held" else "sent")


async def test_a_month_begins_at_midnight_in_the_city(shaped: Database) -> None:
    account = await opened(shaped, replace(OA, paid_most=1))
    account.town.clock.at = datetime(2026, 11, 30, 23, 30, tzinfo=ZONE).astimezone(UTC)
    lan, mai, ba = [await account.person(name, timedelta(days=3)) for name in ("Lan", "Mai", "Ba")]
    for person in (lan, mai):
        await account.tells(person, "urgent")

    november = await account.sends()
    account.town.clock.move(hours=1)
    await account.tells(ba, "urgent")
    december = await account.sends()

    assert (november, december) == ({"paid": 1}, {"paid": 1})


async def test_no_more_are_paid_for_than_the_month_allows(shaped: Database) -> None:
    account = await opened(shaped, replace(OA, paid_most=2))
    people = [await account.person(f"người {number}", timedelta(days=3)) for number in range(5)]
    for person in people:
        await account.tells(person)

    november = await account.sends()
    account.town.clock.move(days=7)  # December, in the city
    late = await account.person("Mai", timedelta(days=3))
    await account.tells(late)
    december = await account.sends()

    assert (november, december) == ({"paid": 2}, {"paid": 1})


async def test_what_is_held_is_shown_once_when_she_writes_and_before_the_answer(account: Account) -> None:
    lan = await account.person("Lan", timedelta(days=3))
    await account.tells(lan)
    await account.sends()

    await account.interacts(lan)
    await lan.says("cảm ơn")
    shown = (await account.states(lan))[-2:]
    first = await account.sends()
    await lan.says("cảm ơn")

    assert [state for _, state in shown] == ["queued", "queued"]
    assert shown[0][0] == "notice"
    assert first == {"free": 2}
    assert [state for kind, state in await account.states(lan) if kind == "notice"] == ["sent"]


async def test_words_that_come_three_days_late_open_nothing(account: Account) -> None:
    lan = await account.person("Lan", timedelta(days=3))
    await account.tells(lan)
    await account.sends()

    await lan.says("cảm ơn")  # brought by the platform only now

    assert await account.sends() == {}
    assert [state for _, state in (await account.states(lan))[-2:]] == ["held", "held"]


async def test_a_question_that_was_held_is_asked_only_while_it_is_open(account: Account) -> None:
    lan, mai = await account.person("Lan", timedelta(days=3)), await account.person("Mai", timedelta(days=3))
    for one in (lan, mai):
        await one.says("/dangky")
    await account.sends()
    before = [await account.states(one) for one in (lan, mai)]
    await mai.says("/luonggia")  # another question stands there now
    for one in (lan, mai):
        await account.interacts(one)
        await one.sends("sticker", {})

    assert [states[-1] for states in before] == [("question", "held")] * 2
    assert (await account.states(lan))[len(before[0]) - 1] == ("question", "queued")
    assert (await account.states(mai))[len(before[1]) - 1] == ("question", "cancelled")


async def test_a_template_knocks_and_the_words_wait(shaped: Database) -> None:
    account = await opened(shaped, replace(OA, by_template=frozenset({"notice"})))
    lan = await account.person("Lan", timedelta(days=30))
    await account.tells(lan)

    left = await account.sends()

    assert left == {"template": 1}
    assert (await account.states(lan))[-2:] == [("notice", "sent"), ("notice", "held")]


async def test_who_can_be_reached_elsewhere_is_told_there(account: Account) -> None:
    lan = await account.person("Lan", timedelta(days=3))
    web = account.town.citizen("Lan ở máy")
    await web.says("xin chào")
    joined = (await lan.chat()).person_id
    address = (await web.chat()).address_id

    def join(unit: Unit) -> None:
        chats.hand_over(unit, Vault(unit, account.town.office.master), address, joined)

    await account.town.database.write(join)
    await account.tells(lan)

    await web.listens(0)
    assert web.heard[-1].kind == "notice"
    assert await account.sends() == {}


async def test_while_somebody_answers_in_the_platforms_own_tool_we_keep_silent(account: Account) -> None:
    lan = await account.person("Lan", timedelta(0))
    chat, until = await lan.chat(), account.town.clock.now() + timedelta(minutes=30)
    await account.town.database.write(lambda unit: chats.set_by_hand(unit, chat.address_id, until))

    await lan.says("tôi muốn hỏi")
    silent = list(lan.heard)
    await lan.says("/menu")
    after_menu = list(lan.heard)
    await account.town.database.write(lambda unit: chats.set_by_hand(unit, chat.address_id, until))
    account.town.clock.move(minutes=31)
    await lan.says("tôi muốn hỏi")

    assert silent == []
    assert after_menu
    assert lan.heard


async def test_the_preview_of_an_announcement_says_what_becomes_of_it(shaped: Database) -> None:
    account = await opened(shaped, replace(OA, paid_most=2))
    town = account.town
    hours = [0, 10, 40, 60, 70, 80, 200, None]
    for number, one in enumerate(hours):
        person = await account.person(f"người {number}", None if one is None else timedelta(hours=one))
        await person.at_desk(lambda desk: desk.subscriptions.subscribe(("health",)))
    editor, admin = await town.official("mai", "editor"), await town.official("lan", "admin")

    def submit(desk: Desk) -> str:
        code = desk.broadcasts.write(DRAFT) or ""
        seen = desk.broadcasts.read(code)
        assert seen is not None
        assert desk.broadcasts.submit(code, seen.stamp) == "done"
        return code

    code = await town.as_official(editor, submit)
    told = await town.as_official(admin, _preview)
    frozen = await town.as_official(admin, lambda desk: desk.broadcasts.ways(_seen(desk, code)))
    done = await town.as_official(admin, lambda desk: desk.broadcasts.approve(code, _seen(desk, code).stamp))
    await town.announces()
    await account.sends()
    went = await town.database.read(lambda unit: results.ways(unit, 1, "zalo_oa"))

    assert done == "done"
    assert told == frozen == {"free": 3, "paid": 2, "held": 3}
    assert went == told
    assert await town.database.read(lambda unit: windows.spent(unit, account.windows, town.clock.now())) == 2


def _seen(desk: Desk, code: str) -> SeenBroadcast:
    seen = desk.broadcasts.read(code)
    assert seen is not None
    return seen


def _preview(desk: Desk) -> Mapping[str, int]:
    return desk.audiences.counts("news", "health", Audience(), desk.now).ways

"""Some weeks at the account, by the hand's clock: who writes when, what the office says to whom, and what it costs.

Why nothing but the account's own record is asked in the end: a window is what Zalo says it is, and not what we count.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.user import ZaloUser
from storage.database import Unit
from storage.queries.incoming import chats
from storage.queries.outgoing import outbox
from storage.tables import InboxRow, OutboxRow
from storage.vault import Vault
from tests.kit.clock import HandClock
from tests.kit.house import House
from tests.kit.waiting import until
from tests.kit.zalo_oa_house import house_of

PATIENT_S = 120.0
CITY = ZoneInfo("Asia/Ho_Chi_Minh")
STEPS = 2  # a day


@dataclass(slots=True)
class Weeks:
    """One run. said: every word of the office, and to whom; each is another."""

    zalo: FakeZaloOa
    chance: Random
    people: list[ZaloUser] = field(default_factory=list)
    said: dict[str, ZaloUser] = field(default_factory=dict)
    _new: dict[str, ZaloUser] = field(default_factory=dict)

    async def pass_by(self, house: House, days: int) -> None:
        """Let some days pass: a few people write in each half of a day, and to some the office says something."""
        wrote = [user for user in self.people if user.sees]
        for _ in range(days * STEPS):
            house.clock.move(hours=24 / STEPS, minutes=self.chance.randint(-90, 90))
            writing = self.chance.sample(self.people, max(1, len(self.people) // 15))
            for user in writing:
                user.says("cam on")
            wrote += writing
            await self._quiets(house)
            known = list(dict.fromkeys(wrote))
            self._tell(house, self.chance.sample(known, min(len(known), max(1, len(self.people) // 8))))
            await house.database.write(lambda unit: self._put(unit, house))
            house.service.platforms[0].sender.wake()
            await self._quiets(house)

    async def all_come_back(self, house: House) -> None:
        """Everybody writes once more."""
        house.clock.move(hours=1)
        for user in self.people:
            user.says("/menu")
        await self._quiets(house)

    def _tell(self, house: House, users: list[ZaloUser]) -> None:
        self._new = {f"Tin số {len(self.said) + number}.": user for number, user in enumerate(users)}
        self.said |= self._new

    def _put(self, unit: Unit, house: House) -> None:
        vault = Vault(unit, house.service.opened.office.master)
        for words, user in self._new.items():
            chat = chats.find(unit, "zalo_oa", vault.look_up("zalo_oa chat", user.id))
            assert chat is not None
            body: dict[str, object] = {"text": words, "key": "plain"}
            lane, now = self.chance.choice(("reply", "bulk")), house.clock.now()
            outbox.put(unit, vault, chat, f"test/{words}", "notice", body, "test", now, lane=lane)

    async def _quiets(self, house: House) -> None:
        """Wait until nothing is on its way, in neither direction."""
        await self.zalo.settles(PATIENT_S)
        await until(
            "nothing is under way", lambda: house.database.read(_open), lambda count: count == 0, within_s=PATIENT_S
        )
        await self.zalo.settles(PATIENT_S)


def _open(unit: Unit) -> int:
    new = select(func.count()).select_from(InboxRow).where(col(InboxRow.state) == "new")
    under_way = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.state).in_(("queued", "sending")))
    return (unit.scalar(new) or 0) + (unit.scalar(under_way) or 0)


async def weeks(folder: Path, database_url: str, *, people: int, days: int, cap: int, restarts: int, seed: int) -> None:
    """Let so many people and days pass, the service started anew in between; print how it went."""
    async with fake_zalo_oa(clock=HandClock()) as zalo:
        zalo.world.account.echoes = zalo.world.account.receipts = False  # they make no difference here
        run = Weeks(zalo, Random(seed))  # noqa: S311  # it only has to be the same again for the same seed
        run.people = [zalo.user(f"người {number}") for number in range(people)]
        for part in range(restarts + 1):
            async with house_of(
                zalo, folder, database_url=database_url, seeded=part == 0, ZALO_PAID_CS=str(cap) if cap else ""
            ) as house:
                await run.pass_by(house, days // (restarts + 1))
                if part == restarts:
                    await run.all_come_back(house)
    judge(run, cap)


def judge(run: Weeks, cap: int) -> None:
    """Assert that no call was made outside its window, no cap exceeded, and every word heard once."""
    calls = [call for call in run.zalo.calls if call.path == faults.CS]
    refused = Counter(call.outcome for call in calls if not call.accepted)
    paid = Counter(call.at.astimezone(CITY).strftime("%Y-%m") for call in run.zalo.world.paid())
    texts = {user.id: Counter(shown.text for shown in user.heard) for user in run.people}
    heard = Counter(texts[user.id][words] for words, user in run.said.items())
    print(f"\n{len(run.people)} people, {len(calls)} calls, {len(run.said)} words, paid {dict(paid)}, cap {cap}")
    assert run.zalo.world.complaints == []
    assert not refused, refused
    assert all(count <= cap for count in paid.values()), paid
    assert bool(paid) == bool(cap)
    assert set(heard) == {1}, heard

"""Residents register at the Official Account, our own, while something goes wrong; in the end all is accounted for."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, func, select

from bot.channels.fit import fit
from bot.channels.zalo_oa.channel import LIMITS
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from handlers.desk import Desk
from storage.queries.outgoing.outbox import body_of
from storage.tables import Address, DeadLetter, InboxRow, OutboxRow
from tests.kit.process import Process
from tests.kit.waiting import until
from tests.kit.zalo_oa_handset import ZaloHandset, ZaloResident
from tests.kit.zalo_oa_house import HOOK
from tests.trial import crash as killing
from tests.trial import leaving
from tests.trial.crowd import Crowd
from tests.trial.ledger import is_quiet

IN_FLIGHT = 30  # the most that one sender has on its way at once
PACE = 0.05  # what a second lasts between tries of the webhook
OVER = {"sent", "delivered"}
ENDED = OVER | {"unknown", "cancelled"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox. pieces: into how many it is split; part: how many of them are surely out."""

    id: int
    user: str
    state: str
    part: int
    pieces: int
    copy_of: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What came of it. events: what people did; shown: pieces on their screens; extra: those in excess."""

    events: int
    shown: int
    delivered: int
    unknown: int
    extra: int


@dataclass(slots=True)
class Town:
    """A serving process, our own Zalo, and people with handsets."""

    process: Process
    zalo: FakeZaloOa
    people: Crowd

    async def settle(self, within_s: float) -> Balance:
        """Wait until nothing is under way, end the service and lay all side by side."""
        await self.zalo.settles(within_s)
        await until(
            "nothing is under way", lambda: asyncio.to_thread(self.process.at_desk, is_quiet), within_s=within_s
        )
        await self.zalo.settles(within_s)
        await asyncio.sleep(1)  # receipts are noted beside the webhook
        await self.people.judge(self.process)
        return await asyncio.to_thread(balance, self.process, self.zalo)


@asynccontextmanager
async def town(database_url: str, folder: Path, *, residents: int, seed: int) -> AsyncIterator[Town]:
    """A service that serves until left."""
    async with fake_zalo_oa(pace=PACE) as zalo:
        process = await prepared(database_url, folder, zalo)
        taken = asyncio.Semaphore(0)
        handsets = [ZaloHandset(zalo.user(f"người {number}"), taken) for number in range(residents)]
        people = [ZaloResident(handset, seed * 10_000 + number) for number, handset in enumerate(handsets)]
        try:
            await process.start()
            assert await zalo.save_webhook(process.url + HOOK)
            yield Town(process, zalo, Crowd([*people], taken))
        finally:
            await process.close()


async def prepared(database_url: str, folder: Path, zalo: FakeZaloOa, **settings: str) -> Process:
    """A service that is to serve our own Zalo, with the tokens of an operator."""
    process = Process.on(database_url, folder, **zalo.settings, **settings)
    process.settings["PUBLIC_URL"] = process.url
    await process.prepare()
    pair = json.dumps({"access_token": zalo.seed.access, "refresh_token": zalo.seed.refresh})
    assert (await process.run("zalo", "seed-tokens", said=pair)).code == 0
    return process


async def crash(
    database_url: str, folder: Path, *, residents: int, kills: int, hangs: int, seed: int, within_s: float
) -> None:
    """Kill -9 so many times while some messages are shown and never confirmed; print how it went."""
    async with town(database_url, folder, residents=residents, seed=seed) as here:
        for _ in range(hangs):
            here.zalo.faults.add(faults.HANG)
        took = await here.people.walk(
            killing.kill(here.process, here.people, kills, seed, late_s=0.5), within_s=within_s
        )
        found = await here.settle(within_s)
    assert found.extra <= kills * min(IN_FLIGHT, residents) + hangs, found
    print(f"\n{residents} residents, {kills} kills, {hangs} hangs, {took:.1f} s, {found}")


async def leave(database_url: str, folder: Path, *, residents: int, times: int, within_s: float) -> None:
    """Ask it to end so many times; each ends in time, and of every message it is known what became of it."""
    took: list[float] = []
    async with town(database_url, folder, residents=residents, seed=7) as here:
        await here.people.walk(leaving.ask_to_end(here.process, here.people, times, took), within_s=within_s)
        found = await here.settle(within_s)
    assert (found.unknown, found.extra) == (0, 0), found
    print(f"\n{residents} residents, ended {times} times, slowest {max(took):.1f} s, {found}")


def balance(process: Process, zalo: FakeZaloOa) -> Balance:
    """Assert that every event was kept once, and that every message was seen as often as its row says."""
    events = heard(process, zalo)
    presented = zalo.world.tokens.times_presented()
    assert max(presented.values()) == 1, presented
    rows = process.at_desk(lambda desk: _outbox(desk, zalo))
    states = {row.id: row.state for row in rows}
    assert set(states.values()) <= ENDED, set(states.values()) - ENDED
    extra = 0
    for user in zalo.world.people:
        here = [row for row in rows if row.user == user]
        least, most = _bounds(here)
        seen = len(zalo.accepted(user))
        assert least <= seen <= most, (user, least, seen, most, here)
        extra += seen - least
    counts = [list(states.values()).count(state) for state in ("delivered", "unknown")]
    return Balance(events, len(zalo.accepted()), counts[0], counts[1], extra)


def heard(process: Process, zalo: FakeZaloOa) -> int:
    """Assert that every event was kept once, and that Zalo has nothing to complain of; how many people caused."""
    events = sum(str(event.body["event_name"]).startswith("user_send_") for event in zalo.world.events)
    inbox = process.at_desk(_inbox)
    assert inbox == {"done": events}, (inbox, events)
    assert (zalo.world.complaints, zalo.pusher.lost) == ([], [])
    return events


def _bounds(rows: list[Row]) -> tuple[int, int]:
    """How many pieces she must have seen, and may have seen: of an unknown message one more than are surely out."""
    copies = {row.copy_of: row for row in rows if row.copy_of is not None}
    least = most = 0
    for row in rows:
        if row.copy_of is not None:
            continue
        copy = copies.get(row.id)
        whole = row.state in OVER or (copy is not None and copy.state in OVER)
        out = row.pieces if whole else max(row.part, copy.part if copy else 0)
        least += out
        most += out + (row.state == "unknown") + (copy is not None and copy.state == "unknown")
        if row.state in OVER and copy is not None and copy.state in OVER:
            most += row.pieces
    return least, most


def _inbox(desk: Desk) -> dict[str, int]:
    letters = desk.unit.execute(select(col(DeadLetter.reason))).all()
    assert not letters, letters
    query = select(col(InboxRow.state), func.count()).group_by(col(InboxRow.state))
    return {str(state): int(count) for state, count in desk.unit.execute(query)}


def _outbox(desk: Desk, zalo: FakeZaloOa) -> list[Row]:
    names = {desk.vault.look_up("zalo_oa chat", user): user for user in zalo.world.people}
    chats = {address.id: names[address.external] for address in desk.unit.scalars(select(Address))}
    found = desk.unit.scalars(select(OutboxRow).order_by(col(OutboxRow.id)))
    return [
        Row(
            row.id or 0, chats[row.address_id], row.state, row.part, len(fit(body_of(desk.vault, row), LIMITS)),
            row.copy_of,
        )
        for row in found
    ]  # fmt: skip

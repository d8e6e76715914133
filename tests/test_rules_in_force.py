"""A figure that two officials entered, over the real process: told to residents, after kill -9 too, until it goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from aiohttp import ClientSession, CookieJar

from bot.clock import SystemClock
from tests.kit.console import HASH, Clerk
from tests.kit.house import House
from tests.kit.process import Process, serving
from tests.kit.rules import ACT, PARENT, SOCIAL_BASE
from tests.kit.visitor import Visitor


@dataclass
class Watch:
    """This machine's clock, which nobody can move on; one code is enough for each official here."""

    def move(self, **_: int) -> None:
        """Nothing passes but real time."""

    def now(self) -> datetime:
        return SystemClock().now()


@dataclass
class Place:
    """Where a process is reached, as a clerk has it."""

    origin: str
    clock: Watch = field(default_factory=Watch)


@asynccontextmanager
async def admin(process: Process, name: str) -> AsyncIterator[Clerk]:
    """An admin whose account was handed out at the machine, and who signed in."""

    email = f"{name}@example.test"
    made = process.at_desk(lambda desk: desk.accounts.invite(email, name, "", ("admin",), ()))
    assert made is not None
    secret = process.at_desk(lambda desk: desk.signing_in.hand_out(made[0], HASH))
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        clerk = Clerk(cast(House, Place(process.url)), session, made[0], email, secret)
        assert (await clerk.signs_in()).status == 303
        yield clerk


async def presses(who: Clerk, what: str) -> None:
    """Press a button of the page's first entry."""
    page = (await who.opens("/rules")).body.decode()
    entry = page.partition('id="entry-')[2].partition('"')[0]
    assert (await who.sends(f"/rules/entries/{entry}/{what}", {})).status == 303


async def told(process: Process) -> str:
    """What a single parent is told who never wrote before: what there is for each child."""
    async with Visitor(process.url) as lan:
        await lan.arrive()
        for words in PARENT[:-1]:
            await lan.hear(await lan.send(text=words), ())
        line = await lan.hear(await lan.send(text=PARENT[-1]), ("mỗi con mỗi tháng",))
    return line.text


async def test_a_figure_holds_from_its_confirmation_over_kill_9_until_it_is_taken_back(
    database_url: str, tmp_path: Path
) -> None:
    async with serving(database_url, tmp_path) as process, admin(process, "an") as an, admin(process, "bo") as bo:
        today = SystemClock().now().date()
        shipped = await told(process)
        path = f"/rules/rows/{SOCIAL_BASE}/2026-07-01"
        await an.opens(path)
        entered = await an.sends(
            f"{path}/enter",
            {"figure": "560000", "counts_from": today.isoformat(), "act": ACT, "act_evidence": "text"},
        )
        assert entered.status == 303
        proposed = await told(process)
        await presses(bo, "confirm")
        confirmed = await told(process)
        await process.kill()
        await process.start()
        restarted = await told(process)
        verified = await process.succeed("verify")
        shown = await process.succeed("rules", "show")
        await presses(an, "withdraw")
        await presses(bo, "confirm")
        withdrawn = await told(process)

    assert ["540.000" in said for said in (shipped, proposed, withdrawn)] == [True, True, True]
    assert ["560.000" in said for said in (confirmed, restarted)] == [True, True]
    assert "540.000" not in confirmed + restarted
    assert f"{SOCIAL_BASE} from {today}: 560000 ({ACT}); shipped: 540000" in verified
    assert f"{SOCIAL_BASE}: 560000" in shown

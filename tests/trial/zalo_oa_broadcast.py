"""An announcement to thousands at our own Official Account while the service is killed and people write."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from fakes.zalo_oa.faults import CS
from fakes.zalo_oa.server import fake_zalo_oa
from fakes.zalo_oa.user import ZaloUser
from tests.kit.postgres import PostgresServer
from tests.kit.waiting import until
from tests.kit.zalo_oa_house import HOOK
from tests.trial.followers import Followers, Outcome, listed
from tests.trial.hall import Fire, Hall, Resident, replies, says
from tests.trial.listeners import announce
from tests.trial.zalo_oa import heard, prepared

WRITE_AFTERWARDS = 20
PACE = 0.02  # what a second lasts between tries of the webhook


@asynccontextmanager
async def hall(
    database_url: str, folder: Path, *, people: int, rate: int, chance: Random
) -> AsyncIterator[tuple[Hall, Followers]]:
    """A service that serves until left, with so many who subscribed."""
    async with fake_zalo_oa(pace=PACE) as zalo:
        process = await prepared(database_url, folder, zalo, ZALO_OA_RATE=str(rate))
        try:
            everybody = await asyncio.to_thread(Followers.of, process, zalo, people, chance)
            await process.start()
            assert await zalo.save_webhook(process.url + HOOK)
            yield Hall(process, everybody), everybody
        finally:
            await process.close()


async def under_fire(
    database_url: str, folder: Path, server: PostgresServer | None, *,
    people: int, rate: int, kills: int, residents: int, leavers: int, seed: int, within_s: float,
) -> None:  # fmt: skip
    """Announce while all goes wrong, and count. server: PostgreSQL's, to be killed in the middle."""
    chance = Random(seed)  # noqa: S311  # the same again
    async with hall(database_url, folder, people=people, rate=rate, chance=chance) as (here, everybody):
        zalo, known = everybody.zalo, everybody.people
        sends = people - sum(len(known[kind]) for kind in ("late", "away"))
        writers = [Resident(zalo.user(f"người {n}"), everybody.clock, Random(seed + n)) for n in range(residents)]  # noqa: S311  # as above
        stopping = [*chance.sample(known["calm"], leavers), *chance.sample(known["late"], leavers // 2)]
        gone = [(user, chance.randrange(sends * 9 // 10)) for user in stopping]
        fire = Fire(writers, gone, server, kills, sends, chance, within_s)
        preview = await asyncio.to_thread(everybody.preview)
        here.code = await asyncio.to_thread(everybody.process.at_desk, announce)
        took = await fire.burn(here, *_besides(here, everybody, fire))
        await _settles(here, everybody, within_s)
        first = await asyncio.to_thread(everybody.reckon, here.code, fire.left, ())
        early = {user.id for user in known["late"]} - fire.left.keys() & {one.chat for one in here.calls()}
        assert not early, early
        back = await _come_back(here, everybody, first, fire)
        await _settles(here, everybody, within_s)
        assert await here.process.stop() == 0
        last = await asyncio.to_thread(everybody.reckon, here.code, fire.left, back)
        await asyncio.to_thread(heard, here.process, zalo)
        await here.process.succeed("verify")
    frozen = people - len(known["away"])
    assert (preview.by_channel, preview.unreachable) == ({"zalo_oa": frozen}, len(known["away"]))
    assert preview.ways == {"free": sends, "paid": 0, "held": len(known["late"])}
    refused = Counter(call.outcome.split()[0] for call in zalo.calls if call.path == CS and call.outcome[0] == "-")
    assert not refused.keys() & {"-230", "-232"}, refused
    presented = zalo.world.tokens.times_presented()
    assert max(presented.values()) <= 2, presented
    print(f"\n{people} people at {rate}/s, {kills} kills, {took:.1f} s: {first}")
    print(f"preview: {listed(preview.ways)}, {preview.unreachable} out of reach; refused: {listed(refused)}")
    print(f"{len(back)} of the held wrote afterwards and were shown it once: {last}")
    print(here.pace(rate))
    print(f"times that each refresh token was presented: {sorted(presented.values())}")
    print(f"{residents} residents: {replies(here, writers, everybody.paused())}; {fire.judge(here)}")


def _besides(here: Hall, everybody: Followers, fire: Fire) -> Iterator[Coroutine[object, object, object]]:
    """What happens too: the access token dies, some leave the account, some write DỪNG while Zalo thinks about hers."""
    zalo = everybody.zalo

    async def token_dies() -> None:
        await here.until_sent(fire.sends // 3)
        zalo.world.tokens.kill_access()

    async def leaves(user: ZaloUser, moment: int) -> None:
        await here.until_sent(moment)
        user.unfollows()

    async def stops(user: ZaloUser) -> None:
        fates = everybody.fates.once
        await until(
            f"{user.id} meets her fate", lambda: user.id not in fates or fire.over.is_set(), within_s=fire.within_s
        )
        if user.id not in fates:  # else it was killed before it came to hers
            await fire.leave(here, user)

    yield token_dies()
    for user in everybody.people["leaving"]:
        yield leaves(user, fire.chance.randrange(fire.sends * 9 // 10))
    for user in everybody.people["put_off"][1::2]:
        yield stops(user)


async def _come_back(here: Hall, everybody: Followers, found: Outcome, fire: Fire) -> set[str]:
    """Let some for whom it is held write; each is shown it, once. Who said DỪNG writes too, and is not."""
    held = {user: found.fates[user.id] == "held" for kind in ("late", "lost") for user in everybody.people[kind]}
    back = [user for user, is_held in held.items() if is_held and user.id not in fire.left]
    back = [*back[:WRITE_AFTERWARDS], *back[-2:]]
    stopped = [user for user in held if user.id in fire.left]
    async with asyncio.TaskGroup() as group:
        for user in (*back, *stopped):
            group.create_task(says(user, "xin chào", fire.within_s))
    for user in back:
        await user.hears(here.code, within_s=fire.within_s)
    return {user.id for user in back}


async def _settles(here: Hall, everybody: Followers, within_s: float) -> None:
    """Wait until nothing is under way, in neither direction."""
    await everybody.zalo.settles(within_s)
    await here.ends(within_s)
    await everybody.zalo.settles(within_s)
    await asyncio.sleep(5)  # receipts and echoes are noted beside the webhook

"""What each scheduled job does, once it is due. When that is stands in `bot.jobs.table`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.channels.contract import Fetches, Refused, SendError
from bot.clock import BELIEVABLE, Clock
from bot.jobs import anchors
from bot.pictures.photos import MAX_BYTES, Cleaner, PhotoRefused
from bot.receiving.desk_factory import DeskFactory
from handlers.desk import Actor, Desk
from handlers.desk.messages import MOST_WAITING_BYTES, waiting_bytes
from handlers.rules.book import by_one_book
from storage import bridge
from storage.database import Database, Unit
from storage.queries import machine, moments
from storage.queries.chains import chain
from storage.vault import TO_SCRUB
from storage.verify import broken

DEEP_IN_THE_NIGHT = range(2, 4)  # hours
FETCHES = 5  # of a photo, over half an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the jobs work with.

    fetchers: who gets a photo from its platform, by channel. broke: told of each broken invariant that is found.
    anchors: the file that the ends of the chains are written to; None: nowhere. rates: messages a second by channel.
    """

    database: Database
    office: DeskFactory
    clock: Clock
    cleaner: Cleaner
    fetchers: Mapping[str, Fetches]
    replied: Callable[[], None]
    broke: Callable[[str], None]
    anchors: Path | None = None
    rates: Mapping[str, float] = field(default_factory=dict)


async def seal(work: Work) -> bool:
    """Give new rows of the audit and of the ledger their place in their chains."""
    return await work.database.write(chain.seal) > 0


async def clean_photos(work: Work) -> bool:
    """Re-encode the next photo, apart from this process; True if there was one."""

    def desk(unit: Unit, cause: str) -> Desk:
        return work.office.desk(unit, Actor("clock"), cause, work.clock)

    found = await work.database.read(lambda unit: desk(unit, "clean_photos").files.next_raw())
    if found is None:
        return False
    file_id, raw = found
    try:
        jpeg = await work.cleaner.clean(raw)
    except PhotoRefused as refused:
        reason = refused.reason
        await work.database.write(lambda unit: desk(unit, f"photo:{file_id}").files.refuse(file_id, reason))
        work.replied()
    else:
        await work.database.write(lambda unit: desk(unit, f"photo:{file_id}").files.cleaned(file_id, jpeg))
    return True


async def fetch_photos(work: Work) -> bool:
    """Fetch the next photo from its platform; True if there was one, and room for it. What fails is tried again, and
    after a while given up, and the person is told.
    """
    if await work.database.read(waiting_bytes) > MOST_WAITING_BYTES:
        return False

    def desk(unit: Unit, cause: str) -> Desk:
        return work.office.desk(unit, Actor("clock"), cause, work.clock)

    found = await work.database.read(lambda unit: desk(unit, "fetch_photos").files.next_remote())
    if found is None:
        return False
    try:
        raw = await work.fetchers[found.channel].fetch(found.name, MAX_BYTES)
    except (KeyError, SendError) as error:
        reason = "too_big" if isinstance(error, Refused) and error.reason == "too_big" else ""
        if not reason and found.attempt < FETCHES:
            until = work.clock.now() + timedelta(seconds=5 * 4**found.attempt)
            await work.database.write(lambda unit: desk(unit, "fetch_photos").files.put_off(found.id, until))
            return True
        told = reason or "not_fetched"
        await work.database.write(lambda unit: desk(unit, f"photo:{found.id}").files.refuse(found.id, told))
        work.replied()
    else:
        await work.database.write(lambda unit: desk(unit, "fetch_photos").files.fetched(found.id, raw))
    return True


async def ring(work: Work) -> bool:
    """Ring once more for an urgent request that nobody has taken; True if one was due."""
    return await _said_something(work, "ring", lambda desk: desk.urgent.ring())


async def end_idle_talks(work: Work) -> bool:
    """End some talks in which nobody has said anything for a day; True if there were any."""
    return await _said_something(work, "end_idle_talks", lambda desk: desk.talks.end_idle())


async def clear_up_accounts(work: Work) -> bool:
    """Take ended accounts out of the chats, and tell whoever was to pay there; True if there was anything."""
    return await _said_something(work, "clear_up_accounts", lambda desk: desk.ended_accounts.clear_up())


async def tell_of_endings(work: Work) -> bool:
    """Tell officials which accounts and campaigns end soon; True if any do."""
    return await _said_something(work, "tell_of_endings", lambda desk: desk.endings.tell())


async def write_posts(work: Work) -> bool:
    """Draft the announcements of campaigns and good models that are due; True if there were any."""
    return await _said_something(work, "write_posts", lambda desk: desk.drafts.write())


async def look_at_law_changes(work: Work) -> bool:
    """Look at some families for a change of the law that was confirmed; True if there may be more."""

    def look(unit: Unit) -> bool:
        return work.office.desk(unit, Actor("clock"), "law_changes", work.clock).law_changes.look()

    return await work.database.write(by_one_book(look))


async def announce(work: Work) -> bool:
    """Take announcements a step further: call off, begin, hand out a slice, end; True if there may be more to do."""

    def desk(unit: Unit) -> Desk:
        return work.office.desk(unit, Actor("clock"), "announce", work.clock)

    def step(unit: Unit) -> int:
        here = desk(unit).broadcast_run
        return here.begin() or here.release(work.rates) or here.end()

    if await work.database.mark(lambda unit: desk(unit).broadcast_run.call_off()):
        return True
    if not await work.database.write(step):
        return False
    work.replied()
    return True


async def look_for_silence(work: Work) -> bool:
    """Have looked into what was handed over a week ago and nobody has confirmed; True if there is any."""
    return await _said_everything(work, "look_for_silence", lambda desk: desk.grievances.look_for_silence())


async def remind_of_pledges(work: Work) -> bool:
    """Remind of promises whose day is near; True if there were any."""
    return await _said_everything(work, "remind_of_pledges", lambda desk: desk.pledge_reminders.run())


async def _said_something(work: Work, cause: str, do: Callable[[Desk], int]) -> bool:
    """Do something at the desk in the clock's name; if there was any, people were told."""
    # Each run is a cause of its own: what is told again on another day is another message.
    run = f"{cause}/{work.clock.now().isoformat()}"
    if not await work.database.write(lambda unit: do(work.office.desk(unit, Actor("clock"), run, work.clock))):
        return False
    work.replied()
    return True


async def _said_everything(work: Work, cause: str, do: Callable[[Desk], int]) -> bool:
    """The same until nothing is left, some at a time, so that no turn waits long."""
    said = False
    while await _said_something(work, cause, do):
        said = True
    return said


class Rounds(Protocol):
    """Looks at some of those it may concern; run returns where to go on, empty at the end. after: where it was."""

    def run(self, after: str) -> str: ...


def in_rounds(cause: str, noun: Callable[[Desk], Rounds]) -> Callable[[Work], Awaitable[bool]]:
    """Make the job that looks at everybody it may concern, some in each transaction; it is True if anybody was told."""

    async def run(work: Work) -> bool:
        name, after, said = f"{cause}/{work.clock.now().isoformat()}", "", False

        def some(unit: Unit) -> tuple[str, bool]:
            desk = work.office.desk(unit, Actor("clock"), name, work.clock)
            return noun(desk).run(after), bool(desk.told)

        while True:
            after, told = await work.database.write(some)
            if told:
                said = True
                work.replied()
            if not after:
                return said

    return run


async def write_anchors(work: Work) -> bool:
    """Write down outside of the database where its chains end today; sample data has no history to keep."""
    file, office = work.anchors, work.office
    if file is None or office.demo:
        return False
    now = work.clock.now()
    day = now.astimezone(office.zone).date()

    def look(unit: Unit) -> tuple[list[chain.Anchor], str | None]:
        bridge.fit(unit, office.master)  # another process may have signed the file with a newer key
        return chain.ends(unit, day), machine.fact(unit, anchors.end_fact(unit, file))

    def keep(unit: Unit) -> None:
        if before is None:
            office.desk(unit, Actor("clock"), "anchors", work.clock).note("anchors.begun", "all")
        machine.set_fact(unit, anchors.end_fact(unit, file), end)

    found, before = await work.database.read(look)
    if not found:
        return False
    end = await asyncio.to_thread(anchors.append, file, office.master, found, before)
    await work.database.write(keep)
    return True


async def forget(work: Work) -> bool:
    """Forget what has been kept long enough, and destroy the keys of days that are over.

    Not on the first night after a jump of the clock: one wrong clock must not erase everything. An outage as long puts
    it off by one night.
    """

    def run(unit: Unit) -> int | None:
        desk = work.office.desk(unit, Actor("clock"), "retention", work.clock)
        last = machine.last_note(unit)
        if last is not None and desk.now - last > BELIEVABLE:
            desk.note("retention.put_off", "all", "the clock is far ahead of all that was noted")
            return None
        return desk.retention.run()

    touched = await work.database.write(run)
    if touched is None:
        work.broke("the clock jumped ahead: nothing was forgotten tonight")
    return bool(touched)


async def scrub(work: Work) -> bool:
    """Have what was erased gone from the database's files too, again at each turn until nobody is in the way."""
    asked = await work.database.read(lambda unit: machine.fact(unit, TO_SCRUB))
    deep_in_the_night = work.clock.now().astimezone(work.office.zone).hour in DEEP_IN_THE_NIGHT
    if asked is None or not await work.database.scrub(however_long=deep_in_the_night):
        return False
    # Who was erased meanwhile asked anew, and that stands.
    return await work.database.write(lambda unit: machine.drop_fact(unit, TO_SCRUB, asked))


async def mend_moments(work: Work) -> bool:
    """End what ran out, and let nothing wait for a moment that only a wrong clock could have meant."""

    def mend(unit: Unit) -> int:
        desk = work.office.desk(unit, Actor("clock"), "mend_moments", work.clock)
        return desk.expiry.end() + moments.bring_near(unit, desk.now)

    if await work.database.mark(mend):
        work.replied()
    return False


async def look_for_damage(work: Work) -> bool:
    """Check the invariants of the data; what is broken raises an alarm."""
    file, master = work.anchors, work.office.master

    def look(unit: Unit) -> str | None:
        found = next(broken(unit, work.clock.now()), None)
        if found is not None or file is None:
            return found
        return next(anchors.broken(unit, file, master, unsigned=True), None)

    found = await work.database.read(look)
    if found is not None:
        work.broke(found)
    return found is not None

"""Thousands who follow our own Official Account, written straight into the database, and what is to befall each.

Why each is followed by what she is: a window, a refusal and a crash leave states of their own, and a sum would hide one
that is in the wrong place.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, cycle, repeat
from random import Random

from bot.channels.zalo_oa.errors import rest_of_minute_s
from bot.clock import Clock
from fakes.faults import Fault
from fakes.zalo_oa import faults
from fakes.zalo_oa.faults import CS, ZaloOaFaults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from handlers.desk import Desk
from handlers.desk.announcing import AudienceCounts, SeenBroadcast
from storage.queries.incoming import chats
from tests.kit.process import Process
from tests.trial.hall import Sent, Spans
from tests.trial.listeners import AT_ONCE, DRAFT, GOT, agrees, kept, official, open_any_day, subscribe

# What somebody is, and of how many in a thousand it is so; all others are calm.
SHARES: Mapping[str, int] = {
    "late": 200,  # her window is closed
    "away": 20,  # she left, and we were told
    "lost": 10,  # she left, and we were not told
    "leaving": 10,  # she leaves meanwhile
    "refused": 30,  # Zalo refuses whatever is sent to her
    "hung": 10,  # accepted, and no answer comes
    "put_off": 10,  # refused for a moment
}
# In which states what she was to get may end. Whoever was being sent to when it was killed is unknown.
MAYBE = GOT | {"unknown"}
ENDS: Mapping[str, set[str]] = {
    "calm": MAYBE,
    "late": {"held"},
    "lost": {"held", "unknown"},
    "leaving": MAYBE | {"held", "gone"},
    "refused": {"failed", "held", "unknown"},
    "hung": MAYBE,
    "put_off": MAYBE,
}
STOPPED = {"cancelled", "opted_out"}
REFUSALS = (-201, -210, -217, -227, -244, -248)  # the contract, part A7: what is hers or the message's alone


class Fated(ZaloOaFaults):
    """What happens to the first message to somebody."""

    def __init__(self) -> None:
        super().__init__()
        self.once: dict[str, Fault] = {}

    def take(self, path: str, user: str) -> Fault | None:
        """What was planned in order; else what she is fated to."""
        return super().take(path, user) or (self.once.pop(user, None) if path == CS else None)


@dataclass(slots=True, repr=False)
class Followers:
    """Everybody who subscribed at the account, by what she is."""

    process: Process
    zalo: FakeZaloOa
    people: dict[str, list[ZaloUser]] = field(default_factory=dict)
    fates: Fated = field(default_factory=Fated)

    @classmethod
    def of(cls, process: Process, zalo: FakeZaloOa, count: int, chance: Random) -> "Followers":
        """Write so many into the database, as the account knows them; the service does not run yet."""
        users = [zalo.user(f"bà {n}") for n in range(count)]
        found, rest = cls(process, zalo), chance.sample(users, count)
        for kind, share in SHARES.items():
            found.people[kind] = [rest.pop() for _ in range(count * share // 1000)]
        found.people["calm"] = rest
        for kind, some in found.people.items():
            for user in some:
                found._meet(kind, user, chance)
        found._plan()
        for first in range(0, count, AT_ONCE):
            process.at_desk(lambda desk, first=first: found._write(desk, users[first : first + AT_ONCE]))  # type: ignore[misc]  # bound at once
        process.at_desk(open_any_day)
        return found

    def _plan(self) -> None:
        """Let go wrong what is to go wrong."""
        self.zalo.faults = self.fates
        for user in self.people["hung"]:
            self.fates.once[user.id] = faults.HANG
        # One is told that the account is too fast, which is so for all until the next minute.
        slow = replace(faults.code(-200), wait_s=1.0)
        for user, fault in zip(self.people["put_off"], chain([faults.code(-32)], repeat(slow)), strict=False):
            self.fates.once[user.id] = fault
        for user, code in zip(self.people["refused"], cycle(REFUSALS), strict=False):
            user.refuses(code)

    def _meet(self, kind: str, user: ZaloUser, chance: Random) -> None:
        """She wrote some time ago."""
        hours = chance.uniform(49, 400) if kind == "late" else chance.uniform(1, 46)
        user.person.status = "gone" if kind in ("away", "lost") else "follower"
        user.person.last, user.person.wrote = self.clock.now() - timedelta(hours=hours), kind not in ("away", "lost")

    def _write(self, desk: Desk, users: Sequence[ZaloUser]) -> None:
        away = {user.id for user in self.people["away"]}
        for user, chat in zip(users, subscribe(desk, [user.id for user in users], "zalo_oa"), strict=True):
            assert user.person.last is not None
            chats.interacts(desk.unit, chat.address_id, user.person.last)
            if user.id in away:
                chats.leaves(desk.unit, chat.address_id, desk.now)

    @property
    def kinds(self) -> dict[str, str]:
        """What each is, by id."""
        return {user.id: kind for kind, some in self.people.items() for user in some}

    @property
    def clock(self) -> Clock:
        """By which our Zalo dates calls."""
        return self.zalo.world.clock

    def sent(self, since: int = 0) -> Sequence[Sent | None]:
        """Every call from a number on, in order; None for one that shows nobody anything."""
        return [
            Sent(call.user, str(call.given["message"].get("text", "")), call.at, call.accepted)
            if call.path == CS
            else None
            for call in self.zalo.calls[since:]
        ]

    def paused(self) -> Spans:
        """When the account was told to wait for the next minute."""
        told = [call.at for call in self.zalo.calls if call.outcome == "-32"]
        return [(at, at + timedelta(seconds=rest_of_minute_s(at))) for at in told]

    def preview(self) -> AudienceCounts:
        """What an official is told before anything is sent."""
        return self.process.at_desk(lambda desk: official(desk, "mai", "editor").chat_broadcasts.preview(DRAFT).counts)

    def reckon(self, code: str, said: Collection[str], wrote: Collection[str]) -> "Outcome":
        """Lay what was frozen, its states and our Zalo's own ledger side by side; assert that they agree.

        said: who wrote DỪNG. wrote: who wrote afterwards, and was shown what was held.
        """

        def read(desk: Desk) -> tuple[SeenBroadcast, Counter[str], dict[str, str], Mapping[str, int]]:
            seen, told, fates = kept(desk, code, "zalo_oa", {user: user for user in kinds})
            return seen, told, fates, official(desk, "lan", "admin").broadcasts.went(seen)

        kinds = {user: kind for user, kind in self.kinds.items() if kind != "away"}
        seen, told, fates, went = self.process.at_desk(read)
        taken = Counter(one.chat for one in self.sent() if one is not None and one.accepted and code in one.words)
        assert sum(told.values()) == seen.people == len(fates) == len(kinds), (told, seen.people, len(fates))
        assert told == Counter(fates.values())
        got = sum(told[state] for state in MAYBE)
        assert {"free": got, "held": told["held"]} == {"free": 0, "held": 0, **went}, (told, went)
        may = {user: ENDS[kind] | (STOPPED | MAYBE if user in said else MAYBE if user in wrote else set())
               for user, kind in kinds.items()}  # fmt: skip
        wrong = {user: (kinds[user], state, taken[user]) for user, state in fates.items()
                 if state not in may[user] or taken[user] > 1 or not agrees(state, taken[user])}  # fmt: skip
        assert not wrong, list(wrong.items())[:10]
        states = {kind: Counter(state for user, state in fates.items() if kinds[user] == kind) for kind in ENDS}
        unseen = sum(state == "unknown" and not taken[user] for user, state in fates.items())
        return Outcome(fates, states, sum(taken.values()), unseen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: of each, and of how many of each kind. accepted: by our Zalo; unseen: unknown, never arrived."""

    fates: Mapping[str, str]
    states: Mapping[str, Counter[str]]
    accepted: int
    unseen: int

    def __str__(self) -> str:
        total = sum(self.states.values(), Counter[str]())
        kinds = "; ".join(f"{kind}: {listed(states)}" for kind, states in self.states.items())
        return f"{listed(total)} ({kinds}); {self.accepted} accepted, {self.unseen} of the unknown never arrived"


def listed(counts: Mapping[str, int]) -> str:
    """Counts as they are printed."""
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count)

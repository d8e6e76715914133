"""Two who do to one announcement at the same moment what does not go together: one of them does it, and no word leaves
that another did not approve.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft, BroadcastOutcome
from storage.queries.announcing import broadcasts
from storage.queries.chains import chain
from storage.verify import broken
from tests.kit.announcing import FIRST_LINE, WORDS, states_of, subscribes
from tests.kit.audit import noted
from tests.kit.town import Town

ON_BOTH = pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
# SQLite takes them in the order in which they come, so each is first once.
EACH_FIRST = pytest.mark.parametrize("turned", [False, True], ids=["as named", "the other way round"])
OTHER_WORDS = "Trạm y tế đóng cửa."
REFUSALS = tuple(f"broadcast.{act}_refused" for act in ("approval", "rewrite", "submit", "sending_back", "stop"))


class Office:
    """An editor, two who may approve, people who get news, and one announcement that waits, as it was seen by all."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def opens(self) -> "Office":
        town = self.town
        self.mai = await town.official("mai", "editor")
        self.admins = [await town.official(name, "admin") for name in ("lan", "kim")]
        self.people = [await subscribes(town, name) for name in ("Ba", "Tư", "Năm")]

        def write(desk: Desk) -> tuple[str, str]:
            code = desk.broadcasts.write(_draft(WORDS))
            assert code is not None
            assert desk.broadcasts.submit(code, _stamp(desk, code)) == "done"
            return code, _stamp(desk, code)

        self.code, self.stamp = await town.as_official(self.mai, write)
        return self

    def approves(self, which: int = 0) -> Awaitable[str]:
        return self._as(self.admins[which], lambda desk: desk.broadcasts.approve(self.code, self.stamp))

    def sends_back(self, which: int = 1) -> Awaitable[str]:
        return self._as(self.admins[which], lambda desk: desk.broadcasts.send_back(self.code, self.stamp, "Sửa giờ."))

    def stops(self) -> Awaitable[str]:
        return self._as(self.mai, lambda desk: desk.broadcasts.stop(self.code))

    def rewrites(self, *, submits: bool = False) -> Awaitable[str]:
        def rewrite(desk: Desk) -> BroadcastOutcome:
            went = desk.broadcasts.rewrite(self.code, _draft(OTHER_WORDS), self.stamp)
            if submits and went == "done":
                assert desk.broadcasts.submit(self.code, _stamp(desk, self.code)) == "done"
            return went

        return self._as(self.mai, rewrite)

    def _as(self, official: str, act: Callable[[Desk], str]) -> Awaitable[str]:
        return self.town.as_official(official, act)

    async def heard(self) -> list[str]:
        """What people got of it, once the clock has taken it as far as it goes."""
        await self.town.announces()
        for one in self.people:
            await one.listens(0)
        return [m.text for one in self.people for m in one.heard if self.code in m.text]

    async def refused(self) -> list[str]:
        """Why something was refused, as the audit has it."""
        return sorted(str(row.detail["why"]) for row in await noted(self.town, *REFUSALS))

    async def in_order(self) -> bool:
        """Whether everybody it was frozen for stands somewhere, and nothing that must not be is found."""
        seen = await self.town.as_official(self.mai, lambda desk: desk.broadcasts.read(self.code))
        assert seen is not None
        states = await self.town.read(lambda unit, _: broadcasts.counts(unit, seen.id))
        await self.town.database.write(chain.seal)
        found = await self.town.database.read(lambda unit: list(broken(unit, self.town.clock.now())))
        return (sum(states.values()), found) == (seen.people, [])


def _draft(words: str) -> BroadcastDraft:
    return BroadcastDraft(
        kind="news", title={"vi": FIRST_LINE}, words={"vi": words}, audience=Audience(), topic="health"
    )


def _stamp(desk: Desk, code: str) -> str:
    seen = desk.broadcasts.read(code)
    assert seen is not None
    return seen.stamp


@pytest.fixture
async def office(town: Town) -> Office:
    return await Office(town).opens()


async def both(first: Awaitable[str], second: Awaitable[str], *, turned: bool) -> tuple[str, str]:
    """What came of two acts at the same moment."""
    if turned:
        there, here = await asyncio.gather(second, first)
        return here, there
    here, there = await asyncio.gather(first, second)
    return here, there


@ON_BOTH
@EACH_FIRST
async def test_of_two_approvals_one_counts_and_everybody_gets_it_once(office: Office, *, turned: bool) -> None:
    went = await both(office.approves(0), office.approves(1), turned=turned)

    assert sorted(went) == ["done", "not_now"]
    assert await office.refused() == ["not_now"]
    assert len(await noted(office.town, "broadcast.approved")) == 1
    assert len(await office.heard()) == 3
    assert await office.in_order()


@ON_BOTH
@EACH_FIRST
@pytest.mark.parametrize("submits", [False, True], ids=["", "submitted again"])
async def test_an_approval_and_an_edit_never_both_count(office: Office, *, turned: bool, submits: bool) -> None:
    approved, edited = await both(office.approves(), office.rewrites(submits=submits), turned=turned)

    heard = await office.heard()
    if approved == "done":
        assert (edited, await office.refused()) == ("outdated", ["outdated"])
        assert [WORDS in text for text in heard] == [True] * 3
    else:
        why = "outdated" if submits else "not_now"
        assert (approved, edited, await office.refused(), heard) == (why, "done", [why], [])
    assert not any(OTHER_WORDS in text for text in heard)
    assert await office.in_order()


@ON_BOTH
@EACH_FIRST
async def test_of_two_approvals_and_an_edit_one_counts(office: Office, *, turned: bool) -> None:
    acts = [office.approves(0), office.rewrites(), office.approves(1)]

    went = await asyncio.gather(*(reversed(acts) if turned else acts))

    assert went.count("done") == 1
    assert len(await office.refused()) == 2
    heard = await office.heard()
    assert (len(heard), any(OTHER_WORDS in text for text in heard)) in ((0, False), (3, False))
    assert await office.in_order()


@ON_BOTH
@EACH_FIRST
async def test_what_is_stopped_while_it_is_approved_goes_to_nobody(office: Office, *, turned: bool) -> None:
    approved, stopped = await both(office.approves(), office.stops(), turned=turned)

    assert (approved, stopped) in (("done", "done"), ("not_now", "done"))
    assert await office.refused() == ([] if approved == "done" else ["not_now"])
    assert await office.heard() == []
    assert await states_of(office.town) == ["cancelled"]
    assert await office.in_order()


@ON_BOTH
@EACH_FIRST
async def test_it_is_approved_or_given_back_and_not_both(office: Office, *, turned: bool) -> None:
    approved, given_back = await both(office.approves(), office.sends_back(), turned=turned)

    assert sorted((approved, given_back)) == ["done", "not_now"]
    assert await office.refused() == ["not_now"]
    assert len(await office.heard()) == (3 if approved == "done" else 0)
    assert await office.in_order()


@ON_BOTH
@EACH_FIRST
async def test_once_it_is_stopped_nothing_more_of_it_leaves(office: Office, *, turned: bool) -> None:
    await office.approves()

    async def goes_out() -> str:
        await office.town.announces()
        return "gone out"

    stopped, _ = await both(office.stops(), goes_out(), turned=turned)
    before = await office.heard()
    again = await office.heard()

    assert stopped == "done" or await office.refused() == ["not_now"]
    assert again == before
    assert all(sum(office.code in m.text for m in one.heard) <= 1 for one in office.people)
    assert await office.in_order()


@ON_BOTH
async def test_the_author_s_second_tab_approves_nothing(office: Office) -> None:
    town = office.town
    both_roles = await town.official("sau", "editor", "admin")

    def takes_over(desk: Desk) -> str:
        assert desk.broadcasts.rewrite(office.code, _draft(OTHER_WORDS), office.stamp) == "done"
        assert desk.broadcasts.submit(office.code, _stamp(desk, office.code)) == "done"
        return _stamp(desk, office.code)

    stamp = await town.as_official(both_roles, takes_over)

    def approve(desk: Desk) -> str:
        return desk.broadcasts.approve(office.code, stamp)

    went = await asyncio.gather(*(town.as_official(both_roles, approve) for _ in range(2)))

    assert went == ["own", "own"]
    assert await office.refused() == ["own", "own"]
    assert await office.heard() == []

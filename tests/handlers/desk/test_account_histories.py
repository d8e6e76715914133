"""Whatever officials do with accounts, on whatever day: a giver is shown one exactly when two officials stand for it.

Why against a model of a few lines, and in both directions: what is shown must be allowed, and what is allowed must be
shown, or a rule that is broken could hide behind accounts that are never seen.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handlers.desk import Actor, Desk
from handlers.desk.money import stamp
from handlers.desk.pledges import Offer
from handlers.views.payment import how_to_pay
from storage.database import Database, Unit
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.tables import OfficialRow
from storage.vault import Vault
from tests.kit.giving import DAY, DRAFT, ENTRY
from tests.kit.shape import lay_file
from tests.kit.town import Town

T = TypeVar("T")
TREASURERS = (0, 1)  # who enter; the third only confirms
NOBODY = 3  # an officer, who has no right to any of it
ACTS = st.lists(st.tuples(st.sampled_from(("confirm", "confirm", "end")), st.integers(0, NOBODY)), max_size=4)
LOOKED_AHEAD = 4  # days
which = st.integers(0, 99)


@dataclass
class Account:
    """What two officials stand for, as far as a giver is concerned."""

    number: str
    first_day: date
    last_day: date | None
    entered_by: int
    confirmed_by: int | None = None
    ended: bool = False

    def stands_on(self, day: date) -> bool:
        """Whether a giver may be told of it on a day."""
        two = self.confirmed_by is not None and self.confirmed_by != self.entered_by
        return two and not self.ended and self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Accounts(RuleBasedStateMachine):
    """An office with three who keep accounts and one who does not, and a giver who looks after each step."""

    folder: Path
    made = count()

    def __init__(self) -> None:
        super().__init__()
        file = self.folder / f"{next(self.made)}.db"
        lay_file(file)
        self.town, self.day = Town(Database.open(f"sqlite:///{file}")), DAY
        self.accounts: dict[str, Account] = {}
        self.claimed: set[str] = set()  # by a campaign whose gifts must not mix with others
        self.campaigns: dict[str, date] = {}  # the last days of those that were opened
        self.numbers = count(11_223_344)
        roles = ("treasurer", "treasurer", "admin", "officer")
        self.officials = [self.at_desk(Actor("operator"), _made(f"o{n}", role)) for n, role in enumerate(roles)]
        self.giver = self.town.database.write_now(self.arrive)

    def arrive(self, unit: Unit) -> Chat:
        vault = Vault(unit, self.town.office.master)
        return chats.arrive(unit, vault, "webchat", b"Cho", self.town.clock.now(), platform="")

    def at_desk(self, actor: Actor, work: Callable[[Desk], T], chat: Chat | None = None) -> T:
        town, cause = self.town, f"test:{secrets.token_hex(4)}"
        return town.database.write_now(lambda unit: work(town.office.desk(unit, actor, cause, town.clock, chat)))

    def officially(self, n: int, work: Callable[[Desk], T]) -> T:
        def act(desk: Desk) -> T:
            official = desk.officials.acting(self.officials[n])
            assert official is not None
            return work(desk.of(official))

        return self.at_desk(Actor("official", self.officials[n]), act)

    def has_accounts(self) -> bool:
        return bool(self.accounts)

    def one(self, n: int) -> str:
        """Mostly one of the newest."""
        ids = list(self.accounts)
        return ids[-1 - n % min(len(ids), 4)]

    # What they do

    @rule(n=st.sampled_from(TREASURERS), ahead=st.integers(-1, 2), days=st.none() | st.integers(0, 2), acts=ACTS)
    def enters(self, n: int, ahead: int, days: int | None, acts: list[tuple[str, int]]) -> None:
        """Enter one, and do some of what may follow, in any order."""
        first = self.day + timedelta(days=ahead)
        last = None if days is None else max(first, self.day) + timedelta(days=days)
        entry = replace(ENTRY, number=str(next(self.numbers)), first_day=first, last_day=last)
        made = self.officially(n, lambda desk: desk.gift_accounts.enter(entry))
        assert made is not None
        self.accounts[made] = Account(entry.number, first, last, n)
        for act, by in acts:
            self.does(act, by, made)

    @precondition(has_accounts)
    @rule(one=which, acts=ACTS)
    def comes_back_to_one(self, one: int, acts: list[tuple[str, int]]) -> None:
        for act, by in acts:
            self.does(act, by, self.one(one))

    def does(self, act: str, by: int, account_id: str) -> None:
        """Confirm or end one, as far as she may."""
        known = self.accounts[account_id]
        if act == "confirm":
            went = self.officially(by, lambda desk: desk.gift_accounts.confirm(account_id))
            may = by not in (NOBODY, known.entered_by) and known.confirmed_by is None and not known.ended
            known.confirmed_by = by if may else known.confirmed_by
        else:
            went = self.officially(by, lambda desk: desk.gift_accounts.end(account_id))
            may = by != NOBODY and not known.ended
            known.ended = known.ended or may
        assert (went == "done") == may

    @precondition(has_accounts)
    @rule(one=which, basis=st.sampled_from(("fund_for_the_poor", "disaster")), opened=st.booleans())
    def a_campaign_names_one(self, one: int, basis: str, *, opened: bool) -> None:
        account_id, last = self.one(one), self.day + timedelta(days=1)
        draft = replace(DRAFT, basis=basis, account_id=account_id, first_day=self.day, last_day=last)

        def write(desk: Desk) -> str:
            code = desk.campaigns.write(draft)
            seen = desk.campaigns.read(str(code))
            assert seen is not None
            return seen.id

        made = self.officially(0, write)
        if basis == "disaster":
            self.claimed.add(account_id)
        if opened:
            self.campaigns[made] = last
            self.officially(2, lambda desk: _open(desk, made))

    @rule()
    def a_day_passes(self) -> None:
        self.town.clock.move(days=1)
        self.day += timedelta(days=1)

    # What always holds

    @invariant()
    def a_giver_is_shown_what_two_stand_for_and_nothing_else(self) -> None:
        for days in range(LOOKED_AHEAD):
            self.looks(self.day + timedelta(days=days))
            self.town.clock.move(days=1)
        self.town.clock.move(days=-LOOKED_AHEAD)

    def looks(self, day: date) -> None:
        """Look at every account, every campaign's and the general one."""
        stand = {account_id for account_id, known in self.accounts.items() if known.stands_on(day)}

        def look(desk: Desk) -> None:
            assert desk.today() == day
            assert {one for one in self.accounts if desk.gift_accounts.shown(one) is not None} == stand
            general = desk.gift_accounts.shown(None)
            assert general.id in stand - self.claimed if general else not stand - self.claimed
            seen = [desk.campaigns.by_id(campaign_id) for campaign_id in self.campaigns]
            for one, until in zip(seen, self.campaigns.values(), strict=True):
                found = desk.campaigns.account(one) if one else None
                asks = one is not None and day <= until and one.account_id in stand
                assert (found.id if found else None) == (one.account_id if one and asks else None)

        self.at_desk(Actor("clock"), look)

    @invariant()
    def whoever_promises_is_told_of_no_other_number(self) -> None:
        def promise(desk: Desk) -> None:
            campaigns = [None, *(one.id for one in desk.campaigns.open_ones())]
            for campaign_id in campaigns[:3]:
                offer = Offer(kind="money", giver="person", amount=1_000, name="Cho", campaign_id=campaign_id)
                told = str([desk.voice("vi").say(say.phrase) for say in how_to_pay(desk, desk.pledges.offer(offer))])
                for known in self.accounts.values():
                    assert known.number not in told or known.stands_on(self.day)

        self.at_desk(Actor("person", self.giver.person_id), promise, self.giver)

    def teardown(self) -> None:
        self.town.database.close_now()


def _made(name: str, role: str) -> Callable[[Desk], str]:
    def make(desk: Desk) -> str:
        made = desk.accounts.invite(f"{name}@example.test", name, "", (role,), ("phuong_hoa_khanh",))
        assert made is not None
        desk.unit.get_one(OfficialRow, made[0]).state = "active"
        return made[0]

    return make


def _open(desk: Desk, campaign_id: str) -> None:
    [seen] = [one for one in desk.campaigns.all() if one.id == campaign_id]
    assert desk.campaigns.open(seen.code, stamp(seen)) == "done"


@pytest.mark.parametrize(
    ("examples", "steps"), [(6, 20), pytest.param(150, 50, marks=pytest.mark.trial)], ids=["daily", "thousands"]
)
def test_no_account_is_ever_shown_that_two_officials_have_not_confirmed(
    examples: int, steps: int, tmp_path: Path
) -> None:
    class Here(Accounts):
        folder = tmp_path

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

"""Whatever happens to gifts, in any order: the ledger comes to what the pledges say, and no need is held twice."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from handlers.desk import Actor, Desk
from handlers.desk.allocations import Answer
from handlers.desk.cases import Registration
from handlers.desk.pledges import HELD, Offer
from storage.database import Database, Unit
from storage.queries.chains import chain
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.tables import NeedSlot, OfficialRow, Pledge
from storage.tables.giving import GiftKind
from storage.vault import Vault
from storage.verify import broken
from tests.kit.gifts import Books, read_books
from tests.kit.requests import HERE
from tests.kit.shape import lay_file
from tests.kit.town import Town

T = TypeVar("T")
KINDS: tuple[GiftKind, ...] = ("money", "goods", "time", "job", "link")
MEASURES = {"money": "VND", "goods": "kg", "time": "buổi", "job": "người", "link": "kg"}
which = st.integers(0, 99)
amounts = st.integers(-1, 12)


class Gifts(RuleBasedStateMachine):
    """An office with two officials, a lead, a household and a giver, and whatever they do."""

    folder: Path
    made = count()

    def __init__(self) -> None:
        super().__init__()
        file = self.folder / f"{next(self.made)}.db"
        lay_file(file)
        self.town = Town(Database.open(f"sqlite:///{file}"))
        self.seen: Books | None = None
        self.lan, self.cho = self.arrives("Lan"), self.arrives("Cho")
        self.officials = [
            self.official(name, role) for name, role in (("a", "officer"), ("b", "officer"), ("c", "lead"))
        ]
        self.cases: list[str] = []
        self.registers()
        for kind in KINDS:  # so that every history has something to give on
            self.promise(kind, 10)
            self.need(kind, 6)
            self.need(kind, 6)

    # Who acts

    def at_desk(self, actor: Actor, work: Callable[[Desk], T], chat: Chat | None = None) -> T:
        cause = f"test:{secrets.token_hex(4)}"
        town, self.seen = self.town, None
        return town.database.write_now(lambda unit: work(town.office.desk(unit, actor, cause, town.clock, chat)))

    def arrives(self, name: str) -> Chat:
        def arrive(unit: Unit) -> Chat:
            vault = Vault(unit, self.town.office.master)
            return chats.arrive(unit, vault, "webchat", name.encode(), self.town.clock.now(), platform="")

        return self.town.database.write_now(arrive)

    def official(self, name: str, role: str) -> str:
        def make(desk: Desk) -> str:
            made = desk.accounts.invite(f"{name}@example.test", name, "", (role,), (HERE,))
            assert made is not None
            desk.unit.get_one(OfficialRow, made[0]).state = "active"
            return made[0]

        return self.at_desk(Actor("operator"), make)

    def officially(self, who: int, work: Callable[[Desk], T]) -> T:
        official_id = self.officials[who % 3]

        def act(desk: Desk) -> T:
            official = desk.officials.acting(official_id)
            assert official is not None
            return work(desk.of(official))

        return self.at_desk(Actor("official", official_id), act)

    def household(self, work: Callable[[Desk], T]) -> T:
        return self.at_desk(Actor("person", self.lan.person_id), work, self.lan)

    def giver(self, work: Callable[[Desk], T]) -> T:
        return self.at_desk(Actor("person", self.cho.person_id), work, self.cho)

    def books(self) -> Books:
        """What there is now, read once after each step."""
        if self.seen is None:
            self.seen = self.town.database.read_now(read_books)
        return self.seen

    def pledge(self, n: int) -> str:
        codes = list(self.books().pledges)
        return codes[n % len(codes)]

    def slot(self, n: int) -> str:
        ids = list(self.books().slots)
        return ids[n % len(ids)]

    def allocation(self, n: int) -> str:
        rows = self.books().allocations
        return rows[-1 - n % min(len(rows), 4)].id

    def has_allocations(self) -> bool:
        return bool(self.books().allocations)

    def registers(self) -> None:
        request = Registration(needs=("food", "work"), unit_id=HERE, place="tổ 3", name="Lan", phone="+84905123456")
        self.cases.append(self.household(lambda desk: desk.cases.open(request).code))

    # What they do

    def promise(self, kind: GiftKind, amount: int) -> None:
        def promise(desk: Desk) -> None:
            pledge = desk.pledges.offer(
                Offer(kind=kind, giver="person", amount=amount, name="Cho", measure=MEASURES[kind])
            )
            desk.pledges.move_to(pledge, "accepted", "accepted")
            pledge.verified_by = "c"

        self.giver(promise)

    def need(self, kind: GiftKind, amount: int) -> None:
        code = self.cases[-1]
        self.officially(0, lambda desk: desk.needs.open_for_case(code, "food", kind, amount, MEASURES[kind]))

    @rule(kind=st.sampled_from(KINDS), promised=st.integers(1, 12), needed=st.integers(1, 12))
    def more_is_promised_and_needed(self, kind: GiftKind, promised: int, needed: int) -> None:
        self.promise(kind, promised)
        self.need(kind, needed)

    @rule(who=which, pledge=which, slot=which, amount=amounts)
    def allocates(self, who: int, pledge: int, slot: int, amount: int) -> None:
        code, slot_id = self.pledge(pledge), self.slot(slot)
        self.officially(who, lambda desk: desk.allocations.allocate(code, slot_id, amount))

    @rule(who=which, kind=st.sampled_from(KINDS), amount=st.integers(1, 6), far=st.integers(0, 3), lost=st.booleans())
    def a_gift_goes_its_way(self, who: int, kind: GiftKind, amount: int, far: int, *, lost: bool) -> None:
        """As far as it is given, answered, handed over, or confirmed or not."""
        code, slot_id = self.free_pair(kind, amount)
        went = self.officially(who, lambda desk: desk.allocations.allocate(code, slot_id, amount))
        assert went == "done"
        given = self.allocation(0)
        if far and kind in ("job", "link"):
            self.household(lambda desk: desk.household_gifts.answer_offer(given, wants=not lost))
        if far > 1:
            self.officially(2, lambda desk: desk.pledges.receive(_of(desk, code), amount))
            self.officially(who, lambda desk: desk.allocations.hand_over(given, amount - lost, "trao"))
        if far > 2:
            said: Answer = "not_yet" if lost else "all"
            self.household(lambda desk: desk.household_gifts.confirm(given, said))

    def free_pair(self, kind: GiftKind, amount: int) -> tuple[str, str]:
        """A gift with enough left and a need that waits for as much; new ones where there are none."""
        for _ in range(2):
            found = self.books()
            held = {a.slot_id for a in found.allocations if a.state in HELD}
            slots = [
                s.id for s in found.slots.values()
                if (s.kind, s.state) == (kind, "open") and s.id not in held and self.left(found, s) >= amount
            ]  # fmt: skip
            codes = [p.code for p in found.pledges.values() if p.kind == kind and self.has(p, amount)]
            if slots and codes:
                break
            self.promise(kind, 12)
            self.need(kind, 8)
        return codes[0], slots[0]

    def left(self, found: Books, slot: NeedSlot) -> int:
        arrived = [a for a in found.allocations if a.slot_id == slot.id and a.state in ("confirmed", "settled")]
        return slot.amount - sum(a.confirmed_amount or 0 for a in arrived)

    def has(self, pledge: Pledge, amount: int) -> bool:
        return pledge.closed_at is None and pledge.amount - pledge.allocated >= amount

    @rule(pledge=which, amount=st.integers(1, 12))
    def receives(self, pledge: int, amount: int) -> None:
        code = self.pledge(pledge)

        def receive(desk: Desk) -> None:
            row = _of(desk, code)
            if row.state not in ("withdrawn", "lapsed"):
                desk.pledges.receive(row, amount)

        self.officially(2, receive)

    @precondition(has_allocations)
    @rule(one=which, wants=st.booleans())
    def answers(self, one: int, *, wants: bool) -> None:
        given = self.allocation(one)
        self.household(lambda desk: desk.household_gifts.answer_offer(given, wants=wants))

    @precondition(has_allocations)
    @rule(who=which, one=which, amount=amounts)
    def hands_over(self, who: int, one: int, amount: int) -> None:
        given = self.allocation(one)
        self.officially(who, lambda desk: desk.allocations.hand_over(given, amount, "trao"))

    @precondition(has_allocations)
    @rule(one=which, answer=st.sampled_from(("all", "all", "less", "not_yet", "not_mine")), amount=amounts)
    def confirms(self, one: int, answer: str, amount: int) -> None:
        given = self.allocation(one)
        self.household(lambda desk: desk.household_gifts.confirm(given, answer, amount))  # type: ignore[arg-type]  # one of them

    @precondition(has_allocations)
    @rule(who=which, one=which)
    def gives_back(self, who: int, one: int) -> None:
        given = self.allocation(one)
        self.officially(who, lambda desk: desk.allocations.give_back(given, "nhầm"))

    @rule()
    def a_week_passes(self) -> None:
        self.town.clock.move(seconds=timedelta(days=7).total_seconds())
        self.at_desk(Actor("clock"), lambda desk: desk.grievances.look_for_silence())

    @rule(who=which, one=which, outcome=st.sampled_from(("received", "made_good", "taken_back")))
    def closes_a_grievance(self, who: int, one: int, outcome: str) -> None:
        def close(desk: Desk) -> None:
            if listed := desk.grievances.listed():
                chosen = listed[one % len(listed)]
                went = desk.grievances.close(chosen.id, outcome, "đã xem")
                assert went == ("own" if chosen.hers else "done")

        self.officially(who, close)

    @rule(pledge=which)
    def withdraws(self, pledge: int) -> None:
        code = self.pledge(pledge)
        self.giver(lambda desk: desk.allocations.withdraw(_of(desk, code)))

    @rule(pledge=which, amount=amounts)
    def changes(self, pledge: int, amount: int) -> None:
        code = self.pledge(pledge)
        self.giver(lambda desk: desk.pledges.change(_of(desk, code), amount=amount))

    @rule(slot=which)
    def closes_a_need(self, slot: int) -> None:
        slot_id = self.slot(slot)
        self.officially(0, lambda desk: desk.needs.close(slot_id))

    @rule(then=st.sampled_from(KINDS))
    def stops_her_request(self, then: GiftKind) -> None:
        code = self.cases[-1]
        self.household(lambda desk: desk.cases.withdraw(code))
        self.registers()
        self.need(then, 5)

    # What always holds

    @invariant()
    def the_ledger_comes_to_what_the_pledges_say_and_no_need_is_held_twice(self) -> None:
        assert self.books().wrong() == []

    @invariant()
    def pledges_are_what_their_allocations_come_to(self) -> None:
        found = self.books()
        for pledge in found.pledges.values():
            kept = [
                a for a in found.allocations if a.pledge_id == pledge.id and a.state not in ("declined", "returned")
            ]
            assert pledge.allocated == sum(a.amount for a in kept) <= pledge.amount
            assert pledge.confirmed <= pledge.handed <= pledge.allocated
            if pledge.kind == "money":
                assert pledge.handed <= pledge.received

    def teardown(self) -> None:
        """Nothing that must not be is found in the whole database."""
        while self.town.database.write_now(chain.seal):
            pass
        assert self.town.database.read_now(lambda unit: list(broken(unit, self.town.clock.now()))) == []
        self.town.database.close_now()


def _of(desk: Desk, code: str) -> Pledge:
    pledge = desk.pledges.by_code(code)
    assert pledge is not None
    return pledge


@pytest.fixture
def histories(tmp_path: Path) -> type[Gifts]:
    """Histories on files of their own."""

    class Here(Gifts):
        folder = tmp_path

    return Here


@pytest.mark.parametrize(
    ("examples", "steps"), [(6, 40), pytest.param(150, 60, marks=pytest.mark.trial)], ids=["daily", "thousands"]
)
def test_whatever_happens_the_ledger_and_the_pledges_agree(histories: type[Gifts], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        histories,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

"""Whatever a resident and her officer do, on whatever day: each is reminded just as often as a few lines say.

Why in both directions: what is said must be due, and what is due must be said, or a rule that is broken could hide
behind reminders that are never sent.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlmodel import col, func, select

from handlers.desk import Actor, Desk
from handlers.desk.allocations import ArrivalReminders
from handlers.desk.cases import FormReminders, QuestionReminders
from handlers.desk.office import Calendar
from handlers.flow.session import Form, Session, store
from storage.database import Database, Unit
from storage.queries.incoming import chats, sessions
from storage.queries.incoming.chats import Chat
from storage.tables import Allocation, CaseEvent, OfficialRow, OutboxRow
from storage.vault import Vault
from tests.kit.gifts import RICE
from tests.kit.requests import HERE, LAN
from tests.kit.shape import lay_file
from tests.kit.town import Town

T = TypeVar("T")
BEGIN = datetime(2026, 12, 29, 2, 0, tzinfo=UTC)  # three days before a holiday
# From which day to which each reminder of a kind is worth it.
DAYS = {"form": ((1, 3), (3, 10)), "question": ((3, 7), (7, 21)), "unanswered": ((7, 21),), "arrival": ((3, 7),)}
ACTS = (
    *("begins", "sends_a_request", "is_asked_something", "gets_something", "wants_news") * 3,
    "writes", "lays_it_aside", "is_done_with_it", "answers", "stops_her_request", "says_whether_it_came", "wants_none",
    "erases_herself",
)  # fmt: skip
MOST = 3  # requests and gifts at a time
NOUNS = (FormReminders, QuestionReminders, ArrivalReminders)


@dataclass
class Subject:
    """What may be reminded of: since when it waits, and which reminders of it were said."""

    kind: str
    place: str
    since: datetime
    said: set[int] = field(default_factory=set)

    def now_due(self, now: datetime) -> Iterator[str]:
        """The place of the reminder that is to be said now, if one is; it is said then."""
        for number, (first, end) in reversed(list(enumerate(DAYS[self.kind], 1))):
            if timedelta(days=first) <= now - self.since < timedelta(days=end):
                if number not in self.said:
                    self.said |= set(range(1, number + 1))
                    yield self.place if self.kind == "unanswered" else f"{self.place}/{number}"
                return


class Histories(RuleBasedStateMachine):
    """Lan, who begins and leaves off, and Tâm, who asks her and brings her things."""

    folder: Path
    made = count()

    def __init__(self) -> None:
        super().__init__()
        file = self.folder / f"{next(self.made)}.db"
        lay_file(file)
        self.town = Town(Database.open(f"sqlite:///{file}"))
        self.town.clock.at = BEGIN
        self.numbers = count(1)
        self.session, self.form = Session(), ""
        self.news: bool | None = None  # whether she wants news of her request; None: she was never asked
        self.waiting: dict[str, Subject] = {}
        self.cases: dict[str, str] = {}  # codes, and the events of what is asked
        self.brought: list[str] = []  # allocations
        self.tam = self.at_desk(Actor("operator"), _an_officer)
        chat = self.town.database.write_now(lambda unit: self.arrive(unit, b"tam"))
        self.at_desk(Actor("operator"), lambda desk: desk.acting_chats.bind(self.tam, chat))
        self.giver = self.town.database.write_now(lambda unit: self.arrive(unit, b"cho"))
        self.arrive_anew()
        self.wants_news()
        self.sends_a_request()

    @property
    def now(self) -> datetime:
        return self.town.clock.now()

    def arrive(self, unit: Unit, external: bytes) -> Chat:
        vault = Vault(unit, self.town.office.master)
        return chats.arrive(unit, vault, "webchat", external, self.now, platform="")

    def arrive_anew(self) -> None:
        self.lan = self.town.database.write_now(lambda unit: self.arrive(unit, b"lan"))

    def at_desk(self, actor: Actor, work: Callable[[Desk], T], chat: Chat | None = None) -> T:
        town, cause = self.town, f"test:{secrets.token_hex(4)}"
        return town.database.write_now(lambda unit: work(town.office.desk(unit, actor, cause, town.clock, chat)))

    def as_lan(self, work: Callable[[Desk], T]) -> T:
        return self.at_desk(Actor("person", self.lan.person_id), work, self.lan)

    def officially(self, work: Callable[[Desk], T]) -> T:
        def act(desk: Desk) -> T:
            official = desk.officials.acting(self.tam)
            assert official is not None
            return work(desk.of(official))

        return self.at_desk(Actor("official", self.tam), act)

    # Her registration

    def keeps(self, session: Session) -> None:
        """Keep where she is, as every message of hers does."""
        self.session = session
        body = cast("dict[str, object]", store(session))
        self.as_lan(lambda desk: sessions.save(desk.unit, desk.vault, self.lan.person_id, body, desk.now))
        for subject in self.waiting.values():
            if subject.kind == "form":
                subject.since = self.now

    def begins(self) -> None:
        self.form = f"f{next(self.numbers)}"
        self.waiting[self.form] = Subject("form", f"form/form:{self.form}", self.now)
        self.keeps(
            Session(
                form=Form(conversation="registration", day=self.now.date(), id=self.form, answers={"for_whom": "self"})
            )
        )

    def writes(self) -> None:
        self.keeps(self.session)

    def lays_it_aside(self) -> None:
        self.keeps(self.session.pausing(keep=True))

    def is_done_with_it(self) -> None:
        del self.waiting[self.form]
        self.form = ""
        self.keeps(Session())

    # Her requests

    def sends_a_request(self) -> None:
        self.cases[self.as_lan(lambda desk: desk.cases.open(LAN).code)] = ""

    def is_asked_something(self) -> None:
        code = next(code for code, event in self.cases.items() if not event)

        def ask(desk: Desk) -> tuple[str, str]:
            assert desk.casework.ask(code, "Xin ảnh giấy ra viện.") == "done"
            desk.unit.flush()
            query = select(CaseEvent).where(CaseEvent.kind == "asked").order_by(col(CaseEvent.id).desc())
            event = desk.unit.scalars(query.limit(1)).one()
            return event.id, event.case_id

        event, case_id = self.officially(ask)
        self.cases[code] = event
        self.waiting[event] = Subject("question", f"question/case_event:{event}", self.now)
        self.waiting[f"{event}/officer"] = Subject("unanswered", f"case/{case_id}/unanswered/{self.tam}", self.now)

    def answers(self) -> None:
        code = self.no_longer_asked()
        assert self.as_lan(lambda desk: desk.case_answers.answer(code, "có"))

    def stops_her_request(self) -> None:
        code = self.no_longer_asked()
        assert self.as_lan(lambda desk: desk.cases.withdraw(code))
        del self.cases[code]

    def no_longer_asked(self) -> str:
        """The request of which nothing waits for an answer any more."""
        code, event = next((code, event) for code, event in self.cases.items() if event)
        del self.waiting[event], self.waiting[f"{event}/officer"]
        self.cases[code] = ""
        return code

    # What is brought to her

    def gets_something(self) -> None:
        code = next(code for code, event in self.cases.items() if not event)

        def promise(desk: Desk) -> str:
            pledge = desk.pledges.offer(RICE)
            desk.pledges.move_to(pledge, "accepted", "accepted")
            return pledge.code

        gift = self.at_desk(Actor("person", self.giver.person_id), promise, self.giver)

        def bring(desk: Desk) -> str:
            slot = desk.needs.open_for_case(code, "food", "goods", 10, measure="kg").slot_id
            assert desk.allocations.allocate(gift, slot, 10) == "done"
            given = desk.unit.scalars(select(Allocation.id).where(Allocation.slot_id == slot)).one()
            assert desk.allocations.hand_over(given, 10, "tại nhà") == "done"
            return given

        given = self.officially(bring)
        self.brought.append(given)
        self.waiting[given] = Subject("arrival", f"arrival/allocation:{given}", self.now)

    def says_whether_it_came(self) -> None:
        given = self.brought.pop()
        assert self.as_lan(lambda desk: desk.household_gifts.confirm(given, "not_yet")).how == "done"
        del self.waiting[given]

    # What she wants to hear

    def wants_news(self) -> None:
        self.as_lan(lambda desk: desk.consents.give("case_news", "case_news/1"))
        self.news = True

    def wants_none(self) -> None:
        if not self.as_lan(lambda desk: desk.consents.withdraw("case_news")):
            self.as_lan(lambda desk: desk.consents.refuse("case_news", "case_news/1"))
        self.news = False

    def erases_herself(self) -> None:
        self.as_lan(lambda desk: desk.people.erase())
        self.arrive_anew()
        self.session, self.form, self.news = Session(), "", None
        for kept in (self.waiting, self.cases, self.brought):
            kept.clear()

    # Days

    def may(self, act: str) -> bool:
        """Whether it can be done now."""
        free, asked = (any(bool(event) is wanted for event in self.cases.values()) for wanted in (False, True))
        return {
            "begins": not self.form, "writes": bool(self.form), "lays_it_aside": bool(self.form),
            "is_done_with_it": bool(self.form), "sends_a_request": len(self.cases) < MOST, "is_asked_something": free,
            "answers": asked, "stops_her_request": asked, "gets_something": free and len(self.brought) < MOST,
            "says_whether_it_came": bool(self.brought),
        }.get(act, True)  # fmt: skip

    @rule(
        acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=6), hours=st.integers(0, 30), days=st.integers(1, 9)
    )
    def some_days_pass(self, acts: list[str], hours: int, days: int) -> None:
        """Some of it is done, and then the clock looks at everybody on some mornings, twice on the last."""
        for act in acts:
            if self.may(act):
                getattr(self, act)()
        self.town.clock.move(hours=hours)
        for day in range(1, days + 1):
            self.the_clock_goes_round(times=1 + (day == days))
            self.town.clock.move(days=1)

    def the_clock_goes_round(self, *, times: int) -> None:
        def look(desk: Desk) -> None:
            assert [noun(desk).run() for noun in NOUNS] == ["", "", ""]

        before = self.last()
        for _ in range(times):
            self.at_desk(Actor("clock"), look)
        assert sorted(self.said(before)) == sorted(self.due())

    def due(self) -> Iterator[str]:
        """What is to be said now."""
        if Calendar().is_holiday(self.now.astimezone(self.town.office.zone).date()):
            return
        for subject in self.waiting.values():
            may = {"form": self.news is not False, "unanswered": True}.get(subject.kind, self.news is True)
            if may:
                yield from subject.now_due(self.now)

    def last(self) -> int:
        """The number of the latest message."""
        return self.town.database.read_now(lambda unit: unit.scalar(select(func.max(OutboxRow.id)))) or 0

    def said(self, after: int) -> list[str]:
        """The places of all that was said after a message, without the request that a question belongs to."""
        keys = select(OutboxRow.key).where(col(OutboxRow.id) > after)
        places = [key.partition("/")[2] for key in self.town.database.read_now(lambda unit: unit.scalars(keys).all())]
        return [re.sub("^question/case:[0-9a-f]+/", "question/", place) for place in places]

    def teardown(self) -> None:
        self.town.database.close_now()


def _an_officer(desk: Desk) -> str:
    made = desk.accounts.invite("tam@example.test", "Tâm", "", ("officer",), (HERE,))
    assert made is not None
    desk.unit.get_one(OfficialRow, made[0]).state = "active"
    return made[0]


@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 8), pytest.param(100, 12, marks=pytest.mark.trial)], ids=["daily", "thousands"]
)
def test_each_is_reminded_just_as_often_as_is_due(examples: int, steps: int, tmp_path: Path) -> None:
    class Here(Histories):
        folder = tmp_path

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

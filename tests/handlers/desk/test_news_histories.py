"""Whatever people want, stop and take up again, in any order: rows and consent agree, and nothing stopped arrives."""

import secrets
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.consents import RHYTHMS, TOPICS
from storage.database import Database, Unit
from storage.queries.announcing import subscriptions
from storage.queries.chains import chain
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.tables import Broadcast, OutboxRow, Person, Recipient
from storage.vault import Vault
from storage.verify import broken
from tests.kit.requests import HERE
from tests.kit.shape import lay_file
from tests.kit.town import Town

T = TypeVar("T")
FEW = TOPICS[:3]
who = st.integers(0, 1)
some = st.sets(st.sampled_from(FEW), min_size=1)
places = st.sampled_from(("", HERE))
WAITING = ("queued", "held")


class News(RuleBasedStateMachine):
    """Two phones, perhaps of one person, and announcements on their way to them."""

    folder: Path
    made = count()

    def __init__(self) -> None:
        super().__init__()
        file = self.folder / f"{next(self.made)}.db"
        lay_file(file)
        self.town = Town(Database.open(f"sqlite:///{file}"))
        self.phones = ("Lan", "Mai")
        for name in self.phones:
            self.at_desk(name, lambda desk: desk.consents.give("give", "give/1"))

    # Who acts

    def at_desk(self, name: str, work: Callable[[Desk], T]) -> T:
        cause, town = f"test:{secrets.token_hex(4)}", self.town

        def run(unit: Unit) -> T:
            chat = self.chat(unit, name)
            return work(town.office.desk(unit, Actor("person", chat.person_id), cause, town.clock, chat))

        return town.database.write_now(run)

    def chat(self, unit: Unit, name: str) -> Chat:
        vault = Vault(unit, self.town.office.master)
        return chats.arrive(unit, vault, "webchat", name.encode(), self.town.clock.now(), platform="")

    def by_clock(self, work: Callable[[Desk], T]) -> T:
        cause, town = f"test:{secrets.token_hex(4)}", self.town
        return town.database.write_now(lambda unit: work(town.office.desk(unit, Actor("clock"), cause, town.clock)))

    # What they do

    @rule(n=who, topics=some, place=places, rhythm=st.sampled_from(RHYTHMS))
    def wants(self, n: int, topics: set[str], place: str, rhythm: str) -> None:
        self.at_desk(self.phones[n], lambda desk: desk.subscriptions.subscribe(topics, place, rhythm))

    @rule(n=who, topics=some, place=places, rhythm=st.sampled_from(RHYTHMS))
    def chooses(self, n: int, topics: set[str], place: str, rhythm: str) -> None:
        self.at_desk(self.phones[n], lambda desk: desk.subscriptions.choose(topics, place, rhythm))

    @rule(n=who)
    def says_no(self, n: int) -> None:
        self.at_desk(self.phones[n], lambda desk: desk.subscriptions.refuse())

    @rule(n=who)
    def writes_stop(self, n: int) -> None:
        def stop(desk: Desk) -> None:
            before = {one.topic for one in desk.subscriptions.mine()}
            ended = desk.subscriptions.stop_last()
            after = {one.topic for one in desk.subscriptions.mine()}
            if ended.kind == "news":
                assert after == before - set(ended.topics)
            elif not ended.kind:
                assert after == set()
            assert desk.subscriptions.stop_last() == ended

        self.at_desk(self.phones[n], stop)

    @rule(n=who)
    def writes_stop_all(self, n: int) -> None:
        def stop(desk: Desk) -> None:
            desk.subscriptions.stop_everything()
            given = {one.purpose for one in desk.consents.given()}
            assert given & {"news", "case_news", "rule_changes", "campaign_posts"} == set()

        self.at_desk(self.phones[n], stop)

    @rule(n=who)
    def writes_receive_twice(self, n: int) -> None:
        def receive(desk: Desk) -> None:
            again = desk.subscriptions.take_up_again()
            wanted = {one.topic for one in desk.subscriptions.mine()}
            assert set(again.topics) <= wanted

        self.at_desk(self.phones[n], receive)
        self.town.clock.move(seconds=1)
        once_more = self.at_desk(self.phones[n], lambda desk: desk.subscriptions.take_up_again())
        assert (once_more.topics, once_more.purposes) == ((), ())

    @rule(n=who, purpose=st.sampled_from(("news", "give", "case_news", "campaign_posts")))
    def takes_a_yes_back(self, n: int, purpose: str) -> None:
        self.at_desk(self.phones[n], lambda desk: desk.consents.withdraw(purpose))

    @rule(n=who)
    def is_erased(self, n: int) -> None:
        def erase(desk: Desk) -> str:
            desk.people.erase()
            return desk.here().person_id

        old = self.at_desk(self.phones[n], erase)
        assert self.town.database.read_now(lambda unit: subscriptions.all_of(unit, old)) == []

    @rule()
    def are_one(self) -> None:
        code, _ = self.at_desk(self.phones[0], lambda desk: desk.links.make_code())
        self.at_desk(self.phones[1], lambda desk: desk.links.join(code) if desk.links.judge(code) == "good" else None)

    @rule()
    def part(self) -> None:
        self.at_desk(self.phones[1], lambda desk: desk.links.unlink())

    # What the office does

    @rule(kind=st.sampled_from(("news", "news", "givers")), topic=st.sampled_from(FEW), far=st.integers(0, 2))
    def announces(self, kind: str, topic: str, far: int) -> None:
        """Frozen only, waiting in the outbox, or sent; to whoever wants it now."""

        def announce(desk: Desk) -> None:
            row = Broadcast(
                code=f"TB-{secrets.token_hex(4)}", kind=kind, topic=topic if kind == "news" else "",
                title={"vi": "Tin"}, words={"vi": "Tin"}, audience={}, rendered={"vi": "Tin"}, created_at=desk.now,
                changed_at=desk.now,
                state=("awaiting_approval", "sending", "done")[far], began_at=desk.now if far else None,
                authors=["a"], approved_by="b" if far else None, digest=b"frozen",
            )  # fmt: skip
            desk.unit.add(row)
            desk.unit.flush()
            for name in self.phones:
                self._goes_to(desk, row, self.chat(desk.unit, name), far)

        self.by_clock(announce)

    def _goes_to(self, desk: Desk, row: Broadcast, chat: Chat, far: int) -> None:
        wanted = [
            w for w in subscriptions.all_of(desk.unit, chat.person_id) if not w.stopped_at and w.topic == row.topic
        ]
        posts = not desk.consents.taken_back("campaign_posts", chat.person_id)
        gives = desk.consents.in_force("give", chat.person_id) and posts
        if not (wanted if row.kind == "news" else gives):
            return
        gathered = row.kind == "news" and all(one.rhythm != "at_once" for one in wanted)
        state = "digest" if gathered else ("planned", "released", "released")[far]
        recipient = Recipient(broadcast_id=row.id or 0, address_id=chat.address_id, channel="webchat", state=state)
        row.people += 1
        desk.unit.add_all((recipient, row))
        desk.unit.flush()
        if state != "released":
            return
        message = OutboxRow(
            key=f"broadcast:{row.id}/{chat.address_id}", person_id=chat.person_id, address_id=chat.address_id,
            channel="webchat", lane="bulk", kind="broadcast", cause=f"broadcast:{row.id}", not_before=desk.now,
            state="queued" if far == 1 else "sent", created_at=desk.now, changed_at=desk.now,
        )  # fmt: skip
        desk.unit.add(message)
        desk.unit.flush()
        recipient.outbox_id = message.id
        desk.unit.add(recipient)

    @rule(hours=st.sampled_from((1, 12, 24, 24 * 8, 24 * 31)))
    def time_passes(self, hours: int) -> None:
        self.town.clock.move(hours=hours)

    @rule()
    def digests_are_gathered(self) -> None:
        self.by_clock(lambda desk: desk.digests.run())

    # What always holds

    @invariant()
    def rows_and_consent_are_in_step(self) -> None:
        def look(unit: Unit) -> list[str]:
            desk = self.town.office.desk(unit, Actor("clock"), "test", self.town.clock)
            return [
                person.id
                for person in unit.scalars(select(Person)).all()
                if desk.consents.in_force("news", person.id)
                != any(not one.stopped_at for one in subscriptions.all_of(unit, person.id))
            ]

        assert self.town.database.read_now(look) == []

    @invariant()
    def nothing_waits_of_what_was_stopped(self) -> None:
        assert self.town.database.read_now(self._waits_in_vain) == []

    def _waits_in_vain(self, unit: Unit) -> list[tuple[str, str]]:
        found = []
        for name in self.phones:
            chat = chats.find(unit, "webchat", name.encode())
            if chat is None:
                continue
            wanted = {("news", w.topic) for w in subscriptions.all_of(unit, chat.person_id) if not w.stopped_at}
            desk = self.town.office.desk(unit, Actor("clock"), "test", self.town.clock)
            if not desk.consents.taken_back("campaign_posts", chat.person_id):
                wanted.add(("givers", ""))
            waiting = select(OutboxRow.id).where(col(OutboxRow.state).in_(WAITING))
            hers = select(Broadcast.kind, Broadcast.topic).join(Recipient, col(Recipient.broadcast_id) == Broadcast.id)
            on_its_way = col(Recipient.state).in_(("planned", "digest")) | col(Recipient.outbox_id).in_(waiting)
            rows = unit.execute(hers.where(Recipient.address_id == chat.address_id, on_its_way)).all()
            found += [(kind, topic) for kind, topic in rows if (kind, topic) not in wanted]
        return found

    def teardown(self) -> None:
        """Nothing that must not be is found in the whole database."""
        while self.town.database.write_now(chain.seal):
            pass
        assert self.town.database.read_now(lambda unit: list(broken(unit, self.town.clock.now()))) == []
        self.town.database.close_now()


@pytest.fixture
def histories(tmp_path: Path) -> type[News]:
    """Histories on files of their own."""

    class Here(News):
        folder = tmp_path

    return Here


@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 30), pytest.param(200, 50, marks=pytest.mark.trial)], ids=["daily", "thousands"]
)
def test_whatever_happens_nothing_stopped_arrives(histories: type[News], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        histories,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("far", [0, 1])
def test_who_stopped_all_gets_nothing_that_waits_for_whom_she_is_joined_to(histories: type[News], far: int) -> None:
    here = histories()
    here.writes_stop_all(n=0)
    here.announces(far=far, kind="givers", topic="city")

    here.are_one()

    here.nothing_waits_of_what_was_stopped()
    here.teardown()

"""Whatever three officials and the clock do to announcements, in any order: nothing leaves but the very words that
somebody approved who wrote none of them, everybody it was frozen for stands somewhere, and stopped is stopped.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.jobs.chores import announce
from handlers.desk import Actor, Desk
from handlers.desk.announcing import OVER, UNSENT, Audience, BroadcastDraft
from storage.database import Database, Unit
from storage.queries.announcing import broadcasts
from storage.queries.chains import chain
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox
from storage.tables import Broadcast, OfficialRow, OutboxRow
from storage.vault import Vault
from storage.verify import broken
from tests.kit.shape import lay_file
from tests.kit.town import Town

T = TypeVar("T")
# The first two write and approve, the third only approves.
ROLES = (("editor", "admin"), ("editor", "admin"), ("admin",))
PEOPLE = ("Ba", "Tư", "Năm", "Sáu")
SAID = ("Mở cửa thứ bảy.", "Mở cửa chủ nhật.", "Đóng cửa.")
MINUTES = (1, 40, 300)
WENT = ("sent", "delivered", "unknown")
CLOCK = ("scheduled", "sending", "done")


@dataclass
class Model:
    """One announcement as it must be. seen: the version and stamp that each official saw last. approved: the words."""

    code: str
    words: str
    authors: set[int]
    start: datetime | None
    state: str = "draft"
    version: int = 1
    seen: dict[int, tuple[int, str]] = field(default_factory=dict)
    approved: tuple[str, int] | None = None
    went_when_stopped: int | None = None


@dataclass(frozen=True)
class Step:
    """One thing that is done. who: which official, or which of the people; which: announcement, the newest first.

    anew: she looks at it first; otherwise she goes by what she saw last. number: chooses words, minutes, how far.
    """

    what: str
    who: int
    which: int
    number: int
    anew: bool
    other: bool


class History:
    """An office with three officials, four people who get news, and a clock."""

    def __init__(self, file: Path) -> None:
        lay_file(file)
        self.town = Town(Database.open(f"sqlite:///{file}"))
        self.loop = asyncio.new_event_loop()
        self.officials = [self.official(name, roles) for name, roles in zip("abc", ROLES, strict=True)]
        self.chats = [self.arrives(name) for name in PEOPLE]
        for who, chat in enumerate(self.chats):
            self.wants(chat, "weekly" if who == 0 else "at_once")
        self.all: list[Model] = []

    # Who acts

    def at_desk(self, actor: Actor, work: Callable[[Desk], T], chat: Chat | None = None) -> T:
        town, cause = self.town, f"test:{secrets.token_hex(4)}"
        return town.database.write_now(lambda unit: work(town.office.desk(unit, actor, cause, town.clock, chat)))

    def official(self, name: str, roles: tuple[str, ...]) -> str:
        def make(desk: Desk) -> str:
            made = desk.accounts.invite(f"{name}@example.test", name, "", roles, ())
            assert made is not None
            desk.unit.get_one(OfficialRow, made[0]).state = "active"
            return made[0]

        return self.at_desk(Actor("operator"), make)

    def arrives(self, name: str) -> Chat:
        def arrive(unit: Unit) -> Chat:
            vault = Vault(unit, self.town.office.master)
            return chats.arrive(unit, vault, "webchat", name.encode(), self.town.clock.now(), platform="")

        return self.town.database.write_now(arrive)

    def wants(self, chat: Chat, rhythm: str) -> None:
        def subscribe(desk: Desk) -> None:
            desk.subscriptions.subscribe(("health",), "", rhythm)

        self.at_desk(Actor("person", chat.person_id), subscribe, chat)

    def officially(self, who: int, work: Callable[[Desk], T]) -> T:
        def act(desk: Desk) -> T:
            official = desk.officials.acting(self.officials[who])
            assert official is not None
            return work(desk.of(official))

        return self.at_desk(Actor("official", self.officials[who]), act)

    def looks(self, who: int, model: Model, *, anew: bool) -> str:
        """The stamp that an official goes by."""
        if anew or who not in model.seen:
            seen = self.officially(who, lambda desk: desk.broadcasts.read(model.code))
            assert seen is not None
            model.seen[who] = (model.version, seen.stamp)
        return model.seen[who][1]

    def is_outdated(self, who: int, model: Model) -> bool:
        return model.seen[who][0] != model.version

    def is_late(self, model: Model) -> bool:
        return model.start is not None and self.town.clock.now() > model.start

    def moved(self, model: Model, state: str) -> None:
        model.state, model.version = state, model.version + 1

    def draft(self, step: Step) -> BroadcastDraft:
        start = self.town.clock.now() + timedelta(hours=1) if step.other else None
        words = {"vi": SAID[step.number % len(SAID)]}
        return BroadcastDraft(
            kind="news", title={"vi": "Lịch trạm y tế"}, words=words, audience=Audience(), topic="health", start=start
        )

    # What they do

    def does(self, step: Step) -> None:
        """Do one thing and compare what came of it with the model."""
        if step.what in ("write", "stop_news", "want_news", "clock", "time"):
            getattr(self, step.what)(step)
        elif self.all:
            getattr(self, step.what)(step, self.all[-1 - step.which % min(len(self.all), 2)])

    def write(self, step: Step) -> None:
        """Nothing new while the newest is a draft, or histories would be full of drafts."""
        if self.all and self.all[-1].state == "draft":
            return
        draft, who = self.draft(step), step.who % 2
        code = self.officially(who, lambda desk: desk.broadcasts.write(draft))
        assert code is not None
        self.all.append(Model(code, draft.words["vi"], {who}, draft.start))

    def rewrite(self, step: Step, model: Model) -> None:
        draft, stamp = self.draft(step), self.looks(step.who, model, anew=step.anew)
        went = self.officially(step.who, lambda desk: desk.broadcasts.rewrite(model.code, draft, stamp))
        if "editor" not in ROLES[step.who]:
            assert went == "absent"
        elif model.state not in UNSENT:
            assert went == "not_now"
        elif self.is_outdated(step.who, model):
            assert went == "outdated"
        else:
            assert went == "done"
            self.moved(model, "draft")
            model.words, model.start, model.approved = draft.words["vi"], draft.start, None
            model.authors.add(step.who)

    def submit(self, step: Step, model: Model) -> None:
        stamp = self.looks(step.who, model, anew=step.anew)
        went = self.officially(step.who, lambda desk: desk.broadcasts.submit(model.code, stamp))
        if "editor" not in ROLES[step.who]:
            assert went == "absent"
        elif model.state != "draft":
            assert went == "not_now"
        elif self.is_late(model):
            assert went == "late"
        elif self.is_outdated(step.who, model):
            assert went == "outdated"
        else:
            assert went in ("done", "nobody")
            self.moved(model, "awaiting_approval" if went == "done" else "draft")
            model.authors.add(step.who)

    def approve(self, step: Step, model: Model) -> None:
        """As it was looked at, or as it stood before."""
        stamp = self.looks(step.who, model, anew=step.anew)
        went = self.officially(step.who, lambda desk: desk.broadcasts.approve(model.code, stamp))
        if model.state != "awaiting_approval":
            assert went == "not_now"
        elif step.who in model.authors:
            assert went == "own"
        elif self.is_late(model):
            assert went == "late"
        elif self.is_outdated(step.who, model):
            assert went == "outdated"
        else:
            assert went == "done"
            self.moved(model, "scheduled")
            model.approved = (model.words, step.who)

    def send_back(self, step: Step, model: Model) -> None:
        stamp = self.looks(step.who, model, anew=step.anew)
        went = self.officially(step.who, lambda desk: desk.broadcasts.send_back(model.code, stamp, "Sửa giờ."))
        if model.state != "awaiting_approval":
            assert went == "not_now"
        elif self.is_outdated(step.who, model):
            assert went == "outdated"
        else:
            assert went == "done"
            self.moved(model, "draft")

    def stop(self, step: Step, model: Model) -> None:
        """What is done can be stopped only as long as somebody's digest is to come."""
        went = self.officially(step.who, lambda desk: desk.broadcasts.stop(model.code))
        if went == "done":
            assert model.state != "cancelled"
            model.state, model.went_when_stopped = "cancelled", self.went()[model.code]
        else:
            assert (went, model.state in OVER) == ("not_now", True)

    def stop_news(self, step: Step) -> None:
        chat = self.chats[step.number % len(self.chats)]
        self.at_desk(Actor("person", chat.person_id), lambda desk: desk.subscriptions.stop("health"), chat)

    def want_news(self, step: Step) -> None:
        self.wants(self.chats[step.number % len(self.chats)], "at_once")

    def clock(self, step: Step) -> None:
        """A few looks of the job, or none; what it handed out is delivered or still on its way."""
        town = self.town
        work = town.work(rates={"webchat": 2.0})
        for _ in range(step.number):
            self.loop.run_until_complete(announce(work))
        if step.other:
            self.loop.run_until_complete(town.service.outbox.drain())

    def time(self, step: Step) -> None:
        self.town.clock.move(minutes=MINUTES[step.number % len(MINUTES)])

    # What always holds

    def holds(self) -> None:
        """Compare all there is with what must be."""
        rows, messages = self.town.database.read_now(self.read)
        for model in self.all:
            state, people, stand = rows[model.code]
            if model.state in CLOCK and state in CLOCK:  # the clock takes it further, and one way only
                assert CLOCK.index(state) >= CLOCK.index(model.state)
                model.state = state
            assert (state, people) == (model.state, stand)
            texts = [text for code, _, text in messages if code == model.code]
            if texts:
                assert model.approved is not None
                assert model.approved[1] not in model.authors
                assert all(model.approved[0] in text for text in texts)
            if model.went_when_stopped is not None:
                assert self.went(messages)[model.code] == model.went_when_stopped

    def read(self, unit: Unit) -> tuple[Mapping[str, tuple[str, int, int]], list[tuple[str, str, str]]]:
        """Each announcement's state, how many it was frozen for and how many stand somewhere; and each message of one:
        its code, its state, and what people read.
        """
        vault = Vault(unit, self.town.office.master)
        found = unit.scalars(select(Broadcast)).all()
        sums = {row.code: (row.state, row.people, sum(broadcasts.counts(unit, row.id or 0).values())) for row in found}
        codes = {f"broadcast:{row.id}": row.code for row in found}
        sent = unit.scalars(select(OutboxRow).where(col(OutboxRow.kind) == "broadcast")).all()
        return sums, [(codes[row.cause], row.state, str(outbox.body_of(vault, row)["text"])) for row in sent]

    def went(self, messages: list[tuple[str, str, str]] | None = None) -> Counter[str]:
        """How many messages have left, by code."""
        messages = self.town.database.read_now(self.read)[1] if messages is None else messages
        return Counter(code for code, state, _ in messages if state in WENT)

    def ends(self) -> None:
        """Nothing that must not be is found in the whole database."""
        database = self.town.database
        while database.write_now(chain.seal):
            pass
        assert database.read_now(lambda unit: list(broken(unit, self.town.clock.now()))) == []
        database.close_now()
        self.loop.close()


# What happens oftener stands here oftener, so that histories get as far as sending.
STEPS = st.builds(
    Step,
    st.sampled_from(
        ("write", "rewrite", "rewrite", *["submit"] * 5, *["approve"] * 6, "send_back", "stop", "stop_news",
         "want_news", *["clock"] * 4, "time")
    ),
    who=st.integers(0, 2), which=st.integers(0, 1), number=st.integers(0, 3),
    anew=st.sampled_from((True, True, True, False)), other=st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("examples", "most"), [(10, 60), pytest.param(100, 120, marks=pytest.mark.trial)], ids=["daily", "thousands"]
)
def test_whatever_happens_only_approved_words_leave(examples: int, most: int, tmp_path: Path) -> None:
    files = count()

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(st.lists(STEPS, min_size=most // 2, max_size=most))
    def holds(steps: list[Step]) -> None:
        history = History(tmp_path / f"{next(files)}.db")
        for step in (Step("write", 0, 0, 0, anew=True, other=False), *steps):
            history.does(step)
            history.holds()
        history.ends()

    holds()

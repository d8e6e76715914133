"""Thousands who get an announcement: written straight into the database, each with a chat on our own Telegram.

Why straight: whoever subscribes by writing takes a turn, and ten thousand of them take longer than the trial.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TypeVar, cast

from sqlalchemy import update
from sqlmodel import col, select

from bot.clock import Clock
from fakes.bot_api import SENDS, Arguments, BotFaults, MethodCall
from fakes.faults import HANG, Fault
from fakes.telegram.faults import migrated
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import FIRST_USER, TelegramUser
from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft, SeenBroadcast
from storage.queries.announcing import subscriptions
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.tables import Address, OfficeDay, OfficialRow, OutboxRow, Person, Recipient
from tests.kit.process import Process
from tests.trial.hall import Sent

K = TypeVar("K")

FIRST_ID, MOVED_BY = FIRST_USER + 1_000_000, 5_000_000
AT_ONCE = 1_000
TOPIC = "health"
WORDS = {"vi": "Trạm y tế mở cửa sáng thứ bảy."}
DRAFT = BroadcastDraft(kind="news", title={"vi": "Lịch trạm y tế"}, words=WORDS, audience=Audience(), topic=TOPIC)
NEVER_SENT = {"opted_out", "gone", "stopped", "cancelled", "failed", "expired", "held"}
GOT = {"sent", "delivered"}


class Fated(BotFaults):
    """What happens to each chat: to everything that is sent there, or to the first message alone."""

    def __init__(self) -> None:
        super().__init__()
        self.always: dict[int, Fault] = {}
        self.once: dict[int, Fault] = {}

    def take(self, method: str, given: Arguments) -> Fault | None:
        """What was planned in order; else what this chat is fated to."""
        chat = given.number("chat_id") if method in SENDS else 0
        return super().take(method, given) or self.always.get(chat) or self.once.pop(chat, None)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What came of an announcement. states: of its recipients. accepted: how often our Telegram took it.

    unseen: of those that are unknown, how many did not arrive.
    """

    people: int
    states: Mapping[str, int]
    accepted: int
    unseen: int


@dataclass(slots=True)
class Listeners:
    """Everybody who subscribed. shut: who blocked us; moved: whose chat has another id; hung: who never confirms."""

    process: Process
    telegram: FakeTelegram
    people: list[TelegramUser]
    fates: Fated = field(default_factory=Fated)
    shut: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    hung: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, process: Process, telegram: FakeTelegram, count: int) -> "Listeners":
        """Write so many into the database, and let each have written once; the service does not run yet."""
        people = [telegram.user(f"bà {n}", id=FIRST_ID + n) for n in range(count)]
        for user in people:
            user.chat.status = "open"
        for first in range(0, count, AT_ONCE):
            some = people[first : first + AT_ONCE]
            process.at_desk(lambda desk, some=some: subscribe(desk, [user.id for user in some]))  # type: ignore[misc]  # bound at once
        process.at_desk(open_any_day)
        found = cls(process, telegram, people)
        telegram.faults = found.fates
        return found

    def meet(self, shut: float, moved: float, hung: float, seed: int) -> None:
        """Choose shares of them to be out of reach, to have moved, and to get it without ever confirming."""
        chance = Random(seed)  # noqa: S311  # the same again
        count = len(self.people)
        ids = chance.sample([user.id for user in self.people], sum(round(count * one) for one in (shut, moved, hung)))
        at, then = round(count * shut), round(count * (shut + moved))
        self.shut, self.moved, self.hung = set(ids[:at]), set(ids[at:then]), set(ids[then:])
        for chat in self.shut:
            self.telegram.world.chats[chat].status = "blocked"
        for chat in self.moved:
            self.telegram.user("bà", id=chat + MOVED_BY).chat.status = "open"
            self.fates.always[chat] = migrated(chat + MOVED_BY)
        self.fates.once = dict.fromkeys(self.hung, HANG)

    @property
    def calm(self) -> list[TelegramUser]:
        """Those to whom nothing is to happen."""
        fated = self.shut | self.moved | self.hung
        return [user for user in self.people if user.id not in fated]

    @property
    def clock(self) -> Clock:
        """By which our Telegram dates calls."""
        return self.telegram.world.clock

    def sent(self, since: int = 0) -> Sequence[Sent | None]:
        """Every call from a number on, in order; None for one that shows nobody anything."""
        return [_sent(call) for call in self.telegram.calls[since:]]

    def announce(self) -> str:
        """Have one official write it and another approve it; returns its code."""
        return self.process.at_desk(announce)

    def stop(self, code: str) -> None:
        """Have an official stop it."""
        assert self.process.at_desk(lambda desk: official(desk, "lan", "admin").broadcasts.stop(code)) == "done"

    def calls(self, code: str, *, accepted: bool = True) -> list[MethodCall]:
        """Every time it was sent, in order; accepted: only those that took effect."""
        found = (call for call in self.telegram.calls if call.method in SENDS and code in _words(call))
        return [call for call in found if call.accepted or not accepted]

    def reckon(self, code: str) -> Reckoning:
        """Lay what was frozen, its states and our Telegram's own ledger side by side; assert that they agree."""
        names = {str(number): user.id for user in self.people for number in (user.id, user.id + MOVED_BY)}
        seen, told, fates = self.process.at_desk(lambda desk: kept(desk, code, "telegram", names))
        taken = Counter(call.chat_id - MOVED_BY * (call.chat_id >= FIRST_ID + MOVED_BY) for call in self.calls(code))
        assert sum(told.values()) == seen.people == len(fates) == len(self.people), (told, seen.people, len(fates))
        assert told == Counter(fates.values())
        twice = {chat: (count, fates.get(chat)) for chat, count in taken.items() if count > 1}
        assert not twice, twice
        wrong = {chat: state for chat, state in fates.items() if not agrees(state, taken[chat])}
        assert not wrong, list(wrong.items())[:10]
        unseen = sum(state == "unknown" and not taken[chat] for chat, state in fates.items())
        return Reckoning(seen.people, dict(told), sum(taken.values()), unseen)


def kept(
    desk: Desk, code: str, channel: str, names: Mapping[str, K]
) -> tuple[SeenBroadcast, Counter[str], dict[K, str]]:
    """An announcement, its states as officials see them, and what became of it for each who was frozen.

    names: whose chat it is, by the platform's name of it.
    """
    admin = official(desk, "lan", "admin")
    seen = _read(admin, code)
    told: Counter[str] = Counter()
    for (_, state), count in admin.broadcasts.states(seen).items():
        told[state] += count
    whose = {desk.vault.look_up(f"{channel} chat", chat): name for chat, name in names.items()}
    query = (
        select(col(Address.external), col(Recipient.state), col(OutboxRow.state))
        .join_from(Recipient, Address, col(Address.id) == col(Recipient.address_id))
        .join(OutboxRow, col(OutboxRow.id) == col(Recipient.outbox_id), isouter=True)
        .where(Recipient.broadcast_id == seen.id)
    )
    rows = desk.unit.execute(query)
    return seen, told, {whose[external]: sent or planned for external, planned, sent in rows}


def agrees(state: str, taken: int) -> bool:
    """Whether a state says what our platform knows."""
    return state == "unknown" or taken == (0 if state in NEVER_SENT else 1 if state in GOT else -1)


def _sent(call: MethodCall) -> Sent | None:
    return Sent(str(call.chat_id), _words(call), call.at, call.accepted) if call.method in SENDS else None


def _words(call: MethodCall) -> str:
    return call.arguments.get("text", call.arguments.get("caption", ""))


def subscribe(desk: Desk, ids: Iterable[int | str], channel: str = "telegram") -> list[Chat]:
    """Let people arrive on a platform who want what is announced here."""
    found = []
    for number in ids:
        external = desk.vault.look_up(f"{channel} chat", str(number))
        chat = chats.arrive(desk.unit, desk.vault, channel, external, desk.now, platform=str(number))
        subscriptions.want(desk.unit, chat.person_id, TOPIC, "", "at_once", desk.now)
        found.append(chat)
    desk.unit.execute(update(Person).where(col(Person.language) == "").values(language="vi"))
    return found


def open_any_day(desk: Desk) -> None:
    """A trial is run on any day."""
    for day in (desk.today(), desk.today() + timedelta(days=1)):
        desk.unit.add(OfficeDay(day=day, kind="opened", entered_by="operator", at=desk.now))


def announce(desk: Desk) -> str:
    """Have one official write it and another approve it; returns its code."""
    editor, admin = official(desk, "mai", "editor"), official(desk, "lan", "admin")
    code = editor.broadcasts.write(DRAFT)
    assert code is not None
    steps: tuple[Callable[[], str], ...] = (
        lambda: editor.broadcasts.submit(code, _read(editor, code).stamp),
        lambda: admin.broadcasts.approve(code, _read(admin, code).stamp),
    )
    assert [step() for step in steps] == ["done", "done"]
    return code


def official(desk: Desk, name: str, role: str) -> Desk:
    """The desk with this official at it, who is there from the first time on."""
    email = f"{name}@example.test"
    account = desk.officials.by_email(email)
    if account is None:
        assert desk.accounts.invite(email, name, "", (role,), ()) is not None
        account = desk.officials.by_email(email)
        assert account is not None
        desk.unit.get_one(OfficialRow, account.id).state = "active"
        desk.unit.flush()
    official = desk.officials.acting(account.id)
    assert official is not None
    return desk.of(official)


def _read(desk: Desk, code: str) -> SeenBroadcast:
    return cast("SeenBroadcast", desk.broadcasts.read(code))

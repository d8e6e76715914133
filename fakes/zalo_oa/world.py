"""Everything the fake knows: people, tokens, files, the webhook's events, and what was called."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from fakes.wire import Json
from fakes.world import Call, World
from fakes.zalo_oa import events
from fakes.zalo_oa.files import Files
from fakes.zalo_oa.limiter import Limiter
from fakes.zalo_oa.settings import Account
from fakes.zalo_oa.tokens import Tokens
from fakes.zalo_oa.users import Person, Shown
from fakes.zalo_oa.wire import Refusal

Host = Literal["openapi", "business", "oauth"]
FIRST_USER, FIRST_BY_APP = 8421000000000000001, 5521000000000000001


@dataclass(slots=True, kw_only=True)
class ZaloOaCall(Call):
    """One call. user: an id or a phone; paid: whether it costs; shown: what a person sees of it.

    moment: real seconds, to count how many came in one.
    """

    host: Host
    path: str
    given: Json
    moment: float
    user: str = ""
    paid: bool = False
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event on its way. queue: whose first tries come one after the other; server: X-ZEvent-Server."""

    body: Json
    queue: str
    server: str = ""


@dataclass(slots=True, kw_only=True)
class ZaloOaWorld(World[ZaloOaCall]):
    """The state of the fake. complaints: what was called in a way that the contract does not know; a test wants none.

    phone_answers: what was answered by tracking id and phone. events: every event there ever was, also without webhook.
    """

    account: Account = field(default_factory=Account)
    people: dict[str, Person] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    waiting: deque[Event] = field(default_factory=deque)
    phone_answers: dict[tuple[str, str], Json] = field(default_factory=dict)
    tokens: Tokens = field(init=False)
    limiter: Limiter = field(init=False)
    files: Files = field(init=False)
    _made: int = 0

    def __post_init__(self) -> None:
        self.tokens, self.limiter, self.files = Tokens(self.now), Limiter(self.now), Files(self.now)

    def date(self) -> str:
        """The moment as Zalo writes it: milliseconds since 1970, as text."""
        return str(int(self.now().timestamp() * 1000))

    def new_id(self) -> str:
        """A message's id."""
        self._made += 1
        return f"{0x96D3CDF3AF000000 + self._made:x}{self._made:04}"

    def join(self, name: str, user_id: str, phone: str, *, admin: bool) -> Person:
        """Add somebody with Zalo."""
        number = len(self.people)
        person = Person(user_id or str(FIRST_USER + number), str(FIRST_BY_APP + number), name, phone, admin)
        assert person.id not in self.people, f"{person.id} exists"
        self.people[person.id] = person
        return person

    def person(self, user_id: str) -> Person:
        """Somebody by her id. Raises Refusal -201."""
        if user_id not in self.people:
            raise Refusal(-201, "user_id is invalid")
        return self.people[user_id]

    def call(self, host: Host, path: str, given: Json) -> ZaloOaCall:
        """Note a call."""
        moment = asyncio.get_running_loop().time()
        return self.note(ZaloOaCall(host=host, path=path, given=given, at=self.now(), moment=moment))

    def show(self, call: ZaloOaCall, person: Person, shown: Shown, *, paid: bool) -> None:
        """Put a message of the account on her screen, with the echo and the receipt that follow."""
        call.shown, call.paid, call.user = shown, paid, person.id
        self.put(person, shown)

    def put(self, person: Person, shown: Shown) -> None:
        """Put something that is the account's on her screen, and tell of it."""
        person.shown.append(shown)
        about = (self.account.app_id, self.account.oa_id, person)
        if self.account.echoes:
            name, message = events.echo(shown)
            self.tell(events.from_account(*about, name, message, self.date(), shown.admin), person.id)
        if self.account.receipts:
            received = events.from_account(*about, "user_received_message", {"msg_id": shown.id}, self.date())
            self.tell(received, person.id)

    def tell(self, body: Json, queue: str, *, server: str = "") -> Event:
        """Put an event on its way."""
        event = Event(body, queue, server)
        self.events.append(event)
        self.waiting.append(event)
        self.bell.ring()
        return event

    def accepted(self, user: str | None = None) -> list[ZaloOaCall]:
        """Every call that put a message on a screen, in order."""
        return [call for call in self.calls if call.shown and call.accepted and user in (None, call.user)]

    def most_in(self, seconds: float) -> int:
        """The most messages that were accepted within so many real seconds."""
        moments = sorted(call.moment for call in self.accepted())
        return max((sum(start <= other < start + seconds for other in moments) for start in moments), default=0)

    def paid(self) -> list[ZaloOaCall]:
        """Every accepted message that cost something."""
        return [call for call in self.accepted() if call.paid]

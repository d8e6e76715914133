"""Phones to walk with: the same things done on the web chat and on Telegram, and what was answered to the last of them.

Why the database is asked whether an answer is whole: a turn may be several messages, a second apart or none at all, and
only the rows that wait say that no more will come. What was said is read off the phone, never off the rows.
"""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sqlmodel import col, select

from storage.database import Unit
from storage.queries.incoming import chats
from storage.tables import InboxRow, OutboxRow
from tests.kit.house import House, Json, Reply, Visitor, options, visit
from tests.kit.waiting import NeverCame, until

SILENT_S = 1.0  # after so long without a word, perhaps there is nothing to be said


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of ours as it is shown. buttons: (label, what it sends); picture: where one that came with it is."""

    text: str
    buttons: tuple[tuple[str, str], ...]
    picture: str = ""

    def labelled(self) -> tuple[tuple[str, str], ...]:
        """Its buttons with their words, also where these stand in numbered lines because they are too long."""
        lines = dict(re.findall(r"^(\d+)\. (.+)$", self.text, re.MULTILINE))
        if not self.buttons or not all(label in lines for label, _ in self.buttons):
            return self.buttons
        return tuple((lines[label], press) for label, press in self.buttons)


@dataclass
class Phone(ABC):
    """One chat of one person. heard: what answered the last thing she did; diary: all she did and heard, to be read."""

    house: House
    heard: list[Heard] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)

    async def says(self, text: str) -> None:
        """Write a text."""
        await self._does(f"“{text}”", self._say, text)

    async def presses(self, label: str) -> None:
        """Press a button of the last answer: the one with this label, or else the first that holds it."""
        await self._does(f"[{label}]", self._press, self._find(label))

    async def presses_again(self, press: str) -> None:
        """Press a button kept from before."""
        await self._does("an old button", self._press, press)

    async def sends_photo(self, *photos: bytes) -> None:
        """Send photos in the chat."""
        await self._does(f"{len(photos)} photos", self._send_photos, *photos)

    async def is_told(self, part: str) -> None:
        """Wait until these words come by themselves: what came meanwhile is the last answer then."""
        self.heard = []

        async def look() -> str:
            self.heard += await self._shown()
            return self.told()

        await until(f"{part!r} comes by itself", look, lambda told: part in told)
        self.diary += ["> (waits)", *(f"< {line}" for line in self.told().splitlines())]

    async def picture(self) -> bytes:
        """The last picture of the last answer, as it reached her."""
        shown = [heard.picture for heard in self.heard if heard.picture]
        assert shown, "no picture came"
        return await self._fetch(shown[-1])

    def kept(self, label: str) -> str:
        """What a button of the last answer sends, to be pressed later."""
        return self._find(label)

    def hears(self, part: str) -> None:
        """Assert that these words were in the last answer, in a text or on a button."""
        assert part in self.told(), f"{part!r} was not heard"

    def told(self) -> str:
        """The last answer as text, with its buttons."""
        return "\n".join(f"{h.text}\n{' '.join(f'[{label}]' for label, _ in h.labelled())}" for h in self.heard)

    @abstractmethod
    async def answers_apart(self, label: str) -> None:
        """Answer a private question by the choice with this label, wherever it may be asked here."""

    @abstractmethod
    async def shows_apart(self, *photos: bytes) -> None:
        """Answer a private question by photos, wherever it may be asked here."""

    @abstractmethod
    async def _say(self, text: str) -> None: ...

    @abstractmethod
    async def _press(self, press: str) -> None: ...

    @abstractmethod
    async def _send_photos(self, *photos: bytes) -> None: ...

    @abstractmethod
    async def _fetch(self, picture: str) -> bytes:
        """A picture that is shown."""

    @abstractmethod
    async def _shown(self) -> list[Heard]:
        """What was shown since the last call."""

    @abstractmethod
    def _under_way(self) -> bool:
        """Whether something she did has not reached us yet."""

    @abstractmethod
    def _chat(self, unit: Unit) -> chats.Chat | None: ...

    async def _does(self, what: str, act: Callable[..., Awaitable[object]], *given: object) -> None:
        self.diary.append(f"> {what}")
        await act(*given)
        await self._settles(what)
        self.heard = await self._shown()
        self.diary += [f"< {line}" for line in self.told().splitlines()]

    async def _settles(self, what: str) -> None:
        """Wait until all she did is answered, and all that was answered has arrived."""
        with suppress(NeverCame):
            await until("something may have been answered", self._stirs, within_s=SILENT_S)
        await until(f"{what} is answered", self._is_answered)

    async def _is_answered(self) -> bool:
        return not (self._under_way() or await self.house.database.read(self._waits))

    @abstractmethod
    def _stirs(self) -> bool:
        """Whether something may have been answered; the database is not asked in vain meanwhile."""

    def _waits(self, unit: Unit) -> bool:
        chat = self._chat(unit)
        if chat is None:
            return True
        said = select(InboxRow.id).where(InboxRow.address_id == chat.address_id, InboxRow.state == "new")
        told = select(OutboxRow.id).where(
            OutboxRow.address_id == chat.address_id, col(OutboxRow.state).in_(("queued", "sending"))
        )
        return unit.scalar(said.limit(1)) is not None or unit.scalar(told.limit(1)) is not None

    def _find(self, label: str) -> str:
        shown = [button for heard in reversed(self.heard) for button in heard.labelled()]
        fits: Sequence[str] = [press for other, press in shown if other.removeprefix("✓ ") == label]
        fits = fits or [press for other, press in shown if label in other]
        assert fits, f"there is no button {label!r}, only {[other for other, _ in shown]}"
        return fits[0]


@dataclass
class WebPhone(Phone):
    """The web chat in a browser without a page."""

    visitor: Visitor = field(kw_only=True)
    _last: str = "0"

    async def answers_apart(self, label: str) -> None:
        await self.presses(label)

    async def shows_apart(self, *photos: bytes) -> None:
        await self.sends_photo(*photos)

    async def _say(self, text: str) -> None:
        await self._until_taken(lambda client: self.visitor.posts({"text": text, "id": client}))

    async def _press(self, press: str) -> None:
        await self._until_taken(lambda client: self.visitor.posts({"press": press, "id": client}))

    async def _send_photos(self, *photos: bytes) -> None:
        await self._until_taken(lambda client: self.visitor.sends(*photos, id=client))

    async def _until_taken(self, hand_in: Callable[[str], Awaitable[Reply]]) -> None:
        """Hand a message in under one id until it is taken, as a browser does."""
        client = secrets.token_urlsafe(9)
        reply = await until("the service takes it", lambda: hand_in(client), lambda reply: reply.status != 503)
        assert reply.status == 202, reply

    async def _fetch(self, picture: str) -> bytes:
        answer = await self.visitor.gets(picture)
        assert answer.status == 200, answer
        return answer.body

    async def _shown(self) -> list[Heard]:
        lines = await self.visitor.reads(self._last)
        self._last = str(lines[-1]["id"]) if lines else self._last
        return [_line(line) for line in lines if line["from"] == "us"]

    def _under_way(self) -> bool:
        return False

    def _stirs(self) -> bool:
        return True

    def _chat(self, unit: Unit) -> chats.Chat | None:
        [cookie] = [morsel for morsel in self.visitor.session.cookie_jar if morsel.key == "chungtay"]
        master = self.house.service.opened.office.master
        return chats.find(unit, "webchat", master.look_up("webchat visitor", cookie.value.partition(".")[0]))


@asynccontextmanager
async def web_phone(house: House) -> AsyncIterator[WebPhone]:
    """Somebody new at the web chat."""
    async with visit(house) as visitor:
        yield WebPhone(house, visitor=visitor)


def _line(line: Json) -> Heard:
    buttons = tuple((option["label"], option["press"]) for option in options(line))
    return Heard(str(line["text"]), buttons, str(line.get("image", "")))

"""A phone with our own Zalo bot on it: there are no buttons, so she types the number of the line she wants."""

import re
from dataclasses import dataclass, field

from bot.receiving.intake import id_in
from fakes.wire import Json
from fakes.zalo_bot.server import FakeZaloBot
from fakes.zalo_bot.user import ZaloBotUser
from fakes.zalo_bot.world import Message
from storage.database import Unit
from storage.queries.incoming import chats, inbox
from storage.vault import Vault
from tests.kit.house import House
from tests.kit.phones import Heard, Phone

LINE = re.compile(r"(\d+)\. (.+)")
ENDS = ("Xong", "Done")


@dataclass
class ZaloBotPhone(Phone):
    """A Zalo bot. ticked: numbers she has in mind while several may be chosen; she types them together."""

    zalo: FakeZaloBot = field(kw_only=True)
    user: ZaloBotUser = field(kw_only=True)
    ticked: list[str] = field(default_factory=list)
    _seen: int = 0
    _wrote: str = ""  # the last message of hers; what was handed out is nowhere until it is kept

    async def says(self, text: str) -> None:
        if self.ticked:
            numbers, self.ticked = " ".join(self.ticked), []
            await self._does(f"“{numbers}”", self._press, numbers)
        await super().says(text)

    async def presses(self, label: str) -> None:
        number = self._find(label)
        if self._may_choose_several():
            if label not in ENDS:
                self.ticked.append(number)
                return
            ticked, self.ticked = self.ticked, []
            if len(ticked) == 1:  # one alone may not be all that she wants
                await self._does(f"“{ticked[0]}”", self._press, ticked[0])
            number = number if len(ticked) < 2 else " ".join(ticked)
        await self._does(f"[{label}]", self._press, number)

    async def answers_apart(self, label: str) -> None:
        await self.presses(label)

    async def shows_apart(self, *photos: bytes) -> None:
        await self.sends_photo(*photos)

    def _may_choose_several(self) -> bool:
        return any(label in ENDS for heard in self.heard for label, _ in heard.buttons)

    async def _say(self, text: str) -> None:
        self._note(self.user.says(text))

    async def _press(self, press: str) -> None:
        self._note(self.user.says(press))

    async def _send_photos(self, *photos: bytes) -> None:
        for photo in photos:
            self._note(self.user.sends_photo(photo))

    def _note(self, update: Json) -> None:
        self._wrote = str(update["message"]["message_id"])

    def _stirs(self) -> bool:
        return len(self.user.heard) != self._seen

    async def _fetch(self, picture: str) -> bytes:
        message = next(message for message in self.user.heard if message.id == picture)
        assert message.photo is not None
        return message.photo

    async def _shown(self) -> list[Heard]:
        fresh, self._seen = self.user.heard[self._seen :], len(self.user.heard)
        return [_heard(message) for message in fresh]

    def _under_way(self) -> bool:
        return self.zalo.pusher.busy(self.user.id)

    def _waits(self, unit: Unit) -> bool:
        vault = Vault(unit, self.house.service.opened.office.master)
        chat = vault.look_up("zalo_bot chat", self.user.id)
        return not inbox.known(unit, "zalo_bot", id_in(chat, self._wrote)) or super()._waits(unit)

    def _chat(self, unit: Unit) -> chats.Chat | None:
        vault = Vault(unit, self.house.service.opened.office.master)
        return chats.find(unit, "zalo_bot", vault.look_up("zalo_bot chat", self.user.id))


def zalo_bot_phone(house: House, zalo: FakeZaloBot, name: str = "Lan") -> ZaloBotPhone:
    """Somebody new at the bot."""
    return ZaloBotPhone(house, zalo=zalo, user=zalo.user(name))


def _heard(message: Message) -> Heard:
    return Heard(message.text, numbered(message.text), message.id if message.photo is not None else "")


def numbered(text: str) -> tuple[tuple[str, str], ...]:
    """(label, what to type) of the lines to choose from, which stand last; what is numbered above is something else.

    Where a number would be an answer they have none, and their words are typed.
    """
    found: list[tuple[str, str]] = []
    for line in reversed(text.rstrip("\n").split("\n")):
        if line.startswith("- "):
            found.insert(0, (line[2:], line[2:]))
            continue
        fits = LINE.fullmatch(line)
        if fits is None or (found and (not found[0][1].isdigit() or found[0][1] in ("1", str(int(fits[1]))))):
            break
        if found and found[0][1] != "0" and int(found[0][1]) != int(fits[1]) + 1:
            break
        found.insert(0, (fits[2], fits[1]))
    return tuple(found)

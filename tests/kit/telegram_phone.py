"""A phone with our own Telegram on it, and with a browser for the pages it is sent to."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from fakes.telegram.chats import Message
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from storage.database import Unit
from storage.queries.incoming import chats
from storage.vault import Vault
from tests.kit.house import House
from tests.kit.phones import Heard, Phone
from tests.kit.private_page import Field, read_page, send_page
from tests.kit.waiting import until

LINK = re.compile(r"https?://\S+/p/\S+")


@dataclass
class TelegramPhone(Phone):
    """Telegram."""

    telegram: FakeTelegram = field(kw_only=True)
    user: TelegramUser = field(kw_only=True)
    _seen: dict[int, Heard] = field(default_factory=dict)

    async def answers_apart(self, label: str) -> None:
        page = await read_page(self._link())
        assert page.purpose, "the page does not say what for"
        await self._does(f"page [{label}]", _sends_page, self._link(), ("choice", page.choices[label]))

    async def shows_apart(self, *photos: bytes) -> None:
        page = await read_page(self._link())
        assert page.purpose, "the page does not say what for"
        await self._does("page, photos", _sends_page, self._link(), *(("photo", photo) for photo in photos))

    async def shares_contact(self, number: str) -> None:
        """Press the button that gives her own number."""
        assert self.user.keys, "no number is asked for"
        await self._acts("her contact", lambda: self.user.shares_contact(number))

    async def sends_sticker(self) -> None:
        await self._acts("a sticker", self.user.sends_sticker)

    async def sends_voice(self) -> None:
        await self._acts("spoken words", self.user.sends_voice)

    async def edits(self, text: str) -> None:
        """Change her last text."""
        await self._acts(f"changed to “{text}”", lambda: self.user.edits(text))

    async def _acts(self, what: str, act: Callable[[], object]) -> None:
        async def once() -> None:
            act()

        await self._does(what, once)

    def _link(self) -> str:
        found = LINK.search(self.told())
        assert found, "there is no link to a page"
        return found[0]

    async def _say(self, text: str) -> None:
        self.user.says(text)

    async def _press(self, press: str) -> None:
        for message in self.user.heard:
            if any(button.get("callback_data") == press for row in message.rows for button in row):
                return self.user.presses_data(press, message)
        return self._say_key(press)

    def _say_key(self, label: str) -> None:
        assert label in self.user.keys, f"there is no key {label!r}"
        self.user.says(label)

    async def _send_photos(self, *photos: bytes) -> None:
        self.user.sends_photo(*photos)

    def _stirs(self) -> bool:
        return self._screen() != self._seen

    def _screen(self) -> dict[int, Heard]:
        return {message.id: _message(message) for message in self.user.heard}

    async def _fetch(self, picture: str) -> bytes:
        message = self.user.chat.find(int(picture))
        assert message is not None, "the picture is not shown any more"
        assert message.photo is not None
        return message.photo

    async def _shown(self) -> list[Heard]:
        keys = tuple((key, key) for key in self.user.keys)
        now = self._screen()
        fresh = [heard for number, heard in now.items() if self._seen.get(number) != heard]
        self._seen = now
        return [*fresh[:-1], Heard(fresh[-1].text, fresh[-1].buttons or keys, fresh[-1].picture)] if fresh else []

    def _under_way(self) -> bool:
        mine = {f"chat:{self.user.id}", f"user:{self.user.id}"}
        return any(update.queue in mine for update in self.telegram.world.updates.waiting())

    def _chat(self, unit: Unit) -> chats.Chat | None:
        vault = Vault(unit, self.house.service.opened.office.master)
        return chats.find(unit, "telegram", vault.look_up("telegram chat", str(self.user.id)))


def telegram_phone(house: House, telegram: FakeTelegram, name: str = "Lan") -> TelegramPhone:
    """Somebody new on Telegram."""
    return TelegramPhone(house, telegram=telegram, user=telegram.user(name))


def _message(message: Message) -> Heard:
    buttons = tuple(
        (str(button["text"]), str(button["callback_data"]))
        for row in message.rows
        for button in row
        if "callback_data" in button
    )
    return Heard(message.text, buttons, str(message.id) if message.photo is not None else "")


async def _sends_page(link: str, *fields: Field) -> None:
    """Send a page's form, again while the service is busy, as she would."""
    page = await until("the service takes it", lambda: send_page(link, *fields), lambda page: page.status != 503)
    assert page.status == 200, page

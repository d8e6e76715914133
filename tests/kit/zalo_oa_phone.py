"""A phone with our own Official Account on it: she presses buttons, or types the number of the line she wants."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import QUERIES, ZaloUser
from fakes.zalo_oa.users import Shown
from storage.database import Unit
from storage.queries.incoming import chats
from storage.vault import Vault
from tests.kit.house import House
from tests.kit.phones import Heard, Phone
from tests.kit.zalo_bot_phone import ENDS, numbered


@dataclass
class ZaloOaPhone(Phone):
    """An Official Account. ticked: numbers she has in mind while several may be chosen; she types them together."""

    zalo: FakeZaloOa = field(kw_only=True)
    user: ZaloUser = field(kw_only=True)
    ticked: list[str] = field(default_factory=list)
    _seen: int = 0

    async def says(self, text: str) -> None:
        if self.ticked:
            numbers, self.ticked = " ".join(self.ticked), []
            await self._does(f"“{numbers}”", self._press, numbers)
        await super().says(text)

    async def presses(self, label: str) -> None:
        press = self._find(label)
        if self._may_choose_several():
            if press.isdigit():
                self.ticked.append(press)
                return
            press, self.ticked = (" ".join(self.ticked) or press) if label in ENDS else press, []
        await self._does(f"[{label}]", self._press, press)

    async def answers_apart(self, label: str) -> None:
        await self.presses(label)

    async def shows_apart(self, *photos: bytes) -> None:
        await self.sends_photo(*photos)

    async def shares_contact(self, number: str) -> None:
        """Answer the question for her details."""
        await self._acts("her contact", lambda: self.user.shares_contact(number))

    async def sends_sticker(self) -> None:
        await self._acts("a sticker", self.user.sends_sticker)

    async def sends_voice(self) -> None:
        await self._acts("spoken words", self.user.sends_audio)

    async def _acts(self, what: str, act: Callable[[], object]) -> None:
        async def once() -> None:
            act()

        await self._does(what, once)

    def _may_choose_several(self) -> bool:
        return any(label in ENDS for heard in self.heard for label, _ in heard.buttons)

    async def _say(self, text: str) -> None:
        self.user.says(text)

    async def _press(self, press: str) -> None:
        """Press the latest button that sends this, or type the number."""
        for shown in reversed(self.user.heard):
            for button in shown.buttons:
                if button["payload"] == press:
                    self.user.taps(button)
                    return
        assert all(number.isdigit() for number in press.split()), f"there is no button that sends {press!r}"
        self.user.says(press)

    async def _send_photos(self, *photos: bytes) -> None:
        self.user.sends_image(*photos)

    def _stirs(self) -> bool:
        return len(self.user.heard) != self._seen

    async def _fetch(self, picture: str) -> bytes:
        shown = self.user.person.find(picture)
        assert shown is not None
        assert shown.picture is not None
        return shown.picture

    async def _shown(self) -> list[Heard]:
        fresh, self._seen = self.user.heard[self._seen :], len(self.user.heard)
        return [_heard(shown) for shown in fresh]

    def _under_way(self) -> bool:
        return self.zalo.pusher.busy(self.user.id)

    def _chat(self, unit: Unit) -> chats.Chat | None:
        vault = Vault(unit, self.house.service.opened.office.master)
        return chats.find(unit, "zalo_oa", vault.look_up("zalo_oa chat", self.user.id))


def zalo_oa_phone(house: House, zalo: FakeZaloOa, name: str = "Lan") -> ZaloOaPhone:
    """Somebody new at the account."""
    return ZaloOaPhone(house, zalo=zalo, user=zalo.user(name))


def _heard(shown: Shown) -> Heard:
    """Its buttons come first: where a label stands on a button and in a line, she presses."""
    buttons = tuple(
        (str(button["title"]), str(button["payload"])) for button in shown.buttons if button["type"] in QUERIES
    )
    return Heard(shown.text, buttons + numbered(shown.text), shown.id if shown.picture is not None else "")

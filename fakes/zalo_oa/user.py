"""A person with Zalo on her phone: what she does becomes events as the real one makes them, and she sees the chat.

What she does returns at once; whether and when the account hears of it is the webhook's business.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from fakes.user import User
from fakes.wire import Json
from fakes.zalo_oa import events
from fakes.zalo_oa.users import Person, Shown
from fakes.zalo_oa.world import Event, ZaloOaWorld

QUERIES = ("oa.query.show", "oa.query.hide")


@dataclass(slots=True, eq=False)
class ZaloUser(User[Shown]):
    """One person. cdn: the origin where what she sends can be fetched."""

    world: ZaloOaWorld = field(repr=False)
    person: Person
    cdn: Callable[[], str]

    @property
    def id(self) -> str:
        return self.person.id

    @property
    def sees(self) -> list[Shown]:
        """Every message on her screen, oldest first; hers too."""
        return [shown for shown in self.person.shown if not shown.hidden]

    def follows(self) -> Event:
        """Follow the account."""
        self.person.status, self.person.last = "follower", self.world.now()
        return self._tells(events.following(*self._about, "follow", self.world.date()))

    def unfollows(self) -> Event:
        """Leave the account; it can't write until she follows or writes again."""
        self.person.status, self.person.wrote = "gone", False
        return self._tells(events.following(*self._about, "unfollow", self.world.date()))

    def refuses(self, error: int) -> None:
        """Let every message to her be refused: -217 blocked, -227 inactive, -218 enough for today, -244 and others."""
        self.person.refusal = error

    def says(self, text: str, *, quoting: Shown | None = None) -> Event:
        """Write a text."""
        quote: Json = {"quote_msg_id": quoting.id} if quoting else {}
        return self._sends("user_send_text", "text", text, more={"text": text} | quote)

    def presses(self, title: str, *, on: Shown | None = None) -> str:
        """Press a button: on the given message, or the last one with such a title, else with one that holds it.

        Returns the payload that went to the account, or the address that it opens. Raises AssertionError where there
        is none, as a finger would find none.
        """
        for shown in [on] if on else reversed(self.heard):
            found = [button for button in shown.buttons if title in str(button["title"])]
            exact = [button for button in found if title == button["title"]]
            if found:
                return self.taps([*exact, *found][0])
        raise AssertionError(f"{self.person.name} sees no button {title!r}")

    def taps(self, button: Json) -> str:
        """Press this very button, however old; the payload or the address, as from `presses`."""
        if button["type"] not in QUERIES:
            return str(button["payload"].get("url") or button["payload"]["phone_code"])
        payload = str(button["payload"])
        hidden = button["type"] == "oa.query.hide"
        self._sends("user_send_text", "text", payload, more={"text": payload}, hidden=hidden)
        return payload

    def sends_image(self, *pictures: bytes, text: str = "") -> list[Event]:
        """Send pictures, each a message, the words with the first."""
        return [
            self._attaches("user_send_image", "image", self._url(picture, "jpg"), picture=picture, text=words)
            for picture, words in zip(pictures, (text, *[""] * len(pictures)), strict=False)
        ]

    def sends_gif(self, content: bytes = b"GIF89a moving") -> Event:
        """Send a moving picture."""
        return self._attaches("user_send_gif", "gif", self._url(content, "gif"))

    def sends_sticker(self) -> Event:
        """Send a sticker."""
        return self._attaches("user_send_sticker", "sticker", {"url": self._keep(b"sticker", "png"), "id": "50b4d75a"})

    def sends_location(self, latitude: str = "16.0678", longitude: str = "108.2208") -> Event:
        """Send a place."""
        place = {"coordinates": {"latitude": latitude, "longitude": longitude}}
        return self._attaches("user_send_location", "location", place)

    def sends_audio(self) -> Event:
        """Send spoken words."""
        return self._attaches("user_send_audio", "audio", {"url": self._keep(b"spoken words", "aac")})

    def sends_video(self) -> Event:
        """Send a film."""
        film = {**self._url(b"a film", "mp4"), "description": ""}
        return self._attaches("user_send_video", "video", film)

    def sends_file(self, name: str, content: bytes) -> Event:
        """Send a file."""
        ending = name.rpartition(".")[2]
        checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
        payload = {"url": self._keep(content, ending), "name": name, "size": str(len(content))}
        return self._attaches("user_send_file", "file", payload | {"type": ending, "checksum": checksum})

    def sends_link(self, url: str, *, name: str = "user_send_link") -> Event:
        """Send a link, or a business card, which looks like one."""
        return self._attaches(name, "link", {"url": url, "thumbnail": "", "description": "một đường dẫn"})

    def sends_business_card(self) -> Event:
        """Send somebody's business card."""
        return self.sends_link("https://zalo.me/0", name="user_send_business_card")

    def shares_contact(self, phone: str, name: str = "", *, flat: bool = False) -> Event:
        """Answer the question for her details. flat: in the older shape."""
        asked = next((shown for shown in reversed(self.heard) if shown.kind == "info"), None)
        assert asked, "she is asked for nothing"
        place: Json = {"address": "tổ 3", "city": "Đà Nẵng", "district": "", "ward": "Hòa Sơn"}
        full = {"user_city": "Đà Nẵng", "user_ward": "Hòa Sơn", "user_address": "tổ 3"}
        info: Json = {"name": name or self.person.name, "phone": phone}
        info |= place if flat else {"user_dob": "30/10/1970", "gender": "Nữ", "full_address": full}
        self._interacts()
        self.person.info = {"name": info["name"], "phone": phone, **place}
        return self._tells(events.submitted(*self._about, info, self.world.date()))

    def looks(self) -> Event | None:
        """See everything that came; returns what is told of it."""
        fresh = [shown for shown in self.heard if not shown.seen]
        for shown in fresh:
            shown.seen = True
        if not fresh or not self.world.account.receipts:
            return None
        message = {"msg_ids": [shown.id for shown in fresh]}
        return self._tells(events.from_account(*self._about, "user_seen_message", message, self.world.date()))

    def reacts(self, to: Shown, icon: str = "/-heart") -> Event:
        """Put a reaction on a message."""
        return self._tells(self._event("user_reacted_message", {"msg_id": to.id, "react_icon": icon}))

    def does(self, name: str, **message: object) -> Event:
        """Do what makes an event of any name, as `user_click_chatnow`, or one that nobody knows yet."""
        return self._tells(self._event(name, message))

    def is_answered_by(self, admin: str, text: str) -> Shown:
        """An official answers her in Zalo's own tool."""
        shown = Shown(self.world.new_id(), False, "text", text, at=self.world.now(), admin=admin)
        self.world.put(self.person, shown)
        self.world.bell.ring()
        return shown

    @property
    def _about(self) -> tuple[str, str, Person]:
        return self.world.account.app_id, self.world.account.oa_id, self.person

    def _keep(self, content: bytes, ending: str) -> str:
        return f"{self.cdn()}/cdn/{self.world.files.keep_sent(content, ending)}"

    def _url(self, content: bytes, ending: str) -> Json:
        url = self._keep(content, ending)
        return {"thumbnail": url, "url": url}

    def _attaches(self, name: str, kind: str, payload: Json, *, picture: bytes | None = None, text: str = "") -> Event:
        more: Json = {"attachments": [{"type": kind, "payload": payload}]} | ({"text": text} if text else {})
        return self._sends(name, kind, text, more=more, picture=picture)

    def _sends(
        self, name: str, kind: str, text: str, *, more: Json, picture: bytes | None = None, hidden: bool = False
    ) -> Event:
        shown = Shown(self.world.new_id(), True, kind, text, picture=picture, at=self.world.now(), hidden=hidden)
        self.person.shown.append(shown)
        self._interacts()
        return self._tells(self._event(name, {"msg_id": shown.id} | more))

    def _interacts(self) -> None:
        """What she does opens the window, and lets the account write again."""
        self.person.last, self.person.wrote = self.world.now(), True
        if self.person.status == "gone":
            self.person.status = "stranger"
        if self.person.refusal == -227:
            self.person.refusal = 0

    def _event(self, name: str, message: Json) -> Json:
        return events.from_person(*self._about, name, message, self.world.date())

    def _tells(self, event: Json) -> Event:
        return self.world.tell(event, self.id)
